"""The list of subscriptions (CR-496; operator guide 2.4, 5.0)."""

from datetime import timedelta

from django.db.models import Q
from django.db.models.lookups import GreaterThanOrEqual, LessThan
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.actors import actor_of
from core.lists.columns import Column, choice, day, moment, number, status, text, to, yes_no
from core.lists.listing import Asker, Hidden, Listing, Quick
from core.lists.search import WordSearch
from core.lists.sorting import DAY, sort_expressions
from operator_panel.lists.accounts import OF_ACCOUNT
from subscriptions.filters import SubscriptionFilter
from subscriptions.models import SubscriptionStatus, SubscriptionWord
from subscriptions.queries import FAILED, listed_subscriptions_visible_to
from vendors.queries import operations_in_doubt


def _billing_this_week(asker: Asker) -> Q:
    """Return the condition "billed on one of the seven days from today on"."""
    day, _downwards = sort_expressions("next_billing_day", DAY)  # the expression that has an index
    return Q(GreaterThanOrEqual(day, asker.today)) & Q(LessThan(day, asker.today + timedelta(days=7)))


def _mine(asker: Asker) -> Q:
    return Q(manager=asker.actor.user)


# The first half is the condition of the index that finds the few that await anything.
_IN_DOUBT = ~Q(awaited_operation="") & Q(awaited_operation__in=operations_in_doubt().values("key"))

SUBSCRIPTIONS = Listing(
    name="operator.subscriptions",
    title=_("Subscriptions"),
    right="subscriptions.view",
    actor_of=actor_of,
    rows=listed_subscriptions_visible_to,
    filterset=SubscriptionFilter,
    filters_shown=("status", "reseller"),
    search=WordSearch("search_vector", SubscriptionWord, OF_ACCOUNT),
    search_hint=_("ID, name, account, phone, domain, vendor's id…"),
    hidden=Hidden(Q(status=SubscriptionStatus.DELETED), _("Status: not deleted"), unless="status"),
    related=("manager",),
    without=("search_vector", "attributes", "parameters", "vendor_ids"),
    empty=_("Subscriptions appear here as soon as a customer or a manager orders a plan."),
    columns=(
        Column("id", _("ID"), text("id"), sort="id", link=to("operator:subscription")),
        Column("name", _("Name"), sort="name", link=to("operator:subscription")),
        Column(
            "account",
            _("Account"),
            text("account_name"),
            sort="account_name",
            link=to("operator:account", "account_id"),
        ),
        Column("status", _("Status"), status("status", "stop_reason")),
        Column("quantity", _("Quantity"), number("quantity"), sort="quantity"),
        Column("next_billing_day", _("Next billing day"), day("next_billing_day"), sort="next_billing_day"),
        Column("reseller", _("Reseller"), text("reseller_name")),
        Column("plan", _("Plan"), text("plan_name"), sort="plan_name", shown=False),
        Column("manager", _("Manager"), text("manager"), shown=False),
        Column("start_date", _("Start date"), day("start_date"), sort="start_date", shown=False),
        Column("expiration_date", _("Expiration date"), day("expiration_date"), sort="expiration_date", shown=False),
        Column("updated_at", _("Updated at"), moment("updated_at"), sort="updated_at", shown=False),
        Column("trial", _("Trial"), yes_no("trial"), shown=False),
        Column("individual_price", _("Individual price"), yes_no("individual_price"), shown=False),
        Column("billing_type", _("Billing type"), choice("billing_type"), shown=False),
        Column("currency", _("Currency"), shown=False),
    ),
    quick=(
        Quick("active", pgettext_lazy("several", "Active"), Q(status=SubscriptionStatus.ACTIVE)),
        Quick("stopped", pgettext_lazy("several", "Stopped"), Q(status=SubscriptionStatus.STOPPED)),
        Quick("blocked", pgettext_lazy("several", "Blocked"), Q(status=SubscriptionStatus.BLOCKED)),
        Quick("failing", pgettext_lazy("several", "Failing"), Q(status__in=FAILED)),
        Quick("in_doubt", _("In doubt at the vendor"), _IN_DOUBT),
        Quick("billing", _("Billing day this week"), _billing_this_week),
        Quick("mine", _("Mine"), _mine),
    ),
)
