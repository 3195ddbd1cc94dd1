"""Payments for rendered services: a night takes them from the balance or lets them expire, and what is not paid blocks.

spec/billing-types.md section 4. What is Blocked is stopped, with the charges of a stop, until the payment comes.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import Account, AccountStatus
from billing.charging import Booking, record
from billing.models import InvoiceLine, Payment, PaymentStatus
from billing.rendered import look_at_payments
from subscriptions.contract.cancelling import close_orders, stop_all
from subscriptions.contract.confirming import allowed
from subscriptions.contract.handover import ACTIVATE, STOP, hand_over, save_states
from subscriptions.contract.hands import ROWS, Hands
from subscriptions.contract.terms import UNDER_CHANGE, Contract, contracts_among
from subscriptions.models import StopReason, Subscription, SubscriptionStatus
from subscriptions.night.holds import HOLDS


def look_at_accounts(accounts: Mapping[int, Account], day: date) -> int:
    """Complete and let expire what the night of `day` has to, and block what is not paid; return how many were blocked.

    A fixed number of statements; each subscription of a vendor that is blocked takes a few more.
    """
    looked = look_at_payments(accounts, day)
    if not looked.expired:
        return 0
    unpaid = InvoiceLine.objects.filter(invoice__payment__in=looked.expired, charge__subscription=OuterRef("pk"))
    running = Subscription.objects.filter(
        Exists(unpaid), account__in=accounts, status__in=(SubscriptionStatus.ACTIVE, *UNDER_CHANGE)
    )
    return block_all(contracts_among(accounts, running), StopReason.PAYMENT_EXPIRED, day)


def block_all(contracts: Collection[Contract], reason: StopReason, day: date) -> int:
    """Block what runs, with the charges of a stop on `day`; waiting orders are given up. Returns how many there are."""
    bookings, orders = stop_all(contracts, day)
    for contract in contracts:
        block(contract, reason, day)
    if contracts:
        record([booking for booking in bookings if booking.changes])
        save_states(list(contracts), day)
    if orders:
        close_orders(order_ids=orders, day=day)
    return len(contracts)


def block(contract: Contract, reason: StopReason, day: date, hands: Hands = ROWS) -> None:
    """Set a running subscription on its way to Blocked; the caller books its charges and saves STATE_FIELDS."""
    subscription = contract.subscription
    subscription.stop_reason, subscription.stop_comment = reason, ""
    subscription.stopped_on = day
    if subscription.status in UNDER_CHANGE:
        # The vendor's word comes first: it is blocked once the change has ended there.
        subscription.due_on = subscription.next_billing_day = None
    else:
        hands.hand_over(contract, STOP, day)
    hands.blocked(contract, day)


def unpaid_behind(subscription: Subscription) -> QuerySet[Payment]:
    """Return the expired payments for services of the subscription: until they are paid it stays Blocked."""
    lines = InvoiceLine.objects.filter(charge__subscription=subscription, invoice__payment=OuterRef("pk"))
    return Payment.objects.filter(Exists(lines), account=subscription.account_id, status=PaymentStatus.EXPIRED)


def activate_paid(accounts: Mapping[int, Account], payment: Payment, day: date) -> None:
    """Activate on `day` what the payment was expired for, where no other payment of it has expired (T28).

    What the credit limit does not allow stays Blocked for it, and is activated by hand later.
    """
    paid = InvoiceLine.objects.filter(invoice__payment=payment, charge__subscription=OuterRef("pk"))
    blocked = Subscription.objects.filter(
        Exists(paid), account__in=accounts, status=SubscriptionStatus.BLOCKED, stop_reason=StopReason.PAYMENT_EXPIRED
    )
    contracts = [one for one in contracts_among(accounts, blocked) if not unpaid_behind(one.subscription).exists()]
    bookings = [booking for contract in contracts for booking in _activated(contract, accounts, day)]
    if contracts:
        record(bookings)
        save_states(contracts, day)


def _activated(contract: Contract, accounts: Mapping[int, Account], day: date) -> Iterable[Booking]:
    row, status = contract.subscription, accounts[contract.subscription.account_id].status
    if row.expiration_date is not None and row.expiration_date <= day:
        return  # its term is over meanwhile: it stays where it is
    if status in HOLDS:  # it follows the hold from now on
        row.status, row.stop_reason = SubscriptionStatus.STOPPED, HOLDS[AccountStatus(status)]
        return
    changes = contract.rules.activate(contract.terms, contract.lines, contract.chargeable, day)
    if not allowed(contract, changes, day):
        row.stop_reason = StopReason.CREDIT_LIMIT
        return
    row.stop_reason = row.stop_comment = ""
    row.stopped_on = None
    hand_over(contract, ACTIVATE, day=day)
    if changes:
        yield contract.booking(changes, day)
