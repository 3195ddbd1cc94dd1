"""The levels above a seller are read for many at once, with what each asks and from when."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actors import SYSTEM
from subscriptions.catalogue.delegation import Terms, delegate_plan
from subscriptions.contract.chains import chains_of
from subscriptions.models import Plan, PlanPrice
from tests.factories import accounts as people
from tests.factories import subscriptions as make

pytestmark = pytest.mark.django_db
AUG20 = date(2018, 8, 20)


@pytest.fixture
def cast() -> people.Cast:
    """The operator, North and North-East below it."""
    return people.cast()


def _handed_down(plan: Plan, *resellers: object) -> Plan:
    for reseller in resellers:
        prices = {"seats": Terms(retail=Decimal("9.00"))}
        plan = delegate_plan(actor=SYSTEM, plan=plan, reseller=reseller, prices=prices, today=make.EARLY)
    return plan


def test_each_level_sells_to_the_one_below_and_nobody_sells_a_plan_of_ones_own(cast: people.Cast) -> None:
    own = make.plan(reseller=cast.operator, prices={"seats": "8.00"})
    sold = _handed_down(own, cast.north, cast.north_east)
    make.reprice(plan=own, fee="8.50", today=AUG20)
    PlanPrice.objects.create(
        period=sold.parent.periods.get(), valid_from=make.EARLY, entered_on=make.EARLY, transfer_fee=Decimal(3)
    )
    seats, endless = sold.resources.get().pk, sold.periods.get().pk
    resources, periods = chains_of([seats, own.resources.get().pk], [endless, own.periods.get().pk])
    assert [(level.creditor, level.debtor) for level in resources[seats]] == [
        (cast.north.pk, cast.north_east.pk), (cast.operator.pk, cast.north.pk),
    ]  # fmt: skip
    assert [[price.recurring_fee for price in level.retail] for level in resources[seats]] == [
        [Decimal("9.00")], [Decimal("8.00"), Decimal("8.50")],
    ]  # fmt: skip
    assert list(resources) == [seats], "nobody stands above a plan of one's own"
    assert [[price.transfer_fee for price in level.retail] for level in periods[endless]] == [[3], []]

    of_the_night, _ = chains_of([seats], [], entered_before=AUG20)
    assert [len(level.retail) for level in of_the_night[seats]] == [1, 1]


def test_without_a_delegated_plan_it_is_one_statement(cast: people.Cast) -> None:
    own = make.plan(reseller=cast.operator)
    with CaptureQueriesContext(connection) as captured:
        assert chains_of([own.resources.get().pk], []) == ({}, {})
    assert len([query for query in captured if "WITH RECURSIVE" in query["sql"]]) == 1
    assert chains_of([], []) == ({}, {})
