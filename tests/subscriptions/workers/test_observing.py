"""Ids and facts that change after a service was provided are asked for every night and taken over (CR-582)."""

from datetime import timedelta

import pytest

from notifications.models import Notification
from subscriptions.models import Subscription
from subscriptions.workers.observing import observe, observe_services
from tests.factories import accounts as cast
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


@pytest.mark.parametrize("language", ["en", "ru"])
def test_operators_are_told_once_of_what_somebody_has_to_look_at(
    running: Subscription, example_vendor: ExampleVendor, language: str
) -> None:
    """A fact changed its value, and nobody was told."""
    manager = cast.manager(language=language)
    told = Notification.objects.filter(event="service_alarm", user=manager).order_by("pk")
    for space, times in (("free", 0), ("full", 1), ("full", 1), ("free", 1)):
        example_vendor.services["1"]["space"] = space
        observe_services(now=NOW)
        assert told.count() == times, space
    example_vendor.services["1"]["space"] = "full"
    observe_services(now=NOW + timedelta(days=1))
    assert told.count() == 2
    assert "Backup 1 is full: nothing more is kept until there is space." in " ".join(told[0].body_text.split())
    assert told[0].path == f"/operator/subscriptions/{running.pk}/"
