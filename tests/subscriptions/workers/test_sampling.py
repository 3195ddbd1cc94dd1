"""What is in use is asked once an hour of each service; an hour that was missed is said aloud."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from billing.audit import audit
from billing.models import Usage
from notifications.models import Notification
from subscriptions.models import Sampled, Subscription
from subscriptions.night.renewals import run_billing_day
from subscriptions.workers import sampling
from subscriptions.workers.sampling import sample_usage
from tests.subscriptions.workers.metered import (
    charges,
    day,
    metered_plan,
    moment,
    running,
    told,
)
from tests.vendors.example.vendor import ExampleVendor
from vendors.models import VendorConnection

pytestmark = pytest.mark.django_db


@pytest.fixture
def machines(cloud: VendorConnection, vendor: ExampleVendor) -> list[Subscription]:
    """Two services, on which 3 and 0.5 machines run, at 0.50 an hour."""
    plan = metered_plan(cloud, "backup")
    rows = [running(plan, name) for name in ("Acme", "Bolt")]
    vendor.machines = dict(zip([row.vendor_ids["service_id"] for row in rows], ("3", "0.5"), strict=True))
    return rows


def missed() -> list[str]:
    return list(Notification.objects.filter(event="usage_not_told").values_list("body_text", flat=True))


def test_an_hour_is_sampled_once_however_often_the_job_runs(
    machines: list[Subscription],
    vendor: ExampleVendor,
) -> None:
    one = machines[0]
    assert sample_usage(now=moment(day(21), 9, 5)) == 2
    assert sample_usage(now=moment(day(21), 9, 35)) == 0
    assert Usage.objects.values_list("key", flat=True).first() == "sample:2018-08-21T09Z"
    vendor.machines[one.vendor_ids["service_id"]] = "0"
    assert sample_usage(now=moment(day(21), 10)) == 2, "none in use is a sample too"
    assert [told(row) for row in machines] == [3, 1]
    run_billing_day(today=day(22))
    assert [charges(row) for row in machines] == [[("blocked", 3, "1.50")], [("blocked", 1, "0.50")]]
    assert (missed(), audit(today=day(22))) == ([], [])


def test_a_missed_hour_is_missed_aloud_and_once(machines: list[Subscription]) -> None:
    sample_usage(now=moment(day(21), 9))
    sample_usage(now=moment(day(21), 13, 10))
    (letter,) = missed()
    assert "2018-08-21 10:00 – 2018-08-21 13:00 (2)" in letter, letter
    for hour in (13, 14):
        sample_usage(now=moment(day(21), hour, 30))
    assert (len(missed()), [told(row) for row in machines]) == (1, [9, Decimal("1.5")])


def test_a_service_that_cannot_be_asked_is_asked_again_in_the_hour(
    machines: list[Subscription],
    vendor: ExampleVendor,
) -> None:
    vendor.astray = True
    assert sample_usage(now=moment(day(21), 9)) == 0
    vendor.astray = False
    assert sample_usage(now=moment(day(21), 9, 30)) == 2
    assert missed() == []


class Killed(BaseException):
    """The worker dies here."""


def test_a_sample_is_told_and_noted_together(machines: list[Subscription], monkeypatch: pytest.MonkeyPatch) -> None:
    def dies(*_given: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(sampling, "_say_what_was_missed", dies)
        with pytest.raises(Killed):
            sample_usage(now=moment(day(21), 9))
    assert (Usage.objects.count(), Sampled.objects.count()) == (0, 0)
    assert sample_usage(now=moment(day(21), 9) + timedelta(minutes=1)) == 2


def test_midnight_is_the_operators(machines: list[Subscription], settings: Any) -> None:
    """The hour is UTC's, the day of use the operator's."""
    settings.TIME_ZONE = "Asia/Tokyo"
    sample_usage(now=moment(day(21), 16))
    assert set(Usage.objects.values_list("key", "day")) == {("sample:2018-08-21T16Z", day(22))}


def test_what_it_does_not_sell_is_refused_by_name_and_not_noted(
    machines: list[Subscription], caplog: pytest.LogCaptureFixture
) -> None:
    Subscription.objects.filter(pk=machines[0].pk).update(start_date=day(22))
    assert sample_usage(now=moment(day(21), 9)) == 1
    assert "usage_refused" in caplog.text
