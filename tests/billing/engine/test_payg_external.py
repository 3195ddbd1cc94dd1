"""spec/billing-types.md 3.7 external: a vendor's cost with the plan's markup, one line a meter and period."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from billing.engine.lines import LineStatus, LineType, Source
from billing.engine.payg_external import PaygExternal
from billing.engine.rules import Metered, Told, Used
from billing.engine.terms import Terms, UnitPrice
from billing.engine.types import TYPES, is_by_cost, is_by_use
from core.period import Period

RULES = PaygExternal()
AUG20, AUG25, SEP1, SEP5, OCT1 = (date(2018, *on) for on in ((8, 20), (8, 25), (9, 1), (9, 5), (10, 1)))
TERMS = Terms("USD", 1, {"traffic": [], "disks": []}, started_on=AUG20)


def cost(amount: str, meter: str = "traffic") -> Used:
    return Used(meter, UnitPrice(Decimal(0)), Decimal(3), cost=Decimal(amount))


def test_the_first_cost_of_a_period_is_one_line_of_consumption_a_meter():
    traffic, disks = RULES.use(TERMS, [], [cost("14.19753073638"), cost("0.004", "disks")], AUG25).add
    assert (traffic.type, traffic.source, traffic.status) == (
        LineType.CONSUMPTION, Source.USAGE, LineStatus.BLOCKED,
    )  # fmt: skip
    assert (traffic.quantity, traffic.unit_price, traffic.amount) == (1, Decimal("14.19753073638"), Decimal("14.20"))
    assert traffic.period == traffic.billing_period == Period(AUG20, SEP1), "from the order on, to the billing day"
    assert (disks.amount, disks.resource) == (Decimal("0.00"), "disks")


def test_more_of_it_makes_the_line_anew_from_the_sum_and_what_comes_late_counts_now():
    (first,) = RULES.use(TERMS, [], [cost("1.004")], AUG25).add
    written = replace(first, row=1)
    assert not RULES.use(TERMS, [written], [cost("1.004")], AUG25), "the same sum leaves it as it is"
    more = RULES.use(TERMS, [written], [cost("2.008")], AUG25)
    assert [(move.line, move.status) for move in more.move] == [(written, LineStatus.DELETED)]
    assert [(line.amount, line.block) for line in more.add] == [(Decimal("2.01"), first.block)], "rounded once"
    (late,) = RULES.use(TERMS, [], [cost("1")], SEP5).add
    assert late.period == Period(SEP1, OCT1)
    nothing_left = RULES.use(TERMS, [written], [cost("0")], AUG25)
    assert not nothing_left.add
    assert len(nothing_left.move) == 1


def test_a_discount_of_recurring_fees_is_taken_off_the_sum():
    terms = replace(TERMS, discounts={LineType.CONSUMPTION: Decimal("0.1")})
    (line,) = RULES.use(terms, [], [cost("1.05")], AUG25).add
    assert (line.amount, line.discount) == (Decimal("0.95"), Decimal("0.10"))


def test_a_deletion_closes_what_was_used_at_once_and_a_billing_day_what_is_over():
    (line,) = RULES.use(TERMS, [], [cost("5")], AUG25).add
    assert [(move.status, move.closed_on) for move in RULES.delete(TERMS, [line], AUG25).move] == [
        (LineStatus.CLOSED, AUG25)
    ]
    assert [move.closed_on for move in RULES.close_period(TERMS, [line], SEP1).move] == [SEP1]
    assert not RULES.close_period(TERMS, [line], AUG25)


def test_which_of_the_two_is_told_is_the_types():
    external, internal = TYPES["payg_external"], TYPES["payg_internal"]
    assert isinstance(external, Metered)
    assert isinstance(internal, Metered)
    assert (external.told, internal.told) == (Told.COST, Told.UNIT_HOURS)
    assert [is_by_cost(key) for key in ("payg_external", "payg_internal", "csp_monthly", "azure")] == [
        True, False, False, False,
    ]  # fmt: skip
    assert is_by_use("payg_external")


def test_a_line_of_a_period_that_is_over_stays_and_the_present_one_has_its_own():
    (august,) = RULES.use(TERMS, [], [cost("5")], AUG25).add
    now = RULES.use(TERMS, [august], [cost("5")], SEP5)
    assert ([line.period for line in now.add], now.move) == ([Period(SEP1, OCT1)], ())
    (unknown,) = RULES.use(replace(TERMS, started_on=None), [], [cost("5")], AUG25).add
    assert unknown.period == Period(date(2018, 8, 1), SEP1), "counted from the first day of the period"


def test_a_line_made_anew_keeps_the_discount_that_it_had():
    less = replace(TERMS, discounts={LineType.CONSUMPTION: Decimal("0.1")})
    (first,) = RULES.use(less, [], [cost("1.00")], AUG25).add
    assert [line.amount for line in RULES.use(TERMS, [first], [cost("2.00")], AUG25).add] == [Decimal("1.80")]
