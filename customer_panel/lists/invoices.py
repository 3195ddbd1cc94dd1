"""The customer's list of invoices: what was charged up to each billing day."""

from django.utils.translation import gettext_lazy as _

from accounts.actors import actor_of
from billing.filters import InvoiceFilter
from billing.queries import invoices_visible_to
from core.lists.columns import Column, day, money, text, to
from core.lists.listing import Listing
from core.lists.search import FieldSearch


class CustomerInvoiceFilter(InvoiceFilter):
    """The filters of invoices without that of the account: a customer has one."""

    account_id = None


INVOICES = Listing(
    name="customer.invoices",
    title=_("Invoices"),
    right="invoices.view",
    actor_of=actor_of,
    rows=invoices_visible_to,
    filterset=CustomerInvoiceFilter,
    filters_shown=(),
    search=FieldSearch((), amounts=("total",), document="IN"),
    search_hint=_("Number, amount…"),
    related=("payment",),
    empty=_("An invoice appears the day after a billing day on which something was closed."),
    columns=(
        Column("number", _("Invoice number"), link=to("customer:invoice")),
        Column("total", _("Total"), money("total")),
        Column("period_from", _("From"), day("period_from")),
        Column("period_to", _("Billing day"), day("period_to")),
        Column("created_on", _("Created on"), day("created_on")),
        Column("tax", _("Tax"), money("tax"), shown=False),
        Column("id", _("ID"), text("id"), sort="id", shown=False),
    ),
)
