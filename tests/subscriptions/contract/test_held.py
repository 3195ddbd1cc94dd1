"""Units in service are written down where they change, and only there."""

from datetime import date
from importlib import import_module

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.actors import SYSTEM
from accounts.models import Account
from billing.audit import audit
from subscriptions.contract.held import note_units
from subscriptions.contract.terms import contract_of
from subscriptions.models import HeldUnits, Plan, Subscription
from subscriptions.night.renewals import run_billing_day
from subscriptions.people.stopping import activate, delete, stop
from tests.factories import subscriptions as make
from tests.factories.billing import pay, top_up
from tests.subscriptions.conftest import ORDERED_ON, change, work

pytestmark = pytest.mark.django_db


def noted() -> list[tuple[str, int]]:
    return [(f"{day:%d %b}", units) for day, units in HeldUnits.objects.order_by("pk").values_list("day", "units")]


def test_each_change_is_written_down_once_and_a_renewal_writes_nothing(acme: Account, plan: Plan) -> None:
    top_up(account=acme, amount="500", today=ORDERED_ON)
    order = make.order(account=acme, plan=plan, today=ORDERED_ON)
    assert noted() == []
    pay(order=order, today=ORDERED_ON)
    seats = Subscription.objects.get()
    run_billing_day(today=date(2018, 9, 1))
    pay(order=change(seats, 8, date(2018, 9, 5)), today=date(2018, 9, 7))
    change(seats, 4, date(2018, 9, 10))
    stop(actor=SYSTEM, subscription=seats, today=date(2018, 9, 12))
    activate(actor=SYSTEM, subscription=seats, today=date(2018, 9, 20))
    run_billing_day(today=date(2018, 11, 1))
    delete(actor=SYSTEM, subscription=seats, today=date(2018, 11, 3))
    assert noted() == [
        ("20 Aug", 5), ("07 Sep", 8), ("10 Sep", 4), ("12 Sep", 0), ("20 Sep", 4), ("03 Nov", 0),
    ]  # fmt: skip


def test_a_night_writes_down_what_it_stops_in_one_statement(acme: Account, plan: Plan) -> None:
    for _ in range(3):
        make.subscription(account=acme, plan=plan, today=ORDERED_ON)
    run_billing_day(today=date(2018, 9, 1))
    assert noted() == [("20 Aug", 5)] * 3 + [("01 Sep", 0)] * 3


def test_units_that_come_with_the_plan_are_not_counted(acme: Account) -> None:
    plan = make.plan(bounds={"seats": {"included": 2}})
    make.subscription(account=acme, plan=plan, today=ORDERED_ON)
    assert noted() == [("20 Aug", 3)]


def test_nothing_new_writes_nothing_and_nothing_written_changes(acme: Account, plan: Plan) -> None:
    seats = make.subscription(account=acme, plan=plan, today=ORDERED_ON)
    note_units([contract_of(seats)], date(2018, 9, 1))
    assert noted() == [("20 Aug", 5)]
    for deed in (lambda rows: rows.update(units=4), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            deed(HeldUnits.objects.all())


def test_subscriptions_that_exist_take_their_past_from_what_was_charged(
    acme: Account, plan: Plan, backup_plan: Plan
) -> None:
    """The migration: what runs, stopped and came back, waits for its vendor or for the night, and what is gone."""
    top_up(account=acme, amount="5000", today=ORDERED_ON)
    runs, stopped, gone = (make.subscription(account=acme, plan=plan, today=ORDERED_ON) for _ in range(3))
    served = make.subscription(account=acme, plan=backup_plan, today=ORDERED_ON)
    work()
    make.subscription(account=acme, plan=backup_plan, today=ORDERED_ON)  # installing
    pay(order=change(runs, 8, date(2018, 8, 25)), today=date(2018, 8, 25))
    change(runs, 4, date(2018, 8, 28))
    pay(order=change(served, 9, date(2018, 8, 28)), today=date(2018, 8, 28))  # updating
    run_billing_day(today=date(2018, 9, 1))
    stop(actor=SYSTEM, subscription=stopped, today=date(2018, 9, 3))
    activate(actor=SYSTEM, subscription=stopped, today=date(2018, 9, 5))
    stop(actor=SYSTEM, subscription=stopped, today=date(2018, 9, 7))
    delete(actor=SYSTEM, subscription=gone, today=date(2018, 9, 7))
    columns = ("subscription_resource", "day", "units")
    written = sorted(HeldUnits.objects.values_list(*columns))
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("TRUNCATE subscriptions_heldunits")
        cursor.execute(import_module("subscriptions.migrations.0006_held_units").FROM_CHARGES, [date(2018, 10, 5)])
    assert sorted(HeldUnits.objects.values_list(*columns)) == written
    # The invoices of the nights since are still to be made.
    assert audit(today=date(2018, 9, 7)) == []
    run_billing_day(today=date(2018, 10, 5))
    assert audit(today=date(2018, 10, 5)) == []
