"""The customer's list of credit notes: what was taken back of invoices."""

from django.utils.translation import gettext_lazy as _

from accounts.actors import actor_of
from billing.filters import CreditNoteFilter
from billing.queries import credit_notes_visible_to
from core.lists.columns import Column, day, money, text, to
from core.lists.listing import Listing
from core.lists.search import FieldSearch


class CustomerCreditNoteFilter(CreditNoteFilter):
    """The filters of credit notes without that of the account: a customer has one."""

    account_id = None


CREDIT_NOTES = Listing(
    name="customer.credit_notes",
    title=_("Credit notes"),
    right="invoices.view",
    actor_of=actor_of,
    rows=credit_notes_visible_to,
    filterset=CustomerCreditNoteFilter,
    filters_shown=(),
    search=FieldSearch((), amounts=("total",), document="CN"),
    search_hint=_("Number, amount…"),
    related=("invoice",),
    empty=_("A credit note appears when something that was invoiced is taken back."),
    columns=(
        Column("number", _("Credit note number"), link=to("customer:credit_note")),
        Column("total", _("Total"), money("total")),
        Column("invoice", _("Invoice"), text("invoice"), link=to("customer:invoice", "invoice_id")),
        Column("created_on", _("Created on"), day("created_on")),
        Column("tax", _("Tax"), money("tax"), shown=False),
        Column("id", _("ID"), text("id"), sort="id", shown=False),
    ),
)
