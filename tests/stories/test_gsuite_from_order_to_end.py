"""Seats of G Suite by both panels' verbs, on the pretend Google over HTTP: order, terms, changes, a year, the end."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import requests

from accounts.actors import SYSTEM, Actor, actor_of
from accounts.models import Account
from billing.audit import audit
from sandbox.google import Google as Vendor
from sandbox.google.world import DEMO_ADMIN
from sandbox.wsgi import Running, start
from subscriptions.contract.handover import waiting_operation
from subscriptions.models import ApplicationTemplate, Difference, Order, Plan, Subscription
from subscriptions.night.renewals import run_billing_day
from subscriptions.people.changes import change_quantities
from subscriptions.people.ordering import ask_vendor_of_order, place_order
from subscriptions.people.revealing import SecretWasShown, keep_secrets, reveal_secret
from subscriptions.people.stopping import activate, delete, stop
from subscriptions.people.switching import switch_plan
from subscriptions.workers.committing import refresh_commitments
from subscriptions.workers.comparing import compare_with_vendors
from subscriptions.workers.observing import observe_services
from subscriptions.workers.provisioning import carry_out, unfinished_work
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.factories.billing import pay, top_up
from tests.sandbox.google.asking import STARTER, registered
from tests.sandbox.google.signing import key_file
from tests.vendors.gsuite.bench import answers_of, settings_of
from tests.vendors.memory import stopped_soon
from vendors.connections import add_connection, check_connection
from vendors.fields import packed
from vendors.models import VendorConnection, VendorExchange
from vendors.questions import VendorUnavailable

pytestmark = pytest.mark.django_db
DOMAIN = "acme.example.com"
NOW = datetime.now(UTC).replace(microsecond=0)
TODAY = date(2018, 8, 20)


@pytest.fixture
def vendor() -> Vendor:
    """A pretend Google that knows the reseller's service account."""
    return registered(Vendor())


@pytest.fixture
def server(vendor: Vendor) -> Iterator[Running]:
    """Where it answers."""
    running = start(vendor)
    yield running
    stopped_soon(running)


@pytest.fixture
def google(admin: Actor, server: Running) -> VendorConnection:
    """The operator's connection to it, checked."""
    values = settings_of(server.base_url, key_file=packed(key_file().encode()))
    made = add_connection(actor=admin, reseller=admin.reseller, plugin="gsuite", name="Google", values=values)
    checked = check_connection(actor=admin, connection=made, now=NOW)
    assert checked.usable
    return checked


@pytest.fixture
def acme(db: None) -> Account:
    """A customer with money."""
    account = cast.account(
        name="Acme", country="US", region="WA", city="Redmond", zip="98052", phone="+1 425 555 0100",
        street="Main Street", building="1", contact_first_name="Tania", contact_last_name="Carr",
        contact_email="tania@acme.example",
    )  # fmt: skip
    top_up(account=account, amount="1000", today=TODAY)
    return account


@pytest.fixture
def owner(acme: Account) -> Actor:
    """The customer's owner."""
    return actor_of(cast.customer_user(account=acme))


def sold_as(connection: VendorConnection, plan: str, **options: str) -> Plan:
    """Return a plan of Business Starter at 6.00 a seat: CSP monthly without an end (CR-607), as a plan of Google's."""
    made = make.plan(connection=connection, offer=STARTER, prices={"seats": "6.00"}, name=f"Starter {plan}")
    ApplicationTemplate.objects.filter(pk=made.template_id).update(settings={"plan": plan, **options})
    return Plan.objects.get(pk=made.pk)


def ordered(acme: Account, plan: Plan, seats: int = 5) -> Subscription:
    """Order and pay."""
    wish = {"account": acme, "plan": plan, "period": plan.periods.get(), "quantities": {"seats": seats}, "now": NOW}
    ask_vendor_of_order(actor=SYSTEM, parameters=answers_of(DOMAIN), **wish)
    pay(order=place_order(actor=SYSTEM, parameters=answers_of(DOMAIN), today=TODAY, **wish), today=TODAY)
    return Subscription.objects.get()


def work(subscription: Subscription, *, after: timedelta = timedelta(0), today: date = TODAY) -> str:
    """Do what the workers do, and return the subscription's status then."""
    for operation_id in unfinished_work(now=NOW + after):
        carry_out(operation_id=operation_id, now=NOW + after, today=today)
    subscription.refresh_from_db()
    return subscription.status


def active(acme: Account, plan: Plan, vendor: Vendor, seats: int = 5) -> Subscription:
    """Have a subscription whose terms are accepted on the day after."""
    subscription = ordered(acme, plan, seats)
    assert work(subscription) == "installing"
    vendor.accept_terms(domain=DOMAIN)
    assert work(subscription, after=timedelta(days=1), today=TODAY + timedelta(days=1)) == "active"
    return subscription


def changed(actor: Actor, subscription: Subscription, seats: int, today: date, **more: object) -> Order:
    return change_quantities(
        actor=actor, subscription=subscription, quantities={"seats": seats}, today=today, now=NOW, **more
    )


def test_it_waits_for_the_terms_and_the_one_time_password_is_shown_once(
    acme: Account, google: VendorConnection, owner: Actor, vendor: Vendor, server: Running
) -> None:
    subscription = ordered(acme, sold_as(google, "FLEXIBLE"))
    assert work(subscription) == "installing"
    operation = waiting_operation(subscription)
    assert operation is not None
    assert operation.waits_for is not None
    instruction = str(operation.waits_for.instruction)
    assert all(part in instruction for part in (f"tania@{DOMAIN}", "google-site-verification=", "one-time password"))
    (row,) = vendor.subscriptions()
    ids = {name: subscription.vendor_ids[name] for name in ("customer_id", "subscription_id")}
    assert ids == {"customer_id": row["customer"], "subscription_id": row["id"]}
    assert {name: subscription.attributes[name]["value"] for name in ids} == ids

    told = {secret.key: secret for secret in subscription.secrets.all()}
    password = reveal_secret(actor=owner, secret=told["admin_password"], now=NOW)
    keep_secrets(actor=owner, subscription=subscription, now=NOW)
    with pytest.raises(SecretWasShown):
        reveal_secret(actor=owner, secret=told["admin_password"], now=NOW)
    form = {"email": f"tania@{DOMAIN}", "password": password, "new_password": "Mine-2018", "accept": "yes"}
    assert requests.post(f"{server.base_url}/console", data=form, timeout=10).ok
    assert work(subscription, after=timedelta(days=1), today=TODAY + timedelta(days=1)) == "active"
    charges = subscription.charges.exclude(status="deleted")
    assert min(charges.values_list("operate_from", flat=True)) == TODAY + timedelta(days=1)
    kept = "\n".join(repr(vars(row)) for row in VendorExchange.objects.all()) + repr(subscription.attributes)
    assert password not in kept
    assert [row["token"] for row in vendor.world.store.all("token") if row["token"] in kept] == []
    assert "PRIVATE KEY" not in kept


def test_seats_go_up_and_down_to_those_in_use_stop_start_and_end(
    acme: Account,
    google: VendorConnection,
    owner: Actor,
    vendor: Vendor,
    admin: Actor,
) -> None:
    subscription = active(acme, sold_as(google, "FLEXIBLE"), vendor)
    vendor.use(domain=DOMAIN, sku=STARTER, users=4)
    day = date(2018, 8, 25)
    for actor in (owner, admin):
        with pytest.raises(VendorUnavailable, match="Enter 4 or more") as refusal:
            changed(actor, subscription, 3, day)
        assert refusal.value.field == "seats"
    changed(owner, subscription, 8, day, pay_from_balance=True)
    assert work(subscription, today=day) == "active"
    changed(admin, subscription, 4, day + timedelta(days=2))
    assert work(subscription, today=day + timedelta(days=2)) == "active"
    assert (vendor.subscriptions()[0]["seats"], subscription.quantity) == (4, 4)
    assert list(audit(today=day + timedelta(days=2))) == []

    other = vendor.reissue(subscription_id=subscription.vendor_ids["subscription_id"])
    assert observe_services(now=NOW) == 1
    subscription.refresh_from_db()
    assert subscription.vendor_ids["subscription_id"] == subscription.attributes["subscription_id"]["value"] == other
    for billing_day in (date(2018, 9, 1), date(2018, 10, 1)):
        run_billing_day(today=billing_day)
    closed = subscription.charges.filter(status="closed").values_list("amount", flat=True)
    # 4 of 31 days with five seats, 2 with eight, 5 with four, and September.
    assert sum(closed) == Decimal("34.84")
    stop(actor=admin, subscription=subscription, today=date(2018, 10, 5))
    assert (work(subscription, today=date(2018, 10, 5)), vendor.subscriptions()[0]["status"]) == (
        "stopped",
        "SUSPENDED",
    )
    subscription.refresh_from_db()
    activate(actor=admin, subscription=subscription, today=date(2018, 10, 8))
    assert (work(subscription, today=date(2018, 10, 8)), vendor.subscriptions()[0]["status"]) == ("active", "ACTIVE")
    delete(actor=admin, subscription=subscription, today=date(2018, 10, 15))
    assert work(subscription, today=date(2018, 10, 15)) == "deleted"
    assert vendor.subscriptions()[0]["status"] == "CANCELLED"
    assert list(audit(today=date(2018, 10, 15))) == []


def test_seats_assigned_after_the_question_stop_the_change_which_goes_on_once_they_are_free(
    acme: Account, google: VendorConnection, owner: Actor, vendor: Vendor
) -> None:
    subscription = active(acme, sold_as(google, "FLEXIBLE"), vendor)
    day = date(2018, 8, 25)
    order = changed(owner, subscription, 3, day)
    vendor.use(domain=DOMAIN, sku=STARTER, users=4)
    work(subscription, today=day)
    order.refresh_from_db()
    assert (order.status, vendor.subscriptions()[0]["seats"]) == ("provisioning_failed", 5)


def test_a_trial_is_switched_to_a_year_whose_seats_leave_with_its_renewal(
    acme: Account, google: VendorConnection, vendor: Vendor
) -> None:
    trial, year = sold_as(google, "TRIAL"), sold_as(google, "ANNUAL_MONTHLY_PAY")
    subscription = active(acme, trial, vendor)
    day = date(2018, 8, 25)
    switch_plan(
        actor=SYSTEM, subscription=subscription, period=year.periods.get(), quantities={"seats": 6}, today=day, now=NOW,
        pay_from_balance=True,
    )  # fmt: skip
    assert work(subscription, after=timedelta(days=1), today=day) == "active"
    (row,) = vendor.subscriptions()
    assert (row["plan"], row["seats"], subscription.plan) == ("ANNUAL_MONTHLY_PAY", 6, year)
    refresh_commitments(now=NOW + timedelta(days=1))
    assert compare_with_vendors(now=NOW + timedelta(days=1)) == 0
    (held,) = subscription.commitments.all()
    assert (held.quantity, held.at_end) == (6, "renews")

    vendor.behave(echoes_annual=False)
    with vendor.world.store.transaction():
        vendor.world.store.put("subscription", row["id"], {**row, "seats": 7})
    refresh_commitments(now=NOW + timedelta(days=1))
    assert compare_with_vendors(now=NOW + timedelta(days=1)) == 1
    assert list(Difference.objects.values_list("kind", "ours", "theirs")) == [("quantity", "6", "7")]


def test_the_administrators_name_is_the_connections(google: VendorConnection) -> None:
    assert google.settings["admin"] == DEMO_ADMIN
    assert "key_file" not in google.settings
