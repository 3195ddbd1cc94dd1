"""What a vendor does not do is refused by name, not offered, and left out where our own books stop a service."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from accounts.actors import SYSTEM
from billing.audit import audit
from subscriptions.models import StopReason, Subscription
from subscriptions.night.renewals import run_billing_day
from subscriptions.people.stopping import stop
from subscriptions.people.supported import NotSupported, unsupported
from subscriptions.told.offered import steps_of_subscription
from tests.factories import subscriptions as make
from tests.subscriptions.conftest import ORDERED_ON, change, work
from tests.vendors.example.vendor import ExampleVendor
from vendors import registry
from vendors.base import Support
from vendors.models import VendorOperation

pytestmark = pytest.mark.django_db


@pytest.fixture
def vendor_that() -> Callable[..., None]:
    """Return what lets the example vendor's plugin declare what it supports."""

    def declares(**support: bool) -> None:
        kind = type(registry.plugin_for("example"))
        registry._plugins["example"] = type("Able", (kind,), {"support": Support(**support)})()

    return declares


def test_lowering_that_the_vendor_does_not_do_is_refused_at_its_field_and_raising_is_not(
    running: Subscription, vendor_that: Callable[..., None]
) -> None:
    vendor_that(lower=False)
    with pytest.raises(NotSupported) as refusal:
        change(running, 3, ORDERED_ON)
    assert refusal.value.field == "quantities.seats"
    assert str(refusal.value) == (
        "Example Backup: the units of a service are not lowered. Order another one with fewer, and delete this one."
    )
    change(running, 8, ORDERED_ON)


def test_change_and_stop_that_the_vendor_does_not_do_are_said_and_not_offered(
    running: Subscription, vendor_that: Callable[..., None]
) -> None:
    assert unsupported(running) == {}
    vendor_that(change=False, suspend=False)
    assert list(unsupported(running)) == ["change", "suspend"]
    steps = steps_of_subscription(SYSTEM, running, ORDERED_ON, make.noon(ORDERED_ON))
    assert {name for name in ("change", "stop", "delete") if steps[name] is None} == {"delete"}
    with pytest.raises(NotSupported):
        change(running, 8, ORDERED_ON)
    with pytest.raises(NotSupported):
        stop(actor=SYSTEM, subscription=running, today=ORDERED_ON)


def test_night_stops_in_our_books_alone_what_the_vendor_cannot_suspend(
    running: Subscription, vendor_that: Callable[..., None], example_vendor: ExampleVendor
) -> None:
    vendor_that(suspend=False)
    running.refresh_from_db()
    day = running.next_billing_day
    assert day is not None
    run_billing_day(today=day)
    running.refresh_from_db()
    assert (running.status, running.stop_reason) == ("stopped", StopReason.FUNDS_SHORT)
    work(day + timedelta(days=1))
    assert [operation.action for operation in VendorOperation.objects.all()] == ["provision"]
    assert example_vendor.services["1"]["state"] == "running"
    assert list(audit(today=day)) == []
