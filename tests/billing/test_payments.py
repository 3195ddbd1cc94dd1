"""Payments: opened, completed once, cancelled."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.actors import SYSTEM, Forbidden
from accounts.models import AccessLevel, Account, AccountStatus, Role
from billing.amounts import NotAnAmount
from billing.funds import funds_of
from billing.models import LedgerEntry, Payment
from billing.payments import (
    AccountIsDeleted,
    PaymentBelongsToOrder,
    PaymentIsClosed,
    UnknownMethod,
    cancel_payment,
    complete_payment,
    open_top_up,
)
from subscriptions.models import Order, Plan, Subscription
from tests.billing.conftest import ORDERED_ON
from tests.factories import accounts as cast
from tests.factories import subscriptions as make

pytestmark = pytest.mark.django_db


def _top_up(account: Account, amount: str = "100.00", **fields: object) -> Payment:
    return open_top_up(actor=SYSTEM, account=account, amount=Decimal(amount), today=ORDERED_ON, **fields)


def test_a_top_up_waits_and_then_is_on_the_balance(acme: Account) -> None:
    payment = _top_up(acme, comment="August")
    assert (payment.status, payment.kind, payment.comment) == ("waiting_for_payment", "top_up", "August")
    assert funds_of(acme).balance == 0

    manager = cast.manager_actor()
    done = complete_payment(actor=manager, payment=payment, today=ORDERED_ON, method="bank_transfer")
    assert (done.status, done.closed_on, done.method, done.approved_by) == (
        "completed",
        ORDERED_ON,
        "bank_transfer",
        manager.user,
    )
    assert funds_of(acme).available == Decimal(100)
    account, cash = LedgerEntry.objects.order_by("book")
    assert (account.amount, account.balance, account.number, account.description) == (
        100, 100, 1, f"Payment {payment.number}",
    )  # fmt: skip
    assert (cash.amount, cash.balance, cash.posting) == (-100, None, account.posting)


def test_a_payment_is_completed_once(acme: Account) -> None:
    payment = _top_up(acme)
    complete_payment(actor=SYSTEM, payment=payment, today=ORDERED_ON)
    with pytest.raises(PaymentIsClosed) as refusal:
        complete_payment(actor=SYSTEM, payment=payment, today=ORDERED_ON)
    assert str(refusal.value) == f"Payment {payment.number} is not waiting any more: it is “Completed”."
    assert funds_of(acme).balance == Decimal(100)


@pytest.mark.parametrize(
    ("amount", "sentence"),
    [
        ("0", "The amount must be more than zero."),
        ("-5", "The amount must be more than zero."),
        ("NaN", "The amount must be more than zero."),
        ("1.001", "The amount may have at most 2 decimals in USD."),
        ("1000000000000000", "The amount is too large to be true. Check the number of zeros."),
    ],
)
def test_what_is_no_amount_is_refused(acme: Account, amount: str, sentence: str) -> None:
    with pytest.raises(NotAnAmount) as refusal:
        _top_up(acme, amount)
    assert (refusal.value.field, str(refusal.value)) == ("amount", sentence)


def test_an_unknown_method_is_refused(acme: Account) -> None:
    with pytest.raises(UnknownMethod):
        _top_up(acme, method="barter")


def test_a_deleted_account_gets_no_money(acme: Account) -> None:
    acme.status = AccountStatus.DELETED
    with pytest.raises(AccountIsDeleted):
        _top_up(acme)


def test_a_waiting_top_up_is_cancelled(acme: Account) -> None:
    payment = _top_up(acme)
    assert cancel_payment(actor=SYSTEM, payment=payment, today=ORDERED_ON).status == "cancelled"
    with pytest.raises(PaymentIsClosed):
        cancel_payment(actor=SYSTEM, payment=payment, today=ORDERED_ON)


def test_a_payment_of_an_order_goes_with_its_order(acme: Account, plan: Plan) -> None:
    make.order(account=acme, plan=plan, today=ORDERED_ON)
    with pytest.raises(PaymentBelongsToOrder):
        cancel_payment(actor=SYSTEM, payment=Payment.objects.get(), today=ORDERED_ON)


def test_a_customer_does_not_approve_its_own_payment(acme: Account) -> None:
    payment = _top_up(acme)
    with pytest.raises(Forbidden):
        complete_payment(actor=cast.customer_actor(account=acme), payment=payment, today=ORDERED_ON)


def test_nobody_pays_for_an_account_out_of_sight(acme: Account) -> None:
    south = cast.manager_actor(reseller=cast.reseller(), role=Role.ADMIN)
    payment = _top_up(acme)
    with pytest.raises(Forbidden):
        open_top_up(actor=south, account=acme, amount=Decimal(1), today=ORDERED_ON)
    for verb in (cancel_payment, complete_payment):
        with pytest.raises(Forbidden):
            verb(actor=south, payment=payment, today=ORDERED_ON)
    with pytest.raises(Forbidden):
        open_top_up(
            actor=cast.customer_actor(account=acme, access_level=AccessLevel.USER),
            account=acme,
            amount=Decimal(1),
            today=ORDERED_ON,
        )


def test_a_late_and_dearer_payment_asks_for_the_rest(acme: Account, plan: Plan) -> None:
    """Placed on 31 August for one day (1.61), paid on 1 September, when the whole month is 50.00."""
    order = make.order(account=acme, plan=plan, today=date(2018, 8, 31))
    complete_payment(actor=SYSTEM, payment=Payment.objects.get(), today=date(2018, 9, 1))
    order.refresh_from_db()
    assert order.status == "waiting_for_payment"
    rest = Payment.objects.get(status="waiting_for_payment")
    assert rest.amount == Decimal("48.39")
    complete_payment(actor=SYSTEM, payment=rest, today=date(2018, 9, 1))
    assert Order.objects.get().status == "completed"
    assert Subscription.objects.get().start_date == date(2018, 9, 1)
    assert funds_of(acme).available == 0


def test_the_night_comes_before_the_payment(seats: Subscription, acme: Account) -> None:
    """Money that comes in on 2 September does not save a subscription that was short on 1 September."""
    payment = _top_up(acme)
    complete_payment(actor=SYSTEM, payment=payment, today=date(2018, 9, 2))
    seats.refresh_from_db()
    assert (seats.status, seats.stopped_on) == ("stopped", date(2018, 9, 1))
    days = list(LedgerEntry.objects.filter(book="account").order_by("number").values_list("day", flat=True))
    assert days == [ORDERED_ON, date(2018, 9, 1), date(2018, 9, 2)]
