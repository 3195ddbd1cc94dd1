"""Plans handed down, and switched off for all below."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.actors import SYSTEM, Actor, Forbidden
from accounts.models import Role
from subscriptions.catalogue.delegation import (
    DelegationNotAllowed,
    PlanIsThatAlready,
    PlanSwitchedOff,
    Terms,
    activate_plan,
    deactivate_plan,
    delegate_plan,
)
from subscriptions.catalogue.prices import Fees, PriceNotAllowed, set_price
from subscriptions.models import Plan
from tests.factories import accounts as people
from tests.factories import subscriptions as make

pytestmark = pytest.mark.django_db
TODAY = date(2018, 8, 1)
PRICES = {"seats": Terms(retail=Decimal(12), net_cost=Decimal(8))}


@pytest.fixture
def plan(cast: people.Cast) -> Plan:
    """A plan of the operator."""
    return make.plan(reseller=cast.operator, sku="O-1")


def _delegated(plan: Plan, reseller: object, **fields: object) -> Plan:
    return delegate_plan(
        **{"actor": SYSTEM, "plan": plan, "reseller": reseller, "prices": PRICES, "today": TODAY, **fields}
    )


def test_the_copy_has_prices_of_its_own(cast: people.Cast, plan: Plan) -> None:
    copy = _delegated(plan, cast.north)
    assert (copy.parent, copy.reseller, copy.sku, copy.template) == (plan, cast.north, "O-1", plan.template)
    price = copy.resources.get().prices.get()
    assert (price.recurring_fee, price.net_cost, price.valid_from) == (12, 8, TODAY)
    assert copy.periods.get().endless

    account = people.account(reseller=cast.north)
    order = make.order(account=account, plan=copy, today=date(2018, 9, 1))
    assert order.total == Decimal("60.00")


def test_a_copy_is_handed_further_down(cast: people.Cast, plan: Plan) -> None:
    north = _delegated(plan, cast.north)
    assert _delegated(north, cast.north_east).parent == north


def test_where_a_plan_cannot_go(cast: people.Cast, plan: Plan) -> None:
    _delegated(plan, cast.north)
    euro = people.reseller(currency="EUR")
    make.plan(reseller=cast.south, sku="O-1")
    for reseller in (cast.north, cast.operator, euro, cast.south):
        with pytest.raises(DelegationNotAllowed):
            _delegated(plan, reseller)
    with pytest.raises(DelegationNotAllowed) as refusal:
        _delegated(plan, cast.north_east, prices={})
    assert (refusal.value.field, str(refusal.value)) == ("prices", "Enter prices for Seats.")
    with pytest.raises(PriceNotAllowed) as price:
        _delegated(plan, cast.north_east, prices={"seats": Terms(retail=Decimal(-1), net_cost=Decimal(1))})
    assert price.value.field == "prices.seats.retail"


def test_only_the_provider_delegates(cast: people.Cast, plan: Plan) -> None:
    for actor in (
        people.manager_actor(reseller=cast.north),
        people.manager_actor(reseller=cast.operator, role=Role.MARKETING),
    ):
        with pytest.raises(Forbidden):
            _delegated(plan, cast.north, actor=actor)


def test_switching_off_reaches_all_below_and_comes_back(cast: people.Cast, plan: Plan) -> None:
    north = _delegated(plan, cast.north)
    east = _delegated(north, cast.north_east)
    south = _delegated(plan, cast.south)
    deactivate_plan(actor=SYSTEM, plan=south)

    deactivate_plan(actor=SYSTEM, plan=plan)
    assert _statuses(plan, north, east, south) == [
        "inactive",
        "deactivated_by_provider",
        "deactivated_by_provider",
        "inactive",
    ]
    for own in (north, south):
        with pytest.raises(PlanSwitchedOff):
            activate_plan(actor=SYSTEM, plan=own)
    with pytest.raises(PlanIsThatAlready):
        deactivate_plan(actor=SYSTEM, plan=plan)

    activate_plan(actor=SYSTEM, plan=plan)
    assert _statuses(plan, north, east, south) == ["active", "active", "active", "inactive"]
    with pytest.raises(PlanIsThatAlready):
        activate_plan(actor=SYSTEM, plan=plan)


def test_a_copy_of_a_plan_out_of_sale_is_out_of_sale(cast: people.Cast, plan: Plan) -> None:
    deactivate_plan(actor=SYSTEM, plan=plan)
    assert _delegated(plan, cast.north).status == "deactivated_by_provider"


def test_the_reseller_sets_its_retail_price_and_the_provider_the_net_cost(cast: people.Cast, plan: Plan) -> None:
    copy = _delegated(plan, cast.north)
    resource = copy.resources.get()
    own: Actor = people.manager_actor(reseller=cast.north)
    fees = Fees(recurring_fee=Decimal(15))
    price = set_price(actor=own, plan_resource=resource, fees=fees, valid_from=TODAY, today=TODAY)
    assert (price.recurring_fee, price.net_cost) == (15, 8)
    with pytest.raises(PriceNotAllowed) as refusal:
        set_price(actor=own, plan_resource=resource, fees=fees, valid_from=TODAY, today=TODAY, net_cost=Decimal(1))
    assert refusal.value.field == "net_cost"
    provider = people.manager_actor(reseller=cast.operator)
    cheaper = set_price(
        actor=provider, plan_resource=resource, fees=fees, valid_from=TODAY, today=TODAY, net_cost=Decimal(7)
    )
    assert cheaper.net_cost == 7


def _statuses(*plans: Plan) -> list[str]:
    known = dict(Plan.objects.values_list("pk", "status"))
    return [known[plan.pk] for plan in plans]
