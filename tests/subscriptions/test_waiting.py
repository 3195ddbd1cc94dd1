"""A sale for which the vendor waits for somebody: known at once, charged once it is provided, overtaken by deleting."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from accounts.actors import SYSTEM
from billing.audit import audit
from billing.funds import funds_of
from notifications.models import Notification
from subscriptions.contract.handover import waiting_operation
from subscriptions.models import Order, Subscription
from subscriptions.people.opening import VendorIsWorking
from subscriptions.people.stopping import delete, stop
from subscriptions.told.offered import steps_of_subscription
from tests.factories import accounts as cast
from tests.subscriptions.conftest import ORDERED_ON, work
from tests.vendors.example.vendor import ExampleVendor
from vendors.models import VendorOperation

pytestmark = pytest.mark.django_db
LATER = ORDERED_ON + timedelta(days=3)


def test_what_the_vendor_told_is_kept_at_once_and_nobody_is_alarmed(waiting: Subscription) -> None:
    assert (waiting.status, waiting.vendor_ids) == ("installing", {"service_id": "1"})
    assert waiting.attributes == {"service_id": {"label": "Backup ID", "value": "1"}}
    assert not Notification.objects.filter(event__in=("provisioning_failed", "subscription_activated")).exists()
    operation = waiting_operation(waiting)
    assert operation is not None
    assert operation.waits_for is not None


def test_it_runs_and_is_charged_from_the_day_on_which_somebody_acted(
    waiting: Subscription, example_vendor: ExampleVendor
) -> None:
    example_vendor.approve()
    work(LATER)
    waiting.refresh_from_db()
    assert (waiting.status, waiting.start_date, waiting_operation(waiting)) == ("active", LATER, None)
    assert Order.objects.get().status == "completed"
    assert min(waiting.charges.exclude(status="deleted").values_list("operate_from", flat=True)) == LATER
    assert list(audit(today=LATER)) == []


def test_deleting_overtakes_it_and_the_money_is_there_again(
    waiting: Subscription, example_vendor: ExampleVendor
) -> None:
    paid = Order.objects.get().total
    assert funds_of(waiting.account).available == 0
    delete(actor=SYSTEM, subscription=waiting, today=LATER)
    waiting.refresh_from_db()
    assert (waiting.status, Order.objects.get().status) == ("deleting", "cancelled")
    work(LATER)
    waiting.refresh_from_db()
    assert (waiting.status, waiting.quantity) == ("deleted", 0)
    assert example_vendor.services["1"]["state"] == "ended"
    assert funds_of(waiting.account).available == paid > Decimal(0)
    provision = VendorOperation.objects.get(action="provision")
    assert (provision.state, provision.last_error_code) == ("rejected", "overtaken")
    example_vendor.approve()
    work(LATER + timedelta(days=1))
    waiting.refresh_from_db()
    assert waiting.status == "deleted"
    assert list(audit(today=LATER)) == []


def test_pages_offer_to_delete_it_and_nothing_else(waiting: Subscription) -> None:
    owner = cast.customer_actor(account=waiting.account)
    steps = steps_of_subscription(owner, waiting, ORDERED_ON)
    assert {name for name, refusal in steps.items() if refusal is None} == {"delete"}


def test_what_is_under_way_and_waits_for_nobody_cannot_be_deleted(
    ordered: Subscription, example_vendor: ExampleVendor
) -> None:
    example_vendor.trouble = ("throttle 60", 1)
    work()
    with pytest.raises(VendorIsWorking):
        delete(actor=SYSTEM, subscription=ordered, today=ORDERED_ON)


def test_waiting_sale_cannot_be_stopped(waiting: Subscription) -> None:
    with pytest.raises(VendorIsWorking):
        stop(actor=SYSTEM, subscription=waiting, today=date(2018, 8, 20))
