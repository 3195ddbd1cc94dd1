"""The way out of every failed state: deleting gives up what failed, and the books agree."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.actors import SYSTEM
from accounts.models import Account
from billing.audit import audit
from billing.funds import funds_of
from subscriptions.models import Order, Subscription
from subscriptions.people.stopping import activate, delete, stop
from tests.factories.billing import pay, top_up
from tests.subscriptions.conftest import ORDERED_ON, change, refuse, work
from tests.vendors.example.vendor import ExampleVendor

pytestmark = pytest.mark.django_db
DAY = date(2018, 8, 27)


def fail(subscription: Subscription, acme: Account, vendor: ExampleVendor, what: str) -> None:
    """Bring a running subscription into a failed state."""
    if what == "raise":
        pay(order=change(subscription, 8, DAY), today=DAY)
    elif what == "lower":
        change(subscription, 2, DAY)
    elif what == "activate":
        stop(actor=SYSTEM, subscription=subscription, today=DAY)
        work(DAY)
        top_up(account=acme, amount="100", today=DAY)
        activate(actor=SYSTEM, subscription=subscription, today=DAY)
    else:
        {"stop": stop, "delete": delete}[what](actor=SYSTEM, subscription=subscription, today=DAY)
    refuse(vendor)
    work(DAY)
    subscription.refresh_from_db()


@pytest.mark.parametrize("gone", [False, True], ids=["there", "gone"])
@pytest.mark.parametrize(
    ("what", "status"),
    [
        ("raise", "updating_failed"),
        ("lower", "updating_failed"),
        ("stop", "stopping_failed"),
        ("activate", "activating_failed"),
        ("delete", "deletion_failed"),
    ],
)
def test_a_subscription_is_deleted_from_every_failed_state(
    running: Subscription, acme: Account, example_vendor: ExampleVendor, what: str, status: str, gone: bool
) -> None:
    fail(running, acme, example_vendor, what)
    assert running.status == status
    if gone:
        example_vendor.services.clear()
    example_vendor.refusing = False
    delete(actor=SYSTEM, subscription=running, today=DAY)
    work(DAY)
    running.refresh_from_db()
    assert (running.status, running.awaited_operation) == ("deleted", "")
    assert not Order.objects.filter(closed_on=None).exists()
    assert funds_of(acme).available == funds_of(acme).balance
    assert audit(today=DAY) == []


def test_a_sale_that_failed_is_deleted_with_its_order_and_its_money_stays(failed: Subscription, acme: Account) -> None:
    delete(actor=SYSTEM, subscription=failed, today=ORDERED_ON)
    failed.refresh_from_db()
    assert (failed.status, Order.objects.get().status) == ("deleted", "cancelled")
    assert funds_of(acme).available == Decimal("19.35")
    assert audit(today=ORDERED_ON) == []
