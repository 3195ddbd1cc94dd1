"""The customer's list of subscriptions: fewer columns than the operator's."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.actors import actor_of
from core.lists.columns import Column, day, number, status, text, to
from core.lists.listing import Hidden, Listing, Quick
from core.lists.search import WordSearch
from subscriptions.filters import SubscriptionFilter
from subscriptions.models import SubscriptionStatus, SubscriptionWord
from subscriptions.queries import subscriptions_visible_to


class CustomerSubscriptionFilter(SubscriptionFilter):
    """The filters of subscriptions without those that say the same for all of a customer's, or are the seller's."""

    account = None
    account_id = None
    reseller = None
    manager = None
    category = None
    plan_id = None
    billing_type = None
    currency = None
    individual_price = None


SUBSCRIPTIONS = Listing(
    name="customer.subscriptions",
    title=_("Subscriptions"),
    right="subscriptions.view",
    actor_of=actor_of,
    rows=subscriptions_visible_to,
    filterset=CustomerSubscriptionFilter,
    search=WordSearch("search_vector", SubscriptionWord),
    search_hint=_("Name, domain, number…"),
    hidden=Hidden(Q(status=SubscriptionStatus.DELETED), _("Status: not deleted"), unless="status"),
    without=("search_vector", "attributes", "parameters", "vendor_ids"),
    empty=_("Your services appear here as soon as you order one."),
    columns=(
        Column("name", _("Name"), sort="name", link=to("customer:subscription")),
        Column("status", _("Status"), status("status", "stop_reason")),
        Column("quantity", _("Quantity"), number("quantity"), sort="quantity"),
        Column("next_billing_day", _("Next billing day"), day("next_billing_day"), sort="next_billing_day"),
        Column("id", _("ID"), text("id"), sort="id", link=to("customer:subscription")),
        Column("plan", _("Plan"), text("plan_name"), sort="plan_name", shown=False),
        Column("start_date", _("Start date"), day("start_date"), sort="start_date", shown=False),
        Column("expiration_date", _("Expiration date"), day("expiration_date"), sort="expiration_date", shown=False),
    ),
    quick=(
        Quick("active", pgettext_lazy("several", "Active"), Q(status=SubscriptionStatus.ACTIVE)),
        Quick("stopped", pgettext_lazy("several", "Stopped"), Q(status=SubscriptionStatus.STOPPED)),
        Quick("blocked", pgettext_lazy("several", "Blocked"), Q(status=SubscriptionStatus.BLOCKED)),
    ),
)
