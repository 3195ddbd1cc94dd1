"""From lines to charges and back."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.actors import SYSTEM
from billing.charging import in_minor_units, line_of, lines_of
from billing.engine.lines import LineStatus, Source
from billing.models import CHARGE_TRANSITIONS, Charge, ChargeSource, ChargeStatus, LedgerEntry
from core.period import Period
from subscriptions.models import Subscription
from subscriptions.people.stopping import stop
from tests.billing.conftest import ORDERED_ON

pytestmark = pytest.mark.django_db


def test_rows_and_lines_speak_the_same_words() -> None:
    assert {status.value for status in LineStatus} == set(ChargeStatus.values)
    assert {source.value for source in Source} == set(ChargeSource.values)
    assert {status for move in CHARGE_TRANSITIONS for status in move} == set(ChargeStatus.values)


def test_a_charge_comes_back_as_the_line_it_was(seats: Subscription) -> None:
    charge = Charge.objects.get()
    line = line_of(charge)
    assert lines_of([seats.pk]) == {seats.pk: [line]}
    assert (line.status, line.source, line.row) == (LineStatus.BLOCKED, Source.PURCHASE, charge.pk)
    assert line.period == Period(ORDERED_ON, date(2018, 9, 1))
    assert line.billing_period == Period(date(2018, 8, 1), date(2018, 9, 1))
    assert (line.quantity, line.unit_price, line.amount) == (5, Decimal(10), Decimal("19.35"))


def test_closed_and_deleted_charges_are_not_worked_on(seats: Subscription) -> None:
    stop(actor=SYSTEM, subscription=seats, today=date(2018, 8, 25))
    assert [line.status for line in lines_of([seats.pk])[seats.pk]] == [LineStatus.OPENED]


def test_parts_know_the_charge_they_were_split_from(seats: Subscription) -> None:
    stop(actor=SYSTEM, subscription=seats, today=date(2018, 8, 25))
    whole = Charge.objects.get(status="deleted")
    assert [part.source for part in whole.parts.order_by("pk")] == ["used_part", "remainder"]
    assert {part.created_on for part in whole.parts.all()} == {date(2018, 8, 25)}


def test_a_closed_charge_is_written_off_with_its_description(seats: Subscription) -> None:
    stop(actor=SYSTEM, subscription=seats, today=date(2018, 8, 25))
    used = Charge.objects.get(status="closed")
    entry = LedgerEntry.objects.get(charge=used, book="account")
    assert (entry.amount, entry.day, entry.description) == (Decimal("-8.06"), date(2018, 8, 25), used.description)
    assert used.description == f"{seats.plan_name}, Seats: 5, 20 Aug 2018 – 24 Aug 2018"


@pytest.mark.parametrize(
    ("amount", "currency", "text"), [("19.350", "USD", "19.35"), ("7.000", "JPY", "7"), ("1.5", "KWD", "1.500")]
)
def test_amounts_are_shown_in_minor_units(amount: str, currency: str, text: str) -> None:
    assert str(in_minor_units(Decimal(amount), currency)) == text
