"""What our books hold is compared with what a vendor holds that measures nothing."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from accounts.actors import SYSTEM
from accounts.models import Account
from notifications.models import Notification
from sandbox.drweb import DrWeb
from sandbox.drweb.world import DEMO_PASSWORD
from sandbox.wsgi import Running, start
from subscriptions.models import Difference, Subscription
from subscriptions.people.stopping import delete, stop
from subscriptions.tasks import compare_with_vendors as task
from subscriptions.workers.comparing import compare_with_vendors
from subscriptions.workers.provisioning import carry_out, unfinished_work
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.factories.billing import pay, top_up
from tests.subscriptions.conftest import ORDERED_ON
from tests.vendors.drweb.bench import STANDARD
from tests.vendors.memory import stopped_soon
from vendors import questions
from vendors.connections import add_connection, check_connection

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)


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


def work(now: datetime = NOW) -> None:
    """Do what the workers do."""
    for operation_id in unfinished_work(now=now):
        carry_out(operation_id=operation_id, now=now, today=ORDERED_ON)


@pytest.fixture
def stations(server: Running, admin) -> Subscription:
    """Three stations that run, in a plan of Dr.Web."""
    values = {"base_url": server.base_url, "login": "admin", "password": DEMO_PASSWORD}
    row = add_connection(actor=admin, reseller=admin.reseller, plugin="drweb", name="AV-Desk", values=values)
    connection = check_connection(actor=admin, connection=row, now=NOW)
    assert connection.usable
    account: Account = cast.account(name="Acme")
    top_up(account=account, amount="500", today=ORDERED_ON)
    plan = make.plan(connection=connection, offer=STANDARD)
    pay(order=make.order(account=account, plan=plan, quantities={"seats": 3}, today=ORDERED_ON), today=ORDERED_ON)
    work()
    found = Subscription.objects.get()
    assert found.status == "active"
    return found


def told() -> list[tuple[str, str, str]]:
    rows = Difference.objects.filter(settled="").order_by("pk")
    return list(rows.values_list("kind", "ours", "theirs"))


def test_difference_is_found_once_told_once_and_vanishes(stations: Subscription, drweb: DrWeb) -> None:
    assert (compare_with_vendors(now=NOW), told()) == (0, [])
    drweb.delete_stations(keep=2)
    assert (compare_with_vendors(now=NOW), told()) == (1, [("quantity", "3", "2")])
    assert (compare_with_vendors(now=NOW + timedelta(days=1)), told()) == (0, [("quantity", "3", "2")])
    assert Notification.objects.filter(event="differences_found").count() == 1
    found = Difference.objects.get()
    assert (found.subscription, found.account, found.reseller) == (stations, stations.account, stations.reseller)
    drweb.delete_stations(keep=1)
    task()
    assert told() == [("quantity", "3", "1")]
    for _one in range(2):
        drweb.add_station(user=f"{stations.vendor_ids['group_id']}.seats")
    assert (compare_with_vendors(now=NOW), told()) == (0, [])
    assert Difference.objects.get().settled == "vanished"


def test_what_gets_under_way_while_the_vendor_is_asked_is_no_difference(
    stations: Subscription, drweb: DrWeb, monkeypatch: pytest.MonkeyPatch
) -> None:
    drweb.delete_stations(keep=2)
    counted = questions.count

    def slow(*given: object, **named: object) -> dict[str, int]:
        found = counted(*given, **named)
        stop(actor=SYSTEM, subscription=stations, today=ORDERED_ON)
        return found

    monkeypatch.setattr(questions, "count", slow)
    assert (compare_with_vendors(now=NOW), told()) == (0, [])


def test_station_that_was_added_by_hand_is_noticed_and_a_stopped_service_compared_too(
    stations: Subscription, drweb: DrWeb
) -> None:
    stop(actor=SYSTEM, subscription=stations, today=ORDERED_ON)
    work()
    assert compare_with_vendors(now=NOW) == 0
    drweb.add_station(user=f"{stations.vendor_ids['group_id']}.seats")
    assert compare_with_vendors(now=NOW) == 1
    assert told() == [("quantity", "3", "4")]


def test_vendor_that_is_away_is_asked_the_next_night_and_what_is_deleted_never(
    stations: Subscription, drweb: DrWeb, server: Running
) -> None:
    drweb.fail("unavailable", times=1000)
    assert (compare_with_vendors(now=NOW), told()) == (0, [])
    drweb.heal()
    delete(actor=SYSTEM, subscription=stations, today=ORDERED_ON)
    work()
    drweb.forget_requests()
    assert compare_with_vendors(now=NOW) == 0
    assert drweb.requests_seen() == []


def test_links_of_the_stations_are_told_and_forgotten_with_them(stations: Subscription) -> None:
    titles = [(fact["of"], fact["label"]) for fact in stations.attributes.values()]
    assert len(titles) == 3 * 5
    assert {of for of, _label in titles} == {f"{stations.name} {number}" for number in (1, 2, 3)}
