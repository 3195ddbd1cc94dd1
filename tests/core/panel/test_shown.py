"""The mark of a confirmation: whatever a person reads there counts, and more money left is no other deed."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import pytest

from core.panel.shown import Line as Listed
from core.panel.shown import Shown, agrees, mark_of


@dataclass(frozen=True)
class Line:
    description: str = "Seats, 3 units"
    operate_from: date = date(2018, 8, 20)
    operate_to: date = date(2018, 9, 1)
    quantity: int = 3
    unit_price: Decimal = Decimal("1.00")
    status: str = "new"
    amount: Decimal = Decimal("3.00")


SHOWN = Shown(
    question="Order?",
    submit="Order, reserve $3.00",
    charges=(Line(),),
    currency="USD",
    total=Decimal("3.00"),
    balance_after=Decimal("7.00"),
    text="At once.",
    lines=(Listed(Line(status="deleted"), "released", Decimal("3.00")),),
    reserved=Decimal("3.00"),
    monthly=Decimal("9.00"),
    monthly_from=date(2018, 9, 1),
    day=date(2018, 8, 20),
)


def test_the_same_again_agrees_however_its_numbers_and_lines_are_written() -> None:
    both = (Line(), Line(description="Boxes"))
    again = replace(SHOWN, charges=both[::-1], total=Decimal(3))
    assert agrees(mark_of(replace(SHOWN, charges=both)), again)


@pytest.mark.parametrize(
    "other",
    [
        *({"charges": (replace(Line(), **{name: value}),)} for name, value in {
            "description": "Seats, 30 units", "operate_from": date(2018, 8, 21), "operate_to": date(2018, 9, 2),
            "quantity": 4, "unit_price": Decimal(10), "status": "blocked", "amount": Decimal(30),
        }.items()),
        {"charges": ()}, {"charges": None}, {"charges": (Line(), Line())}, {"lines": ()},
        {"lines": (Listed(Line(status="deleted"), "stays", Decimal("3.00")),)},
        {"lines": (Listed(Line(status="deleted"), "released", Decimal("3.01")),)},
        {"reserved": None}, {"released": Decimal(1)}, {"waits_for_vendor": Decimal(1)}, {"monthly": Decimal(90)},
        {"monthly_from": date(2018, 10, 1)}, {"monthly_until": date(2018, 10, 1)},
        {"question": "Stop?"}, {"submit": "Order, reserve $30.00"}, {"text": "Later."}, {"currency": "EUR"},
        {"total": Decimal(30)}, {"total": None}, {"day": date(2018, 8, 21)},
        {"balance_after": Decimal("6.99")}, {"balance_after": None},
    ],
)  # fmt: skip
def test_anything_else_does_not(other: dict[str, object]) -> None:
    assert not agrees(mark_of(SHOWN), replace(SHOWN, **other))


def test_more_that_is_left_is_no_other_deed() -> None:
    assert agrees(mark_of(SHOWN), replace(SHOWN, balance_after=Decimal("507.00")))
    assert agrees(mark_of(replace(SHOWN, balance_after=None)), SHOWN)


def test_what_the_vendor_wants_known_counts() -> None:
    assert not agrees(mark_of(SHOWN, "Lowered within 7 days only."), SHOWN, "Never lowered.")


@pytest.mark.parametrize("mark", ["", "made up", "eyJzYWlkIjoiIn0:1:x"])
def test_a_mark_that_no_page_of_ours_made_agrees_with_nothing(mark: str) -> None:
    assert not agrees(mark, SHOWN)
