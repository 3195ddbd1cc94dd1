"""What an operation does to the books: carried out by the real verb and looked at; for a preview it is rolled back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from accounts.models import Account
from billing.funds import Funds, funds_of
from billing.models import (
    Book,
    Charge,
    ChargeStatus,
    LedgerEntry,
    Payment,
    PaymentStatus,
    PostingKind,
    unnumbered,
)
from subscriptions.models import Order, Subscription
from subscriptions.night.renewals import renew_accounts
from subscriptions.told.owing import Owing, owing_of
from subscriptions.told.upkeep import Upkeep, upkeep_of


@dataclass(frozen=True, slots=True)
class Preview:
    """The books as they would be, or have become. Rows of a preview are not kept: show them, never save or follow them.

    `added` are the charges that would be made, `moved` those whose status would change (with their new status),
    `payments` those that would be opened, `transactions` the movements of the balance. `result` is what the verb
    returned. `due` is what would be asked for, `given_back` what would be refunded, in the account's currency.
    `staying` are the live charges of the same subscription that nothing happens to, `upkeep` what it then costs each
    month; None where no subscription is concerned. `statuses_before` are those of all charges that were live. `owing`
    is what it then owes, of a postpay subscription.
    """

    result: Any
    added: tuple[Charge, ...]
    moved: tuple[Charge, ...]
    transactions: tuple[LedgerEntry, ...]
    payments: tuple[Payment, ...]
    before: Funds
    after: Funds
    staying: tuple[Charge, ...] = ()
    upkeep: Upkeep | None = None
    statuses_before: Mapping[int, str] = field(default_factory=dict)
    owing: Owing | None = None

    @property
    def due(self) -> Decimal:
        """Return what is to be paid before anything happens."""
        return sum((payment.amount for payment in self.payments), Decimal(0))

    @property
    def tax(self) -> Decimal:
        """Return what of `due` is tax that is added to the charges."""
        return sum((payment.tax for payment in self.payments), Decimal(0))

    @property
    def tax_taken(self) -> Decimal:
        """Return what is taken from the balance in taxes."""
        taken = (entry.amount for entry in self.transactions if entry.kind == PostingKind.TAX_TAKEN)
        return -sum(taken, Decimal(0))

    @property
    def given_back(self) -> Decimal:
        """Return what is given back for units that are not wanted any more."""
        refunds = (ChargeStatus.WAITING_FOR_REFUND, ChargeStatus.REFUNDED)
        return sum((charge.amount for charge in self.added if charge.status in refunds), Decimal(0))

    @property
    def reserved(self) -> Decimal:
        """Return by how much the reserved money grows; less than zero where some is released."""
        return self.after.blocked - self.before.blocked

    @property
    def waits_for_vendor(self) -> Decimal:
        """Return what is available as well once the vendor has confirmed that it lets the units go."""
        waiting = (charge.amount for charge in self.added if charge.status == ChargeStatus.WAITING_FOR_REFUND)
        return sum(waiting, Decimal(0))

    @property
    def written_off(self) -> Decimal:
        """Return what leaves the balance."""
        return -sum((entry.amount for entry in self.transactions if entry.amount < 0), Decimal(0))


def preview(verb: Callable[[], Any], *, account: Account, today: date) -> Preview:
    """Return what the verb would do to the account's books today; raises what the verb raises.

    `verb` is one with all its arguments, as `functools.partial` makes it. What the night has left to do comes first
    and is not counted in.
    """
    with transaction.atomic(), unnumbered():
        try:
            renew_accounts(account_ids=[account.pk], today=today)
            return _looked_at(verb, account, today)
        finally:
            transaction.set_rollback(True)


@transaction.atomic
def carried_out(verb: Callable[[], Any], *, account: Account, today: date) -> Preview:
    """Carry the verb out and return what it did, read as `preview` reads it: so that the two can be compared.

    The account is locked before the first look, so nothing comes between. Raises what the verb raises.
    """
    renew_accounts(account_ids=[account.pk], today=today)
    return _looked_at(verb, account, today)


def _looked_at(verb: Callable[[], Any], account: Account, today: date) -> Preview:
    charges = Charge.objects.filter(account=account)
    live = (ChargeStatus.NEW, ChargeStatus.OPENED, ChargeStatus.BLOCKED, ChargeStatus.WAITING_FOR_REFUND)
    earlier = dict(charges.filter(status__in=live).values_list("pk", "status"))
    newest = charges.order_by("-pk").values_list("pk", flat=True).first() or 0
    entries = LedgerEntry.objects.filter(account=account, book=Book.ACCOUNT)
    number = entries.order_by("-number").values_list("number", flat=True).first() or 0
    waiting = Payment.objects.filter(account=account, status=PaymentStatus.WAITING_FOR_PAYMENT)
    asked = set(waiting.values_list("pk", flat=True))
    before = funds_of(account)
    result = verb()
    concerned = _subscription_of(result)
    resources = charges.select_related("subscription_resource").order_by("pk")
    known = list(resources.filter(pk__in=earlier))
    return Preview(
        result=result,
        added=tuple(resources.filter(pk__gt=newest)),
        moved=tuple(charge for charge in known if charge.status != earlier[charge.pk]),
        transactions=tuple(entries.filter(number__gt=number).order_by("number")),
        payments=tuple(waiting.exclude(pk__in=asked).order_by("pk")),
        before=before,
        after=funds_of(account),
        staying=tuple(
            charge
            for charge in known
            if concerned and charge.subscription_id == concerned.pk and charge.status == earlier[charge.pk]
        ),
        upkeep=upkeep_of(concerned, today) if concerned else None,
        statuses_before=earlier,
        owing=owing_of(concerned, today) if concerned else None,
    )


def _subscription_of(result: object) -> Subscription | None:
    """Return the subscription that a verb's result is about, as it stands now."""
    if isinstance(result, Payment) and result.order_id is not None and result.status == PaymentStatus.COMPLETED:
        result = result.order
    found = result.subscription_id if isinstance(result, Order) else None
    if isinstance(result, Subscription):
        found = result.pk
    rows = Subscription.objects.select_related("period").defer("search_vector")
    return rows.get(pk=found) if found is not None else None
