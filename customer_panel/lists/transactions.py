"""The customer's list of transactions: every movement of the balance."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.actors import actor_of
from billing.filters import TransactionFilter
from billing.models import PostingKind
from billing.queries import transactions_visible_to
from core.lists.columns import Column, choice, day, money, text, to
from core.lists.listing import Listing, Quick
from core.lists.search import FieldSearch


class CustomerTransactionFilter(TransactionFilter):
    """The filters of transactions without that of the account: a customer has one."""

    account_id = None


TRANSACTIONS = Listing(
    name="customer.transactions",
    title=_("Transactions"),
    right="transactions.view",
    actor_of=actor_of,
    rows=transactions_visible_to,
    filterset=CustomerTransactionFilter,
    filters_shown=(),
    search=FieldSearch(("description",), amounts=("amount",)),
    search_hint=_("ID, description, amount…"),
    empty=_("Transactions appear here when money comes in or a charge is closed."),
    columns=(
        Column("day", _("Day"), day("day")),
        Column("amount", _("Amount"), money("amount")),
        Column("balance", _("Balance after"), money("balance")),
        Column("description", _("Description"), link=to("customer:charge", "charge_id")),
        Column("kind", _("Type"), choice("kind"), shown=False),
        Column("id", _("ID"), text("id"), sort="id", shown=False),
    ),
    quick=(
        Quick("in", _("Payments"), Q(kind=PostingKind.PAYMENT)),
        Quick("out", _("Charges closed"), Q(kind=PostingKind.CHARGE)),
    ),
)
