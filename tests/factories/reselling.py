"""A plan handed down a line of resellers, for tests of what each level pays and asks."""

from datetime import date
from decimal import Decimal

from accounts.actors import SYSTEM
from subscriptions.catalogue.delegation import Terms, delegate_plan
from subscriptions.catalogue.markups import Markup, MarkupSet, set_markup
from subscriptions.contract.prices import prices_on
from subscriptions.models import Plan
from tests.factories import accounts as people
from tests.factories import subscriptions as make
from tests.remembering import remembered


@remembered
def line(cast: people.Cast, *retail: str) -> list[Plan]:
    """Return the plan "Seats" of the operator, North and North-East, each with its retail price of a seat and month."""
    plans = [make.plan(reseller=cast.operator, name="Seats", prices={"seats": retail[0]})]
    for reseller, price in zip((cast.north, cast.north_east), retail[1:], strict=True):
        terms = {"seats": Terms(retail=Decimal(price))}
        plans.append(delegate_plan(actor=SYSTEM, plan=plans[-1], reseller=reseller, prices=terms, today=make.EARLY))
    return plans


@remembered
def follow(plan: Plan, percent: str, today: date, *, on: date | None = None, **markup: object) -> MarkupSet:
    """Have the plan's prices follow their net cost from a day on, by default from today."""
    wanted = Markup(percent=Decimal(percent), **markup)
    return set_markup(actor=SYSTEM, plan=plan, markup=wanted, valid_from=on or today, today=today)


def price_on(plan: Plan, day: date) -> Decimal:
    """Return the price of a seat and month that holds on a day."""
    seats = plan.resources.get().pk
    return prices_on([seats], day)[seats].recurring_fee
