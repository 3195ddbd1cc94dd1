"""A unit costs what upstream asks less its discount, or what the vendor takes."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.actors import SYSTEM
from subscriptions.catalogue.delegation import Terms, delegate_plan
from subscriptions.catalogue.prices import Fees, set_price
from subscriptions.contract.costs import costs_on
from tests.factories import accounts as people
from tests.factories import subscriptions as make

DAY = date(2018, 8, 20)


@pytest.mark.django_db
def test_of_a_plan_of_ones_own_the_vendors_price_else_upstreams_retail() -> None:
    cast = people.cast()
    own, unknown = make.plan(reseller=cast.operator, prices={"seats": "8.00"}), make.plan(reseller=cast.operator)
    fees = Fees(recurring_fee=Decimal("8.00"))
    vendors = Decimal("3.50")
    set_price(
        actor=SYSTEM, plan_resource=own.resources.get(), fees=fees, valid_from=DAY, today=DAY, net_cost=vendors
    )  # fmt: skip
    prices = {"seats": Terms(retail=Decimal("10.00"))}
    sold = delegate_plan(actor=SYSTEM, plan=own, reseller=cast.north, prices=prices, today=DAY)
    ids = [plan.resources.get().pk for plan in (own, sold, unknown)]
    assert costs_on(ids, DAY) == {ids[0]: vendors, ids[1]: Decimal("8.00")}
