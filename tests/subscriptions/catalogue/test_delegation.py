"""Plans handed down, and switched off for all below."""

from dataclasses import asdict
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
from subscriptions.catalogue.plans import Lasting, add_period
from subscriptions.catalogue.prices import Fees, PlanFees, PriceNotAllowed, set_plan_price, set_price
from subscriptions.models import Plan, PlanPrice
from tests.factories import accounts as people
from tests.factories import discounts as grant
from tests.factories import subscriptions as make

pytestmark = pytest.mark.django_db
TODAY = date(2018, 8, 1)
PRICES = {"seats": Terms(retail=Decimal(12))}


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
    assert (price.recurring_fee, price.net_cost, price.valid_from) == (12, 10, TODAY)
    assert copy.periods.get().endless

    account = people.account(reseller=cast.north)
    order = make.order(account=account, plan=copy, today=date(2018, 9, 1))
    assert order.total == Decimal("60.00")


def test_the_copy_starts_with_the_fees_that_the_plan_has_today(cast: people.Cast) -> None:
    plan = make.plan(reseller=cast.operator, billing_type="reservation", months=3)
    later = date(2018, 8, 2)
    once = {"setup_fee": Decimal(3), "renewal_fee": Decimal(2)}
    own = PlanFees(setup_fee=Decimal(25), recurring_fee=Decimal(4), renewal_fee=Decimal(10), transfer_fee=Decimal(6))
    for fees, of_plan, day in (
        (Fees(recurring_fee=Decimal(10), **once), own, TODAY),
        (Fees(recurring_fee=Decimal(10), setup_fee=Decimal(99)), PlanFees(setup_fee=Decimal(99)), later),
    ):
        set_price(actor=SYSTEM, plan_resource=plan.resources.get(), fees=fees, valid_from=day, today=TODAY)
        set_plan_price(actor=SYSTEM, period=plan.periods.get(), fees=of_plan, valid_from=day, today=TODAY)
    add_period(actor=SYSTEM, plan=plan, period=Lasting(duration=1, unit="month", trial=True), today=TODAY)
    copy = _delegated(_delegated(plan, cast.north), cast.north_east)  # and further down
    price = copy.resources.get().prices.get()
    assert (price.recurring_fee, price.setup_fee, price.renewal_fee, price.net_cost) == (12, 3, 2, 12)
    kept = PlanPrice.objects.get(period__plan=copy)
    assert (kept.period.trial, kept.period.duration, kept.valid_from, kept.entered_on) == (False, 3, TODAY, TODAY)
    assert {name: getattr(kept, name) for name in PlanFees.__dataclass_fields__} == asdict(own)
    copy.periods.filter(trial=True).delete()
    buyer = people.account(reseller=cast.north_east)
    order = make.order(account=buyer, plan=copy, today=TODAY, transfer=True)
    assert order.total == 5 * (3 * 12 + 3) + 25 + 3 * 4 + 6


def test_a_copy_of_what_a_vendor_takes_has_the_plans_markup(cast: people.Cast) -> None:
    plan = make.plan(reseller=cast.operator, billing_type="payg_external")
    markup = PlanFees(markup=Decimal("7.5"))
    set_plan_price(actor=SYSTEM, period=plan.periods.get(), fees=markup, valid_from=TODAY, today=TODAY)
    assert PlanPrice.objects.get(period__plan=_delegated(plan, cast.north)).markup == Decimal("7.5")


def test_what_is_granted_below_is_off_the_net_cost(cast: people.Cast, plan: Plan) -> None:
    grant.of_reseller(cast.north, "20")
    assert _delegated(plan, cast.north).resources.get().prices.get().net_cost == 8


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
        _delegated(plan, cast.north_east, prices={"seats": Terms(retail=Decimal(-1))})
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


def test_the_reseller_sets_its_retail_price_and_nobody_types_its_net_cost(cast: people.Cast, plan: Plan) -> None:
    copy = _delegated(plan, cast.north)
    resource = copy.resources.get()
    own: Actor = people.manager_actor(reseller=cast.north)
    fees = Fees(recurring_fee=Decimal(15))
    price = set_price(actor=own, plan_resource=resource, fees=fees, valid_from=TODAY, today=TODAY)
    assert (price.recurring_fee, price.net_cost) == (15, 10)
    for actor in (own, people.manager_actor(reseller=cast.operator)):
        with pytest.raises(PriceNotAllowed) as refusal:
            set_price(
                actor=actor, plan_resource=resource, fees=fees, valid_from=TODAY, today=TODAY, net_cost=Decimal(1)
            )
        assert refusal.value.field == "net_cost"


def _statuses(*plans: Plan) -> list[str]:
    known = dict(Plan.objects.values_list("pk", "status"))
    return [known[plan.pk] for plan in plans]
