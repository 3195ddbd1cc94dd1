"""Price lists, and the prices that are valid on a day."""

from datetime import date
from decimal import Decimal

import pytest

from subscriptions.contract.prices import ordering_prices, price_lists
from subscriptions.models import Plan, ResourcePrice
from tests.factories import subscriptions as make

pytestmark = pytest.mark.django_db
EARLY = make.EARLY


def _price(plan: Plan, fee: str, valid_from: date, entered_on: date) -> None:
    ResourcePrice.objects.create(
        plan_resource=plan.resources.get(), valid_from=valid_from, entered_on=entered_on, recurring_fee=Decimal(fee)
    )


def test_the_night_of_a_day_knows_what_was_entered_before_it(plan: Plan) -> None:
    day, pk = date(2018, 9, 1), plan.resources.get().pk
    _price(plan, "12", day, date(2018, 8, 31))
    _price(plan, "13", day, day)
    known = price_lists([pk])[pk]
    assert [(price.valid_from, price.amount) for price in known] == [(EARLY, 10), (day, 12), (day, 13)]
    assert [price.row for price in known] == sorted(price.row for price in known if price.row)
    assert price_lists([pk], entered_before=day)[pk][-1] == known[1]
    assert ordering_prices([pk], day) == {pk: Decimal(13)}
    assert ordering_prices([pk], date(2009, 1, 1)) == {}
