"""How Microsoft writes things down."""

import pytest

from sandbox.microsoft.shapes import (
    Fields,
    add_months,
    camel_case,
    etag,
    midnight,
    pascal_case,
    read_moment,
    stamp,
    without_nulls,
)

MOMENT = 1462865405.4275


@pytest.mark.parametrize(
    ("digits", "text"),
    [(0, "2016-05-10T07:30:05Z"), (3, "2016-05-10T07:30:05.427Z"), (7, "2016-05-10T07:30:05.4275000Z")],
)
def test_stamp_prints_as_many_digits(digits: int, text: str) -> None:
    assert stamp(MOMENT, digits=digits) == text


def test_etag_is_the_recorded_one() -> None:
    recorded = "eyJpZCI6ImEzNTZhYzhjLWUzMTAtNDRmNC1iZjg1LWM3ZjI5MDQ0YWY5OSIsInZlcnNpb24iOjJ9"
    assert etag("A356AC8C-E310-44F4-BF85-C7F29044AF99", 2) == recorded


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        ("2019-01-31", 1, "2019-02-28"),
        ("2020-02-29", 12, "2021-02-28"),
        ("2019-12-15", 1, "2020-01-15"),
        ("2019-01-15", 12, "2020-01-15"),
    ],
)
def test_add_months_keeps_the_day_where_it_exists(day: str, months: int, later: str) -> None:
    assert add_months(read_moment(day) or 0, months) == read_moment(later)


def test_moments_are_read_with_and_without_a_zone() -> None:
    assert read_moment("2018-06-14T00:00:00.000Z") == read_moment("2018-06-14") == 1528934400
    assert read_moment("2018-06-14T03:00:00+03:00") == 1528934400
    assert [read_moment(text) for text in ("soon", None, 5)] == [None] * 3
    assert midnight(1528934400 + 3601) == 1528934400


def test_casing_is_changed_at_every_depth() -> None:
    value = {"aB": [{"cD": {"eF": 1}}]}
    assert pascal_case(value) == {"AB": [{"CD": {"EF": 1}}]}
    assert camel_case(pascal_case(value)) == value


def test_nulls_are_left_out_at_every_depth() -> None:
    assert without_nulls({"a": None, "b": [{"c": None, "d": 0}]}) == {"b": [{"d": 0}]}


def test_fields_are_found_in_any_case_and_nulls_are_absent() -> None:
    fields = Fields.of({"LineItems": [{"OFFERID": " x "}, 5], "Quantity": "7", "Email": None, "Flag": True})
    assert [item.text("offerId") for item in fields.parts("lineItems")] == ["x"]
    assert (fields.number("quantity"), fields.number("flag"), fields.number("none")) == (7, None, None)
    assert "email" not in fields
    assert fields.part("lineItems") == {}
    assert Fields.of([1]) == {}
