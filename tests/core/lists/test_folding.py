"""What is typed meets what is written: letters, phones, amounts, words of texts."""

from decimal import Decimal

import pytest

from core.lists.folding import amounts_of, digits_of, folded


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        ("8 (999) 123-45-67", "9991234567"), ("+7 999 123 45 67", "9991234567"), ("123-45-67", "1234567"),
        ("+48 22 123 45 67", "48221234567"), ("12345", "12345"), ("1234", ""), ("call 12345", ""), ("", ""),
    ],
)  # fmt: skip
def test_a_phone_is_its_digits(typed: str, digits: str) -> None:
    assert digits_of(typed) == digits


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("12.50", ["12.5"]), ("12,50", ["12.5"]), ("$1,902.40", ["1902.4"]), ("1 902,40 $", ["1902.4"]),
        ("1 902,40 USD", ["1902.4"]), ("−7,5 ₽", ["7.5"]), ("1,234", ["1.234", "1234"]), ("1,234,567", ["1234567"]),
        ("100", ["100"]), ("EUR 3", ["3"]), ("office 365", []), ("", []), ("1.2.3", []), ("9" * 40, []), ("abc", []),
    ],
)  # fmt: skip
def test_an_amount_is_its_value_with_both_signs(typed: str, meant: list[str]) -> None:
    assert [one for one in amounts_of(typed) if one > 0] == [Decimal(one) for one in meant]
    assert {-one for one in amounts_of(typed)} == set(amounts_of(typed))


def test_letters_fold() -> None:
    assert folded("ЁЛКА Ёж\0") == "елка еж"
