"""What a vendor has bound us to is kept as it was told last, with the dates that people look for."""

from datetime import UTC, date, datetime, timedelta

import pytest

from subscriptions.models import CommitmentDate, HeldCommitment
from subscriptions.workers import committing
from subscriptions.workers.committing import dates_of, refresh, refresh_after, refresh_commitments, refresh_one
from tests.subscriptions.bound import BASIC, Bound
from vendors.commitments import AtEnd, Commitment, NextTerm, Returnable, State
from vendors.models import VendorOperation

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)


def dates(bound: Bound) -> list[tuple[str, int]]:
    """Return the kinds of the dates that are kept, the soonest first, with their units."""
    rows = CommitmentDate.objects.filter(subscription=bound.subscription).order_by("at", "kind")
    return [(row.kind, row.units) for row in rows]


def test_what_is_told_is_kept_with_its_dates_and_goes_when_its_window_closes(bound: Bound) -> None:
    bound.refresh()
    held = bound.held
    assert (held.state, held.quantity, held.term, held.billing_plan) == ("active", 5, "P1Y", "monthly")
    assert held.item.startswith(BASIC)
    assert held.name == "Seats"
    assert held.seen_at == bound.now
    assert held.told.may_cancel(bound.now)
    assert held.told.units_returnable(bound.now) == 5
    end = held.at_end
    assert dates(bound) == [("cancel", 5), ("units", 5), (end, 5)]
    first = set(CommitmentDate.objects.values_list("pk", flat=True))
    bound.refresh()
    assert set(CommitmentDate.objects.values_list("pk", flat=True)) == first, "what stays is the same row"
    bound.advance(days=8)
    assert dates(bound) == [(end, 5)]
    assert bound.held.seen_at == bound.now
    assert not bound.held.told.may_cancel(bound.now)


def test_nothing_is_kept_that_was_asked_before_something_changed(bound: Bound, monkeypatch: pytest.MonkeyPatch) -> None:
    ask = committing.questions.commitments

    def asked(*given: object, **more: object) -> object:
        told = ask(*given, **more)
        bound.subscription.__class__.objects.filter(pk=bound.subscription.pk).update(stop_comment="meanwhile")
        return told

    monkeypatch.setattr(committing.questions, "commitments", asked)
    assert not refresh(bound.subscription, now=bound.now)
    assert not HeldCommitment.objects.exists()


def test_vendor_that_cannot_be_asked_now_is_asked_the_next_night_and_nothing_is_lost(bound: Bound) -> None:
    bound.refresh()
    bound.microsoft.fail("error_before", method="GET", path="/subscriptions/", times=9)
    assert refresh_commitments(now=bound.now + timedelta(days=1)) is None
    assert bound.held.seen_at == bound.now
    assert len(dates(bound)) == 3


def test_night_that_has_no_time_left_goes_on_behind_the_last_that_was_asked(bound: Bound) -> None:
    assert refresh_commitments(now=bound.now, go_on=lambda: False) == 0
    assert not HeldCommitment.objects.exists()
    assert refresh_commitments(now=bound.now, after=bound.subscription.pk) is None
    assert not HeldCommitment.objects.exists()
    assert refresh_commitments(now=bound.now, after=bound.subscription.pk - 1) is None
    assert bound.held.quantity == 5


def test_after_an_operation_the_vendor_is_asked_and_what_has_ended_stays_as_ended(bound: Bound) -> None:
    operation = VendorOperation.objects.get()
    assert refresh_after(operation, now=bound.now)
    assert not refresh_after(operation, now=bound.now), "nothing else was told"
    bound.microsoft.delete_subscriptions(domain="acme.onmicrosoft.com")
    assert refresh_after(operation, now=bound.now)
    assert (bound.held.state, dates(bound)) == ("ended", [])
    assert not refresh_one(0, now=bound.now)


def test_customer_who_is_gone_at_the_vendor_has_nothing_left(bound: Bound) -> None:
    bound.refresh()
    bound.microsoft.remove_customer(domain="acme.onmicrosoft.com")
    bound.refresh()
    assert (bound.held.state, dates(bound)) == ("ended", [])


def test_what_we_have_deleted_is_asked_after_until_it_has_ended_there_too(bound: Bound) -> None:
    bound.advance(days=8)
    bound.microsoft.advance(days=1)
    bound.subscription.__class__.objects.filter(pk=bound.subscription.pk).update(status="deleted")
    bound.now += timedelta(days=1)
    bound.refresh()
    assert bound.held.seen_at == bound.now
    assert len(dates(bound)) == 1
    bound.microsoft.delete_subscriptions(domain="acme.onmicrosoft.com")
    bound.refresh()
    assert bound.held.state == "ended"
    ended_at = bound.now
    bound.now += timedelta(days=1)
    bound.refresh()
    assert bound.held.seen_at == ended_at, "nothing is left to be asked after"


def commitment(**members: object) -> Commitment:
    """Return a commitment of seven units that renews, with other members."""
    return Commitment(
        **{
            "resource": "seats", "vendor_id": "A1", "item": "item", "state": State.ACTIVE, "quantity": 7,
            "ends_on": date(2027, 11, 15), "at_end": AtEnd.RENEWS, **members,
        }
    )  # fmt: skip


def test_dates_are_open_windows_by_their_moment_and_the_end_of_the_term() -> None:
    soon, later = NOW + timedelta(days=2), NOW + timedelta(days=5)
    batches = (Returnable(1, NOW), Returnable(2, later), Returnable(3, soon), Returnable(4, later))
    told = commitment(cancel_until=soon, returnable=batches, next_term=NextTerm(4))
    found = [(str(kind), units) for (kind, _at), units in dates_of(told, NOW)]
    assert found == [("units", 3), ("units", 6), ("cancel", 7), ("renews", 4)]
    assert [str(kind) for (kind, _at), _units in dates_of(told, NOW, deleted=True)] == ["renews"]
    ends = commitment(at_end=AtEnd.ENDS, next_term=NextTerm(4))
    assert [(str(kind), units) for (kind, _at), units in dates_of(ends, NOW)] == [("ends", 7)]
    for nothing in ({"state": State.ENDED, "at_end": None}, {"ends_on": None}, {"at_end": None}):
        assert not list(dates_of(commitment(**nothing), NOW))
