"""Differences as rows: one of a thing is open, it vanishes where both agree again, and what is old is not believed."""

from datetime import timedelta

import pytest

from notifications.models import Notification
from subscriptions.contract.compared import Found
from subscriptions.models import Difference, DifferenceKind, Settled, Subscription
from subscriptions.workers.differing import Looked, forget_deleted, keep_found, restored, tell
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.factories.differences import FOUND_AT, difference
from tests.remembering import remembered
from tests.subscriptions.conftest import ORDERED_ON
from vendors.models import OperationState, VendorConnection, VendorOperation

pytestmark = pytest.mark.django_db
LATER = FOUND_AT + timedelta(days=1)
EIGHT = Found(DifferenceKind.QUANTITY, "seats", "Seats", "5", "8", "1")


@pytest.fixture
@remembered
def connection(db: None) -> VendorConnection:
    """A connection of the operator."""
    return VendorConnection.objects.create(reseller=cast.operator(), plugin="office365", name="Ours", settings={})


@pytest.fixture
def row(db: None) -> Subscription:
    """Five seats without a vendor: whose side is looked at is told by the test."""
    made = make.subscription(account=cast.account(name="Acme"), plan=make.plan(), today=ORDERED_ON)
    return Subscription.objects.get(pk=made.pk)


def test_one_of_a_thing_is_open_and_vanishes_where_both_agree(row: Subscription, connection: VendorConnection) -> None:
    assert keep_found(connection, [Looked(row, [EIGHT])], now=FOUND_AT) == 1
    nine = Found(DifferenceKind.QUANTITY, "seats", "Seats", "5", "9", "1")
    assert keep_found(connection, [Looked(row, [nine])], now=LATER) == 0
    (kept,) = Difference.objects.all()
    assert (kept.theirs, kept.found_at, kept.seen_at) == ("9", FOUND_AT, LATER)
    assert keep_found(connection, [Looked(row, [])], now=LATER) == 0
    kept.refresh_from_db()
    assert (kept.settled, kept.settled_at) == (Settled.VANISHED, LATER)
    assert keep_found(connection, [Looked(row, [EIGHT])], now=LATER) == 1


def test_what_something_has_happened_to_meanwhile_is_left_out(row: Subscription, connection: VendorConnection) -> None:
    Subscription.objects.filter(pk=row.pk).update(quantity=6)
    assert keep_found(connection, [Looked(row, [EIGHT])], now=FOUND_AT) == 0
    row.refresh_from_db()
    Subscription.objects.filter(pk=row.pk).update(awaited_operation="order:1:change")
    assert keep_found(connection, [Looked(row, [EIGHT])], now=FOUND_AT) == 0


def test_what_was_accepted_where_the_books_have_no_place_holds_until_it_is_another(
    row: Subscription, connection: VendorConnection
) -> None:
    month = Found(DifferenceKind.TERM, "seats", "Seats", "P1Y", "P1M", "1")
    keep_found(connection, [Looked(row, [month])], now=FOUND_AT)
    Difference.objects.update(settled=Settled.ACCEPTED, settled_at=FOUND_AT)
    assert keep_found(connection, [Looked(row, [month])], now=LATER) == 0
    three = Found(DifferenceKind.TERM, "seats", "Seats", "P1Y", "P3Y", "1")
    assert keep_found(connection, [Looked(row, [three])], now=LATER) == 1


def test_one_letter_counts_what_is_new_by_kind(row: Subscription, connection: VendorConnection) -> None:
    manager = cast.manager(language="ru")
    difference(subscription=row, connection=connection)
    difference(subscription=row, connection=connection, kind=DifferenceKind.TERM)
    tell(now=FOUND_AT)
    tell(now=FOUND_AT)
    (letter,) = Notification.objects.filter(event="differences_found", user=manager)
    assert letter.path == "/operator/differences/"
    difference(subscription=row, connection=connection, kind=DifferenceKind.ENDED)
    tell(now=FOUND_AT)
    assert Notification.objects.filter(event="differences_found", user=manager).count() == 2


def test_what_came_of_restoring(row: Subscription, connection: VendorConnection) -> None:
    kept = difference(subscription=row, connection=connection, operation="difference:1:1")
    operation = VendorOperation.objects.create(
        connection=connection, action="change", key="difference:1:1", subject="s", planned_at=FOUND_AT,
        state=OperationState.REJECTED, last_error_message="No.",
    )  # fmt: skip
    restored(operation, now=LATER)
    kept.refresh_from_db()
    assert (kept.settled, kept.operation, kept.refused) == ("", "", "difference:1:1")
    Difference.objects.update(operation="difference:1:1")
    operation.state = OperationState.CONFIRMED
    operation.result = {"vendor_ids": {"service": "7"}, "facts": []}
    for _twice in range(2):
        restored(operation, now=LATER)
    kept.refresh_from_db()
    assert (kept.settled, kept.settled_at, kept.refused) == (Settled.RESTORED, LATER, "")
    row.refresh_from_db()
    assert row.vendor_ids == {"service": "7"}


def test_what_is_open_of_a_deleted_subscription_is_forgotten(row: Subscription, connection: VendorConnection) -> None:
    difference(subscription=row, connection=connection)
    difference(subscription=row, connection=connection, kind=DifferenceKind.RUNNING)
    Subscription.objects.filter(pk=row.pk).update(status="deleted")
    forget_deleted(connection, now=LATER)
    assert list(Difference.objects.filter(settled="").values_list("kind", flat=True)) == ["running"]
