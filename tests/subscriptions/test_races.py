"""Two at once: one balance, one double click, one payment; each side in a connection of its own.

Who locks several accounts does it in one order: the night and they would else wait for each other.
"""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection, transaction

from accounts.account_terms import change_account_class
from accounts.actors import SYSTEM
from accounts.models import Account
from accounts.registration import delete_account
from billing.audit import audit
from billing.funds import funds_of, lock_accounts
from billing.models import Charge, LedgerEntry, Payment
from billing.parking import NotSetAside, reassign_money, return_money
from billing.payments import PaymentIsClosed, cancel_payment, complete_payment, open_top_up
from core.errors import Refused
from subscriptions.models import Order, Subscription
from subscriptions.night.renewals import run_billing_day
from subscriptions.people.ordering import cancel_order
from subscriptions.people.paying import FundsShort, OrderIsNotWaiting, pay_order_from_balance
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.factories.billing import owe, top_up
from tests.subscriptions.conftest import ORDERED_ON

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*deeds: Callable[[], object]) -> list[object]:
    """Do all at the same moment; return what each gave, or how it was refused."""
    start = threading.Barrier(len(deeds))
    given: list[object] = [None] * len(deeds)

    def do(place: int, deed: Callable[[], object]) -> None:
        try:
            start.wait()
            given[place] = deed()
        except Refused as no:
            given[place] = no
        finally:
            connection.close()

    threads = [threading.Thread(target=do, args=(place, deed)) for place, deed in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return given


def while_it_waits(deed: Callable[[], object]) -> Future:
    """Begin a deed in a thread of its own, and return as soon as it waits for what this one has locked."""

    def do() -> object:
        try:
            return deed()
        finally:
            connection.close()

    pool = ThreadPoolExecutor(1)
    begun = pool.submit(do)
    pool.shutdown(wait=False)
    deadline = time.monotonic() + 20
    with connection.cursor() as cursor:
        while not begun.done():
            cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
            if cursor.fetchone()[0]:
                return begun
            assert time.monotonic() < deadline
            time.sleep(0.005)
    begun.result()
    raise AssertionError("it waits for nothing")


def left_free_while(deed: Callable[[], object], *, held: Account, free: Account) -> None:
    """Hold one account while a deed wants two: it waits for the first and has not locked the second."""
    with transaction.atomic():
        lock_accounts([held.pk])
        begun = while_it_waits(deed)
        Account.objects.select_for_update(no_key=True, nowait=True).get(pk=free.pk)
    begun.result()


def test_money_set_aside_goes_to_another_account_in_the_order_of_locks() -> None:
    account, other = cast.account(), cast.account()
    payment = open_top_up(actor=SYSTEM, account=account, amount=Decimal(5), today=ORDERED_ON)
    cancel_payment(actor=SYSTEM, payment=payment, today=ORDERED_ON)
    payment = complete_payment(actor=SYSTEM, payment=payment, today=ORDERED_ON)
    left_free_while(
        lambda: reassign_money(actor=SYSTEM, payment=payment, account=other, today=ORDERED_ON),
        held=account, free=other,
    )  # fmt: skip
    assert funds_of(other).balance == 5


def test_other_terms_of_many_accounts_are_taken_in_the_order_of_locks() -> None:
    """The first falls below the new limit, the second has a billing day due before."""
    terms = cast.account_class(credit_limit=Decimal(100), pay_with_negative_balance=True, subzero_period=5)
    first, second = cast.account(account_class=terms), cast.account(account_class=terms)
    owe(account=first, amount="50", today=ORDERED_ON)
    make.subscription(account=second, plan=make.plan(), today=ORDERED_ON)
    left_free_while(
        lambda: change_account_class(
            actor=SYSTEM, account_class=terms, values={"credit_limit": Decimal(10)}, today=date(2018, 9, 1)
        ),
        held=first, free=second,
    )  # fmt: skip
    assert set(Account.objects.values_list("status", flat=True)) == {"credit_hold", "active"}


def test_two_orders_on_one_balance_are_paid_once() -> None:
    account, plan = cast.account(), make.plan()
    top_up(account=account, amount="20", today=ORDERED_ON)
    orders = [make.order(account=account, plan=plan, today=ORDERED_ON) for _ in range(2)]
    given = at_once(
        *(lambda order=order: pay_order_from_balance(actor=SYSTEM, order=order, today=ORDERED_ON) for order in orders)
    )
    assert sorted(type(one).__name__ for one in given) == ["FundsShort", "Order"]
    assert next(one for one in given if isinstance(one, FundsShort)).missing == Decimal("18.70")
    assert funds_of(account).available == Decimal("0.65")
    assert audit(today=ORDERED_ON) == []


def test_a_double_click_is_one_order() -> None:
    account, plan = cast.account(), make.plan()
    given = at_once(
        *(lambda: make.order(account=account, plan=plan, today=ORDERED_ON, idempotency_key="click") for _ in range(3))
    )
    assert len({order.pk for order in given}) == 1
    assert Order.objects.count() == Payment.objects.count() == Charge.objects.count() == 1


def test_a_payment_completed_twice_at_once_is_booked_once() -> None:
    account = cast.account()
    order = make.order(account=account, plan=make.plan(), today=ORDERED_ON)
    payment = Payment.objects.get()
    given = at_once(*(lambda: complete_payment(actor=SYSTEM, payment=payment, today=ORDERED_ON) for _ in range(3)))
    assert sorted(type(one).__name__ for one in given) == ["Payment", "PaymentIsClosed", "PaymentIsClosed"]
    assert LedgerEntry.objects.filter(book="account").count() == 1
    order.refresh_from_db()
    assert order.status == "completed"
    assert any(isinstance(one, PaymentIsClosed) for one in given)


def test_an_order_paid_in_two_ways_at_once_runs_once() -> None:
    account = cast.account()
    top_up(account=account, amount="20", today=ORDERED_ON)
    order = make.order(account=account, plan=make.plan(), today=ORDERED_ON)
    payment = Payment.objects.get(order=order)
    given = at_once(
        lambda: pay_order_from_balance(actor=SYSTEM, order=order, today=ORDERED_ON),
        lambda: complete_payment(actor=SYSTEM, payment=payment, today=ORDERED_ON),
    )
    payment.refresh_from_db()
    # Where the balance was first, the money that came as well is set aside.
    assert isinstance(given[0], OrderIsNotWaiting) != (payment.status == "parked")
    assert payment.status in ("completed", "parked")
    assert Charge.objects.get().status == "blocked"
    assert audit(today=ORDERED_ON) == []


def test_two_nights_at_once_carry_everybody_out_once() -> None:
    plan, billing_day = make.plan(), date(2018, 9, 1)
    for _ in range(6):
        account = cast.account()
        make.subscription(account=account, plan=plan, today=ORDERED_ON)
        top_up(account=account, amount="100", today=ORDERED_ON)
    nights = at_once(*(lambda: run_billing_day(today=billing_day, batch_size=2) for _ in range(2)))
    assert sum(night.subscriptions for night in nights) == 6
    assert Charge.objects.filter(status="blocked").count() == Charge.objects.filter(status="closed").count() == 6
    assert set(Subscription.objects.values_list("next_billing_day", flat=True)) == {date(2018, 10, 1)}
    assert audit(today=billing_day) == []


def test_the_money_and_the_night_that_holds_at_once() -> None:
    """Whoever is first: the debt is paid, the hold is left or not entered, and the books agree."""
    terms = cast.account_class(credit_limit=Decimal(100), pay_with_negative_balance=True, subzero_period=5)
    account = cast.account(account_class=terms)
    order = make.order(account=account, plan=make.plan(), today=ORDERED_ON)
    pay_order_from_balance(actor=SYSTEM, order=order, today=ORDERED_ON)
    held_on = date(2018, 9, 7)
    run_billing_day(today=date(2018, 9, 6))
    at_once(
        lambda: run_billing_day(today=held_on),
        lambda: top_up(account=account, amount="29.35", today=held_on),
    )
    account.refresh_from_db()
    assert (account.status, Subscription.objects.get().status) == ("active", "active")
    # The night comes before the money, whoever carries it out.
    assert Charge.objects.filter(status="closed").count() == 2
    assert audit(today=held_on) == []


@pytest.mark.parametrize("_round", range(3))
def test_an_order_is_cancelled_while_its_payment_is_approved(_round: int) -> None:
    """Whoever is first: the order runs on the money, or the money is set aside; it is never lost."""
    account = cast.account()
    order = make.order(account=account, plan=make.plan(), today=ORDERED_ON)
    payment = Payment.objects.get(order=order)
    given = at_once(
        lambda: cancel_order(actor=SYSTEM, order=order, today=ORDERED_ON),
        lambda: complete_payment(actor=SYSTEM, payment=payment, today=ORDERED_ON),
    )
    order.refresh_from_db()
    payment.refresh_from_db()
    assert (order.status, payment.status) in (("completed", "completed"), ("cancelled", "parked"))
    assert isinstance(given[0], Refused) == (order.status == "completed")
    assert sum(LedgerEntry.objects.filter(book="cash").values_list("amount", flat=True)) == -payment.amount
    assert audit(today=ORDERED_ON) == []


@pytest.mark.parametrize("_round", range(3))
def test_an_account_is_deleted_while_its_payment_is_approved(_round: int) -> None:
    """The balance keeps the account, or the account's end sets the money aside."""
    account = cast.account()
    payment = open_top_up(actor=SYSTEM, account=account, amount=Decimal(5), today=ORDERED_ON)
    at_once(
        lambda: delete_account(actor=SYSTEM, account=account, today=ORDERED_ON),
        lambda: complete_payment(actor=SYSTEM, payment=payment, today=ORDERED_ON),
    )
    account.refresh_from_db()
    payment.refresh_from_db()
    assert (account.status, payment.status) in (("active", "completed"), ("deleted", "parked"))
    assert audit(today=ORDERED_ON) == []


def test_money_set_aside_is_sent_on_once_by_two_managers() -> None:
    account, other = cast.account(), cast.account()
    payment = open_top_up(actor=SYSTEM, account=account, amount=Decimal(5), today=ORDERED_ON)
    cancel_payment(actor=SYSTEM, payment=payment, today=ORDERED_ON)
    payment = complete_payment(actor=SYSTEM, payment=payment, today=ORDERED_ON)
    given = at_once(
        lambda: return_money(actor=SYSTEM, payment=payment, today=ORDERED_ON),
        lambda: reassign_money(actor=SYSTEM, payment=payment, account=other, today=ORDERED_ON),
        lambda: reassign_money(actor=SYSTEM, payment=payment, account=account, today=ORDERED_ON),
    )
    assert sum(isinstance(one, NotSetAside) for one in given) == 2
    assert audit(today=ORDERED_ON) == []
