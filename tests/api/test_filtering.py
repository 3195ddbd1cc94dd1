"""Filters in the query string."""

import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from api.serializers.shape import decimal, money
from core.lists.filters import PLAIN_DECIMAL, PlainDecimalField
from tests.api.conftest import Caller, World, ids


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("filter[status]=blocked", ["north", "north_east", "south"]),
        ("filter[status]=closed,new", []),
        ("filter[type]=recurring_fee", ["north", "north_east", "south"]),
        ("filter[type]=setup_fee", []),
        ("filter[close_date][lt]=2030-01-01", []),
        ("filter[created_at][lt]=2001-01-01T00:00:00%2B03:00", []),
        ("filter[created_at][gt]=2001-01-01T00:00:00%2B03:00", ["north", "north_east", "south"]),
        ("sort=-id", ["south", "north_east", "north"]),
        ("sort=created_at", ["north", "north_east", "south"]),
    ],
)
def test_filters_and_sorting(world: World, caller: Callable[..., Caller], query: str, names: list[str]) -> None:
    answer = caller(world.operator).get(f"/resellers/{world.operator.pk}/child_reseller_charges?{query}")
    assert answer.status_code == 200
    assert ids(answer) == [str(world.charges[name].pk) for name in names]


def test_several_ids_are_separated_by_commas(world: World, caller: Callable[..., Caller]) -> None:
    wanted = [world.charges["north"], world.charges["south"]]
    listed = ",".join(str(charge.subscription_id) for charge in wanted)
    answer = caller(world.operator).get(
        f"/resellers/{world.operator.pk}/child_reseller_charges?filter[subscription_id]={listed}"
    )
    assert ids(answer) == [str(charge.pk) for charge in wanted]


def test_an_amount_is_taken_exactly_as_the_document_writes_it() -> None:
    """The pattern of the document and the reader of filters agree: digits and a point, no exponent, no plus."""
    field = PlainDecimalField()
    for text in ("0", "-0", "10.55", "-1", "9" * 21, "0.000001"):
        assert re.fullmatch(PLAIN_DECIMAL, text)
        assert field.clean(text) == Decimal(text)
    assert str(field.clean("-0.00")) == "0.00"
    for wrong in ("-", ".", "5.", ".5", "+5", "1e2", "1e200000", "NaN", "٣", "9" * 22, "1_0"):
        assert not re.fullmatch(PLAIN_DECIMAL, wrong)
        with pytest.raises(ValidationError):
            field.clean(wrong)


def test_minus_nothing_is_written_as_nothing() -> None:
    """An amount of -0 came back as "-0.00", which the document's reader takes for less than nothing."""

    class Row:
        amount = Decimal("-0.000")
        currency = "USD"

    assert money("amount").read(Row()) == "0.00"
    assert decimal("amount").read(Row()) == "0.000"
    assert re.fullmatch(money("amount").schema["pattern"], money("amount").read(Row()))
