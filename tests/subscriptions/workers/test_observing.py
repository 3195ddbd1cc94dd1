"""Ids and facts that change after a service was provided are asked for every night and taken over (CR-582)."""

import pytest

from subscriptions.models import Subscription
from subscriptions.workers.observing import observe, observe_services
from tests.factories import subscriptions as make
from tests.subscriptions.conftest import ORDERED_ON
from tests.vendors.example.vendor import ExampleVendor
from vendors.questions import VendorUnavailable

pytestmark = pytest.mark.django_db
NOW = make.noon(ORDERED_ON)


def test_what_the_vendor_tells_otherwise_now_is_taken_over_once(
    running: Subscription, example_vendor: ExampleVendor
) -> None:
    """Ids and facts stayed for ever what they were when the service was made."""
    running.attributes = {"gone": {"label": "Gone", "value": "x"}}
    running.save(update_fields=["attributes"])
    example_vendor.services["1"]["id"] = "1-moved"
    assert observe_services(now=NOW) == 1
    running.refresh_from_db()
    assert running.vendor_ids == {"service_id": "1-moved"}
    assert running.attributes["service_id"] == {"label": "Backup ID", "value": "1-moved"}
    assert "gone" in running.attributes
    example_vendor.services["1-moved"] = example_vendor.services["1"]
    assert observe_services(now=NOW) == 0


def test_vendor_that_cannot_be_asked_holds_up_no_other(running: Subscription, example_vendor: ExampleVendor) -> None:
    example_vendor.astray = True
    assert observe_services(now=NOW) == 0
    with pytest.raises(VendorUnavailable):
        observe(running, now=NOW)
    running.refresh_from_db()
    assert running.vendor_ids == {"service_id": "1"}


def test_what_waits_or_is_under_way_tells_its_own_ids(waiting: Subscription) -> None:
    assert observe_services(now=NOW) == 0
