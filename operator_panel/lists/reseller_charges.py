"""The list of reseller charges: what is owed from below, and upstream (operator guide 1.94, 4.4; billing.md 6)."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.actors import actor_of
from billing.filters import ResellerChargeFilter
from billing.queries import reseller_charges_visible_to
from core.lists.columns import Column, choice, day, last_day, money, number, text, to, unit_price
from core.lists.listing import Listing, Quick
from core.lists.search import FieldSearch

RESELLER_CHARGES = Listing(
    name="operator.reseller_charges",
    title=_("Reseller charges"),
    right="reseller_charges.view",
    actor_of=actor_of,
    rows=reseller_charges_visible_to,
    filterset=ResellerChargeFilter,
    filters_shown=("type", "created_on__gt", "created_on__lt"),
    search=FieldSearch(("description",)),
    search_hint=_("ID, description…"),
    related=("account", "creditor", "debtor"),
    empty=_("What resellers owe one another appears here when a charge of a delegated plan closes."),
    columns=(
        Column("id", _("ID"), text("id"), sort="id", link=to("operator:reseller_charge")),
        Column("creditor", _("Upstream"), text("creditor")),
        Column("debtor", _("Downstream"), text("debtor")),
        Column("description", _("Description")),
        Column("account", _("Account"), text("account"), link=to("operator:account", "account_id")),
        Column("unit_price", _("Unit price"), unit_price("unit_price"), shown=False),
        Column("quantity", _("Quantity"), number("quantity"), shown=False),
        Column("operate_from", _("From"), day("operate_from"), shown=False),
        Column("operate_to", _("To"), last_day("operate_to"), shown=False),
        Column("discount", _("Discount"), money("discount")),
        Column("amount", _("Amount"), money("amount")),
        Column("net_cost", _("Net cost"), money("own_cost"), shown=False),
        Column("created_on", _("Created at"), day("created_on")),
        Column("type", _("Type"), choice("type"), shown=False),
        Column("currency", _("Currency"), shown=False),
    ),
    quick=(Quick("taken_back", _("Taken back"), Q(reverses__isnull=False)),),
)
