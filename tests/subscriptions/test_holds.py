"""Holds: what triggers them, what they stop, what is activated again; nights late, twice and killed."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from accounts.account_terms import change_account_class
from accounts.actors import SYSTEM
from accounts.models import Account
from accounts.registration import AccountNotFound, change_account, hold_account, release_account
from billing.audit import audit
from billing.funds import funds_of
from billing.models import Charge, LedgerEntry, Payment
from billing.payments import complete_payment
from billing.signals import credit_hold_entered, credit_hold_left
from core.errors import Refused
from core.history import history_of
from notifications.models import Notification
from subscriptions import renewals
from subscriptions.catalogue.products import Timers
from subscriptions.changes import change_quantities
from subscriptions.holds import settle_holds, unsettled
from subscriptions.models import Order, Plan, Subscription
from subscriptions.opening import AccountOnHold
from subscriptions.paying import pay_order_from_balance
from subscriptions.renewals import renew_accounts, run_billing_day
from subscriptions.stopping import activate, delete, stop
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.factories.billing import top_up
from tests.subscriptions.conftest import ORDERED_ON, work
from vendors.models import VendorConnection

pytestmark = pytest.mark.django_db
BILLING_DAY = date(2018, 9, 1)
DAY_AFTER = date(2018, 9, 2)
HELD_ON = date(2018, 9, 7)


def _on_credit(plan: Plan, **terms: object) -> Subscription:
    """Return five seats bought on credit, 100 below zero for 5 days: 19.35 until 1 September, 50.00 a month then."""
    fields = {"credit_limit": Decimal(100), "pay_with_negative_balance": True, "subzero_period": 5, **terms}
    account = cast.account(account_class=cast.account_class(**fields))
    order = make.order(account=account, plan=plan, today=ORDERED_ON)
    pay_order_from_balance(actor=SYSTEM, order=order, today=ORDERED_ON)
    return Subscription.objects.select_related("account__account_class").get(pk=order.subscription_id)


@pytest.fixture
def seats(plan: Plan) -> Subscription:
    """Five seats bought on credit; negative since the night of 1 September, on hold from that of the 7th."""
    return _on_credit(plan)


@pytest.fixture
def held(seats: Subscription) -> Subscription:
    """The same on 7 September: the debt of 19.35 has grown by the 10.00 of six days."""
    run_billing_day(today=HELD_ON)
    return _again(seats)


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


def _again(subscription: Subscription) -> Subscription:
    return Subscription.objects.select_related("account__account_class").get(pk=subscription.pk)


def _stands(subscription: Subscription) -> tuple[str, str, str]:
    """Return the account's status, the subscription's, and why it is stopped."""
    now = _again(subscription)
    return now.account.status, now.status, now.stop_reason


def _charges(subscription: Subscription) -> list[tuple[str, Decimal]]:
    return list(subscription.charges.order_by("pk").values_list("status", "amount"))


def books() -> list[str]:
    """Return charges, balances, statuses and letters of everybody, in an order that does not tell when they came."""
    charges = Charge.objects.values_list(
        "account", "operate_from", "operate_to", "amount", "status", "created_on", "closed_on"
    )
    entries = LedgerEntry.objects.filter(book="account").values_list("account", "number", "day", "amount", "balance")
    subscriptions = Subscription.objects.values_list("pk", "status", "stop_reason", "stopped_on", "due_on")
    accounts = Account.objects.values_list("pk", "status")
    letters = Notification.objects.values_list("key", "body_text")
    return sorted(map(str, [*charges, *entries, *subscriptions, *accounts, *letters]))


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
    seats = _on_credit(plan, subzero_period=period)
    run_billing_day(today=day)
    assert _stands(seats)[0] == status


def _limit_lowered(account: Account) -> None:
    change_account(actor=SYSTEM, account=account, values={"credit_limit_override": Decimal(10)}, today=DAY_AFTER)


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
        (_limit_lowered, "11.02"),
        (_class_changed, "11.02"),
        (_terms_changed, "11.02"),
        # Stopped on the first day by the other hold.
        (_released, "9.35"),
    ],
)
def test_stricter_terms_hold_at_once(seats: Subscription, deed: Callable[[Account], None], to_pay: str) -> None:
    run_billing_day(today=BILLING_DAY)
    deed(seats.account)
    assert _stands(seats) == ("credit_hold", "stopped", "credit_hold")
    (told,) = Notification.objects.filter(event="account_on_credit_hold")
    assert f"${to_pay}" in told.subject
    assert unsettled(DAY_AFTER) == set()


def test_credit_that_is_switched_off_holds_at_once(seats: Subscription, plan: Plan) -> None:
    other = _on_credit(plan)
    run_billing_day(today=BILLING_DAY)
    values = {"pay_with_negative_balance": False}
    change_account_class(actor=SYSTEM, account_class=seats.account.account_class, values=values, today=DAY_AFTER)
    assert (_stands(seats)[0], _stands(other)[0]) == ("credit_hold", "active")


def test_a_late_night_comes_before_the_new_terms(seats: Subscription) -> None:
    """The limit is lowered on the 9th, before the nights since the 1st: the hold is that of the 7th."""
    change_account(
        actor=SYSTEM, account=seats.account, values={"credit_limit_override": Decimal(10)}, today=date(2018, 9, 9)
    )
    assert _again(seats).stopped_on == HELD_ON


def test_milder_terms_release_at_once(held: Subscription) -> None:
    values = {"subzero_period": 30}
    change_account_class(actor=SYSTEM, account_class=held.account.account_class, values=values, today=HELD_ON)
    assert _stands(held) == ("active", "active", "")


def test_a_raised_limit_releases_at_once(seats: Subscription) -> None:
    run_billing_day(today=BILLING_DAY)
    _limit_lowered(seats.account)
    for limit, status in (("21.01", "credit_hold"), ("21.02", "active")):
        values = {"credit_limit_override": Decimal(limit)}
        change_account(actor=SYSTEM, account=seats.account, values=values, today=DAY_AFTER)
        assert _stands(seats)[0] == status


def test_a_name_that_changes_holds_nobody(seats: Subscription) -> None:
    """Not even the nights that are due are carried out for it."""
    values = {"name": "Other", "credit_limit": Decimal(100)}
    change_account_class(actor=SYSTEM, account_class=seats.account.account_class, values=values, today=HELD_ON)
    change_account(actor=SYSTEM, account=seats.account, values={"city": "Brest"}, today=HELD_ON)
    assert _stands(seats)[0] == "active"
    assert LedgerEntry.objects.count() == 0


# --- what it does


def test_a_hold_is_entered_and_left_with_every_charge_explained(
    seats: Subscription, heard: list[tuple[str, int, date]]
) -> None:
    account = seats.account
    run_billing_day(today=date(2018, 9, 6))
    assert _charges(seats) == [("closed", Decimal("19.35")), ("blocked", Decimal("50.00"))]
    run_billing_day(today=HELD_ON)
    assert _stands(seats) == ("credit_hold", "stopped", "credit_hold")
    assert _charges(seats)[1:] == [
        ("deleted", Decimal("50.00")), ("closed", Decimal("10.00")), ("opened", Decimal("40.00")),
    ]  # fmt: skip
    assert (funds_of(account).balance, funds_of(account).blocked) == (Decimal("-29.35"), 0)
    (told,) = Notification.objects.filter(event="account_on_credit_hold")
    assert "balance is -$29.35" in told.body_text.replace("−", "-")
    assert "by $29.35" in told.body_text

    top_up(account=account, amount="29.34", today=date(2018, 9, 10))
    assert _stands(seats) == ("credit_hold", "stopped", "credit_hold")
    top_up(account=account, amount="0.01", today=date(2018, 9, 10))
    assert _stands(seats) == ("active", "active", "")
    # 21 of the 30 days of September.
    assert _charges(seats)[3:] == [("deleted", Decimal("40.00")), ("blocked", Decimal("35.00"))]
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
    assert _stands(by_hand) == ("administrative_hold", "stopped", "manual")
    release_account(actor=SYSTEM, account=account, today=ORDERED_ON)
    assert (_stands(by_hand)[1:], _stands(seats)[1:]) == (("stopped", "manual"), ("active", ""))


def test_funds_go_by_priority_and_what_lacks_them_says_so(plan: Plan) -> None:
    """Back at the limit nothing is available; with 50.00 more the first in the order of priority runs again."""
    first = _on_credit(plan, credit_limit=Decimal(200), subzero_period=-1)
    account = first.account
    order = make.order(account=account, plan=plan, today=ORDERED_ON)
    pay_order_from_balance(actor=SYSTEM, order=order, today=ORDERED_ON)
    second = order.subscription
    Subscription.objects.filter(pk=second.pk).update(billing_priority=1)
    run_billing_day(today=BILLING_DAY)
    change_account(actor=SYSTEM, account=account, values={"credit_limit_override": Decimal(0)}, today=BILLING_DAY)
    assert funds_of(account).balance == Decimal("-38.70")
    top_up(account=account, amount="88.70", today=BILLING_DAY)
    assert _stands(second) == ("active", "active", "")
    assert _stands(first) == ("active", "stopped", "funds_short")
    top_up(account=account, amount="500", today=BILLING_DAY)
    assert _stands(first)[1:] == ("stopped", "funds_short")


def test_back_at_the_limit_is_enough_to_leave(seats: Subscription) -> None:
    run_billing_day(today=BILLING_DAY)
    _limit_lowered(seats.account)
    top_up(account=seats.account, amount="11.02", today=DAY_AFTER)
    assert _stands(seats) == ("active", "stopped", "funds_short")
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
    assert _stands(seats)[1:] == while_held
    release_account(actor=SYSTEM, account=acme, today=date.fromisoformat(released_on))
    assert _stands(seats)[1:] == afterwards
    run_billing_day(today=date(2018, 10, 4))
    assert _stands(seats)[1:] == ("stopped", "expired")


def test_an_administrative_hold_is_left_for_the_debt_alone(held: Subscription) -> None:
    hold_account(actor=SYSTEM, account=held.account, today=HELD_ON)
    top_up(account=held.account, amount="29.35", today=HELD_ON)
    assert _stands(held) == ("administrative_hold", "stopped", "credit_hold")
    release_account(actor=SYSTEM, account=held.account, today=HELD_ON)
    assert _stands(held) == ("active", "active", "")


# --- the vendor


def test_the_vendor_suspends_and_resumes(running: Subscription, acme: Account) -> None:
    top_up(account=acme, amount="100", today=ORDERED_ON)
    hold_account(actor=SYSTEM, account=acme, today=ORDERED_ON)
    assert _stands(running) == ("administrative_hold", "stopping", "administrative_hold")
    work()
    assert _stands(running)[1:] == ("stopped", "administrative_hold")
    release_account(actor=SYSTEM, account=acme, today=ORDERED_ON)
    assert _stands(running)[1:] == ("activating", "")
    work()
    assert _stands(running)[1:] == ("active", "")


def test_what_the_vendor_works_on_follows_when_it_is_stable(ordered: Subscription, acme: Account) -> None:
    top_up(account=acme, amount="100", today=ORDERED_ON)
    hold_account(actor=SYSTEM, account=acme, today=ORDERED_ON)
    assert _stands(ordered)[1:] == ("installing", "")
    run_billing_day(today=ORDERED_ON)
    assert _stands(ordered)[1:] == ("installing", "")
    work()
    assert _stands(ordered)[1:] == ("stopping", "administrative_hold")
    release_account(actor=SYSTEM, account=acme, today=ORDERED_ON)
    assert _stands(ordered)[1:] == ("stopping", "administrative_hold")
    work()
    assert _stands(ordered)[1:] == ("activating", "")
    work()
    assert _stands(ordered)[1:] == ("active", "")


def test_at_the_vendor_grace_is_given_back_by_the_next_night(
    acme: Account, example: VendorConnection, backup_plan: Plan
) -> None:
    plan = make.plan(connection=example, months=1, timers=Timers(billing_day=1, grace_period=14))
    seats = make.subscription(account=acme, plan=plan, today=ORDERED_ON)
    top_up(account=acme, amount="500", today=ORDERED_ON)
    work()
    for verb, day in ((hold_account, date(2018, 9, 22)), (release_account, date(2018, 9, 25))):
        verb(actor=SYSTEM, account=acme, today=day)
        work(day)
    assert _stands(seats)[1:] == ("active", "")
    run_billing_day(today=date(2018, 9, 26))
    assert _stands(seats)[1:] == ("graced", "")


# --- what the customer may


def test_the_customer_is_told_what_to_pay_first(held: Subscription) -> None:
    owner = cast.customer_actor(account=held.account)
    common = {"actor": owner, "subscription": held, "today": HELD_ON}
    verbs: list[Callable[[], Any]] = [
        lambda: stop(**common),
        lambda: activate(**common),
        lambda: delete(**common),
        lambda: change_quantities(**common, quantities={"seats": 6}, now=make.noon(HELD_ON)),
    ]
    for verb in verbs:
        with pytest.raises(AccountOnHold) as refusal:
            verb()
        assert str(refusal.value) == "The account is on credit hold. Top up the balance by $29.35 to leave it."
    hold_account(actor=SYSTEM, account=held.account, today=HELD_ON)
    for verb in verbs:
        with pytest.raises(AccountOnHold, match="Administrative hold"):
            verb()
    assert _stands(held)[1:] == ("stopped", "credit_hold")


def test_an_order_on_hold_asks_for_the_debt_too(held: Subscription, plan: Plan) -> None:
    """One seat for 24 of 30 days is 8.00. Money clears the debt first, whatever it was sent for."""
    order = make.order(account=held.account, plan=plan, today=HELD_ON, quantities={"seats": 1})
    debt, for_order = Payment.objects.filter(status="waiting_for_payment").order_by("pk")
    assert [(debt.kind, debt.amount), (for_order.kind, for_order.amount)] == [
        ("top_up", Decimal("29.35")), ("order", Decimal("8.00")),
    ]  # fmt: skip
    with pytest.raises(AccountOnHold):
        pay_order_from_balance(actor=SYSTEM, order=order, today=HELD_ON)
    complete_payment(actor=SYSTEM, payment=for_order, today=HELD_ON)
    order.refresh_from_db()
    assert (order.status, _stands(held)[0]) == ("waiting_for_payment", "credit_hold")
    complete_payment(actor=SYSTEM, payment=debt, today=HELD_ON)
    assert _stands(held) == ("active", "active", "")
    again = Payment.objects.get(order=order, status="waiting_for_payment")
    assert again.amount == Decimal("8.00")
    complete_payment(actor=SYSTEM, payment=again, today=HELD_ON)
    order.refresh_from_db()
    assert order.status == "completed"
    assert audit(today=HELD_ON) == []


def test_a_paid_order_waits_for_what_the_debt_took(seats: Subscription, plan: Plan) -> None:
    """Limit 10.00, balance -21.02; an order of 19.33 leaves the hold, and lacks the 11.02 that the debt took."""
    run_billing_day(today=BILLING_DAY)
    _limit_lowered(seats.account)
    order = make.order(account=seats.account, plan=plan, today=DAY_AFTER, quantities={"seats": 2})
    complete_payment(actor=SYSTEM, payment=Payment.objects.get(order=order), today=DAY_AFTER)
    order.refresh_from_db()
    assert (order.status, _stands(seats)[0]) == ("waiting_for_payment", "active")
    assert Payment.objects.get(order=order, status="waiting_for_payment").amount == Decimal("11.02")


def test_a_payment_does_not_carry_out_an_order_on_administrative_hold(acme: Account, plan: Plan) -> None:
    order = make.order(account=acme, plan=plan, today=ORDERED_ON)
    hold_account(actor=SYSTEM, account=acme, today=ORDERED_ON)
    complete_payment(actor=SYSTEM, payment=Payment.objects.get(), today=ORDERED_ON)
    order.refresh_from_db()
    assert (order.status, Payment.objects.count()) == ("waiting_for_payment", 1)
    release_account(actor=SYSTEM, account=acme, today=ORDERED_ON)
    assert pay_order_from_balance(actor=SYSTEM, order=order, today=ORDERED_ON).status == "completed"


@pytest.mark.parametrize("verb", [hold_account, release_account])
def test_another_resellers_manager_holds_and_releases_nobody(seats: Subscription, verb: Callable[..., Account]) -> None:
    stranger = cast.manager_actor(reseller=cast.reseller())
    with pytest.raises(AccountNotFound):
        verb(actor=stranger, account=seats.account, today=HELD_ON)
    with pytest.raises(Refused):
        verb(actor=cast.customer_actor(account=seats.account), account=seats.account, today=HELD_ON)
    # Not even the nights that were due were carried out for them.
    assert LedgerEntry.objects.count() == 0
    assert _stands(seats) == ("active", "active", "")


# --- the night


def _crowd() -> list[int]:
    """Return accounts of every kind of hold: within and without the limit, early, late, never, and paying."""
    plans = [make.plan(), make.plan(timers=Timers(billing_day=15)), make.plan(fixed_price=True)]
    accounts = []
    for place, period in enumerate((-1, 0, 3, 5, 20, 40, 0, 5, 3)):
        seats = _on_credit(plans[place % 3], subzero_period=period, credit_limit=Decimal(60 + 20 * place))
        accounts.append(seats.account_id)
        if place == 7:
            top_up(account=seats.account, amount="30", today=ORDERED_ON)
    return accounts


def test_late_equals_on_time() -> None:
    accounts = _crowd()
    start = connection.savepoint()
    day = ORDERED_ON
    while day < date(2018, 11, 20):
        day += timedelta(days=1)
        run_billing_day(today=day)
    on_time = books()
    assert audit(today=day) == []
    assert Account.objects.filter(status="credit_hold").count() > 4
    connection.savepoint_rollback(start)

    run_billing_day(today=day)
    assert books() == on_time
    connection.savepoint_rollback(start)

    for account in accounts:
        renew_accounts(account_ids=[account], today=day)
    assert books() == on_time


def test_a_night_run_twice_changes_nothing() -> None:
    _crowd()
    run_billing_day(today=HELD_ON)
    once = books()
    night = run_billing_day(today=HELD_ON)
    assert (night.accounts, night.subscriptions) == (0, 0)
    assert books() == once


def test_a_killed_night_is_carried_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second batch dies after it has put accounts on hold; the next run finishes all."""
    _crowd()
    start = connection.savepoint()
    run_billing_day(today=HELD_ON, batch_size=3)
    whole = books()
    connection.savepoint_rollback(start)
    calls = []

    def killed(*args: Any, **more: Any) -> int:
        moved = settle_holds(*args, **more)
        calls.append(moved)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return moved

    monkeypatch.setattr(renewals, "settle_holds", killed)
    with pytest.raises(KeyboardInterrupt):
        run_billing_day(today=HELD_ON, batch_size=3)
    assert books() != whole
    monkeypatch.undo()
    run_billing_day(today=HELD_ON, batch_size=3)
    assert books() == whole


def test_the_night_finds_what_slipped_through(held: Subscription) -> None:
    """A subscription that became Active beside the hold, and one that stayed stopped by none."""
    Subscription.objects.filter(pk=held.pk).update(status="active", stop_reason="")
    assert unsettled(HELD_ON) == {held.account_id}
    assert run_billing_day(today=HELD_ON).subscriptions == 1
    assert _stands(held)[1:] == ("stopped", "credit_hold")
    Account.objects.filter(pk=held.account_id).update(credit_limit_override=None)
    type(held.account.account_class).objects.update(subzero_period=-1)
    assert run_billing_day(today=HELD_ON).subscriptions == 1
    assert _stands(held) == ("active", "active", "")


def test_what_slipped_through_stops_on_the_day_it_is_found(acme: Account, plan: Plan) -> None:
    """A late night does not know since when it ran, and writes off what was served."""
    seats = make.subscription(account=acme, plan=plan, today=ORDERED_ON)
    top_up(account=acme, amount="500", today=ORDERED_ON)
    Account.objects.filter(pk=acme.pk).update(status="administrative_hold")
    run_billing_day(today=date(2018, 9, 4))
    assert _again(seats).stopped_on == date(2018, 9, 4)
    # Three of the 30 days of September.
    assert _charges(seats) == [
        ("closed", Decimal("19.35")), ("deleted", Decimal("50.00")), ("closed", Decimal("5.00")),
        ("opened", Decimal("45.00")),
    ]  # fmt: skip
