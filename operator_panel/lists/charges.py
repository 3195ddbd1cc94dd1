"""The list of charges (operator guide 1.94 to 5.8)."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.actors import actor_of
from billing.filters import ChargeFilter
from billing.models import ChargeStatus
from billing.queries import charges_visible_to
from core.lists.columns import Column, choice, day, last_day, money, number, status, text, to, unit_price
from core.lists.listing import Listing, Quick
from core.lists.search import RelatedSearch, WordSearch
from operator_panel.lists.accounts import OF_ACCOUNT
from subscriptions.models import SubscriptionWord
from subscriptions.queries import subscriptions_visible_to

CHARGES = Listing(
    name="operator.charges",
    title=_("Charges"),
    right="charges.view",
    actor_of=actor_of,
    rows=charges_visible_to,
    filterset=ChargeFilter,
    filters_shown=("status", "type"),
    search=RelatedSearch(
        "subscription",
        subscriptions_visible_to,
        WordSearch("search_vector", SubscriptionWord),
        texts=("description",),
        amounts=("amount",),
        phones=OF_ACCOUNT,
    ),
    search_hint=_("ID, account, subscription, domain, description, amount…"),
    related=("account", "reseller"),
    empty=_("Charges appear here with the first paid order."),
    columns=(
        Column("id", _("ID"), text("id"), sort="id", link=to("operator:charge")),
        Column("account", _("Account"), text("account"), link=to("operator:account", "account_id")),
        Column("description", _("Description")),
        Column("amount", _("Amount"), money("amount")),
        Column("status", _("Status"), status("status")),
        Column("closed_on", _("Close date"), day("closed_on")),
        Column(
            "subscription",
            _("Subscription"),
            text("subscription_id"),
            link=to("operator:subscription", "subscription_id"),
        ),
        Column("reseller", _("Reseller"), text("reseller"), shown=False),
        Column("type", _("Type"), choice("type"), shown=False),
        Column("source", _("Cause"), choice("source"), shown=False),
        # The description says the period and the quantity; what is looked for is how much, and whether it is paid.
        Column("operate_from", _("From"), day("operate_from"), shown=False),
        Column("operate_to", _("To"), last_day("operate_to"), shown=False),
        Column("quantity", _("Quantity"), number("quantity"), shown=False),
        Column("unit_price", _("Unit price"), unit_price("unit_price"), shown=False),
        Column("created_on", _("Created at"), day("created_on"), shown=False),
        Column("currency", _("Currency"), shown=False),
    ),
    quick=(
        Quick("blocked", pgettext_lazy("several", "Blocked"), Q(status=ChargeStatus.BLOCKED)),
        Quick("opened", pgettext_lazy("several", "Opened"), Q(status=ChargeStatus.OPENED)),
        Quick("closed", pgettext_lazy("several", "Closed"), Q(status=ChargeStatus.CLOSED)),
        Quick("refund", _("Waiting for refund"), Q(status=ChargeStatus.WAITING_FOR_REFUND)),
    ),
)
