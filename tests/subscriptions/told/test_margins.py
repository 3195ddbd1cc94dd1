"""A reseller's margin is what it earns from below less what it owes upstream, and nobody else's to see."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.actors import SYSTEM, actor_of
from accounts.models import Reseller
from subscriptions.catalogue.delegation import Terms, delegate_plan
from subscriptions.catalogue.prices import Fees, set_price
from subscriptions.night.renewals import renew_accounts
from subscriptions.people.switching import switch_plan
from subscriptions.told.margins import margins_of
from tests.factories import accounts as people
from tests.factories import subscriptions as make
from tests.factories.billing import pay

pytestmark = pytest.mark.django_db
ORDERED_ON, BILLING_DAY = date(2018, 8, 20), date(2018, 9, 1)


def _margin(reseller: Reseller) -> list[tuple[str, Decimal, Decimal, Decimal]]:
    months = margins_of(actor_of(people.manager(reseller=reseller)), today=date(2018, 10, 9))
    return [(row.plan, row.earned, row.owed, row.margin) for month in months for row in month.rows]


def test_each_level_has_its_own_margin() -> None:
    cast = people.cast()
    plan = make.plan(reseller=cast.operator, name="Seats", prices={"seats": "8.00"})
    for reseller, retail in ((cast.north, "9.00"), (cast.north_east, "10.00")):
        prices = {"seats": Terms(retail=Decimal(retail))}
        plan = delegate_plan(actor=SYSTEM, plan=plan, reseller=reseller, prices=prices, today=make.EARLY)
    seats = make.subscription(account=people.account(reseller=cast.north_east), plan=plan, today=ORDERED_ON)
    renew_accounts(account_ids=[seats.account_id], today=BILLING_DAY)
    assert _margin(cast.north_east) == [("Seats", Decimal("19.35"), Decimal("17.42"), Decimal("1.93"))]
    assert _margin(cast.north) == [("Seats", Decimal("17.42"), Decimal("15.48"), Decimal("1.94"))]
    assert _margin(cast.operator) == [("Seats", Decimal("15.48"), Decimal(0), Decimal("15.48"))]
    assert _margin(cast.south) == []


def test_what_was_charged_stays_with_the_plan_that_was_sold_after_a_switch() -> None:
    """Five days of a delegated plan at 9.00, 8.00 of it upstream; then North's own at 10.00 for a vendor's 3.00."""
    cast, switched_on = people.cast(), date(2018, 8, 25)
    upstream = make.plan(reseller=cast.operator, name="Seats", prices={"seats": "8.00"})
    prices = {"seats": Terms(retail=Decimal("9.00"))}
    plan = delegate_plan(actor=SYSTEM, plan=upstream, reseller=cast.north, prices=prices, today=make.EARLY)
    own = make.plan(reseller=cast.north, name="Own", prices={"seats": "10.00"})
    price = {"fees": Fees(recurring_fee=Decimal("10.00")), "net_cost": Decimal("3.00")}
    set_price(
        actor=SYSTEM, plan_resource=own.resources.get(), valid_from=ORDERED_ON, today=ORDERED_ON, **price
    )  # fmt: skip
    seats = make.subscription(account=people.account(reseller=cast.north), plan=plan, today=ORDERED_ON)
    order = switch_plan(
        actor=SYSTEM,
        subscription=seats,
        period=own.periods.get(),
        quantities={"seats": 5},
        today=switched_on,
        now=make.noon(switched_on),
    )
    pay(order=order, today=switched_on)
    renew_accounts(account_ids=[seats.account_id], today=BILLING_DAY)
    assert _margin(cast.north) == [
        ("Own", Decimal("11.29"), Decimal("3.39"), Decimal("7.90")),
        ("Seats", Decimal("7.26"), Decimal("6.45"), Decimal("0.81")),
    ]
    assert _margin(cast.operator) == [("Seats", Decimal("6.45"), Decimal(0), Decimal("6.45"))]
