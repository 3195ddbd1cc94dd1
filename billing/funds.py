"""What an account has: its balance, what is reserved of it, what is available; and the only way into the ledger."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from uuid import uuid4

from django.db import connection
from django.db.models import DecimalField, F, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from accounts.models import Account
from billing.models import Book, Charge, ChargeStatus, LedgerEntry, Payment, PaymentKind, PaymentStatus, PostingKind
from core.among import Among
from core.fitting import MONEY, refuse_unfit
from core.prepared import Asked, Prepared

# What was paid for and not yet used, and what the vendor has not yet let go.
RESERVING = (ChargeStatus.BLOCKED, ChargeStatus.WAITING_FOR_REFUND)
AMOUNT = DecimalField(**MONEY)
# Payments for rendered services that are owed still.
UNPAID = (PaymentStatus.WAITING_FOR_PAYMENT, PaymentStatus.EXPIRED)


@dataclass(frozen=True, slots=True)
class Funds:
    """The money of one account, in the account's currency; `credit` is how far below zero it may go.

    `unpaid` is what it has to pay for rendered services, in postpay; None in prepay.
    """

    balance: Decimal
    blocked: Decimal
    credit: Decimal
    unpaid: Decimal | None = None

    @property
    def available(self) -> Decimal:
        """What may still be reserved or spent; in postpay what no charge that was closed has taken."""
        if self.unpaid is not None:
            return self.balance + self.unpaid
        return self.balance - self.blocked + self.credit


@dataclass(frozen=True, slots=True)
class Posting:
    """Money that moves on an account: `amount` is signed, plus is in the account's favour.

    `key` says what it is for ("payment:17"); the same key is posted once.
    """

    key: str
    kind: PostingKind
    account_id: int
    amount: Decimal
    currency: str
    day: date
    description: str
    payment_id: int | None = None
    charge_id: int | None = None
    # The payment whose money was set aside, where it comes from there: the other side of the posting is about that one.
    from_payment_id: int | None = None


POST = """
    INSERT INTO billing_ledgerentry (posting, key, kind, book, account_id, number, amount, balance, currency, day,
        description, payment_id, charge_id)
    SELECT posting, key, kind, book, account_id, number, amount, balance, currency, day, description, payment_id,
        charge_id
    FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::bigint[], %s::int[], %s::numeric[], %s::numeric[],
        %s::text[], %s::date[], %s::text[], %s::bigint[], %s::bigint[]) WITH ORDINALITY
        AS made(posting, key, kind, book, account_id, number, amount, balance, currency, day, description, payment_id,
            charge_id, place)
    ORDER BY place
"""
COUNTER_BOOK = {
    PostingKind.PAYMENT: Book.CASH,
    PostingKind.CHARGE: Book.REVENUE,
    PostingKind.REVERSAL: Book.REVENUE,
    PostingKind.PARKED: Book.CASH,
    PostingKind.RETURNED: Book.CASH,
    PostingKind.REASSIGNED: Book.UNALLOCATED,
    PostingKind.CORRECTION: Book.CORRECTIONS,
    PostingKind.GUARANTEED: Book.GUARANTEED,
    PostingKind.GUARANTEE_REVOKED: Book.GUARANTEED,
    PostingKind.TAX: Book.CASH,
    PostingKind.TAX_TAKEN: Book.TAX,
    PostingKind.TAX_RETURNED: Book.TAX,
}
# The book of what touches no balance, by what it is: money that is set aside, but for these.
BESIDE = {PostingKind.TAX: Book.TAX}


def lock_accounts(account_ids: Collection[int]) -> list[Account]:
    """Lock the accounts' money until the transaction ends, in the order of their ids; return them with their classes.

    Everything that moves an account's money or changes its subscriptions does this first. Rows that point at the
    account may still be written by others (FOR NO KEY UPDATE).
    """
    if len(account_ids) == 1:
        return _LOCKED_ONE(ids=list(account_ids))
    # Hundreds of accounts share a few of these rows.
    return list(_locked(account_ids).prefetch_related("account_class", "reseller"))


def _locked(account_ids: Collection[int] | Asked) -> QuerySet[Account]:
    accounts = Account.objects.filter(Among("pk", account_ids)).order_by("pk")
    return accounts.select_for_update(no_key=True, of=("self",))


_LOCKED_ONE = Prepared(lambda: _locked(Asked("ids")).select_related("account_class", "reseller"))


def with_funds(accounts: QuerySet[Account]) -> QuerySet[Account]:
    """Return the accounts with `balance` and `blocked` beside them, each read from one index."""
    entries = LedgerEntry.objects.filter(account=OuterRef("pk"), book=Book.ACCOUNT).order_by("-number")
    reserving = Charge.objects.filter(account=OuterRef("pk"), status__in=RESERVING).order_by()
    reserved = reserving.values("account").annotate(total=Sum("amount")).values("total")
    nothing = Value(Decimal(0), output_field=AMOUNT)
    return accounts.annotate(
        balance=Coalesce(Subquery(entries.values("balance")[:1]), nothing),
        blocked=Coalesce(Subquery(reserved), nothing),
    )


def funds_of(account: Account) -> Funds:
    """Return what the account has now."""
    return funds_of_many([account])[account.pk]


def funds_of_many(accounts: Collection[Account]) -> dict[int, Funds]:
    """Return what each of the accounts has now, by id. One statement; the accounts' classes are loaded."""
    credit = {account.pk: account.allowed_negative for account in accounts}
    funds = {pk: Funds(balance, blocked, credit[pk]) for pk, balance, blocked in _FUNDS(ids=list(credit))}
    postpay = [account.pk for account in accounts if account.is_postpay]
    unpaid = unpaid_of(postpay) if postpay else {}
    return funds | {pk: replace(funds[pk], unpaid=unpaid.get(pk, Decimal(0))) for pk in postpay if pk in funds}


_FUNDS = Prepared(
    lambda: with_funds(Account.objects.filter(Among("pk", Asked("ids")))).values_list("pk", "balance", "blocked")
)


def unpaid_of(account_ids: Collection[int]) -> dict[int, Decimal]:
    """Return what each account has to pay for rendered services; accounts that owe nothing are missing."""
    owed = Payment.objects.filter(account__in=account_ids, kind=PaymentKind.RENDERED_SERVICES, status__in=UNPAID)
    # Taxes that are added have lowered no balance.
    net = Sum(F("amount") - F("tax"), output_field=AMOUNT)
    return dict(owed.order_by().values_list("account").annotate(total=net))


def post(postings: Sequence[Posting]) -> None:
    """Write the postings to the ledger, both sides of each. An amount of nothing is not posted.

    The accounts are locked by the caller. Two statements, however many postings. Raises DoesNotFit for a balance that
    would be longer than the books are wide.
    """
    postings = [posting for posting in postings if posting.amount]
    if not postings:
        return
    heads = _heads({posting.account_id for posting in postings})
    rows = []
    for posting in postings:
        number, balance = heads.get(posting.account_id, (0, Decimal(0)))
        number, balance = number + 1, balance + posting.amount
        refuse_unfit(LedgerEntry, {"amount": posting.amount, "balance": balance, "number": number})
        heads[posting.account_id] = number, balance
        together = str(uuid4())
        rows.append(_row(posting, together, Book.ACCOUNT, posting.amount, (number, balance)))
        other = replace(posting, payment_id=posting.from_payment_id) if posting.from_payment_id else posting
        rows.append(_row(other, together, COUNTER_BOOK[posting.kind], -posting.amount, (None, None)))
    with connection.cursor() as cursor:
        cursor.execute(POST, [list(column) for column in zip(*rows, strict=True)])


def post_beside(posting: Posting) -> None:
    """Write a posting that touches no balance: its amount goes into the book of money that is set aside, or of taxes.

    The account, locked by the caller, is only named. One statement.
    """
    refuse_unfit(LedgerEntry, {"amount": posting.amount})
    together = str(uuid4())
    sides = (
        (BESIDE.get(posting.kind, Book.UNALLOCATED), posting.amount),
        (COUNTER_BOOK[posting.kind], -posting.amount),
    )
    rows = [_row(posting, together, side, amount, (None, None)) for side, amount in sides]
    with connection.cursor() as cursor:
        cursor.execute(POST, [list(column) for column in zip(*rows, strict=True)])


def _row(
    posting: Posting, together: str, book: Book, amount: Decimal, chain: tuple[int | None, Decimal | None]
) -> tuple[object, ...]:
    """Return the values of a ledger entry, in the order of POST."""
    number, balance = chain
    return (
        together,
        posting.key,
        str(posting.kind),
        str(book),
        posting.account_id,
        number,
        amount,
        balance,
        posting.currency,
        posting.day,
        posting.description,
        posting.payment_id,
        posting.charge_id,
    )


def _heads(account_ids: Collection[int]) -> dict[int, tuple[int, Decimal]]:
    """Return the last number and balance of each account's book; accounts without entries are missing."""
    return {pk: (number, balance) for pk, number, balance in _HEADS(ids=list(account_ids))}


def _last_entries() -> QuerySet[Account, tuple[int, int, Decimal]]:
    entries = LedgerEntry.objects.filter(account=OuterRef("pk"), book=Book.ACCOUNT).order_by("-number")
    accounts = Account.objects.filter(Among("pk", Asked("ids"))).annotate(
        last_number=Subquery(entries.values("number")[:1]), last_balance=Subquery(entries.values("balance")[:1])
    )
    return accounts.exclude(last_number=None).values_list("pk", "last_number", "last_balance")


_HEADS = Prepared(_last_entries)
