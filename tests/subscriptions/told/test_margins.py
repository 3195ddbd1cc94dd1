"""A reseller's margin is what it earns from below less what it owes upstream, and nobody else's to see."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.actors import SYSTEM, actor_of
from accounts.models import Reseller
from subscriptions.catalogue.delegation import Terms, delegate_plan
from subscriptions.night.renewals import renew_accounts
from subscriptions.told.margins import margins_of
from tests.factories import accounts as people
from tests.factories import subscriptions as make

pytestmark = pytest.mark.django_db
ORDERED_ON, BILLING_DAY = date(2018, 8, 20), date(2018, 9, 1)


def _margin(reseller: Reseller) -> list[tuple[str, Decimal, Decimal, Decimal]]:
    months = margins_of(actor_of(people.manager(reseller=reseller)), today=date(2018, 10, 9))
    return [(row.plan, row.earned, row.owed, row.margin) for month in months for row in month.rows]


def test_each_level_has_its_own_margin() -> None:
    cast = people.cast()
    plan = make.plan(reseller=cast.operator, name="Seats", prices={"seats": "8.00"})
    for reseller, retail in ((cast.north, "9.00"), (cast.north_east, "10.00")):
        prices = {"seats": Terms(retail=Decimal(retail), net_cost=Decimal("1.00"))}
        plan = delegate_plan(actor=SYSTEM, plan=plan, reseller=reseller, prices=prices, today=make.EARLY)
    seats = make.subscription(account=people.account(reseller=cast.north_east), plan=plan, today=ORDERED_ON)
    renew_accounts(account_ids=[seats.account_id], today=BILLING_DAY)
    assert _margin(cast.north_east) == [("Seats", Decimal("19.35"), Decimal("17.42"), Decimal("1.93"))]
    assert _margin(cast.north) == [("Seats", Decimal("17.42"), Decimal("15.48"), Decimal("1.94"))]
    assert _margin(cast.operator) == [("Seats", Decimal("15.48"), Decimal(0), Decimal("15.48"))]
    assert _margin(cast.south) == []
