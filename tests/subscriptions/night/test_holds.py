"""Holds: what triggers them, what they stop, what is activated again."""

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from accounts.account_terms import change_account_class
from accounts.actors import SYSTEM
from accounts.models import Account
from accounts.registration import change_account, hold_account, release_account
from billing.audit import audit
from billing.funds import funds_of
from billing.models import LedgerEntry, Payment
from billing.signals import credit_hold_entered, credit_hold_left
from core.history import history_of
from notifications.models import Notification
from subscriptions.catalogue.products import Timers
from subscriptions.models import Order, Plan, Subscription
from subscriptions.night.holds import unsettled
from subscriptions.night.renewals import run_billing_day
from subscriptions.people.changes import change_quantities
from subscriptions.people.paying import pay_order_from_balance
from subscriptions.people.stopping import stop
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.factories.billing import top_up
from tests.subscriptions.conftest import ORDERED_ON
from tests.subscriptions.holding import (
    BILLING_DAY,
    DAY_AFTER,
    HELD_ON,
    again,
    charges,
    limit_lowered,
    on_credit,
    stands,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def heard() -> Iterator[list[tuple[str, int, date]]]:
    """What the signals of the hold said, in order."""
    said: list[tuple[str, int, date]] = []

    def entered(*, account: Account, today: date, **_rest: Any) -> None:
        said.append(("entered", account.pk, today))

    def left(*, account: Account, today: date, **_rest: Any) -> None:
        said.append(("left", account.pk, today))

    credit_hold_entered.connect(entered)
    credit_hold_left.connect(left)
    yield said
    credit_hold_entered.disconnect(entered)
    credit_hold_left.disconnect(left)


# --- triggers


@pytest.mark.parametrize(
    ("period", "day", "status"),
    [
        (-1, date(2018, 9, 30), "active"),
        (0, BILLING_DAY, "active"),
        (0, DAY_AFTER, "credit_hold"),
        (5, date(2018, 9, 6), "active"),
        (5, HELD_ON, "credit_hold"),
    ],
)
def test_the_night_counts_the_days_below_zero(plan: Plan, period: int, day: date, status: str) -> None:
    seats = on_credit(plan, subzero_period=period)
    run_billing_day(today=day)
    assert stands(seats)[0] == status


def _class_changed(account: Account) -> None:
    poorer = cast.account_class(reseller=account.reseller, credit_limit=Decimal(10), pay_with_negative_balance=True)
    change_account(actor=SYSTEM, account=account, values={"account_class": poorer}, today=DAY_AFTER)


def _terms_changed(account: Account) -> None:
    values = {"credit_limit": Decimal(10)}
    change_account_class(actor=SYSTEM, account_class=account.account_class, values=values, today=DAY_AFTER)


def _released(account: Account) -> None:
    hold_account(actor=SYSTEM, account=account, today=BILLING_DAY)
    change_account(actor=SYSTEM, account=account, values={"credit_limit_override": Decimal(10)}, today=DAY_AFTER)
    assert Account.objects.get(pk=account.pk).status == "administrative_hold"
    assert release_account(actor=SYSTEM, account=account, today=DAY_AFTER).status == "credit_hold"


@pytest.mark.parametrize(
    ("deed", "to_pay"),
    [
        # Stopped on the second day of September: 1.67 of it is used, and 19.35 + 1.67 - 10.00 is too much.
        (limit_lowered, "11.02"),
        (_class_changed, "11.02"),
        (_terms_changed, "11.02"),
        # Stopped on the first day by the other hold.
        (_released, "9.35"),
    ],
)
def test_stricter_terms_hold_at_once(seats: Subscription, deed: Callable[[Account], None], to_pay: str) -> None:
    run_billing_day(today=BILLING_DAY)
    deed(seats.account)
    assert stands(seats) == ("credit_hold", "stopped", "credit_hold")
    (told,) = Notification.objects.filter(event="account_on_credit_hold")
    assert f"${to_pay}" in told.subject
    assert unsettled(DAY_AFTER) == set()


def test_credit_that_is_switched_off_holds_at_once(seats: Subscription, plan: Plan) -> None:
    other = on_credit(plan)
    run_billing_day(today=BILLING_DAY)
    values = {"pay_with_negative_balance": False}
    change_account_class(actor=SYSTEM, account_class=seats.account.account_class, values=values, today=DAY_AFTER)
    assert (stands(seats)[0], stands(other)[0]) == ("credit_hold", "active")


def test_a_late_night_comes_before_the_new_terms(seats: Subscription) -> None:
    """The limit is lowered on the 9th, before the nights since the 1st: the hold is that of the 7th."""
    change_account(
        actor=SYSTEM, account=seats.account, values={"credit_limit_override": Decimal(10)}, today=date(2018, 9, 9)
    )
    assert again(seats).stopped_on == HELD_ON


def test_milder_terms_release_at_once(held: Subscription) -> None:
    values = {"subzero_period": 30}
    change_account_class(actor=SYSTEM, account_class=held.account.account_class, values=values, today=HELD_ON)
    assert stands(held) == ("active", "active", "")


def test_a_raised_limit_releases_at_once(seats: Subscription) -> None:
    run_billing_day(today=BILLING_DAY)
    limit_lowered(seats.account)
    for limit, status in (("21.01", "credit_hold"), ("21.02", "active")):
        values = {"credit_limit_override": Decimal(limit)}
        change_account(actor=SYSTEM, account=seats.account, values=values, today=DAY_AFTER)
        assert stands(seats)[0] == status


def test_a_name_that_changes_holds_nobody(seats: Subscription) -> None:
    """Not even the nights that are due are carried out for it."""
    values = {"name": "Other", "credit_limit": Decimal(100)}
    change_account_class(actor=SYSTEM, account_class=seats.account.account_class, values=values, today=HELD_ON)
    change_account(actor=SYSTEM, account=seats.account, values={"city": "Brest"}, today=HELD_ON)
    assert stands(seats)[0] == "active"
    assert LedgerEntry.objects.count() == 0


# --- what it does


def test_a_hold_is_entered_and_left_with_every_charge_explained(
    seats: Subscription, heard: list[tuple[str, int, date]]
) -> None:
    account = seats.account
    run_billing_day(today=date(2018, 9, 6))
    assert charges(seats) == [("closed", Decimal("19.35")), ("blocked", Decimal("50.00"))]
    run_billing_day(today=HELD_ON)
    assert stands(seats) == ("credit_hold", "stopped", "credit_hold")
    assert charges(seats)[1:] == [
        ("deleted", Decimal("50.00")), ("closed", Decimal("10.00")), ("opened", Decimal("40.00")),
    ]  # fmt: skip
    assert (funds_of(account).balance, funds_of(account).blocked) == (Decimal("-29.35"), 0)
    (told,) = Notification.objects.filter(event="account_on_credit_hold")
    assert "balance is -$29.35" in told.body_text.replace("−", "-")
    assert "by $29.35" in told.body_text

    top_up(account=account, amount="29.34", today=date(2018, 9, 10))
    assert stands(seats) == ("credit_hold", "stopped", "credit_hold")
    top_up(account=account, amount="0.01", today=date(2018, 9, 10))
    assert stands(seats) == ("active", "active", "")
    # 21 of the 30 days of September.
    assert charges(seats)[3:] == [("deleted", Decimal("40.00")), ("blocked", Decimal("35.00"))]
    assert heard == [("entered", account.pk, HELD_ON), ("left", account.pk, date(2018, 9, 10))]
    assert Notification.objects.filter(event="account_off_credit_hold").count() == 1
    assert audit(today=date(2018, 9, 10)) == []


def test_the_log_tells_it(held: Subscription) -> None:
    entries = [entry.text for entry in history_of(held.account)]
    assert entries[0] == "Status: Active → Credit hold"


def test_what_was_stopped_otherwise_stays_stopped(seats: Subscription, plan: Plan) -> None:
    account = seats.account
    top_up(account=account, amount="60", today=ORDERED_ON)
    by_hand = make.subscription(account=account, plan=plan, today=ORDERED_ON)
    stop(actor=SYSTEM, subscription=by_hand, today=ORDERED_ON)
    hold_account(actor=SYSTEM, account=account, today=ORDERED_ON)
    assert stands(by_hand) == ("administrative_hold", "stopped", "manual")
    release_account(actor=SYSTEM, account=account, today=ORDERED_ON)
    assert (stands(by_hand)[1:], stands(seats)[1:]) == (("stopped", "manual"), ("active", ""))


def test_funds_go_by_priority_and_what_lacks_them_says_so(plan: Plan) -> None:
    """Back at the limit nothing is available; with 50.00 more the first in the order of priority runs again."""
    first = on_credit(plan, credit_limit=Decimal(200), subzero_period=-1)
    account = first.account
    order = make.order(account=account, plan=plan, today=ORDERED_ON)
    pay_order_from_balance(actor=SYSTEM, order=order, today=ORDERED_ON)
    second = order.subscription
    Subscription.objects.filter(pk=second.pk).update(billing_priority=1)
    run_billing_day(today=BILLING_DAY)
    change_account(actor=SYSTEM, account=account, values={"credit_limit_override": Decimal(0)}, today=BILLING_DAY)
    assert funds_of(account).balance == Decimal("-38.70")
    top_up(account=account, amount="88.70", today=BILLING_DAY)
    assert stands(second) == ("active", "active", "")
    assert stands(first) == ("active", "stopped", "funds_short")
    top_up(account=account, amount="500", today=BILLING_DAY)
    assert stands(first)[1:] == ("stopped", "funds_short")


def test_back_at_the_limit_is_enough_to_leave(seats: Subscription) -> None:
    run_billing_day(today=BILLING_DAY)
    limit_lowered(seats.account)
    top_up(account=seats.account, amount="11.02", today=DAY_AFTER)
    assert stands(seats) == ("active", "stopped", "funds_short")
    assert funds_of(Account.objects.select_related("account_class").get(pk=seats.account_id)).available == 0


def test_a_raise_that_waits_for_its_payment_is_given_up(seats: Subscription) -> None:
    change_quantities(
        actor=SYSTEM, subscription=seats, quantities={"seats": 8}, today=DAY_AFTER, now=make.noon(DAY_AFTER)
    )
    run_billing_day(today=HELD_ON)
    assert Order.objects.latest("pk").status == "cancelled"
    assert Payment.objects.latest("pk").status == "cancelled"


@pytest.mark.parametrize(
    ("held_on", "released_on", "while_held", "afterwards"),
    [
        ("2018-09-22", "2018-09-25", ("stopped", "administrative_hold"), ("graced", "")),
        ("2018-09-22", "2018-10-04", ("stopped", "administrative_hold"), ("stopped", "expired")),
        ("2018-09-10", "2018-09-25", ("stopped", "administrative_hold"), ("stopped", "expired")),
    ],
)
def test_grace_is_given_back_while_it_lasts(
    acme: Account, held_on: str, released_on: str, while_held: tuple[str, str], afterwards: tuple[str, str]
) -> None:
    plan = make.plan(months=1, timers=Timers(billing_day=1, grace_period=14))
    seats = make.subscription(account=acme, plan=plan, today=ORDERED_ON)
    top_up(account=acme, amount="500", today=ORDERED_ON)
    hold_account(actor=SYSTEM, account=acme, today=date.fromisoformat(held_on))
    assert stands(seats)[1:] == while_held
    release_account(actor=SYSTEM, account=acme, today=date.fromisoformat(released_on))
    assert stands(seats)[1:] == afterwards
    run_billing_day(today=date(2018, 10, 4))
    assert stands(seats)[1:] == ("stopped", "expired")


def test_an_administrative_hold_is_left_for_the_debt_alone(held: Subscription) -> None:
    hold_account(actor=SYSTEM, account=held.account, today=HELD_ON)
    top_up(account=held.account, amount="29.35", today=HELD_ON)
    assert stands(held) == ("administrative_hold", "stopped", "credit_hold")
    release_account(actor=SYSTEM, account=held.account, today=HELD_ON)
    assert stands(held) == ("active", "active", "")
