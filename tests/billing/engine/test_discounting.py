"""Section 7 of spec/billing-types.md: a discount is taken off a sum, and the charges add up to what is left of it."""

import random
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from billing.engine.discounting import corrected, net_of_sum, shared_out
from billing.engine.lines import LineStatus, LineType, Source
from billing.engine.parts import priced_line
from billing.engine.rules import Used
from billing.engine.terms import Price, Terms, UnitPrice
from billing.engine.types import TYPES
from core.money import round_half_up
from core.period import Period

AUG20, AUG25, SEP1, SEP20, OCT1 = (date(2018, m, d) for m, d in ((8, 20), (8, 25), (9, 1), (9, 20), (10, 1)))
TEN, THIRD = Decimal("0.10"), Decimal("0.3333")
RECURRING = LineType.RECURRING_FEE


def terms(*keys: str, rate: str = "0.10", price: str = "10.00", currency: str = "USD", **more) -> Terms:
    """A plan whose resources cost the same; a discount on what recurs."""
    prices = {key: [Price(date(2018, 1, 1), Decimal(price))] for key in keys or ("seats",)}
    return Terms(currency, 1, prices, discounts={RECURRING: Decimal(rate)}, **more)


def amounts(lines) -> list[str]:
    return [str(line.amount) for line in lines]


def rowed(changes, lines=()):
    """The live lines after the changes, as rows of the books."""
    return [replace(line, row=place) for place, line in enumerate(changes.applied_to(lines))]


@pytest.mark.parametrize(
    ("grosses", "rate", "net", "nets", "discount"),
    [
        pytest.param(["3.35"] * 3, TEN, "9.05", ["3.02", "3.02", "3.01"], "1.00", id="E18 1 (G-I14)"),
        pytest.param(["1.16"] * 3, TEN, "3.13", ["1.04", "1.04", "1.05"], "0.35", id="E18 2"),
        pytest.param(["19.35", "6.77"], THIRD, "17.41", ["12.90", "4.51"], "8.71", id="E18 3"),
    ],
)
def test_table_of_section_7(grosses, rate, net, nets, discount):
    given = [Decimal(gross) for gross in grosses]
    assert str(net_of_sum(given, rate, "USD")) == net
    assert [str(one) for one in shared_out(given, rate, "USD")] == nets
    assert str(sum(given) - net_of_sum(given, rate, "USD")) == discount


def test_e21_minor_units_of_yen():
    given = [Decimal(1935), Decimal(677)]
    assert net_of_sum(given, TEN, "JPY") == 2351
    assert shared_out(given, TEN, "JPY") == [1742, 609]


@pytest.mark.parametrize(
    ("grosses", "rate", "nets"),
    [
        (["0.01"] * 6, "0.5", ["0.01", "0.01", "0.01", "0.00", "0.00", "0.00"]),  # three cents too many: three lines
        (["0.05", "0.00"], "0.5", ["0.03", "0.00"]),  # nothing to take from the last
        (["0.02", "0.02"], "0.26", ["0.02", "0.01"]),  # 0.0296 is 0.03, and each rounded is 0.01
        (["3.35"] * 3, "1", ["0.00"] * 3),
    ],
)
def test_t37_a_correction_keeps_each_charge_between_nothing_and_its_gross(grosses, rate, nets):
    wanted = [Decimal(gross) for gross in grosses]
    found = shared_out(wanted, Decimal(rate), "USD")
    assert sum(found) == net_of_sum(wanted, Decimal(rate), "USD")
    assert all(0 <= net <= gross for net, gross in zip(found, wanted, strict=True))
    if nets[0] != "0.02":  # the place of the correction is literal where the row is
        assert [str(net) for net in found] == nets


def test_any_charges_add_up_to_their_order():
    rolls = random.Random(7)
    for _ in range(2000):
        currency = rolls.choice(["USD", "JPY", "KWD"])
        rate = Decimal(rolls.randint(1, 100_000_000)) / 100_000_000
        grosses = [round_half_up(Fraction(rolls.randint(0, 5000), 1000), currency) for _ in range(rolls.randint(1, 14))]
        nets = shared_out(grosses, rate, currency)
        assert sum(nets) == round_half_up(Fraction(sum(grosses)) * (1 - Fraction(rate)), currency)
        assert all(0 <= net <= gross for net, gross in zip(nets, grosses, strict=True))


def test_g_i14_the_lines_of_an_order():
    rules = TYPES["csp_monthly"]
    order = rules.order(terms("a", "b", "c", price="3.35"), {"a": 1, "b": 1, "c": 1}, SEP1)
    assert amounts(order.add) == ["3.02", "3.02", "3.01"]
    assert [str(line.discount) for line in order.add] == ["0.33", "0.33", "0.34"]
    assert str(rules.due(order.add, SEP1)) == "9.05"


def test_the_charges_of_a_billing_night_are_one_sum():
    night = TYPES["csp_monthly"].next_period(terms("a", "b", "c", price="1.16"), {"a": 1, "b": 1, "c": 1}, [], SEP1)
    assert amounts(night.add) == ["1.04", "1.04", "1.05"]
    assert str(night.reserves) == "3.13"


def test_the_last_in_creation_order_takes_the_correction_wherever_it_stands():
    agreed = terms("a", "b", rate="0.10", price="3.35")
    kinds = replace(agreed, discounts={**agreed.discounts, LineType.SETUP_FEE: TEN})
    whole = Period(SEP1, OCT1)

    def line(resource: str, kind: LineType):
        return priced_line(
            terms=kinds, resource=resource, block=1, status=LineStatus.NEW, source=Source.PURCHASE, period=whole,
            billing_period=whole, quantity=1, price=UnitPrice(Decimal("3.35")), type=kind,
        )  # fmt: skip

    given = [line("b", RECURRING), line("", RECURRING), line("a", RECURRING), line("b", LineType.SETUP_FEE)]
    assert amounts(given) == ["3.02"] * 4
    # 13.40 less 10 % is 12.06, and four times 3.02 are 12.08.
    assert amounts(corrected(kinds, given)) == ["3.00", "3.02", "3.02", "3.02"]


def test_rates_of_other_fees_are_other_sums():
    agreed = replace(terms(rate="0.10"), discounts={RECURRING: TEN, LineType.SETUP_FEE: Decimal("0.5")})
    whole = Period(SEP1, OCT1)

    def line(kind: LineType, price: str):
        return priced_line(
            terms=agreed, resource="seats", block=1, status=LineStatus.NEW, source=Source.PURCHASE, period=whole,
            billing_period=whole, quantity=1, price=UnitPrice(Decimal(price)), type=kind,
        )  # fmt: skip

    lines = [line(LineType.SETUP_FEE, "0.01"), *[line(RECURRING, "3.35")] * 3, line(LineType.RENEWAL_FEE, "1.00")]
    assert amounts(corrected(agreed, lines)) == ["0.01", "3.02", "3.02", "3.01", "1.00"]


def test_e19_a_stop_splits_the_net_amount():
    rules, agreed = TYPES["csp_monthly"], terms(months=1)
    order = rules.order(agreed, {"seats": 5}, AUG20)
    assert str(sum(line.amount for line in order.add)) == "45.92"
    running = replace(agreed, expires_on=SEP20)
    ordered = rowed(order)
    paid = rowed(rules.pay_order(agreed, ordered, AUG20), ordered)
    stopped = rules.stop(running, paid, AUG25)
    assert [(line.status.value, str(line.amount)) for line in stopped.add] == [("closed", "7.26"), ("opened", "10.16")]
    assert [str(line.amount) for line in stopped.applied_to(paid)] == ["28.50", "10.16"]
    assert sum(line.discount for line in stopped.add) == paid[0].discount


def test_a_correction_cent_travels_with_the_rest_of_a_stop():
    rules, agreed = TYPES["csp_monthly"], terms("a", "b", "c", price="3.35")
    paid = [
        replace(line, row=place, status=LineStatus.BLOCKED)
        for place, line in enumerate(rules.order(agreed, {"a": 1, "b": 1, "c": 1}, SEP1).add)
    ]
    stopped = rules.stop(agreed, paid, date(2018, 9, 16))
    rests = [str(line.amount) for line in stopped.add if line.status is LineStatus.OPENED]
    # 3.35 / 2 less 10 % is 1.5075.
    assert (amounts(stopped.add[::2]), rests) == (["1.51"] * 3, ["1.51", "1.51", "1.50"])


def test_a_lowering_rounds_each_part_once_and_the_refund_takes_the_difference():
    rules, agreed = TYPES["csp_monthly"], terms()
    paid = [replace(line, row=1, status=LineStatus.BLOCKED) for line in rules.order(agreed, {"seats": 5}, AUG20).add]
    lowered = rules.change(agreed, paid, {"seats": 5}, {"seats": 2}, AUG25)
    # 17.42 = 5/31 x 5 x 9.00, 7/31 x 2 x 9.00, and what is left of it.
    assert amounts(lowered.add) == ["7.26", "4.06", "6.10"]
    assert sum(line.discount for line in lowered.add) == paid[0].discount


def test_a_piece_made_anew_by_a_lowering_is_rounded_once():
    rules, agreed = TYPES["csp_monthly"], terms("seats", price="3.35", rate="0.5", months=1)
    ordered = rowed(rules.order(agreed, {"seats": 5}, AUG20))
    paid = rowed(rules.pay_order(agreed, ordered, AUG20), ordered)
    running = replace(agreed, expires_on=SEP20)
    lowered = rules.change(running, paid, {"seats": 5}, {"seats": 3}, AUG25)
    later = next(line for line in lowered.add if line.status is LineStatus.OPENED)
    assert later.amount == round_half_up(Fraction("3.35") * 3 * 19 / 30 / 2, "USD")


def test_a_raise_and_the_later_pieces_that_it_makes_are_one_sum():
    rules, agreed = TYPES["csp_monthly"], terms(rate="0.3333", price="1.01", months=3)
    ordered = rowed(rules.order(agreed, {"seats": 5}, AUG20))
    paid = rowed(rules.pay_order(agreed, ordered, AUG20), ordered)
    running = replace(agreed, expires_on=date(2018, 11, 20))
    raised = rules.change(running, paid, {"seats": 5}, {"seats": 8}, AUG25)
    lines = rowed(raised, paid)
    done = rules.pay_raise(running, lines, AUG25)
    all_made = [*raised.add, *done.add]
    assert len(all_made) == 4
    assert sum(line.amount for line in all_made) == net_of_sum([line.gross for line in all_made], THIRD, "USD")


def test_paid_late_the_order_is_made_anew_as_a_whole_with_the_discount_that_it_had():
    rules, agreed = TYPES["csp_monthly"], terms("a", "b", "c", price="3.35")
    ordered = rowed(rules.order(agreed, {"a": 1, "b": 1, "c": 1}, AUG20))
    anew = rules.pay_order(replace(agreed, discounts={}), ordered, SEP1).add
    assert amounts(anew) == ["3.02", "3.02", "3.01"]


def test_a_discount_that_has_ended_stays_with_what_was_charged():
    rules, agreed = TYPES["csp_monthly"], terms()
    paid = [replace(line, row=1, status=LineStatus.BLOCKED) for line in rules.order(agreed, {"seats": 5}, AUG20).add]
    over = replace(agreed, discounts={})
    assert str(rules.stop(over, paid, AUG25).add[0].amount) == "7.26"
    assert amounts(rules.next_period(over, {"seats": 5}, [], SEP1).add) == ["50.00"]


def test_what_was_used_is_rounded_once():
    rules, agreed = TYPES["payg_internal"], terms("machines", price="0.012")
    used = rules.use(agreed, [], [Used("machines", UnitPrice(Decimal("0.012")), Decimal("261.25"))], AUG25)
    # 3.135 less 10 % is 2.8215; the rounded 3.14 would leave 2.83.
    assert amounts(used.add) == ["2.82"]
    more = rules.use(replace(agreed, discounts={}), used.add,
                     [Used("machines", UnitPrice(Decimal("0.012")), Decimal(300))], AUG25)  # fmt: skip
    assert amounts(more.add) == ["3.24"]  # the period's line keeps its discount


def test_everything_taken_off_leaves_an_order_of_nothing():
    rules = TYPES["csp_monthly"]
    order = rules.order(terms(rate="1"), {"seats": 5}, AUG20)
    assert (amounts(order.add), rules.due(order.add, AUG20)) == (["0.00"], 0)


def test_without_a_discount_an_order_is_what_it_was():
    order = TYPES["csp_monthly"].order(terms(rate="0"), {"seats": 5}, AUG20)
    assert (amounts(order.add), order.add[0].discount, order.add[0].rate) == (["19.35"], 0, 0)


@pytest.mark.parametrize("key", TYPES)
def test_the_orders_and_renewals_of_every_type_add_up(key: str):
    rules, months = TYPES[key], None if TYPES[key].allows.endless else 12
    rate = Decimal("0.3333")
    price = Price(date(2018, 1, 1), Decimal("1.01"), setup_fee=Decimal("0.17"), renewal_fee=Decimal("0.19"))
    agreed = Terms(
        "USD", 1, {one: [price] for one in "abc"}, months=months, discounts=dict.fromkeys(LineType, rate),
        plan_prices=[price],
    )  # fmt: skip
    units = dict.fromkeys("abc", 7)
    made = [rules.order(agreed, units, AUG20)]
    if months:
        made.append(rules.renew(agreed, units, date(2019, 8, 20), AUG20))
    for order in made:
        assert sum(line.amount for line in order.add) == net_of_sum([line.gross for line in order.add], rate, "USD")
        assert all(line.rate == rate for line in order.add)
    assert made[0].add


def test_what_was_made_before_of_the_same_rate_is_part_of_the_sum_and_stays():
    agreed = terms(price="3.35")
    (line,) = TYPES["csp_monthly"].order(agreed, {"seats": 1}, SEP1).add
    other = replace(line, rate=Decimal("0.5"))
    assert amounts(corrected(agreed, [line], given=[line, other])) == ["3.01"]
    assert amounts(corrected(agreed, [line], given=[other])) == ["3.02"]


@pytest.mark.parametrize(("day", "made"), [(SEP1, ["3.01"]), (date(2018, 9, 16), ["1.51", "3.02"])])
def test_what_a_vendor_provides_is_one_sum_with_what_stays_of_its_raise(day: date, made: list[str]):
    """A seat more in two months, 3.02 of September; made anew from the 16th, September is no part of the sum."""
    rules, agreed = TYPES["csp_monthly"], terms(price="3.35", months=2)
    running = replace(agreed, expires_on=date(2018, 11, 1))
    placed = rules.change(running, [], {}, {"seats": 1}, SEP1)
    assert amounts(placed.add) == ["3.02"]
    assert amounts(rules.pay_raise(running, placed.add, SEP1).add) == ["3.01"]
    raised = [replace(line, status=LineStatus.BLOCKED) for line in placed.add]
    assert amounts(rules.provide_raise(running, raised, raised, day).add) == made


def test_a_fee_without_a_discount_beside_them_leaves_the_others_a_sum():
    fee = Price(date(2018, 1, 1), Decimal("3.35"), setup_fee=Decimal(1))
    agreed = replace(terms(months=1), prices={key: [fee] for key in "abc"})
    made = TYPES["reservation"].order(agreed, dict.fromkeys("abc", 1), SEP1).add
    assert amounts(made) == ["1.00"] * 3 + ["3.02", "3.02", "3.01"]
    running = replace(agreed, expires_on=OCT1)
    raised = TYPES["reservation"].change(running, [], {}, dict.fromkeys("abc", 1), SEP1).add
    assert amounts(raised) == amounts(made)
