"""How rows become records."""

from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace

from api.serializers.shape import Shape, day, decimal, flag, integer, moment, money, one, text

INNER = Shape("inners", {"name": text("name")})
OUTER = Shape(
    "outers",
    {
        "amount": money("amount"),
        "price": decimal("price"),
        "day": day("day"),
        "none": day("none"),
        "moment": moment("moment"),
        "count": integer("count"),
        "flag": flag("flag"),
    },
    links={"inner": one("inners", "inner")},
    included={"inner": INNER},
)


def row(number: int) -> SimpleNamespace:
    return SimpleNamespace(
        pk=number,
        amount=Decimal("19.350"),
        currency="USD",
        price=Decimal("10.000000"),
        day=date(2018, 8, 20),
        none=None,
        moment=datetime(2018, 8, 20, 5, 28, 48, 804123, tzinfo=UTC),
        count=5,
        flag=True,
        inner_id=7,
        inner=SimpleNamespace(pk=7, name="Seven"),
    )


def test_a_record_has_strings_for_money_and_numbers_for_counts(settings):
    settings.TIME_ZONE = "UTC"
    assert OUTER.record(row(3)) == {
        "type": "outers",
        "id": "3",
        "attributes": {
            "amount": "19.35",
            "price": "10.000000",
            "day": "2018-08-20",
            "none": None,
            "moment": "2018-08-20T05:28:48.804+00:00",
            "count": 5,
            "flag": True,
        },
        "relationships": {"inner": {"data": {"type": "inners", "id": "7"}}},
    }


def test_a_record_that_many_rows_point_at_is_included_once():
    assert OUTER.included_with([row(1), row(2)], ["inner"]) == [
        {"type": "inners", "id": "7", "attributes": {"name": "Seven"}}
    ]
