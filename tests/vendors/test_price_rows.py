"""What rows of prices say of themselves; how they come to be is tests/vendors/test_price_sheets.py."""

from datetime import date
from decimal import Decimal

from django.utils.translation import override

from vendors.capabilities import unreadable_price
from vendors.price_rows import PriceList, PriceSheet, SheetState, VendorPrice


def test_a_sheet_says_in_the_readers_language_why_it_was_not_taken() -> None:
    refusal = unreadable_price("17", "UnitPrice", "9,5")
    sheet = PriceSheet(state=SheetState.REFUSED, error_message=refusal.message, error_values=refusal.values)
    assert sheet.error.startswith("Line 17, column UnitPrice of the price sheet cannot be read: “9,5”.")
    with override("ru"):
        assert all(said in sheet.error for said in ("17", "UnitPrice", "9,5"))
    assert PriceSheet(state=SheetState.TAKEN).error == ""


def test_rows_are_called_by_what_they_are() -> None:
    german = PriceList(kind="licences", market="DE")
    assert str(german) == "licences DE"
    assert str(PriceSheet(price_list=german, day=date(2026, 11, 29))) == "licences DE 2026-11-29"
    price = VendorPrice(product="CFQ7TTC0LF8R", sku="0001", unit_price=Decimal("432"), currency="USD")
    assert str(price) == "CFQ7TTC0LF8R:0001 432 USD"
