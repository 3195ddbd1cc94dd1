"""spec/billing-types.md 5.6: the old plan's lines end as if every unit left; of the plan's own part nothing is told."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from billing.engine.lines import Line, LineStatus, LineType, Source
from billing.engine.switching import given_up
from billing.engine.terms import PLAN, Terms
from core.period import Period

AUG1, AUG20, AUG25, SEP1, OCT1 = (date(2018, *on) for on in ((8, 1), (8, 20), (8, 25), (9, 1), (10, 1)))
TERMS = Terms("USD", 1, {"seats": []})
SEATS = Line(
    "seats", 1, LineStatus.BLOCKED, Source.PURCHASE, Period(AUG20, SEP1), Period(AUG1, SEP1), 5, Decimal(10),
    Decimal("19.35"), row=1,
)  # fmt: skip
OWN = replace(SEATS, resource=PLAN, quantity=1, unit_price=Decimal(2), amount=Decimal("0.77"), row=2)
LATER = replace(
    SEATS, status=LineStatus.OPENED, period=Period(SEP1, OCT1), billing_period=Period(SEP1, OCT1),
    amount=Decimal(50), row=3,
)  # fmt: skip
FEE = replace(SEATS, type=LineType.SETUP_FEE, status=LineStatus.NEW, row=4)


def test_what_was_used_is_closed_and_what_is_left_of_units_is_refunded():
    changes = given_up(TERMS, [SEATS, OWN, LATER, FEE], AUG25)
    assert [(line.resource, line.status, line.amount) for line in changes.add] == [
        ("seats", LineStatus.CLOSED, Decimal("8.06")),
        ("seats", LineStatus.WAITING_FOR_REFUND, Decimal("11.29")),
        (PLAN, LineStatus.CLOSED, Decimal("0.32")),
    ]
    assert [move.line.row for move in changes.move] == [1, 2, 3], "what is New is the switch's own"
    assert {move.status for move in changes.move} == {LineStatus.DELETED}
    assert changes.releases == Decimal("20.12")
    assert changes.given_back == Decimal("11.74"), "less what was used"


def test_what_begins_on_the_day_or_later_leaves_nothing_behind():
    blocked_ahead = replace(LATER, status=LineStatus.BLOCKED)
    changes = given_up(TERMS, [SEATS, blocked_ahead], AUG20)
    assert not changes.add
    assert len(changes.move) == 2
    assert changes.given_back == Decimal("69.35")


def test_what_is_over_on_the_day_leaves_nothing_behind():
    changes = given_up(TERMS, [SEATS], SEP1)
    assert (changes.add, [move.status for move in changes.move]) == ((), [LineStatus.DELETED])
