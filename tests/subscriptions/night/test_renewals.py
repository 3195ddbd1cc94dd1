"""The billing day: on time, late, twice, killed, and for many accounts at once."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actors import SYSTEM
from accounts.models import Account
from billing.audit import audit
from billing.funds import funds_of
from billing.models import Charge, LedgerEntry
from notifications.models import Notification
from subscriptions.catalogue.products import Timers
from subscriptions.contract.terms import Contract
from subscriptions.models import Order, Plan, ResourcePrice, Subscription
from subscriptions.night import renewals
from subscriptions.night.renewals import renew_accounts, run_billing_day
from subscriptions.people.stopping import stop
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.factories.billing import top_up
from tests.subscriptions.conftest import ORDERED_ON

pytestmark = pytest.mark.django_db
BILLING_DAY = date(2018, 9, 1)


@pytest.fixture
def seats(acme: Account, plan: Plan) -> Subscription:
    """Five seats, ordered and paid on 20 August: 19.35 are reserved."""
    return make.subscription(account=acme, plan=plan, today=ORDERED_ON)


def books() -> list[tuple[Any, ...]]:
    """Return charges, balances and statuses of everybody."""
    charges = Charge.objects.order_by("account", "operate_from", "pk")
    entries = LedgerEntry.objects.filter(book="account").order_by("account", "number")
    return [
        *charges.values_list("account", "operate_from", "operate_to", "quantity", "amount", "status", "closed_on"),
        *entries.values_list("account", "number", "day", "amount", "balance"),
        *Subscription.objects.order_by("pk").values_list("pk", "status", "stop_reason", "due_on", "next_billing_day"),
    ]


def test_the_night_closes_and_renews(seats: Subscription, acme: Account) -> None:
    top_up(account=acme, amount="50", today=ORDERED_ON)
    night = run_billing_day(today=BILLING_DAY)
    assert (night.accounts, night.subscriptions, night.failed_accounts) == (1, 1, [])
    august, september = Charge.objects.order_by("pk")
    assert (august.status, august.closed_on, august.amount) == ("closed", BILLING_DAY, Decimal("19.35"))
    assert (september.status, september.source, september.amount) == ("blocked", "renewal", Decimal("50.00"))
    seats.refresh_from_db()
    assert (seats.status, seats.next_billing_day) == ("active", date(2018, 10, 1))
    assert audit(today=BILLING_DAY) == []


def test_a_cent_short_stops_and_tells(seats: Subscription, acme: Account) -> None:
    """G-I8."""
    top_up(account=acme, amount="49.99", today=ORDERED_ON)
    run_billing_day(today=BILLING_DAY)
    seats.refresh_from_db()
    assert (seats.status, seats.stop_reason, seats.stopped_on) == ("stopped", "funds_short", BILLING_DAY)
    assert [charge.status for charge in Charge.objects.all()] == ["closed"]
    told = Notification.objects.get(event="subscription_stopped_funds_short")
    assert "50.00" in told.body_text
    assert "49.99" in told.body_text


def test_the_night_run_twice_changes_nothing(seats: Subscription, acme: Account) -> None:
    top_up(account=acme, amount="500", today=ORDERED_ON)
    run_billing_day(today=BILLING_DAY)
    once = books()
    assert run_billing_day(today=BILLING_DAY).accounts == 0
    assert books() == once


def _crowd(number: int) -> list[Account]:
    """Return accounts of all kinds: rich, short, stopped, finite, on other billing days."""
    plans = [
        make.plan(),
        make.plan(fixed_price=True),
        make.plan(months=2),
        make.plan(timers=Timers(billing_day=15, stop_period=20)),
    ]
    accounts = []
    for place in range(number):
        account = cast.account()
        accounts.append(account)
        bought = make.subscription(account=account, plan=plans[place % 4], today=ORDERED_ON)
        if place % 3:
            top_up(account=account, amount="260", today=ORDERED_ON)
        if place % 5 == 4:
            stop(actor=SYSTEM, subscription=bought, today=date(2018, 8, 22))
    return accounts


def test_late_equals_on_time() -> None:
    accounts = [account.pk for account in _crowd(20)]
    start = connection.savepoint()
    day = ORDERED_ON
    while day <= date(2018, 12, 20):
        day += timedelta(days=1)
        run_billing_day(today=day)
    on_time = books()
    assert audit(today=day) == []
    connection.savepoint_rollback(start)

    renew_accounts(account_ids=accounts, today=day)
    assert sorted(map(str, books())) == sorted(map(str, on_time))


def test_a_killed_night_is_carried_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """The third batch dies after it has moved charges and before it has saved; the next run finishes all."""
    _crowd(12)
    start = connection.savepoint()
    run_billing_day(today=BILLING_DAY, batch_size=3)
    whole = books()
    connection.savepoint_rollback(start)

    save, calls = renewals.save_states, []

    def killed(contracts: list[Contract], day: date) -> None:
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        save(contracts, day)

    monkeypatch.setattr(renewals, "save_states", killed)
    with pytest.raises(KeyboardInterrupt):
        run_billing_day(today=BILLING_DAY, batch_size=3)
    assert books() != whole
    monkeypatch.undo()
    run_billing_day(today=BILLING_DAY, batch_size=3)
    assert sorted(map(str, books())) == sorted(map(str, whole))


def test_an_account_that_fails_does_not_hold_up_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    accounts = _crowd(6)
    sick = accounts[1].pk
    carry_out = renewals._carry_out_day

    def fails(accounts: Any, due: Any, *rest: Any) -> list[int]:
        if any(one.account_id == sick for one in due):
            raise LookupError("no price")
        return carry_out(accounts, due, *rest)

    monkeypatch.setattr(renewals, "_carry_out_day", fails)
    night = run_billing_day(today=BILLING_DAY)
    assert night.failed_accounts == [sick]
    assert not Subscription.objects.filter(due_on__lte=BILLING_DAY).exclude(account=sick).exists()


@pytest.mark.parametrize("number", [1, 3, 12])
def test_statements_do_not_grow_with_the_batch(number: int) -> None:
    plan = make.plan()
    accounts = []
    for _ in range(number):
        account = cast.account()
        make.subscription(account=account, plan=plan, today=ORDERED_ON)
        top_up(account=account, amount="100", today=ORDERED_ON)
        accounts.append(account.pk)
    with CaptureQueriesContext(connection) as captured:
        renew_accounts(account_ids=accounts, today=BILLING_DAY)
    # For many, two more read terms and resellers once each.
    assert len(captured) == (23 if number == 1 else 25)


def test_priority_then_age_decides_who_is_renewed(acme: Account, plan: Plan) -> None:
    first, second, third = (make.subscription(account=acme, plan=plan, today=ORDERED_ON) for _ in range(3))
    Subscription.objects.filter(pk=third.pk).update(billing_priority=1)
    top_up(account=acme, amount="100", today=ORDERED_ON)
    run_billing_day(today=BILLING_DAY)
    statuses = dict(Subscription.objects.values_list("pk", "status"))
    assert (statuses[third.pk], statuses[first.pk], statuses[second.pk]) == ("active", "active", "stopped")


def test_a_stopped_subscription_stays_stopped_and_its_remainder_goes(seats: Subscription, acme: Account) -> None:
    """G-I6, G-D15."""
    top_up(account=acme, amount="500", today=ORDERED_ON)
    stop(actor=SYSTEM, subscription=seats, today=date(2018, 8, 25))
    run_billing_day(today=BILLING_DAY)
    seats.refresh_from_db()
    assert seats.status == "stopped"
    assert sorted(charge.status for charge in Charge.objects.all()) == ["closed", "deleted", "deleted"]
    assert funds_of(acme).blocked == 0
    assert seats.due_on is None


def test_a_stopped_subscription_is_deleted_after_its_end(acme: Account) -> None:
    plan = make.plan(months=1, timers=Timers(billing_day=1, grace_period=3, stop_period=10))
    seats = make.subscription(account=acme, plan=plan, today=ORDERED_ON)
    stop(actor=SYSTEM, subscription=seats, today=date(2018, 8, 25))
    run_billing_day(today=date(2018, 10, 2))
    seats.refresh_from_db()
    assert seats.status == "stopped"
    run_billing_day(today=date(2018, 10, 3))
    seats.refresh_from_db()
    assert (seats.status, seats.due_on) == ("deleted", None)


def test_a_finite_subscription_is_graced_stopped_and_deleted(acme: Account) -> None:
    plan = make.plan(months=1, timers=Timers(billing_day=1, grace_period=5, stop_period=7))
    seats = make.subscription(account=acme, plan=plan, today=ORDERED_ON)
    top_up(account=acme, amount="500", today=ORDERED_ON)
    seen = []
    for day in ("2018-09-19", "2018-09-20", "2018-09-24", "2018-09-25", "2018-10-01", "2018-10-02"):
        run_billing_day(today=date.fromisoformat(day))
        seats.refresh_from_db()
        seen.append(seats.status)
    assert seen == ["active", "graced", "graced", "stopped", "stopped", "deleted"]
    assert seats.stop_reason == "expired"
    assert sum(charge.amount for charge in Charge.objects.filter(status="closed")) == Decimal("51.02")
    assert audit(today=date(2018, 10, 2)) == []


def test_an_order_nobody_pays_is_cancelled(plan: Plan) -> None:
    account = cast.account(account_class=cast.account_class(cancel_unpaid_order_in=5))
    order = make.order(account=account, plan=plan, today=ORDERED_ON)
    assert order.expires_on == date(2018, 8, 25)
    run_billing_day(today=date(2018, 8, 24))
    assert Order.objects.get().status == "waiting_for_payment"
    run_billing_day(today=date(2018, 8, 25))
    assert Order.objects.get().status == "cancelled"
    assert Subscription.objects.get().status == "deleted"
    assert Charge.objects.get().status == "deleted"


def test_a_price_entered_on_the_billing_day_comes_after_the_night(seats: Subscription, acme: Account) -> None:
    top_up(account=acme, amount="500", today=ORDERED_ON)
    resource = seats.resources.get().plan_resource
    for entered_on, fee in ((BILLING_DAY, "12"), (date(2018, 9, 20), "15")):
        ResourcePrice.objects.create(
            plan_resource=resource, valid_from=max(entered_on, BILLING_DAY), entered_on=entered_on, recurring_fee=fee
        )
    run_billing_day(today=date(2018, 10, 1))
    assert [charge.unit_price for charge in Charge.objects.order_by("pk")] == [10, 10, 15]


def test_the_vendor_has_the_word_before_the_night(seats: Subscription) -> None:
    Subscription.objects.update(status="stopping")
    assert run_billing_day(today=BILLING_DAY).accounts == 0
    Subscription.objects.update(status="active")
    assert run_billing_day(today=date(2018, 9, 4)).accounts == 1
    assert Charge.objects.get().closed_on == BILLING_DAY
