"""The list of credit notes: what was taken back of invoices."""

from django.utils.translation import gettext_lazy as _

from accounts.actors import actor_of
from accounts.queries import accounts_visible_to
from billing.filters import CreditNoteFilter
from billing.queries import credit_notes_visible_to
from core.lists.columns import Column, day, money, text, to
from core.lists.listing import Listing
from core.lists.search import FieldSearch, RelatedSearch

CREDIT_NOTES = Listing(
    name="operator.credit_notes",
    title=_("Credit notes"),
    right="invoices.view",
    actor_of=actor_of,
    rows=credit_notes_visible_to,
    filterset=CreditNoteFilter,
    filters_shown=(),
    search=RelatedSearch(
        "account", accounts_visible_to, FieldSearch(("name", "primary_name", "email")), "CN", amounts=("total",)
    ),
    search_hint=_("ID, number, account, amount…"),
    related=("account", "invoice", "reseller"),
    empty=_("A credit note appears when something that was invoiced is taken back."),
    columns=(
        Column("id", _("ID"), text("id"), sort="id", link=to("operator:credit_note")),
        Column("number", _("Credit note number"), link=to("operator:credit_note")),
        Column("total", _("Total"), money("total")),
        Column("account", _("Account"), text("account"), link=to("operator:account", "account_id")),
        Column("invoice", _("Invoice"), text("invoice"), link=to("operator:invoice", "invoice_id")),
        Column("created_on", _("Created at"), day("created_on")),
        Column("tax", _("Tax"), money("tax"), shown=False),
        Column("reseller", _("Reseller"), text("reseller"), shown=False),
    ),
)
