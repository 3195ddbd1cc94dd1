"""The list of transactions, for the tabs of accounts and subscriptions: ID, Balance, Total, Created at, Description."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.actors import actor_of
from billing.filters import TransactionFilter
from billing.models import LedgerEntry, PostingKind
from billing.queries import transactions_visible_to
from core.lists.columns import Column, choice, day, moment, money, text, to
from core.lists.listing import Listing, Quick
from core.lists.search import FieldSearch

_payment, _charge = to("operator:payment", "payment_id"), to("operator:charge", "charge_id")


def _behind(row: LedgerEntry) -> str:
    """Return what the money moved for: a payment or a charge."""
    return _payment(row) or _charge(row)


TRANSACTIONS = Listing(
    name="operator.transactions",
    title=_("Transactions"),
    right="transactions.view",
    own_page=False,
    actor_of=actor_of,
    rows=transactions_visible_to,
    filterset=TransactionFilter,
    filters_shown=(),
    search=FieldSearch(("description",), amounts=("amount",)),
    search_hint=_("ID, description, amount…"),
    related=("account",),
    empty=_("Transactions appear here when money comes in or a charge is closed."),
    columns=(
        Column("id", _("ID"), text("id"), sort="id"),
        Column("account", _("Account"), text("account"), link=to("operator:account", "account_id"), shown=False),
        Column("day", _("Day"), day("day")),
        Column("description", _("Description"), link=_behind),
        Column("kind", _("Type"), choice("kind"), shown=False),
        Column("amount", _("Total"), money("amount")),
        Column("balance", _("Balance"), money("balance")),
        Column("created_at", _("Created at"), moment("created_at"), shown=False),
        Column("currency", _("Currency"), shown=False),
    ),
    quick=(
        Quick("in", _("Payments"), Q(kind=PostingKind.PAYMENT)),
        Quick("out", _("Charges closed"), Q(kind=PostingKind.CHARGE)),
    ),
)
