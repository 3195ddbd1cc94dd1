"""What resellers owe one another for a charge (spec/billing-types.md section 8, E20; billing.md G-D8 and G-I15)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from billing.engine.chain import Grant, Level, Retail, owed, owed_together, retail_rows, taken_with
from billing.engine.lines import Line, LineStatus, LineType, Source
from billing.engine.terms import Taken
from core.period import Period

D = Decimal
AUGUST, SEPTEMBER = (Period(date(2018, month, 1), date(2018, month + 1, 1)) for month in (8, 9))
ORDERED, RAISED = date(2018, 8, 20), date(2018, 8, 28)
VENDOR, DISTRIBUTOR, FIRST, SECOND = range(4)


def retail(price: str, row: int, *, day: date = AUGUST.start, **fees: Decimal) -> Retail:
    return Retail(day, row, D(price), **fees)


def level(creditor: int, debtor: int, percent: str, *prices: Retail) -> Level:
    return Level(creditor, debtor, prices, (Grant(D(percent)),))


def line(**other: object) -> Line:
    """The charge of E20: 12 of 31 days, 5 units at 10.00, closed."""
    usual = Line(
        resource="seats",
        block=1,
        status=LineStatus.CLOSED,
        source=Source.PURCHASE,
        period=Period(ORDERED, AUGUST.end),
        billing_period=AUGUST,
        quantity=5,
        unit_price=D("10.00"),
        amount=D("19.35"),
        taken=Taken(ORDERED),
    )
    return replace(usual, **other)


CHAIN = (
    level(FIRST, SECOND, "20", retail("9.00", 1), retail("9.60", 3, day=RAISED)),
    level(DISTRIBUTOR, FIRST, "50", retail("8.00", 2, net_cost=D("3.50"))),
)


def test_e20_each_level_owes_from_its_own_retail_price():
    of_first, of_distributor = owed(line(), CHAIN, "USD")
    assert (of_first.level.creditor, of_first.level.debtor) == (FIRST, SECOND)
    assert (of_first.unit_price, of_first.granted, of_first.gross, of_first.amount) == (
        D("9.00"), D("20"), D("17.42"), D("13.94"),
    )  # fmt: skip
    assert (of_distributor.level.creditor, of_distributor.level.debtor) == (DISTRIBUTOR, FIRST)
    assert (of_distributor.unit_price, of_distributor.amount) == (D("8.00"), D("7.74"))
    assert (of_first.row, of_distributor.row) == (1, 2)


def test_e20_each_level_earns_what_lies_between():
    of_first, of_distributor = owed(line(), CHAIN, "USD")
    assert (of_first.net_cost, of_distributor.net_cost) == (D("7.74"), D("6.77"))
    margins = [
        D("19.35") - of_first.amount,
        of_first.amount - of_first.net_cost,
        of_distributor.amount - of_distributor.net_cost,
    ]
    assert margins == [D("5.41"), D("6.20"), D("0.97")]


@pytest.mark.parametrize(
    ("priced_on", "amount"),
    [(date(2018, 9, 1), "38.40"), (ORDERED, "36.00")],
    ids=["E20 floating: September's own price", "E20 fixed: the price of the order"],
)
def test_e20_retail_is_that_of_the_day_whose_price_the_charge_took(priced_on, amount):
    september = line(period=SEPTEMBER, billing_period=SEPTEMBER, amount=D("50.00"), taken=Taken(priced_on))
    assert owed(september, CHAIN, "USD")[0].amount == D(amount)


def test_g_i15_and_g_d8_one_level_grants_half():
    (one,) = owed(line(), CHAIN[1:], "USD")
    assert one.amount == D("7.74")


def test_rows_that_a_charge_took_stay_its_rows():
    """An order before a price of the same day keeps the older one."""
    same_day = (level(FIRST, SECOND, "0", retail("9.00", 1), retail("9.60", 3, day=ORDERED)),)
    assert owed(line(taken=Taken(ORDERED, (1,))), same_day, "USD")[0].unit_price == D("9.00")
    assert owed(line(), same_day, "USD")[0].unit_price == D("9.60")
    assert taken_with(line(taken=Taken(ORDERED, (1,))), same_day, RAISED).retail == (1,)
    assert taken_with(line(taken=Taken(RAISED, (1, 2))), same_day, RAISED).retail == (3,)  # of another chain
    made = taken_with(line(taken=Taken()), CHAIN, RAISED)
    assert (made.on, made.retail, made.granted) == (RAISED, (3, 2), (D("20"), D("50")))


def test_a_discount_that_was_granted_stays_granted():
    kept = line(taken=Taken(ORDERED, (1, 2), (D("25"), D("50"))))
    assert owed(kept, CHAIN, "USD")[0].amount == D("13.06")
    assert owed(kept, CHAIN[:1], "USD")[0].amount == D("13.94"), "granted in another chain"


def test_one_charge_for_several_owes_their_sums():
    """Clarification 10: closed by hand."""
    rest = line(period=SEPTEMBER, billing_period=SEPTEMBER, amount=D("50.00"))
    of_first, of_distributor = owed_together([line(), rest], CHAIN, "USD")
    assert (of_first.amount, of_distributor.amount) == (D("13.94") + D("36.00"), D("7.74") + D("20.00"))
    assert (of_first.net_cost, of_distributor.net_cost) == (of_distributor.amount, D("6.77") + D("17.50"))
    assert (of_first.row, of_first.unit_price, of_first.gross) == (None, D("62.42"), D("62.42"))
    assert (of_first.granted, of_distributor.granted) == (0, 0)


def test_charges_together_have_no_net_cost_where_none_of_them_has():
    (one,) = owed_together([line()], (level(FIRST, SECOND, "20", retail("9.00", 1)),), "USD")
    assert one.net_cost is None


def test_a_level_without_a_price_is_owed_nothing():
    early = date(2018, 7, 31)
    assert retail_rows(CHAIN, early) == (0, 0)
    of_first, of_distributor = owed(line(taken=Taken(early)), CHAIN, "USD")
    assert (of_first.row, of_first.amount, of_first.net_cost) == (None, D("0.00"), D("0.00"))
    assert (of_distributor.row, of_distributor.net_cost) == (None, None)


@pytest.mark.parametrize(
    ("kind", "unit_price"),
    [(LineType.SETUP_FEE, "3.00"), (LineType.RENEWAL_FEE, "2.00"), (LineType.TRANSFER_FEE, "1.00")],
)
def test_fees_are_owed_once_whatever_their_days(kind, unit_price):
    fees = {"setup_fee": D("3.00"), "renewal_fee": D("2.00"), "transfer_fee": D("1.00"), "net_cost": D("0.50")}
    chain = (level(FIRST, SECOND, "10", retail("9.00", 1, **fees)),)
    (one,) = owed(line(type=kind, quantity=3), chain, "USD")
    assert (one.unit_price, one.gross, one.amount) == (D(unit_price), 3 * D(unit_price), D("2.70") * D(unit_price))
    assert one.net_cost is None


def test_what_was_used_is_owed_by_its_quantity_and_not_by_days():
    chain = (level(FIRST, SECOND, "0", retail("0.010", 1, net_cost=D("0.008"))),)
    (one,) = owed(line(source=Source.USAGE, quantity=D("261.25")), chain, "USD")
    assert (one.amount, one.net_cost) == (D("2.61"), D("2.09"))


@pytest.mark.parametrize(
    ("currency", "price", "amount"), [("JPY", "1000", "1935"), ("KWD", "1.234", "2.388"), ("USD", "1.00", "1.94")]
)
def test_amounts_are_rounded_to_the_currency(currency, price, amount):
    (one,) = owed(line(), (level(FIRST, SECOND, "0", retail(price, 1)),), currency)
    assert one.amount == D(amount)


@pytest.mark.parametrize(
    ("day", "percent"),
    [(date(2018, 8, 9), "5"), (date(2018, 8, 10), "30"), (date(2018, 8, 19), "30"), (date(2018, 8, 20), "5")],
)
def test_the_highest_discount_of_the_day_is_granted_and_its_last_day_is_not_in_it(day, percent):
    grants = (Grant(D("5")), Grant(D("30"), date(2018, 8, 10), date(2018, 8, 20)))
    assert Level(FIRST, SECOND, (), grants).granted_on(day) == D(percent)


def test_a_discount_on_one_kind_of_fee_is_granted_on_no_other():
    grants = (Grant(D("30"), kinds=frozenset({LineType.SETUP_FEE})),)
    assert Level(FIRST, SECOND, (), grants).granted_on(ORDERED, LineType.SETUP_FEE) == D("30")
    assert Level(FIRST, SECOND, (), grants).granted_on(ORDERED) == 0


def test_without_a_discount_nothing_is_granted():
    assert Level(FIRST, SECOND).granted_on(ORDERED) == 0
    assert Level(FIRST, SECOND).retail_on(ORDERED) is None


def test_a_charge_from_before_days_of_prices_were_kept_takes_those_of_its_first_day():
    assert owed(line(taken=Taken()), CHAIN, "USD")[0].unit_price == D("9.00")
