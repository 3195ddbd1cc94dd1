"""Which row of dated prices holds on a day; how rows are read is tests/vendors/test_price_sheets.py."""

from datetime import date
from decimal import Decimal

from vendors.prices import Dated, Priced, vendor_prices


def row(price: str, begins: int, ends: int | None = None, *, low: int = 0, high: int | None = None) -> Dated:
    until = date(2026, 11, ends) if ends else None
    return Dated("licences", "DE", "EUR", Decimal(price), None, date(2026, 11, begins), until, low, high)


def test_what_begins_last_holds_until_its_end() -> None:
    priced = Priced((row("1", 1), row("2", 5), row("3", 5, 9), row("3", 12, 12)))
    held = {
        number: found.unit_price if (found := priced.on(date(2026, 11, number))) else None for number in range(1, 14)
    }
    assert held == {1: 1, 2: 1, 3: 1, 4: 1, 5: 3, 6: 3, 7: 3, 8: 3, 9: None, 10: None, 11: None, 12: None, 13: None}
    assert priced.days(date(2026, 11, 6)) == [date(2026, 11, number) for number in (6, 9, 12)]


def test_a_tier_is_chosen_by_the_units() -> None:
    priced = Priced((row("5", 1, low=1, high=9), row("4", 1, low=10), row("3", 3, low=10)))
    asked = [(1, 1), (1, 9), (1, 10), (3, 10), (3, 9), (1, 0)]
    found = [priced.on(date(2026, 11, number), units) for number, units in asked]
    assert [one.unit_price if one else None for one in found] == [5, 5, 4, 3, 5, None]


def test_nothing_is_asked_for_nothing() -> None:
    assert vendor_prices(set()) == {}
