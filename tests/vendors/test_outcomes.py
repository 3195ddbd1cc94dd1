"""An attempt may wait for somebody: it says what to do, is looked at again, and a cancellation overtakes it."""

from datetime import datetime, timedelta

import pytest

from tests.vendors.example.vendor import UNTOUCHED, ExampleVendor
from tests.vendors.test_operations import planned
from vendors import operations
from vendors.models import OperationState, VendorConnection, VendorOperation, Waited

APPROVAL = {"approval": "yes"}


def waiting(connection: VendorConnection, now: datetime, *, key: str = "order:1:provision") -> VendorOperation:
    return operations.carry_out(planned(connection, now, key=key, options=APPROVAL).pk, now=now)


def cancelled(connection: VendorConnection, now: datetime) -> VendorOperation:
    service = {"vendor_ids": {"service_id": "1"}, "resources": {"seats": {"offer": "backup", "quantity": 5}}}
    return operations.plan(
        connection,
        action="cancel",
        key="subscription:1:cancel",
        subject="subscription:1",
        payload={"service": service},
        now=now,
        service="subscription:1",
    )


def test_waiting_operation_says_who_acts_and_what_to_do_and_keeps_what_is_known(
    example: VendorConnection, example_vendor: ExampleVendor, now: datetime
) -> None:
    operation = waiting(example, now)
    operation.refresh_from_db()
    waits = operation.waits_for
    assert waits is not None
    assert (waits.who, waits.since, waits.until) == (Waited.CUSTOMER, now, now + timedelta(days=14))
    assert waits.instruction == "Press the button in the letter that Example Backup has sent to office@acme.example."
    assert operation.result["vendor_ids"] == {"service_id": "1"}
    assert operation.result["facts"] == [{"name": "service_id", "label": "Backup ID", "value": "1"}]
    assert (operation.finished, operation.last_error, operation.next_attempt_at) == (
        False, "", now + timedelta(minutes=10),
    )  # fmt: skip


def test_waiting_operation_is_looked_at_again_sends_nothing_twice_and_is_done_once_somebody_acted(
    example: VendorConnection, example_vendor: ExampleVendor, now: datetime
) -> None:
    operation = waiting(example, now)
    for hours in range(1, 31):
        operation = operations.carry_out(operation.pk, now=now + timedelta(hours=hours))
        assert operation.next_attempt_at == now + timedelta(hours=hours, minutes=10)
    assert operation.waits_for is not None
    assert operation.waits_for.since == now
    example_vendor.approve()
    operation = operations.carry_out(operation.pk, now=now + timedelta(hours=31))
    assert (operation.state, operation.waits_for) == (OperationState.CONFIRMED, None)
    assert operation.result == {"vendor_ids": {"service_id": "1"}, "facts": []}
    assert example_vendor.changing_calls == 1


def test_trouble_while_waiting_is_put_off_and_the_instruction_stays(
    example: VendorConnection, example_vendor: ExampleVendor, now: datetime
) -> None:
    operation = waiting(example, now)
    example_vendor.reads = "[[no json"
    later = now + timedelta(hours=1)
    with pytest.raises(ValueError, match="Expecting"):
        operations.carry_out(operation.pk, now=later)
    operation.refresh_from_db()
    assert operation.waits_for is not None
    assert operation.last_error_code == "unexpected"


def test_what_nobody_did_in_time_is_refused_and_can_be_tried_again(
    example: VendorConnection, example_vendor: ExampleVendor, now: datetime
) -> None:
    operation = waiting(example, now)
    late = now + timedelta(days=14)
    operation = operations.carry_out(operation.pk, now=late)
    assert (operation.state, operation.last_error_code) == (OperationState.REJECTED, "not_in_time")
    assert operation.last_error == (
        f"It was waited for until {late:%Y-%m-%d %H:%M} UTC: Press the button in the letter that Example Backup has"
        " sent to office@acme.example."
    )
    operations.retry(operation, now=late)
    operation = operations.carry_out(operation.pk, now=late)
    assert operation.waits_for is not None
    assert operation.waits_for.until == late + timedelta(days=14)
    assert example_vendor.changing_calls == 1


def test_cancellation_overtakes_what_waits(
    example: VendorConnection, example_vendor: ExampleVendor, now: datetime
) -> None:
    operation = waiting(example, now)
    cancel = cancelled(example, now)
    assert list(operations.due(now)) == [cancel]
    cancel = operations.carry_out(cancel.pk, now=now)
    operation.refresh_from_db()
    assert (operation.state, operation.last_error_code) == (OperationState.REJECTED, "overtaken")
    assert cancel.state == OperationState.CONFIRMED
    assert example_vendor.services["1"]["state"] == "ended"


def test_cancellation_waits_behind_what_is_under_way(
    example: VendorConnection, example_vendor: ExampleVendor, now: datetime
) -> None:
    example_vendor.trouble = ("throttle 60", 1)
    operations.carry_out(planned(example, now).pk, now=now)
    cancel = operations.carry_out(cancelled(example, now).pk, now=now)
    assert (cancel.state, cancel.attempts, list(operations.due(now))) == (OperationState.PLANNED, 0, [])


def test_change_waits_behind_what_waits_for_somebody(example: VendorConnection, now: datetime) -> None:
    operation = waiting(example, now)
    later = planned(example, now, key="order:2:provision")
    assert list(operations.due(now + timedelta(hours=1))) == [operation]
    assert operations.carry_out(later.pk, now=now).attempts == 0


@pytest.mark.parametrize(
    ("trouble", "reads", "hours"),
    [
        # The only call may have been carried out, and the vendor's list cannot be read.
        ("drop_after", "[[no json", (1, 3)),
        # Certainly nothing was done, for a day.
        ("throttle 60", None, (3, 25)),
    ],
    ids=["in doubt", "certainly not done"],
)
def test_what_comes_to_no_end_is_marked_after_a_bounded_time(
    example: VendorConnection,
    example_vendor: ExampleVendor,
    now: datetime,
    trouble: str,
    reads: str | None,
    hours: tuple[int, int],
) -> None:
    """Looked at once an hour for ever, and nobody was ever told."""
    example_vendor.trouble = (trouble, 1, 1000)
    if reads is not None:
        example_vendor.reads = reads
    operation = operations.carry_out(planned(example, now).pk, now=now)
    assert operation.doubtful_since is None
    early, late = hours
    assert operations.carry_out(operation.pk, now=now + timedelta(hours=early)).doubtful_since is None
    operation = operations.carry_out(operation.pk, now=now + timedelta(hours=late))
    assert operation.doubtful_since == now
    assert operation.last_error
    example_vendor.trouble, example_vendor.reads = None, UNTOUCHED
    operation = operations.carry_out(operation.pk, now=now + timedelta(hours=26))
    operation = operations.carry_out(operation.pk, now=now + timedelta(hours=27))
    assert (operation.state, operation.doubtful_since) == (OperationState.CONFIRMED, None)
    assert set(operation.result) == {"vendor_ids", "facts"}
