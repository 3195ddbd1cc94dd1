"""Acme, a plan, and a vendor that plays along."""

from datetime import date, datetime

import pytest

from accounts.actors import SYSTEM, Actor
from accounts.models import Account
from sandbox.microsoft import Microsoft
from subscriptions.models import Order, Plan, Subscription
from subscriptions.night.renewals import run_billing_day
from subscriptions.people.changes import change_quantities
from subscriptions.workers.provisioning import carry_out, unfinished_work
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.remembering import remembered
from tests.subscriptions.bound import Bound, bought
from tests.subscriptions.holding import HELD_ON, ORDERED_ON, again, on_credit
from tests.vendors.conftest import (  # noqa: F401 - fixtures for the tests of this folder
    admin,
    example,
    example_vendor,
    microsoft,
    microsoft_server,
    now,
    office365,
)
from tests.vendors.example.vendor import ExampleVendor
from vendors.models import ConnectionState, VendorConnection


@pytest.fixture
def acme(db: None) -> Account:
    """A customer of the operator who pays in advance and has no credit."""
    return cast.account(name="Acme")


@pytest.fixture
def plan(db: None) -> Plan:
    """Seats at 10.00 a month, endless, billing day 1, no vendor."""
    return make.plan()


@pytest.fixture
def backup_plan(example: VendorConnection) -> Plan:  # noqa: F811 - the fixture imported above
    """The same over the example vendor."""
    return plan_over(example)


@remembered
def plan_over(connection: VendorConnection) -> Plan:
    """Return a plan over a connection that is granted from now on."""
    connection.state = ConnectionState.GRANTED
    connection.save(update_fields=["state"])
    return make.plan(connection=connection)


def work(today: date = ORDERED_ON) -> None:
    """Do what the workers do until nothing is due."""
    for operation_id in unfinished_work(now=make.noon(today)):
        carry_out(operation_id=operation_id, now=make.noon(today), today=today)


@pytest.fixture
def ordered(acme: Account, backup_plan: Plan) -> Subscription:
    """Five seats of backup, paid, and not yet at the vendor."""
    return make.subscription(account=acme, plan=backup_plan, today=ORDERED_ON)


@pytest.fixture
def waiting(acme: Account, backup_plan: Plan) -> Subscription:
    """Five seats of backup, paid, which somebody has to approve at the vendor before they run."""
    subscription = _to_be_approved(acme, backup_plan)
    work()
    subscription.refresh_from_db()
    return subscription


@remembered
def _to_be_approved(account: Account, plan: Plan) -> Subscription:
    plan.template.settings = {"approval": "yes"}
    plan.template.save(update_fields=["settings"])
    return make.subscription(account=account, plan=plan, today=ORDERED_ON)


@pytest.fixture
def running(ordered: Subscription) -> Subscription:
    """Five seats of backup that the vendor has provided."""
    work()
    ordered.refresh_from_db()
    return ordered


def refuse(example_vendor: ExampleVendor) -> None:  # noqa: F811 - the vendor of the fixture
    """Make the vendor refuse every change of what it holds, until it relents."""
    example_vendor.refusing = True


@pytest.fixture
def failed(acme: Account, example: VendorConnection, backup_plan: Plan) -> Subscription:  # noqa: F811 - as above
    """An order of something that the vendor does not sell."""
    unknown = make.plan(connection=example, offer="unheard-of")
    subscription = make.subscription(account=acme, plan=unknown, today=ORDERED_ON)
    work()
    subscription.refresh_from_db()
    return subscription


def change(subscription: Subscription, seats: int, today: date) -> Order:
    """Return the order of a change to so many seats."""
    return change_quantities(
        actor=SYSTEM, subscription=subscription, quantities={"seats": seats}, today=today, now=make.noon(today)
    )


@pytest.fixture
def bound(
    admin: Actor,  # noqa: F811 - the fixtures imported above
    office365: VendorConnection,  # noqa: F811 - as above
    microsoft: Microsoft,  # noqa: F811 - as above
    now: datetime,  # noqa: F811 - as above
) -> Bound:
    """Five seats for a year at the pretend Microsoft of today."""
    return bought(admin, office365, microsoft, now)


@pytest.fixture
def seats(plan: Plan) -> Subscription:
    """Five seats bought on credit; negative since the night of 1 September, on hold from that of the 7th."""
    return on_credit(plan)


@pytest.fixture
@remembered
def held(seats: Subscription) -> Subscription:
    """The same on 7 September: the debt of 19.35 has grown by the 10.00 of six days."""
    run_billing_day(today=HELD_ON)
    return again(seats)
