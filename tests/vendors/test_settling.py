"""A step that nobody can look up and that is never sent twice is parked until an operator says what became of it."""

from datetime import datetime, timedelta

import pytest

from accounts.actors import Actor, Forbidden
from accounts.roles import Role
from tests.factories import accounts as cast
from tests.vendors.example.vendor import UNTOUCHED, ExampleVendor
from tests.vendors.test_operations import planned
from vendors import operations, registry
from vendors.base import Connection, Done, NeverAgain, Order, Steps
from vendors.models import OperationState, VendorConnection, VendorOperation
from vendors.settling import EvidenceMissing, NothingParked, give_up_looking, it_is_not, it_is_there, look_again

TOLD, SEALED = (("id", "Backup ID"),), (("restore_key", "Restore key"),)


@pytest.fixture
def blind(example: VendorConnection) -> VendorConnection:
    """A connection to a vendor whose orders cannot be looked up."""
    kind = type(registry.plugin_for("example"))

    class Blind(kind):  # type: ignore[misc, valid-type]  # found at run time, through its entry point
        def provision(self, connection: Connection, order: Order, steps: Steps) -> Done:
            class Unseen:
                def once(self, name: str, **how: object) -> object:
                    how["find"] = lambda: None
                    return steps.once(name, **how, never_again=NeverAgain(TOLD, SEALED))

            return super().provision(connection, order, Unseen())

        def _by_reference(self, client: object, reference: str) -> None:
            return None

    registry._plugins["example"] = Blind()
    return example


def parked(connection: VendorConnection, vendor: ExampleVendor, now: datetime, trouble: str) -> VendorOperation:
    vendor.trouble = (trouble, 1)
    operation = operations.carry_out(planned(connection, now).pk, now=now)
    for hours in (1, 2, 30):
        operation = operations.carry_out(operation.pk, now=now + timedelta(hours=hours))
    assert (operation.state, operation.last_error_code) == (OperationState.UNKNOWN, "parked")
    assert operation.parked is not None
    assert (operation.parked.step, operation.parked.told) == ("service", (("id", "Backup ID"),))
    return operation


def test_operator_who_says_it_is_there_ends_the_doubt_and_nothing_is_sent(
    blind: VendorConnection, example_vendor: ExampleVendor, admin: Actor, now: datetime
) -> None:
    operation = parked(blind, example_vendor, now, "drop_after")
    with pytest.raises(EvidenceMissing, match="“Backup ID” is missing"):
        it_is_there(actor=admin, operation=operation, told={"id": " "}, now=now)
    operation = it_is_there(actor=admin, operation=operation, told={"id": " 1 "}, now=now)
    assert operation.parked is None
    operation = operations.carry_out(operation.pk, now=now)
    assert operation.state == OperationState.CONFIRMED
    assert operation.result["vendor_ids"] == {"service_id": "1"}
    assert [said["there"] for said in operation.result["settled"]] == [True]
    assert example_vendor.changing_calls == 1
    with pytest.raises(NothingParked):
        it_is_not(actor=admin, operation=operation, now=now)


def test_operator_who_says_it_is_not_has_it_sent_once_more(
    blind: VendorConnection, example_vendor: ExampleVendor, admin: Actor, now: datetime
) -> None:
    operation = parked(blind, example_vendor, now, "drop_before")
    first = operation.calls.get().request_id
    it_is_not(actor=admin, operation=operation, now=now)
    operation = operations.carry_out(operation.pk, now=now)
    assert operation.state == OperationState.CONFIRMED
    assert operation.calls.get().request_id != first
    assert (example_vendor.changing_calls, len(example_vendor.services)) == (2, 1)


def test_a_secret_that_was_lost_with_the_answer_may_be_typed_and_is_kept_encrypted(
    blind: VendorConnection, example_vendor: ExampleVendor, admin: Actor, now: datetime
) -> None:
    operation = parked(blind, example_vendor, now, "drop_after")
    assert operation.parked is not None
    assert operation.parked.sealed == SEALED
    told = {"id": "1", "restore_key": " canary-of-the-key "}
    operation = it_is_there(actor=admin, operation=operation, told=told, now=now)
    assert operations.unsealed(operation)["restore_key"] == "canary-of-the-key"
    operation = operations.carry_out(operation.pk, now=now)
    assert operations.unsealed(operation)["restore_key"] == "canary-of-the-key"
    row = repr(VendorOperation.objects.values().get()) + repr(operation.calls.values().get())
    assert "canary" not in row


def test_what_was_sealed_of_a_step_that_is_not_there_is_forgotten(
    blind: VendorConnection, example_vendor: ExampleVendor, admin: Actor, now: datetime
) -> None:
    operation = parked(blind, example_vendor, now, "drop_before")
    operations.RowBook(operation).seal({"restore_key": "of nothing", "first_password": "of something else"})
    operation = it_is_not(actor=admin, operation=operation, now=now)
    assert operations.unsealed(operation) == {"first_password": "of something else"}


def test_nobody_else_may_say_it(blind: VendorConnection, example_vendor: ExampleVendor, now: datetime) -> None:
    operation = parked(blind, example_vendor, now, "drop_after")
    with pytest.raises(Forbidden):
        it_is_not(actor=cast.manager_actor(role=Role.OWNER), operation=operation, now=now)


def test_what_is_said_is_of_the_step_that_was_shown(
    blind: VendorConnection, example_vendor: ExampleVendor, admin: Actor, now: datetime
) -> None:
    operation = parked(blind, example_vendor, now, "drop_after")
    shown = VendorOperation.objects.get(pk=operation.pk)
    operation.result["parked"]["step"] = "another"
    operation.save(update_fields=["result"])
    for say in (
        lambda: it_is_there(actor=admin, operation=shown, told={"id": "1"}, now=now),
        lambda: it_is_not(actor=admin, operation=shown, now=now),
    ):
        with pytest.raises(NothingParked, match="Another step"):
            say()
    assert operation.calls.get().state == OperationState.UNKNOWN


def lingering(connection: VendorConnection, vendor: ExampleVendor, now: datetime) -> VendorOperation:
    """Return an operation whose call may have been carried out, and of which nothing can be seen for three hours."""
    vendor.trouble, vendor.reads = ("drop_after", 1), "[[no json"
    operation = operations.carry_out(planned(connection, now).pk, now=now)
    operation = operations.carry_out(operation.pk, now=now + timedelta(hours=3))
    assert (operation.parked, operation.doubtful_since) == (None, now)
    return operation


def test_what_was_given_up_counts_as_failed_and_trying_again_finds_it_and_makes_nothing_twice(
    example: VendorConnection, example_vendor: ExampleVendor, admin: Actor, now: datetime
) -> None:
    operation = lingering(example, example_vendor, now)
    known = operation.last_error
    operation = give_up_looking(actor=admin, operation=operation, now=now)
    assert (operation.state, operation.last_error_code) == (OperationState.REJECTED, "given_up")
    assert operation.last_error.startswith(f"{admin.user} has given it up")
    assert operation.last_error.endswith(known)
    with pytest.raises(NothingParked):
        give_up_looking(actor=admin, operation=operation, now=now)
    example_vendor.reads = UNTOUCHED
    operation = operations.retry(operation, now=now)
    operation = operations.carry_out(operation.pk, now=now + timedelta(hours=5))
    assert operation.state == OperationState.CONFIRMED
    assert (example_vendor.changing_calls, len(example_vendor.services)) == (1, 1)


def test_operator_has_it_looked_at_again_at_once(
    example: VendorConnection, example_vendor: ExampleVendor, admin: Actor, now: datetime
) -> None:
    operation = lingering(example, example_vendor, now)
    later = now + timedelta(hours=3, seconds=1)
    assert operation.next_attempt_at is not None
    assert operation.next_attempt_at > later
    for deed in (look_again, give_up_looking):
        with pytest.raises(Forbidden):
            deed(actor=cast.manager_actor(role=Role.OWNER), operation=operation, now=later)
    assert look_again(actor=admin, operation=operation, now=later).next_attempt_at == later
