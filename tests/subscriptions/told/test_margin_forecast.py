"""A reseller's months to come are what its margins then are, at each level, and no other level's."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actors import SYSTEM, Forbidden, actor_of
from accounts.models import Reseller, Role
from billing.engine.periods import add_months
from subscriptions.catalogue.delegation import Terms, delegate_plan
from subscriptions.models import ResourcePrice
from subscriptions.night.renewals import renew_accounts
from subscriptions.told import margin_forecast as told
from subscriptions.told.margin_forecast import MONTHS, margin_forecast
from subscriptions.told.margins import margins_of
from tests.factories import accounts as people
from tests.factories import subscriptions as make
from tests.factories.billing import top_up

pytestmark = pytest.mark.django_db
ORDERED_ON = date(2018, 8, 20)
Figures = dict[date, tuple[Decimal, Decimal, Decimal]]


def _foreseen(reseller: Reseller, today: date) -> Figures:
    """Return what is foreseen of each month: earned, owed, margin."""
    found = margin_forecast(actor_of(people.manager(reseller=reseller)), today)
    assert found is not None
    assert found.left_out == 0
    return {
        month: (one.charged + one.from_below, one.owed, one.margin)
        for months in found.sums.values()
        for month, one in months.items()
        if one != type(one)()
    }


def _came(reseller: Reseller, today: date) -> Figures:
    months = margins_of(actor_of(people.manager(reseller=reseller)), today=today)
    return {month.day: (row.earned, row.owed, row.margin) for month in months for row in month.sums}


def test_each_level_foresees_its_own_margins_to_the_cent() -> None:
    cast = people.cast()
    plan = make.plan(reseller=cast.operator, name="Seats", prices={"seats": "8.00"})
    seats = plan.resources.get()
    priced = {"recurring_fee": Decimal("8.00"), "net_cost": Decimal("3.50"), "entered_on": make.EARLY}
    ResourcePrice.objects.create(plan_resource=seats, valid_from=make.EARLY, **priced)
    own = make.plan(reseller=cast.north, name="Own", months=2, prices={"seats": "3.33"})
    for reseller, retail in ((cast.north, "9.00"), (cast.north_east, "10.00")):
        prices = {"seats": Terms(retail=Decimal(retail))}
        plan = delegate_plan(actor=SYSTEM, plan=plan, reseller=reseller, prices=prices, today=make.EARLY)
    accounts = []
    for seller, sold, seats in ((cast.north_east, plan, 5), (cast.north_east, plan, 5), (cast.north, own, 3)):
        account = people.account(reseller=seller)
        make.subscription(account=account, plan=sold, today=ORDERED_ON, quantities={"seats": seats})
        accounts.append(account)
    levels = (cast.operator, cast.north, cast.north_east, cast.south)
    foreseen = [_foreseen(reseller, ORDERED_ON) for reseller in levels]
    until = add_months(ORDERED_ON.replace(day=1), MONTHS + 1) - timedelta(days=1)
    for account in accounts:
        top_up(account=account, amount="10000", today=ORDERED_ON)
    renew_accounts(account_ids=[account.pk for account in accounts], today=until)
    came = [_came(reseller, until) for reseller in levels]
    assert foreseen == came
    assert [len(months) for months in foreseen] == [12, 12, 12, 0]
    assert foreseen[2][date(2018, 9, 1)] == (Decimal("38.70"), Decimal("34.84"), Decimal("3.86"))


def test_alike_are_counted_and_what_is_too_different_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    operator = people.operator()
    plan, other = make.plan(reseller=operator), make.plan(reseller=operator)
    manager = actor_of(people.manager(reseller=operator))

    def sold(count: int) -> None:
        for _number in range(count):
            make.subscription(account=people.account(reseller=operator), plan=plan, today=ORDERED_ON)

    sold(1)
    with CaptureQueriesContext(connection) as one:
        alone = margin_forecast(manager, ORDERED_ON)
    sold(2)
    with CaptureQueriesContext(connection) as three:
        found = margin_forecast(manager, ORDERED_ON)
    month = date(2018, 10, 1)
    assert len(one) == len(three)
    assert alone is not None
    assert found is not None
    assert found.sums["USD"][month].charged == 3 * alone.sums["USD"][month].charged == Decimal(150)
    make.subscription(account=people.account(reseller=operator), plan=other, today=ORDERED_ON)
    monkeypatch.setattr(told, "SITUATIONS_AT_MOST", 1)
    cut = margin_forecast(manager, ORDERED_ON)
    assert cut is not None
    assert (cut.left_out, cut.sums["USD"][month].charged) == (1, Decimal(150))


def test_who_may_not_see_what_resellers_owe_foresees_nothing() -> None:
    with pytest.raises(Forbidden):
        margin_forecast(actor_of(people.manager(role=Role.SALES)), ORDERED_ON)
