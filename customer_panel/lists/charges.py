"""The customer's list of charges: what was charged for what, from when to when."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.actors import actor_of
from billing.filters import ChargeFilter
from billing.models import ChargeStatus
from billing.queries import charges_visible_to
from core.lists.columns import Column, choice, day, last_day, money, number, status, text, to
from core.lists.listing import Hidden, Listing, Quick
from core.lists.search import RelatedSearch, WordSearch
from subscriptions.models import SubscriptionWord
from subscriptions.queries import subscriptions_visible_to


class CustomerChargeFilter(ChargeFilter):
    """The filters of charges without that of the account: a customer has one."""

    account_id = None


CHARGES = Listing(
    name="customer.charges",
    title=_("Charges"),
    right="charges.view",
    actor_of=actor_of,
    rows=charges_visible_to,
    filterset=CustomerChargeFilter,
    search=RelatedSearch(
        "subscription",
        subscriptions_visible_to,
        WordSearch("search_vector", SubscriptionWord),
        texts=("description",),
        amounts=("amount",),
    ),
    search_hint=_("ID, subscription, domain, description, amount…"),
    # What a split took the place of stays in the books; it is nothing that anybody pays.
    hidden=Hidden(Q(status=ChargeStatus.DELETED), _("Status: not deleted"), unless="status"),
    related=("subscription",),
    empty=_("Charges appear here with your first paid order."),
    columns=(
        Column("description", _("Description"), link=to("customer:charge")),
        Column("amount", _("Amount"), money("amount")),
        Column("status", _("Status"), status("status")),
        Column("operate_from", _("From"), day("operate_from")),
        Column("operate_to", _("To"), last_day("operate_to")),
        Column("quantity", _("Quantity"), number("quantity")),
        Column("subscription", _("Subscription"), text("subscription.name"), shown=False),
        Column("type", _("Type"), choice("type"), shown=False),
        Column("closed_on", _("Close date"), day("closed_on"), shown=False),
        Column("id", _("ID"), text("id"), sort="id", link=to("customer:charge"), shown=False),
    ),
    quick=(
        Quick("blocked", pgettext_lazy("several", "Blocked"), Q(status=ChargeStatus.BLOCKED)),
        Quick("closed", pgettext_lazy("several", "Closed"), Q(status=ChargeStatus.CLOSED)),
    ),
)
