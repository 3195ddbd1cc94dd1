"""Operations as rows: planned once, carried out once, parked, probed, in line, and held by one worker."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection as database
from pytest_django.fixtures import Settings

from accounts.actors import Actor
from core.only_one import lock_number
from sandbox.wsgi import Response
from tests.vendors.example.vendor import API_KEY, ExampleVendor
from vendors import operations
from vendors.connections import change_connection, check_connection
from vendors.models import (
    ConnectionState,
    OperationState,
    VendorCall,
    VendorConnection,
    VendorExchange,
    VendorOperation,
)
from vendors.operations import InsideTransaction
from vendors.steps import WAITS

ORDER: dict[str, Any] = {
    "label": "Acme backup",
    "account": {"id": "12", "company": "Acme", "email": "office@acme.example", "contact": {"first_name": "Ann"}},
    "resources": {"seats": {"offer": "backup", "quantity": 5}},
}


def planned(
    connection: VendorConnection | None, now: datetime, *, key: str = "order:1:provision", **payload: Any
) -> VendorOperation:
    return operations.plan(
        connection,
        action="provision",
        key=key,
        subject="order:1",
        payload={**ORDER, **payload},
        now=now,
        service="subscription:1",
    )


def planned_change(connection: VendorConnection, now: datetime, seats: int, *, key: str) -> VendorOperation:
    service = {"vendor_ids": {"service_id": "1"}, "resources": {"seats": {"offer": "backup", "quantity": 5}}}
    return operations.plan(
        connection,
        action="change",
        key=key,
        subject="order:2",
        payload={"service": service, "quantities": {"seats": seats}},
        now=now,
        service="subscription:1",
    )


def looked_for(operation: VendorOperation, now: datetime) -> VendorOperation:
    """Carry the operation on over the five minutes by which Example Backup's list may lag, and two looks more."""
    for minutes in (0, 5, 6):
        operation = operations.carry_out(operation.pk, now=now + timedelta(minutes=minutes))
    return operation


def test_plan_of_a_key_planned_before_returns_the_same_operation(example: VendorConnection, now: datetime) -> None:
    first = planned(example, now)
    again = planned(example, now + timedelta(days=1), label="Another")
    assert again == first
    assert again.payload == ORDER
    assert VendorOperation.objects.count() == 1


def test_operation_without_vendor_is_confirmed_without_a_call(db: None, now: datetime) -> None:
    operation = operations.carry_out(planned(None, now).pk, now=now)
    assert operation.state == OperationState.CONFIRMED
    assert operation.finished_at == now
    assert operation.result == {"vendor_ids": {}, "facts": []}


def test_operation_carried_out_keeps_ids_calls_and_journal(
    example: VendorConnection, example_vendor: ExampleVendor, now: datetime
) -> None:
    operation = operations.carry_out(planned(example, now).pk, now=now)
    assert operation.state == OperationState.CONFIRMED
    assert operation.result == {"vendor_ids": {"service_id": "1"}, "facts": []}
    assert [(call.name, call.state) for call in operation.calls.all()] == [("service", "confirmed")]
    exchange = VendorExchange.objects.get(operation_id=operation.pk, method="POST")
    assert (exchange.method, exchange.status, exchange.request_headers["X-Api-Key"]) == ("POST", 200, "***")
    assert API_KEY not in repr(VendorExchange.objects.values())
    operations.carry_out(operation.pk, now=now)
    assert example_vendor.changing_calls == 1


def test_lost_answer_is_parked_then_probed_and_not_repeated(
    example: VendorConnection, example_vendor: ExampleVendor, now: datetime
) -> None:
    example_vendor.trouble = ("drop_after", 1)
    operation = operations.carry_out(planned(example, now).pk, now=now)
    assert operation.state == OperationState.UNKNOWN
    assert operation.next_attempt_at == now + timedelta(seconds=10)
    assert operation.last_error_code == "lost_answer"
    assert operation.last_error.endswith(
        "did not answer in full. Whether the request was carried out will be looked up."
    )
    assert operation.calls.get().state == OperationState.UNKNOWN
    later = now + timedelta(minutes=1)
    assert operations.carry_out(operation.pk, now=later).state == OperationState.CONFIRMED
    assert example_vendor.changing_calls == 1
    assert len(example_vendor.services) == 1


def test_lost_answer_of_a_call_not_done_is_sent_again_with_the_same_request_id(
    example: VendorConnection, example_vendor: ExampleVendor, now: datetime
) -> None:
    example_vendor.trouble = ("drop_before", 1)
    operation = operations.carry_out(planned(example, now).pk, now=now)
    request_id = operation.calls.get().request_id
    assert looked_for(operation, now).state == OperationState.CONFIRMED
    assert operation.calls.get().request_id == request_id
    assert len(example_vendor.services) == 1


def test_server_error_of_a_call_not_done_is_sent_again_with_a_new_request_id(
    example: VendorConnection, example_vendor: ExampleVendor, now: datetime
) -> None:
    example_vendor.trouble = ("error_before", 1)
    operation = operations.carry_out(planned(example, now).pk, now=now)
    assert operation.state == OperationState.UNKNOWN
    request_id = operation.calls.get().request_id
    assert looked_for(operation, now).state == OperationState.CONFIRMED
    assert operation.calls.get().request_id != request_id


def test_throttled_operation_waits_as_long_as_the_vendor_says(
    example: VendorConnection, example_vendor: ExampleVendor, now: datetime
) -> None:
    example_vendor.trouble = ("throttle", 1)
    operation = operations.carry_out(planned(example, now).pk, now=now)
    assert operation.next_attempt_at == now + timedelta(seconds=7)
    assert list(operations.due(now + timedelta(seconds=6))) == []
    assert list(operations.due(now + timedelta(seconds=7))) == [operation]


def test_pauses_grow_up_to_an_hour(example: VendorConnection, now: datetime) -> None:
    example.settings["base_url"] = "http://127.0.0.1:9"
    example.save(update_fields=["settings"])
    operation = planned(example, now)
    pauses = []
    for _turn in range(11):
        operation = operations.carry_out(operation.pk, now=now)
        assert operation.next_attempt_at is not None
        pauses.append(int((operation.next_attempt_at - now).total_seconds()))
    assert pauses == [10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600]
    assert operation.attempts == 11


def test_rejected_operation_tells_why_and_can_be_retried_after_the_remedy(
    example: VendorConnection, example_vendor: ExampleVendor, now: datetime
) -> None:
    operation = planned(example, now, resources={"seats": {"offer": "nonsense", "quantity": 5}})
    operation = operations.carry_out(operation.pk, now=now)
    assert operation.state == OperationState.REJECTED
    assert operation.last_error == 'Example Backup refused: {"error":"unknown nonsense"}'
    assert list(operations.due(now + timedelta(days=1))) == []
    VendorOperation.objects.filter(pk=operation.pk).update(payload=ORDER)
    operation = operations.retry(operation, now=now)
    assert list(operations.due(now)) == [operation]
    assert operations.carry_out(operation.pk, now=now).state == OperationState.CONFIRMED
    assert len(example_vendor.services) == 1


def test_retry_of_a_confirmed_operation_changes_nothing(example: VendorConnection, now: datetime) -> None:
    operation = operations.carry_out(planned(example, now).pk, now=now)
    assert operations.retry(operation, now=now).state == OperationState.CONFIRMED
    assert list(operations.due(now)) == []


def test_wrong_settings_mark_the_connection_and_the_operation_goes_on_once_they_are_right(
    admin: Actor, example: VendorConnection, now: datetime
) -> None:
    base_url = example.settings["base_url"]
    change_connection(
        actor=admin, connection=example, name="Backup", values={"base_url": base_url, "api_key": "wrong-key"}
    )
    operation = operations.carry_out(planned(example, now).pk, now=now)
    example.refresh_from_db()
    assert operation.next_attempt_at == now + timedelta(minutes=30)
    assert (example.state, example.last_error_code) == (ConnectionState.MISCONFIGURED, "wrong_key")
    change_connection(actor=admin, connection=example, name="Backup", values={"base_url": base_url, "api_key": API_KEY})
    check_connection(actor=admin, connection=example, now=now + timedelta(minutes=1))
    assert list(operations.due(now + timedelta(minutes=1))) == [operation]
    assert operations.carry_out(operation.pk, now=now).state == OperationState.CONFIRMED


def test_operations_of_one_service_are_carried_out_in_the_order_of_planning(
    example: VendorConnection, example_vendor: ExampleVendor, now: datetime
) -> None:
    first = planned(example, now)
    second = planned_change(example, now, 8, key="order:2:change")
    third = planned_change(example, now, 3, key="order:3:change")
    assert list(operations.due(now)) == [first]
    assert operations.carry_out(third.pk, now=now).attempts == 0
    for operation in (first, second, third):
        assert list(operations.due(now)) == [operation]
        operations.carry_out(operation.pk, now=now)
    assert example_vendor.services["1"]["seats"] == 3


def test_operations_of_different_services_do_not_wait_for_one_another(example: VendorConnection, now: datetime) -> None:
    first = planned(example, now)
    other = operations.plan(
        example, action="provision", key="order:9:provision", subject="order:9", payload=ORDER, now=now
    )
    another = operations.plan(
        example, action="provision", key="order:10:provision", subject="order:10", payload=ORDER, now=now
    )
    assert list(operations.due(now)) == [first, other, another]


def test_unexpected_fault_is_raised_and_the_operation_put_off(example: VendorConnection, now: datetime) -> None:
    operation = planned(example, now, resources={})
    with pytest.raises(ValueError, match="not enough values"):
        operations.carry_out(operation.pk, now=now)
    operation.refresh_from_db()
    assert operation.next_attempt_at == now + timedelta(seconds=10)
    assert operation.last_error == (
        "An unexpected fault (ValueError). It is in the log; it will be tried again by itself."
    )


def test_operation_refuses_an_open_transaction(example: VendorConnection, now: datetime, settings: Settings) -> None:
    settings.VENDOR_CALLS_INSIDE_TRANSACTIONS = False
    operation = planned(example, now)
    with pytest.raises(InsideTransaction):
        operations.carry_out(operation.pk, now=now)
    assert VendorCall.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_operation_held_by_another_worker_is_left_alone(
    example: VendorConnection, example_vendor: ExampleVendor, now: datetime
) -> None:
    operation = planned(example, now)
    other_worker = database.copy()
    with other_worker.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [lock_number("vendor operation", operation.pk)])
    assert operations.carry_out(operation.pk, now=now).state == OperationState.PLANNED
    assert example_vendor.changing_calls == 0
    other_worker.close()  # the server releases the lock, as it does when a worker is killed
    assert operations.carry_out(operation.pk, now=now).state == OperationState.CONFIRMED


@pytest.mark.django_db(transaction=True)
def test_intent_is_committed_before_the_call(
    example: VendorConnection, example_vendor: ExampleVendor, now: datetime, settings: Settings
) -> None:
    settings.VENDOR_CALLS_INSIDE_TRANSACTIONS = False
    seen = []
    observer = database.copy()
    observer.inc_thread_sharing()  # the pretend vendor answers from a thread of its own

    def look() -> None:
        with observer.cursor() as cursor:
            cursor.execute("SELECT o.state, c.state FROM vendors_vendoroperation o JOIN vendors_vendorcall c"
                           " ON c.operation_id = o.id")  # fmt: skip
            seen.extend(cursor.fetchall())

    example_vendor.before_acting = look
    operations.carry_out(planned(example, now).pk, now=now)
    observer.close()
    assert seen == [("sent", "sent"), ("sent", "confirmed")]  # the order, and the look at what it made


def test_operation_in_doubt_is_put_off_from_look_to_look_and_says_so(
    example: VendorConnection, example_vendor: ExampleVendor, now: datetime
) -> None:
    example_vendor.trouble = ("error_before", 1)
    operation = operations.carry_out(planned(example, now).pk, now=now)
    at, looks = now + timedelta(seconds=10), []
    while operation.state == OperationState.UNKNOWN:
        operation = operations.carry_out(operation.pk, now=at)
        if operation.next_attempt_at is None:
            break
        assert (operation.state, operation.last_error_code) == (OperationState.UNKNOWN, "not_visible_yet")
        assert f"looked again at {at:%Y-%m-%d %H:%M} UTC" in operation.last_error
        looks.append(int((operation.next_attempt_at - at).total_seconds()))
        at = operation.next_attempt_at
    assert looks == [10, 10, 20, 40, 80, 140, 60]
    assert operation.state == OperationState.CONFIRMED
    assert example_vendor.changing_calls == 2
    assert len(example_vendor.services) == 1


@pytest.mark.parametrize("kind", ["unreadable_after", "truncated_after", "gateway_after", "timeout_after"])
def test_answer_that_says_nothing_leaves_the_operation_unknown_until_the_list_shows_it(
    example: VendorConnection, example_vendor: ExampleVendor, now: datetime, kind: str
) -> None:
    example_vendor.trouble, example_vendor.lag = (kind, 1), 240.0
    operation = operations.carry_out(planned(example, now).pk, now=now)
    assert operation.state == OperationState.UNKNOWN
    assert operations.carry_out(operation.pk, now=now + timedelta(seconds=10)).state == OperationState.UNKNOWN
    example_vendor.clock = 240.0
    assert operations.carry_out(operation.pk, now=now + timedelta(minutes=4)).state == OperationState.CONFIRMED
    assert example_vendor.changing_calls == 1


def test_setting_overrides_how_long_a_vendor_may_lag(
    example: VendorConnection, example_vendor: ExampleVendor, now: datetime, settings: Settings
) -> None:
    settings.VENDOR_VISIBLE_AFTER = {"example": 0}
    example_vendor.trouble = ("error_before", 1)
    operation = operations.carry_out(planned(example, now).pk, now=now)
    assert operations.carry_out(operation.pk, now=now).state == OperationState.CONFIRMED


def test_busy_vendor_is_waited_for_a_while_then_told_and_trying_again_counts_anew(
    example: VendorConnection, example_vendor: ExampleVendor, now: datetime
) -> None:
    example_vendor.trouble = ("conflict", 1, 100)
    operation = planned(example, now)
    for _turn in range(WAITS):
        operation = operations.carry_out(operation.pk, now=now)
        assert operation.state == OperationState.PLANNED
    operation = operations.carry_out(operation.pk, now=now)
    assert (operation.state, operation.last_error) == (
        OperationState.REJECTED,
        'Example Backup refused: {"error":"busy"}',
    )
    operation = operations.retry(operation, now=now)
    assert operation.waits == 0
    example_vendor.trouble = None
    assert operations.carry_out(operation.pk, now=now).state == OperationState.CONFIRMED


def test_trying_again_looks_before_it_sends(
    example: VendorConnection, example_vendor: ExampleVendor, now: datetime
) -> None:
    operation = planned(example, now, resources={"seats": {"offer": "nonsense", "quantity": 5}})
    operation = operations.carry_out(operation.pk, now=now)
    assert operation.state == OperationState.REJECTED
    # Somebody ordered it at the vendor by hand.
    example_vendor.services["9"] = {"id": "9", "state": "running", "made": 0.0, "seats": 5, "reference": operation.key}
    operations.retry(operation, now=now)
    done = operations.carry_out(operation.pk, now=now)
    assert (done.state, done.result["vendor_ids"]) == (OperationState.CONFIRMED, {"service_id": "9"})
    assert example_vendor.changing_calls == 1


@pytest.mark.parametrize("retry_after", ["9" * 14, "Wed, 28 Nov 2029 12:00:00", "-1", "NaN", "1e9", ""])
def test_no_header_of_a_vendor_puts_an_operation_off_for_more_than_an_hour(
    example: VendorConnection, example_vendor: ExampleVendor, now: datetime, retry_after: str
) -> None:
    example_vendor.trouble = (f"throttle {retry_after}", 1)
    operation = operations.carry_out(planned(example, now).pk, now=now)
    assert operation.next_attempt_at is not None
    assert timedelta(seconds=1) <= operation.next_attempt_at - now <= timedelta(hours=1)


@pytest.mark.parametrize("charset", ["utf-8", "utf-99", "utf-16", "\xff"])
@pytest.mark.parametrize(
    "body", [b"\x00{}", b'{"id":"\\u0000"}', b"\xff\xfe", b'{"id": NaN}', b'{"id":"\\ud83d"}', b"["]
)
def test_foreign_bytes_neither_crash_nor_rule(
    example: VendorConnection, example_vendor: ExampleVendor, now: datetime, body: bytes, charset: str
) -> None:
    example_vendor.raw = Response(200, body, [("Content-Type", f"text/json; charset={charset}"), ("X-Odd", "caf\xe9")])
    example_vendor.trouble = ("raw_after", 1)
    operation = operations.carry_out(planned(example, now).pk, now=now)
    assert (operation.state, operation.last_error_code) == (OperationState.UNKNOWN, "unreadable")
    assert VendorExchange.objects.count() == 1
    assert operations.carry_out(operation.pk, now=now).state == OperationState.CONFIRMED
    assert example_vendor.changing_calls == 1
