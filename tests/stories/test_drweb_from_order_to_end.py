"""Dr.Web by the verbs, on the pretend AV-Desk over HTTP: from the order to the deletion, with its charges."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime

import pytest

from accounts.actors import SYSTEM, Actor
from accounts.models import Account
from billing.audit import audit
from billing.models import Charge
from sandbox.drweb import DrWeb
from sandbox.drweb.world import DEMO_LOGIN, DEMO_PASSWORD
from sandbox.wsgi import Running, start
from subscriptions.models import Plan, Subscription
from subscriptions.night.renewals import run_billing_day
from subscriptions.people.changes import change_quantities
from subscriptions.people.ordering import place_order
from subscriptions.people.stopping import activate, delete, stop
from subscriptions.workers.provisioning import carry_out, unfinished_work
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.factories.billing import pay, top_up
from tests.vendors.drweb.bench import STANDARD
from tests.vendors.memory import stopped_soon
from vendors.connections import add_connection, check_connection
from vendors.models import VendorConnection

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)
ORDERED = date(2018, 8, 20)


@pytest.fixture
def drweb() -> DrWeb:
    """A pretend AV-Desk."""
    return DrWeb()


@pytest.fixture
def server(drweb: DrWeb) -> Iterator[Running]:
    """Where it answers."""
    running = start(drweb)
    yield running
    stopped_soon(running)


@pytest.fixture
def connection(admin: Actor, server: Running) -> VendorConnection:
    """A connection whose access was checked: this vendor asks for no consent."""
    values = {"base_url": server.base_url, "login": DEMO_LOGIN, "password": DEMO_PASSWORD}
    row = add_connection(actor=admin, reseller=admin.reseller, plugin="drweb", name="AV-Desk", values=values)
    return check_connection(actor=admin, connection=row, now=NOW)


@pytest.fixture
def acme(db: None) -> Account:
    """A customer with money for a while."""
    account = cast.account(name="Acme")
    top_up(account=account, amount="1000", today=ORDERED)
    return account


Work = Callable[[Subscription, date], str]


@pytest.fixture
def work() -> Work:
    """Do what the workers do on a day, and return the subscription's status then."""

    def worked(subscription: Subscription, today: date) -> str:
        for operation_id in unfinished_work(now=datetime.now(UTC)):
            carry_out(operation_id=operation_id, now=datetime.now(UTC), today=today)
        subscription.refresh_from_db()
        return str(subscription.status)

    return worked


def bought(acme: Account, plan: Plan, stations: int, work: Work) -> Subscription:
    """Order stations, pay, and have them made."""
    order = place_order(
        actor=SYSTEM,
        account=acme,
        plan=plan,
        period=plan.periods.get(),
        quantities={"stations": stations},
        parameters={},
        today=ORDERED,
        now=NOW,
    )
    pay(order=order, today=ORDERED)
    subscription = Subscription.objects.get()
    assert work(subscription, ORDERED) == "active"
    return subscription


def links(subscription: Subscription) -> int:
    return sum("download.ds" in fact["value"] for fact in subscription.attributes.values())


def closed() -> list[tuple[int, str]]:
    rows = Charge.objects.filter(status="closed").order_by("closed_on", "pk")
    return [(int(row.quantity), f"{row.amount:.2f}") for row in rows]


def test_by_the_month_it_is_ordered_changed_stopped_activated_and_deleted(
    acme: Account, connection: VendorConnection, drweb: DrWeb, work: Work
) -> None:
    assert connection.usable
    plan = make.plan(connection=connection, offer=STANDARD, prices={"stations": "10.00"})
    subscription = bought(acme, plan, 5, work)
    assert (drweb.counts()["stations"], links(subscription)) == (5, 25)
    for day, stations in ((25, 8), (27, 3)):
        change_quantities(
            actor=SYSTEM,
            subscription=subscription,
            quantities={"stations": stations},
            today=date(2018, 8, day),
            now=NOW,
            pay_from_balance=True,
        )
        assert work(subscription, date(2018, 8, day)) == "active"
        assert (drweb.counts()["stations"], links(subscription)) == (stations, stations * 5)
    stop(actor=SYSTEM, subscription=subscription, today=date(2018, 8, 28))
    assert work(subscription, date(2018, 8, 28)) == "stopped"
    assert drweb.counts()["blocked"] == 3
    activate(actor=SYSTEM, subscription=subscription, today=date(2018, 8, 30))
    assert work(subscription, date(2018, 8, 30)) == "active"
    assert drweb.counts()["blocked"] == 0
    run_billing_day(today=date(2018, 9, 1))
    delete(actor=SYSTEM, subscription=subscription, today=date(2018, 9, 11))
    assert work(subscription, date(2018, 9, 11)) == "deleted"
    assert drweb.counts() == {"groups": 0, "stations": 0, "blocked": 0, "deleted": 8}
    # 7 days at 5, 2 days at 3 more, 1 day at 3, 2 days at 3, all of August's 31; then 10 of September's 30 at 3.
    assert closed() == [(3, "1.94"), (5, "11.29"), (3, "0.97"), (3, "1.94"), (3, "10.00")]
    assert audit(today=date(2018, 9, 11)) == []
