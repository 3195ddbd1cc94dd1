"""The list of invoices (operator guide 2.4)."""

from django.utils.translation import gettext_lazy as _

from accounts.actors import actor_of
from accounts.queries import accounts_visible_to
from billing.filters import InvoiceFilter
from billing.queries import invoices_visible_to
from core.lists.columns import Column, day, money, status, text, to
from core.lists.listing import Listing
from core.lists.search import FieldSearch, RelatedSearch

INVOICES = Listing(
    name="operator.invoices",
    title=_("Invoices"),
    right="invoices.view",
    actor_of=actor_of,
    rows=invoices_visible_to,
    filterset=InvoiceFilter,
    filters_shown=(),
    search=RelatedSearch(
        "account", accounts_visible_to, FieldSearch(("name", "primary_name", "email")), "IN", amounts=("total",)
    ),
    search_hint=_("ID, number, account, amount…"),
    related=("account", "payment", "reseller"),
    empty=_("An invoice appears the day after a billing day on which something was closed."),
    columns=(
        Column("id", _("ID"), text("id"), sort="id", link=to("operator:invoice")),
        Column("number", _("Invoice number"), link=to("operator:invoice")),
        Column("total", _("Total"), money("total")),
        Column("account", _("Account"), text("account"), link=to("operator:account", "account_id")),
        Column("status", _("Status"), status("status")),
        Column("period_from", _("From"), day("period_from")),
        Column("period_to", _("Billing day"), day("period_to")),
        Column("created_on", _("Created at"), day("created_on")),
        Column("payment", _("Payment"), text("payment"), link=to("operator:payment", "payment_id")),
        Column("tax", _("Tax"), money("tax"), shown=False),
        Column("reseller", _("Reseller"), text("reseller"), shown=False),
    ),
)
