"""How rows become records."""

from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest

from api.serializers.shape import (
    Shape,
    computed,
    day,
    decimal,
    flag,
    group,
    integer,
    moment,
    money,
    one,
    text,
)

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
    relations={"inner": one(INNER, "inner", nullable=True), "other": one(INNER, "inner.other", nullable=True)},
    meta={"secret_keys": computed(lambda _row: {"a": "b"}, {"type": "object"})},
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
        inner=SimpleNamespace(pk=7, name="Seven", other=SimpleNamespace(pk=8, name="Eight")),
        beside_inner_other_id=8,
    )


def lonely(number: int) -> SimpleNamespace:
    """Return a row that points at nothing."""
    return SimpleNamespace(**{**vars(row(number)), "inner_id": None, "inner": None, "beside_inner_other_id": None})


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
        "relationships": {
            "inner": {"data": {"type": "inners", "id": "7"}},
            "other": {"data": {"type": "inners", "id": "8"}},
        },
    }


def test_a_record_that_many_rows_point_at_is_included_once():
    assert OUTER.included_with([row(1), row(2)], ["inner"]) == [
        {"type": "inners", "id": "7", "attributes": {"name": "Seven"}}
    ]


def test_a_row_that_points_at_nothing_has_null_and_includes_nothing():
    """Seen before: the id "None", and an AttributeError for `include`."""
    assert OUTER.record(lonely(3))["relationships"] == {"inner": {"data": None}, "other": {"data": None}}
    assert OUTER.included_with([lonely(3)], ["inner", "other"]) == []
    assert [record["id"] for record in OUTER.included_with([lonely(1), row(2)], ["inner", "other"])] == ["7", "8"]
    linkage = OUTER.relations["inner"].schema["properties"]["data"]
    assert (linkage["nullable"], one(INNER, "inner").schema["properties"]["data"].get("nullable")) == (True, None)


def test_a_relation_is_named_once_and_read_from_its_own_column_or_beside_the_row():
    assert (OUTER.relations["inner"].column, OUTER.relations["other"].column) == ("inner_id", "inner__other_id")
    assert list(OUTER.read_beside(meta=False)) == ["inner__other_id"]
    deep = Shape("deeps", {"sku": text("plan__sku")})
    with pytest.raises(ValueError, match="deeps reads more than its own row"):
        Shape("outers", {}, relations={"deep": one(deep, "deep")})


def test_groups_stand_in_a_record_as_objects():
    shape = Shape(
        "outers", {"general": group({"count": integer("count"), "inner": group({"name": text("inner.name")})})}
    )
    assert shape.record(row(3))["attributes"] == {"general": {"count": 5, "inner": {"name": "Seven"}}}
    assert shape.attributes["general"].schema["required"] == ["count", "inner"]


def test_meta_is_answered_to_who_asks():
    assert "meta" not in OUTER.record(row(3))
    assert OUTER.record(row(3), meta=True)["meta"] == {"secret_keys": {"a": "b"}}


def test_what_is_not_known_is_null():
    nothing = SimpleNamespace(amount=None, currency="USD", price=None, name=None, moment=None)
    shape = Shape(
        "outers",
        {
            "amount": money("amount", nullable=True),
            "price": decimal("price", nullable=True),
            "name": text("name", nullable=True),
            "moment": moment("moment", nullable=True),
        },
    )
    nothing.pk = 1
    assert shape.record(nothing)["attributes"] == dict.fromkeys(shape.attributes)
    assert all(attribute.schema["nullable"] for attribute in shape.attributes.values())
