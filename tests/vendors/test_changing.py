"""How often a vendor takes other units: declared sensibly, and held where an operation is carried out."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.vendors.example.vendor import ExampleVendor
from tests.vendors.test_operations import planned
from vendors import operations
from vendors.changing import ChangeRule, Effective
from vendors.models import OperationState, VendorConnection, VendorOperation

EVENING = datetime(2026, 7, 1, 21, 30, tzinfo=UTC)  # half past eleven in Bratislava
MIDNIGHT = datetime(2026, 7, 1, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    "rule", [{"a_day": 0}, {"zone": "Mars/Olympus"}, {"zone": ""}, {"raise_from": Effective.END_OF_PERIOD}]
)
def test_rule_that_no_platform_could_keep_is_refused(rule: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"day|zone"):
        ChangeRule(**rule)


def test_days_are_those_of_the_vendors_zone() -> None:
    rule = ChangeRule(a_day=1, zone="Europe/Bratislava")
    assert rule.day_begins(EVENING, days=1) == MIDNIGHT
    assert rule.day_begins(MIDNIGHT) == MIDNIGHT
    # The night in which the clocks go back is an hour longer.
    assert rule.day_begins(datetime(2026, 10, 25, 1, tzinfo=UTC), days=1) == datetime(2026, 10, 25, 23, tzinfo=UTC)


@pytest.mark.django_db
def test_change_more_than_the_day_allows_is_sent_on_the_next(
    example: VendorConnection, example_vendor: ExampleVendor
) -> None:
    """The vendor, held to its contract, would refuse it: it is not asked before its midnight."""
    example_vendor.began, example_vendor.a_day = EVENING, 1
    operations.carry_out(planned(example, EVENING).pk, now=EVENING)
    first, second = (_change(example, EVENING, seats) for seats in (8, 9))
    assert operations.carry_out(first.pk, now=EVENING).state == OperationState.CONFIRMED
    held = operations.carry_out(second.pk, now=EVENING)
    assert (held.state, held.attempts, held.next_attempt_at) == (OperationState.PLANNED, 0, MIDNIGHT)
    assert "sent at 2026-07-02 00:00 CEST" in held.last_error
    assert list(operations.due(EVENING)) == []
    assert example_vendor.services["1"]["seats"] == 8
    example_vendor.clock = timedelta(minutes=30).total_seconds()
    assert operations.carry_out(second.pk, now=MIDNIGHT).state == OperationState.CONFIRMED
    assert example_vendor.services["1"]["seats"] == 9


def _change(connection: VendorConnection, now: datetime, seats: int) -> VendorOperation:
    service = {
        "vendor_ids": {"service_id": "1"},
        "resources": {"seats": {"offer": "backup", "quantity": 5}},
        "options": {"seats_change": "daily"},
    }
    return operations.plan(
        connection,
        action="change",
        key=f"order:{seats}:change",
        subject=f"order:{seats}",
        payload={"service": service, "quantities": {"seats": seats}},
        now=now,
        service="subscription:1",
    )
