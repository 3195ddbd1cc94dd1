"""A certificate by the verbs, on the pretend OpenSRS over HTTP: waits, is issued, is charged, and ends."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from accounts.actors import SYSTEM, Actor
from accounts.models import Account
from billing.audit import audit
from billing.funds import funds_of
from sandbox.opensrs import OpenSRS as Vendor
from sandbox.opensrs.world import DEMO_KEY
from sandbox.wsgi import start
from subscriptions.contract.handover import waiting_operation
from subscriptions.models import Order, Plan, Subscription
from subscriptions.night.renewals import run_billing_day
from subscriptions.people.acting import act, actions_of
from subscriptions.people.failures import OrderHasNotFailed, correct_order, correction_of
from subscriptions.people.ordering import ask_vendor_of_order, place_order
from subscriptions.people.stopping import delete
from subscriptions.workers.provisioning import carry_out, unfinished_work
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.factories.billing import pay, top_up
from tests.sandbox.opensrs.asking import csr_for
from tests.vendors.memory import stopped_soon
from tests.vendors.opensrs.bench import settings_of
from vendors.capabilities import Document
from vendors.connections import add_connection
from vendors.models import ConnectionState, VendorConnection, VendorOperation
from vendors.operations import NotWaiting, amend
from vendors.questions import VendorUnavailable
from vendors.settling import it_is_there

pytestmark = pytest.mark.django_db
DOMAIN = "shop.example.com"
NOW = datetime.now(UTC).replace(microsecond=0)
TODAY = date(2018, 8, 20)
ANSWERS = {"csr": csr_for(DOMAIN), "approver": f"admin@{DOMAIN}"}


@pytest.fixture
def vendor() -> Vendor:
    """A pretend OpenSRS."""
    return Vendor()


@pytest.fixture
def opensrs(admin: Actor, vendor: Vendor) -> Iterator[VendorConnection]:
    """The operator's connection to it, which needs nobody's consent."""
    running = start(vendor)
    values = settings_of(running.base_url, key=DEMO_KEY)
    made = add_connection(actor=admin, reseller=admin.reseller, plugin="opensrs", name="Certificates", values=values)
    made.state = ConnectionState.GRANTED
    made.save(update_fields=["state"])
    yield made
    stopped_soon(running)


@pytest.fixture
def acme(db: None) -> Account:
    """A customer whom certificate authorities can call."""
    account = cast.account(
        name="Acme", country="US", region="WA", city="Redmond", zip="98052", phone="+1 425 555 0100",
        street="Main Street", building="1", contact_first_name="Tania", contact_last_name="Carr",
        contact_email="tania@acme.example",
    )  # fmt: skip
    top_up(account=account, amount="1000", today=TODAY)
    return account


@pytest.fixture
def plan(opensrs: VendorConnection) -> Plan:
    """PositiveSSL for a year, charged by the month: the certificate's term is the plan's."""
    prices = {"certificates": "1.50"}
    bounds = {"certificates": {"minimum": 1, "limit": 1}}
    return make.plan(connection=opensrs, offer="positivessl", prices=prices, bounds=bounds, months=12)


@pytest.fixture
def ordered(acme: Account, plan: Plan) -> Subscription:
    """One certificate, ordered and paid."""
    wish = {"account": acme, "plan": plan, "period": plan.periods.get(), "quantities": {"certificates": 1}, "now": NOW}
    ask_vendor_of_order(actor=SYSTEM, parameters=ANSWERS, **wish)
    order = place_order(actor=SYSTEM, parameters=ANSWERS, today=TODAY, **wish)
    pay(order=order, today=TODAY)
    return Subscription.objects.get()


def work(subscription: Subscription, *, now: datetime = NOW, today: date = TODAY) -> str:
    """Do what the workers do, and return the subscription's status then."""
    for operation_id in unfinished_work(now=now):
        carry_out(operation_id=operation_id, now=now, today=today)
    subscription.refresh_from_db()
    return subscription.status


def issued(subscription: Subscription, vendor: Vendor, *, later: int = 1) -> str:
    """Let the approver follow the mail's link, `later` days on, and the workers look again."""
    vendor.behave(issuing_reads=0)
    vendor.approve(order_id=subscription.vendor_ids["order_id"])
    return work(subscription, now=NOW + timedelta(days=later), today=TODAY + timedelta(days=later))


def test_it_waits_is_issued_charged_by_its_terms_and_deleted(
    ordered: Subscription, vendor: Vendor, acme: Account
) -> None:
    assert work(ordered) == "installing"
    operation = waiting_operation(ordered)
    assert operation is not None
    waits = operation.waits_for
    assert waits is not None
    assert f"admin@{DOMAIN}" in waits.instruction
    assert ordered.vendor_ids == {"order_id": vendor.orders()[0]["order_id"], "domain": DOMAIN}
    assert [action.name for action in actions_of(ordered)] == ["resend"]
    act(actor=SYSTEM, subscription=ordered, name="resend", now=NOW)
    assert len(vendor.mails()) == 2

    assert issued(ordered, vendor) == "active"
    assert ordered.attributes["valid_until"]["value"] > "2026"
    assert vendor.orders()[0]["period"] == "1", "the plan's period is the certificate's term"
    charges = ordered.charges.exclude(status="deleted")
    assert min(charges.values_list("operate_from", flat=True)) == TODAY + timedelta(days=1)
    chain = act(actor=SYSTEM, subscription=ordered, name="chain", now=NOW)
    assert isinstance(chain, Document)
    assert chain.content.count(b"BEGIN CERTIFICATE") == 2

    for day in (date(2018, 9, 1), date(2018, 10, 1)):
        run_billing_day(today=day)
    closed = ordered.charges.filter(status="closed").values_list("amount", flat=True)
    assert sum(closed) == Decimal("2.03"), "11 of the 31 days of August (0.53), and September"
    assert list(audit(today=date(2018, 10, 1))) == []

    delete(actor=SYSTEM, subscription=ordered, today=date(2018, 10, 15))
    assert work(ordered, now=NOW + timedelta(days=56), today=date(2018, 10, 15)) == "deleted"
    notes = VendorOperation.objects.get(action="cancel").notes
    assert any("stays valid until" in note for note in notes)
    assert [row["state"] for row in vendor.certificates()] == ["active"]
    assert funds_of(acme).blocked == 0
    assert list(audit(today=date(2018, 10, 15))) == []


def test_what_waits_is_cancelled_at_the_vendor_and_its_money_is_there_again(
    ordered: Subscription, vendor: Vendor, acme: Account
) -> None:
    work(ordered)
    paid = Order.objects.get().total
    delete(actor=SYSTEM, subscription=ordered, today=TODAY)
    assert work(ordered) == "deleted"
    assert [order["state"] for order in vendor.orders()] == ["declined"]
    assert (funds_of(acme).available, paid > 0) == (1000 + paid, True), "what was paid lies on the balance"
    assert list(audit(today=TODAY)) == []


def test_what_waits_is_corrected_at_the_vendor_and_goes_on(
    ordered: Subscription, vendor: Vendor, acme: Account
) -> None:
    work(ordered)
    order = Order.objects.get()
    assert [answer.fixed for answer in correction_of(order).answers] == [False, False]
    wrong = {**ANSWERS, "approver": "me@elsewhere.example"}
    right = {"csr": csr_for(DOMAIN, "ec"), "approver": f"webmaster@{DOMAIN}"}
    with pytest.raises(VendorUnavailable, match="may not approve"):
        correct_order(actor=SYSTEM, order=order, answers=wrong, today=TODAY, now=NOW)
    assert vendor.orders()[0]["approver_email"] == ANSWERS["approver"]
    correct_order(actor=SYSTEM, order=order, answers=right, today=TODAY, now=NOW)
    assert work(ordered, now=NOW + timedelta(seconds=1)) == "installing"
    operation = waiting_operation(ordered)
    assert operation is not None
    assert f"webmaster@{DOMAIN}" in str(operation.waits_for.instruction)
    assert ordered.parameters == operation.payload["answers"] == right
    assert issued(ordered, vendor) == "active"
    assert len(vendor.orders()) == 1
    with pytest.raises(OrderHasNotFailed):
        correct_order(actor=SYSTEM, order=order, answers=ANSWERS, today=TODAY, now=NOW)


def test_what_a_worker_has_in_hand_or_waits_no_more_is_not_corrected(ordered: Subscription, vendor: Vendor) -> None:
    work(ordered)
    order, operation = Order.objects.get(), waiting_operation(ordered)
    assert operation is not None
    VendorOperation.objects.update(state="confirmed")
    with pytest.raises(NotWaiting, match="no longer waits"):
        amend(operation, payload={}, now=NOW)
    with pytest.raises(OrderHasNotFailed):
        correct_order(actor=SYSTEM, order=order, answers=ANSWERS, today=TODAY, now=NOW)


def test_an_order_whose_answer_was_lost_waits_for_the_operator(
    ordered: Subscription,
    vendor: Vendor,
    admin: Actor,
) -> None:
    vendor.fail("drop_after", path="^/sw_register$")
    work(ordered)
    for turn in (1, 2):
        assert work(ordered, now=NOW + timedelta(hours=turn)) == "installing"
    assert len(vendor.orders()) == 1
    operation = VendorOperation.objects.get()
    assert operation.parked is not None
    told = {"order_id": vendor.orders()[0]["order_id"]}
    it_is_there(actor=admin, operation=operation, told=told, now=NOW + timedelta(hours=3))
    work(ordered, now=NOW + timedelta(hours=3))
    assert ordered.vendor_ids["order_id"] == told["order_id"]
    assert issued(ordered, vendor) == "active"
    assert len(vendor.orders()) == 1


def test_an_order_that_opensrs_would_not_take_is_refused_before_anybody_pays(
    acme: Account, plan: Plan, vendor: Vendor
) -> None:
    wish = {"account": acme, "plan": plan, "period": plan.periods.get(), "quantities": {"certificates": 1}, "now": NOW}
    for name, answer in (("csr", csr_for(DOMAIN, "rsa1024")), ("approver", "me@elsewhere.example")):
        with pytest.raises(VendorUnavailable) as refusal:
            ask_vendor_of_order(actor=SYSTEM, parameters={**ANSWERS, name: answer}, **wish)
        assert name in {problem.field for problem in refusal.value.problems}
    assert vendor.orders() == []
