"""Rows as the engine sees them, and when the night has to look again."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Account
from subscriptions.catalogue.products import Timers
from subscriptions.contract.due import months_of, schedule
from subscriptions.contract.terms import contracts_of
from subscriptions.models import Order, Plan, PlanPeriod, ResourcePrice, Subscription, SubscriptionStatus
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.subscriptions.conftest import ORDERED_ON

pytestmark = pytest.mark.django_db
EARLY = make.EARLY


def _price(plan: Plan, fee: str, valid_from: date, entered_on: date) -> None:
    ResourcePrice.objects.create(
        plan_resource=plan.resources.get(), valid_from=valid_from, entered_on=entered_on, recurring_fee=Decimal(fee)
    )


def test_a_contract_is_what_was_agreed(acme: Account) -> None:
    plan = make.plan(prices={"seats": "10", "disks": "2"}, fixed_price=True, months=3, timers=Timers(billing_day=15))
    subscription = make.subscription(account=acme, plan=plan, today=ORDERED_ON, quantities={"seats": 5, "disks": 0})
    contract = contracts_of([subscription])[subscription.pk]
    seats, disks = contract.resources
    assert (contract.terms.currency, contract.terms.billing_day) == ("USD", 15)
    assert contract.terms.expires_on == date(2018, 11, 20)
    assert contract.terms.ordering_prices == {seats: Decimal(10), disks: Decimal(2)}
    assert contract.chargeable == {seats: 5, disks: 0}
    assert [line.quantity for line in contract.lines] == [5, 5, 5, 5]
    assert contract.waiting is None
    assert contract.owner.names == {"": plan.name, seats: f"{plan.name}, Seats", disks: f"{plan.name}, Disks"}


def test_a_floating_price_comes_with_its_list(acme: Account, plan: Plan) -> None:
    subscription = make.subscription(account=acme, plan=plan, today=ORDERED_ON)
    _price(plan, "12", date(2018, 9, 1), date(2018, 8, 28))
    (key,) = contracts_of([subscription])[subscription.pk].resources
    terms = contracts_of([subscription])[subscription.pk].terms
    assert terms.ordering_prices is None
    assert [terms.unit_price(key, date(2018, 8, 31)), terms.unit_price(key, date(2018, 9, 1))] == [10, 12]


@pytest.mark.parametrize("number", [1, 3])
def test_many_contracts_take_as_many_statements_as_one(plan: Plan, number: int) -> None:
    for _ in range(number):
        make.subscription(account=cast.account(), plan=plan, today=ORDERED_ON)
    subscriptions = list(Subscription.objects.all())
    with CaptureQueriesContext(connection) as captured:
        assert len(contracts_of(subscriptions)) == number
    assert len(captured) == 6  # one asks for plans that are not read yet


def test_periods_in_months() -> None:
    lasting = (PlanPeriod(endless=True), PlanPeriod(duration=7, unit="month"), PlanPeriod(duration=2, unit="year"))
    assert [months_of(period) for period in lasting] == [None, 7, 24]


@pytest.mark.parametrize(
    ("status", "changes", "due_on", "billing_day"),
    [
        ("active", {}, "2018-09-01", "2018-09-01"),
        ("active", {"expiration_date": date(2018, 8, 28)}, "2018-08-28", "2018-09-01"),
        ("graced", {"expiration_date": date(2018, 8, 24)}, "2018-08-29", None),
        ("stopped", {"stopped_on": date(2018, 8, 25)}, "2018-09-01", None),
        ("stopped", {"stopped_on": date(2018, 8, 1)}, "2018-09-01", None),
        ("stopped", {"stopped_on": date(2018, 7, 20)}, None, None),
        ("stopped", {"stopped_on": date(2018, 7, 20), "expiration_date": date(2018, 8, 1)}, "2018-10-05", None),
        ("stopped", {"stopped_on": date(2018, 7, 20), "expiration_date": date(2018, 12, 1)}, "2018-09-01", None),
        ("deleted", {}, None, None),
    ],
)
def test_when_the_night_looks_again(
    acme: Account, status: str, changes: dict, due_on: str | None, billing_day: str | None
) -> None:
    plan = make.plan(timers=Timers(billing_day=1, grace_period=5, stop_period=60))
    subscription = make.subscription(account=acme, plan=plan, today=ORDERED_ON)
    for name, value in changes.items():
        setattr(subscription, name, value)
    schedule(subscription, None, date(2018, 8, 25), status=SubscriptionStatus(status))
    assert subscription.due_on == (date.fromisoformat(due_on) if due_on else None)
    assert subscription.next_billing_day == (date.fromisoformat(billing_day) if billing_day else None)


def test_an_order_that_nobody_pays_is_looked_at(acme: Account, plan: Plan) -> None:
    subscription = make.subscription(account=acme, plan=plan, today=ORDERED_ON)
    waiting = Order(status="waiting_for_payment", expires_on=date(2018, 8, 28))
    schedule(subscription, waiting, date(2018, 8, 25), status=SubscriptionStatus.ACTIVE)
    assert subscription.due_on == date(2018, 8, 28)
