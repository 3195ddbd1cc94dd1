"""Moments and numbers as Microsoft writes them."""

import pytest

from vendors.microsoft.shapes import moment_of, number_of


def test_moments_are_read_as_microsoft_writes_them() -> None:
    assert str(moment_of("2018-11-01T22:29:03.6900182Z")) == "2018-11-01 22:29:03+00:00"
    assert str(moment_of("2018-11-01T22:29:03")) == "2018-11-01 22:29:03+00:00"
    assert str(moment_of("2015-11-30T16:00:00-08:00")) == "2015-11-30 16:00:00-08:00"
    assert moment_of(None) is None
    assert moment_of("soon") is None


@pytest.mark.parametrize(("told", "number"), [(None, None), (0, 0), (300, 300), ("25", 25)])
def test_number_is_told_as_one_or_as_its_text(told: object, number: int | None) -> None:
    assert number_of(told) == number
