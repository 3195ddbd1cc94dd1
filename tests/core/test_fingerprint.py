"""A fingerprint tells two requests apart, and takes the same request for the same."""

from datetime import date
from decimal import Decimal

import pytest

from core.fingerprint import fingerprint_of


def test_the_order_of_a_mapping_does_not_count_and_the_kind_of_key_neither() -> None:
    assert fingerprint_of({"a": 1, 2: {"c": [1], "b": 2}}) == fingerprint_of({"2": {"b": 2, "c": (1,)}, "a": 1})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"seats": 1}, {"seats": 2}),
        ({"seats": 1}, {"seats": 1, "name": ""}),
        (["a", "b"], ["b", "a"]),
        (["ab"], ["a", "b"]),
        ({"on": date(2018, 8, 20)}, {"on": date(2018, 8, 21)}),
        ({"price": Decimal("3.00")}, {"price": Decimal("30.00")}),
        ("ё", "е"),
    ],
)
def test_another_content_has_another(one: object, other: object) -> None:
    assert fingerprint_of(one) != fingerprint_of(other)
    assert len(fingerprint_of(one)) == 64
