"""Units that no vendor measures are counted by the day: each day once, whenever and however often it is told."""

import contextlib
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from django.db import connection as database
from django.db import transaction
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext

from accounts.actors import SYSTEM, Actor
from accounts.models import Account
from billing.audit import audit
from billing.models import Charge, Usage
from sandbox.drweb import DrWeb
from sandbox.drweb.world import DEMO_LOGIN, DEMO_PASSWORD
from sandbox.wsgi import start
from subscriptions.models import Plan, Subscription
from subscriptions.night.renewals import run_billing_day
from subscriptions.people.stopping import activate, delete, stop
from subscriptions.workers.counting import Level, count_units, count_units_of, counted, unit_days
from subscriptions.workers.provisioning import carry_out, unfinished_work
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.factories.billing import pay, top_up
from tests.subscriptions.conftest import ORDERED_ON
from tests.vendors.drweb.bench import STANDARD
from tests.vendors.memory import stopped_soon
from vendors.connections import add_connection, check_connection
from vendors.models import VendorConnection

pytestmark = pytest.mark.django_db


def day(number: int, month: int = 8) -> date:
    return date(2018, month, number)


def told(levels: list[Level], first: date, last: date) -> list[tuple[str, int]]:
    return [(key[5:], units) for _day, key, units in unit_days(levels, first, last)]


def test_day_is_paid_whole_by_its_highest_number_of_units() -> None:
    levels = [Level(1, day(20), 3), Level(2, day(22), 0), Level(3, day(22), 5), Level(4, day(24), 0)]
    assert told(levels, day(19), day(25)) == [
        ("08-20+1", 3), ("08-21", 3), ("08-22", 3), ("08-22+3", 2), ("08-23", 5), ("08-24", 5),
    ]  # fmt: skip


def test_what_was_written_later_holds_from_its_own_day_on() -> None:
    levels = [Level(1, day(1), 5), Level(2, day(20), 3), Level(3, day(10), 5)]  # a lowering that was taken back
    assert told(levels, day(19), day(21)) == [("08-19", 5), ("08-20", 5), ("08-21", 5)]


def test_key_of_a_day_is_the_same_on_whichever_later_day_it_is_asked_for() -> None:
    levels = [Level(number, day(number), number % 4) for number in range(1, 20)]
    whole = told(levels, day(1), day(25))
    assert [told(levels, day(number), day(number)) for number in range(1, 26)] == [
        [one for one in whole if one[0].startswith(f"08-{number:02}")] for number in range(1, 26)
    ]


@pytest.fixture
def drweb() -> DrWeb:
    """A pretend AV-Desk."""
    return DrWeb()


@pytest.fixture
def connection(admin: Actor, drweb: DrWeb) -> Iterator[VendorConnection]:
    """A connection to it that works."""
    running = start(drweb)
    values = {"base_url": running.base_url, "login": DEMO_LOGIN, "password": DEMO_PASSWORD}
    row = add_connection(actor=admin, reseller=admin.reseller, plugin="drweb", name="AV-Desk", values=values)
    yield check_connection(actor=admin, connection=row, now=datetime.now(UTC))
    stopped_soon(running)


@pytest.fixture
def acme(db: None) -> Account:
    """A customer with money for a while."""
    account = cast.account(name="Acme")
    top_up(account=account, amount="1000", today=ORDERED_ON)
    return account


def work(subscription: Subscription, today: date) -> str:
    """Do what the workers do on a day, and return the subscription's status then."""
    for operation_id in unfinished_work(now=datetime.now(UTC)):
        carry_out(operation_id=operation_id, now=datetime.now(UTC), today=today)
    subscription.refresh_from_db()
    return str(subscription.status)


@pytest.fixture
def stations(acme: Account, connection: VendorConnection) -> Subscription:
    """Three stations at 0.012 an hour, which run since 20 August."""
    plan: Plan = make.plan(
        connection=connection, offer=STANDARD, prices={"stations": "0.012"}, billing_type="payg_internal"
    )
    order = make.order(account=acme, plan=plan, quantities={"stations": 3}, today=ORDERED_ON)
    subscription = Subscription.objects.get()
    if order.status == "waiting_for_payment":
        pay(order=order, today=ORDERED_ON)
    assert work(subscription, ORDERED_ON) == "active"
    return subscription


def hours() -> Decimal:
    return Usage.objects.aggregate(sum=Sum("quantity"))["sum"] or Decimal(0)


def charges() -> list[tuple[str, int, str]]:
    rows = Charge.objects.exclude(status="deleted").order_by("pk")
    return [(row.status, int(row.quantity), f"{row.amount:.2f}") for row in rows]


def test_stations_are_charged_by_the_day_from_order_to_deletion(stations: Subscription, drweb: DrWeb) -> None:
    for number in range(20, 32):
        count_units(today=day(number))
    run_billing_day(today=day(31))
    assert charges() == [("blocked", 864, "10.37")]  # 12 days of 3 stations, 24 hours each, at 0.012
    run_billing_day(today=day(1, 9))
    for number in range(1, 6):
        count_units(today=day(number, 9))
    stop(actor=SYSTEM, subscription=stations, today=day(5, 9))
    assert work(stations, day(5, 9)) == "stopped"
    assert drweb.counts()["blocked"] == 3
    for number in range(5, 11):
        count_units(today=day(number, 9))  # none while they are blocked, after the day of the stop
    activate(actor=SYSTEM, subscription=stations, today=day(10, 9))
    assert work(stations, day(10, 9)) == "active"
    delete(actor=SYSTEM, subscription=stations, today=day(12, 9))  # tells what was not told yet
    assert work(stations, day(12, 9)) == "deleted"
    assert (count_units(today=day(13, 9)), list(counted())) == (0, [])
    # 1-5 and 10-12 September
    assert charges() == [("closed", 864, "10.37"), ("closed", 576, "6.91")]
    assert drweb.counts() == {"groups": 0, "stations": 0, "blocked": 0, "deleted": 3}
    assert audit(today=day(12, 9)) == []


class Killed(BaseException):
    """The process dies before it commits."""


def killed(subscription: Subscription, today: date) -> None:
    with transaction.atomic():
        count_units_of(subscription, today=today)
        raise Killed


def test_day_is_told_once_however_often_and_late_and_killed(stations: Subscription) -> None:
    chance = Random(8)
    for number in range(40):
        today = ORDERED_ON + timedelta(days=number)
        for _turn in range(chance.choice((0, 0, 1, 2))):
            if chance.random() < 0.4:
                with pytest.raises(Killed):
                    killed(stations, today)
            else:
                count_units_of(stations, today=today)
    count_units(today=ORDERED_ON + timedelta(days=39))
    assert hours() == 40 * 3 * 24
    assert count_units(today=ORDERED_ON + timedelta(days=39)) == 0
    assert audit(today=ORDERED_ON + timedelta(days=39)) == []


def test_late_day_counts_in_the_period_that_is_open(stations: Subscription) -> None:
    count_units(today=day(25))
    count_units(today=day(3, 9))  # the last week of August was missed
    run_billing_day(today=day(3, 9))
    assert charges() == [("closed", 6 * 72, "5.18"), ("blocked", 9 * 72, "7.78")]


def test_other_plans_and_what_is_not_there_yet_are_not_counted(acme: Account, connection: VendorConnection) -> None:
    monthly = make.plan(connection=connection, offer=STANDARD, prices={"stations": "10.00"})
    make.subscription(account=acme, plan=monthly, quantities={"stations": 2}, today=ORDERED_ON)
    make.subscription(account=acme, plan=make.plan(billing_type="payg_internal"), today=ORDERED_ON)
    waiting = make.plan(connection=connection, offer=STANDARD, billing_type="payg_internal")
    make.order(account=acme, plan=waiting, today=ORDERED_ON)
    assert (count_units(today=day(25)), Usage.objects.count()) == (0, 0)


def everything_told() -> list[tuple[object, ...]]:
    rows = Usage.objects.order_by("subscription", "day", "key")
    return list(rows.values_list("subscription", "key", "quantity", "day", "unit_price", "counted_to"))


class _Undone(Exception):
    """Rolls a deed back."""


def test_many_are_counted_as_each_is_by_itself_and_in_as_many_statements(
    stations: Subscription, acme: Account, django_assert_num_queries: Any
) -> None:
    """Seen before: twenty statements for each subscription."""
    plan, told = stations.plan, []
    for number in range(4):
        account = acme if number % 2 else cast.account(name=f"Other {number}")
        top_up(account=account, amount="10", today=ORDERED_ON)
        more = make.subscription(account=account, plan=plan, quantities={"stations": number + 1}, today=ORDERED_ON)
        assert work(more, ORDERED_ON) == "active"
    for many in (False, True):
        with contextlib.suppress(_Undone), transaction.atomic():
            if many:
                assert count_units(today=day(24)) == 5 * 5
            else:
                assert sum(count_units_of(row, today=day(24)) for row in counted().order_by("pk")) == 5 * 5
            run_billing_day(today=day(24))
            told.append((everything_told(), charges()))
            raise _Undone
    assert told[0] == told[1]
    one = stations.pk
    with CaptureQueriesContext(database) as statements:
        count_units_of(stations, today=day(24))
    with CaptureQueriesContext(database) as of_all:
        assert count_units(today=day(24)) == 4 * 5
    # Which accounts there are, asked twice; terms and resellers of many accounts, read once each.
    assert len(of_all) <= len(statements) + 4
    assert Usage.objects.exclude(subscription=one).count() == 4 * 5
    with django_assert_num_queries(6):
        assert count_units(today=day(24)) == 0, "an hour in which nothing is new locks nobody"
