"""ESET by the verbs of both panels, on the pretend ESET over HTTP: from the order to the deletion, with its charges.

The vendor holds us to one change a day, and bills what stands at half past midnight.
"""

from collections.abc import Callable, Iterator
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from accounts.actors import Actor
from accounts.models import Account, Role
from billing.audit import audit
from billing.models import Charge
from core.secrets import decrypt
from sandbox.eset import Eset
from sandbox.eset.world import DEMO_PASSWORD, DEMO_USER
from sandbox.wsgi import Running, start
from subscriptions.catalogue.plans import Lasting
from subscriptions.models import Plan, Subscription
from subscriptions.night.renewals import run_billing_day
from subscriptions.people.changes import change_quantities
from subscriptions.people.opening import VendorIsWorking
from subscriptions.people.ordering import place_order
from subscriptions.people.renewal import renew
from subscriptions.people.stopping import activate, delete, stop
from subscriptions.people.switching import switch_plan
from subscriptions.people.timing import TooManyChanges
from subscriptions.workers.observing import observe
from subscriptions.workers.provisioning import carry_out, unfinished_work
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.factories.billing import pay, top_up
from tests.vendors.eset.bench import NOD32
from tests.vendors.memory import stopped_soon
from vendors.connections import add_connection, check_connection
from vendors.models import VendorConnection

pytestmark = pytest.mark.django_db
ORDERED = date(2018, 8, 20)
ADDRESS = {"country": "CZ", "city": "Praha", "street": "Hlavní", "building": "1", "zip": "110 00"}


@pytest.fixture
def eset() -> Eset:
    """A pretend ESET that takes one change a day, on the day of the order."""
    made = Eset()
    made.behave(once_a_day=True)
    made.set_clock(at=make.noon(ORDERED).isoformat(), stopped=True)
    return made


@pytest.fixture
def server(eset: Eset) -> Iterator[Running]:
    """Where it answers."""
    running = start(eset)
    yield running
    stopped_soon(running)


@pytest.fixture
def connection(admin: Actor, server: Running) -> VendorConnection:
    """A connection whose access was checked: this vendor asks for no consent."""
    values = {"base_url": server.base_url, "username": DEMO_USER, "password": DEMO_PASSWORD}
    row = add_connection(actor=admin, reseller=admin.reseller, plugin="eset", name="ESET", values=values)
    return check_connection(actor=admin, connection=row, now=make.noon(ORDERED))


@pytest.fixture
def acme(db: None) -> Account:
    """A customer with money for a while."""
    account = cast.account(name="Acme", **ADDRESS)
    top_up(account=account, amount="1000", today=ORDERED)
    return account


@pytest.fixture
def owner(acme: Account) -> Actor:
    """The customer's owner, at the customer panel."""
    return cast.customer_actor(account=acme)


Live = Callable[[Subscription, date], str]


@pytest.fixture
def live(eset: Eset) -> Live:
    """Go on to noon of a day: the nights are carried out, the workers work; return the subscription's status then."""

    def lived(subscription: Subscription, today: date) -> str:
        eset.set_clock(at=make.noon(today).isoformat(), stopped=True)
        eset.billed()
        run_billing_day(today=today)
        for operation_id in unfinished_work(now=make.noon(today)):
            carry_out(operation_id=operation_id, now=make.noon(today), today=today)
        assert audit(today=today) == []
        subscription.refresh_from_db()
        return str(subscription.status)

    return lived


def bought(owner: Actor, plan: Plan, units: int, live: Live) -> Subscription:
    """Order units as the customer's owner, pay, and have them made."""
    assert owner.account is not None
    order = place_order(
        actor=owner,
        account=owner.account,
        plan=plan,
        period=plan.periods.get(),
        quantities={"units": units},
        parameters={},
        today=ORDERED,
        now=make.noon(ORDERED),
    )
    if order.status == "waiting_for_payment":
        pay(order=order, today=ORDERED)
    subscription = Subscription.objects.get(pk=order.subscription_id)
    assert live(subscription, ORDERED) == "active"
    return subscription


def changed(actor: Actor, subscription: Subscription, units: int, day: date) -> None:
    change_quantities(
        actor=actor,
        subscription=subscription,
        quantities={"units": units},
        today=day,
        now=make.noon(day),
        pay_from_balance=True,
    )


def told(subscription: Subscription) -> dict[str, str]:
    return {name: fact["value"] for name, fact in subscription.attributes.items()}


def closed() -> list[tuple[str, str, int, str]]:
    rows = Charge.objects.filter(status="closed").order_by("operate_from", "pk")
    return [(f"{c.operate_from:%d %b}", f"{c.operate_to:%d %b}", int(c.quantity), f"{c.amount:.2f}") for c in rows]


def billed(eset: Eset) -> dict[str, int]:
    """Return what ESET has billed by day."""
    return {row["day"][5:]: row["seats"] for row in eset.billed()}


def test_by_the_month_it_is_ordered_used_changed_stopped_activated_renewed_and_deleted(
    admin: Actor,
    owner: Actor,
    connection: VendorConnection,
    eset: Eset,
    live: Live,
) -> None:
    assert connection.usable
    subscription = bought(owner, make.plan(connection=connection, offer=NOD32, prices={"units": "10.00"}), 5, live)
    eset.use(units=3)
    observe(subscription, now=make.noon(ORDERED))
    subscription.refresh_from_db()
    assert (told(subscription)["ordered"], told(subscription)["activated"]) == ("5", "3")

    changed(owner, subscription, 8, date(2018, 8, 25))  # up, by the customer
    assert live(subscription, date(2018, 8, 25)) == "updating"
    assert eset.counts()["seats"] == 8
    with pytest.raises(VendorIsWorking, match="takes effect on 26 Aug 2018"):
        changed(owner, subscription, 9, date(2018, 8, 25))
    assert live(subscription, date(2018, 8, 26)) == "active"
    changed(admin, subscription, 3, date(2018, 8, 27))  # down, by the operator
    assert live(subscription, date(2018, 8, 27)) == "updating"
    assert live(subscription, date(2018, 8, 28)) == "active"
    assert (subscription.quantity, told(subscription)["ordered"]) == (3, "3")

    stop(actor=admin, subscription=subscription, today=date(2018, 8, 28))
    assert live(subscription, date(2018, 8, 28)) == "stopped"
    assert eset.counts()["suspended"] == 1
    activate(actor=admin, subscription=subscription, today=date(2018, 8, 30))
    assert live(subscription, date(2018, 8, 30)) == "active"
    assert live(subscription, date(2018, 9, 1)) == "active"  # the night renews it for September
    delete(actor=admin, subscription=subscription, today=date(2018, 9, 3))
    assert live(subscription, date(2018, 9, 3)) == "deleted"
    assert live(subscription, date(2018, 9, 6)) == "deleted"
    assert eset.counts() == {"companies": 1, "licences": 1, "suspended": 1, "seats": 0}
    # 8 of August's 31 days at 5, 2 at 3 more: what was changed on the 25th and the 27th counts from the day after. Then
    # 2 days at 3 from the activation, and 2 of September's 30: the days of the stop and the deletion are not charged.
    assert closed() == [
        ("20 Aug", "28 Aug", 5, "12.90"),
        ("26 Aug", "28 Aug", 3, "1.94"),
        ("30 Aug", "01 Sep", 3, "1.94"),
        ("01 Sep", "03 Sep", 3, "2.00"),
    ]
    # Each day by what stood at half past midnight; of a suspended licence the day of suspension, and none after it.
    five = {f"08-{day}": 5 for day in range(21, 26)}
    assert billed(eset) == {
        **five, "08-26": 8, "08-27": 8, "08-28": 3, "08-31": 3, "09-01": 3, "09-02": 3, "09-03": 3,
    }  # fmt: skip
    refused = [call for call in eset.requests_seen(path="/UpdateQuantity") if call["status"] != 200]
    assert refused == [], "the platform asks for no second change on one day"


def test_a_sales_person_finds_a_service_by_its_id_and_sees_its_general_information_only(
    owner: Actor, connection: VendorConnection, live: Live
) -> None:
    """CR-537: no secret, and nothing to press that a sales person has no right to."""
    subscription = bought(owner, make.plan(connection=connection, offer=NOD32, prices={"units": "10.00"}), 5, live)
    found = Client()
    sales = cast.manager(role=Role.SALES)
    Account.objects.update(manager=sales)
    found.force_login(sales)
    key = subscription.vendor_ids["licence_id"]
    page = reverse("operator:subscription", args=[subscription.pk])
    assert page in found.get(reverse("operator:subscriptions"), {"q": key}).content.decode()
    shown = found.get(page).content.decode()
    connection.refresh_from_db()
    kept = decrypt(connection.secrets)
    assert {"password", "access_token", "refresh_token"} <= kept.keys()
    for value in (key, subscription.vendor_ids["company_id"], "Units activated", "ESET NOD32 Antivirus"):
        assert value in shown
    assert [name for name, value in kept.items() if value in shown] == []
    assert found.get(reverse("operator:vendor_connection", args=[connection.pk])).status_code in (403, 404)


def test_a_second_change_on_one_day_of_the_vendors_is_refused_with_the_moment_of_the_next(
    owner: Actor, connection: VendorConnection, live: Live
) -> None:
    """ESET's day is set to be New York's: at our midnight it is still yesterday there."""
    plan = make.plan(connection=connection, offer=NOD32, prices={"units": "10.00"})
    plan.template.settings = {"zone": "America/New_York"}
    plan.template.save(update_fields=["settings"])
    subscription = bought(owner, plan, 5, live)
    changed(owner, subscription, 8, date(2018, 8, 25))
    live(subscription, date(2018, 8, 25))
    live(subscription, date(2018, 8, 26))
    early = make.noon(date(2018, 8, 26)).replace(hour=2)
    with pytest.raises(TooManyChanges, match="26 Aug 2018, 04:00"):
        change_quantities(
            actor=owner, subscription=subscription, quantities={"units": 9}, today=date(2018, 8, 26), now=early
        )
    changed(owner, subscription, 9, date(2018, 8, 26))


def test_a_trial_becomes_a_paid_licence_and_is_renewed_for_another_term(
    admin: Actor,
    owner: Actor,
    connection: VendorConnection,
    eset: Eset,
    live: Live,
) -> None:
    """A term of a month, renewed by the customer: ESET knows no terms, and is asked nothing."""
    trials = make.plan(
        connection=connection,
        offer=NOD32,
        prices={"units": "0.00"},
        periods=[Lasting(duration=1, unit="month", trial=True)],
        name="Trial",
    )
    trials.template.settings = {"licence": "trial"}
    trials.template.save(update_fields=["settings"])
    paid = make.plan(connection=connection, offer=NOD32, prices={"units": "10.00"}, months=1, name="Paid")
    subscription = bought(owner, trials, 5, live)
    before = subscription.vendor_ids["licence_id"]
    assert told(subscription)["trial_until"] == "2018-09-19"
    switch_plan(
        actor=owner,
        subscription=subscription,
        period=paid.periods.get(),
        quantities={"units": 7},
        today=date(2018, 8, 25),
        now=make.noon(date(2018, 8, 25)),
        pay_from_balance=True,
    )
    eset.set_clock(at=make.noon(date(2018, 8, 25)).isoformat(), stopped=True)
    assert live(subscription, date(2018, 8, 25)) == "active"
    assert (subscription.plan, subscription.quantity) == (paid, 7)
    assert subscription.vendor_ids["licence_id"] != before
    assert told(subscription).get("trial_until", "") == ""
    asked = len(eset.requests_seen(path="/License/"))
    renew(actor=owner, subscription=subscription, today=date(2018, 9, 20), pay_from_balance=True)
    assert live(subscription, date(2018, 9, 25)) == "active"
    assert len(eset.requests_seen(path="/License/")) == asked
    assert next(row for row in closed() if row[2] == 7)[0] == "25 Aug"
