"""Fees that follow their net cost: of a unit and of the plan itself, down the line, told, shown and refused."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.actors import SYSTEM
from notifications.models import Notification
from subscriptions.catalogue.delegation import Terms, delegate_plan
from subscriptions.catalogue.markups import Markup, MarkupNotAllowed, MarkupSet, set_markup
from subscriptions.catalogue.plans import Lasting, add_period
from subscriptions.catalogue.prices import (
    Fees,
    PlanFees,
    PriceNotAllowed,
    preview_plan_followers,
    set_plan_price,
    set_price,
)
from subscriptions.models import Plan, PlanPrice
from tests.factories import accounts as people
from tests.factories import discounts as grant
from tests.factories import subscriptions as make
from tests.remembering import remembered

pytestmark = pytest.mark.django_db
AUG20, SEP1, OCT1 = date(2018, 8, 20), date(2018, 9, 1), date(2018, 10, 1)
D = Decimal
OF_PLAN = PlanFees(setup_fee=D(20), recurring_fee=D(4), renewal_fee=D(10))


@pytest.fixture
def cast() -> people.Cast:
    """The operator, North and North-East, each with an administrator."""
    cast = people.cast()
    for reseller in (cast.operator, cast.north, cast.north_east):
        people.manager(reseller=reseller, language="en")
    return cast


@pytest.fixture
@remembered
def plans(cast: people.Cast) -> list[Plan]:
    """Racks of the operator: 8.00 a unit and month, 5.00 setup; 20.00, 4.00 a month and 10.00 for the plan itself.

    North's and North-East's are at what they pay and half as much, fees at twice that.
    """
    plans = [
        make.plan(reseller=cast.operator, name="Racks", billing_type="reservation", months=12, prices={"seats": "8"})
    ]
    _ask(plans[0], Fees(recurring_fee=D(8), setup_fee=D(5)), make.EARLY)
    set_plan_price(actor=SYSTEM, period=plans[0].periods.get(), fees=OF_PLAN, valid_from=make.EARLY, today=make.EARLY)
    for reseller in (cast.north, cast.north_east):
        terms = {"seats": Terms(retail=D(9))}
        plans.append(delegate_plan(actor=SYSTEM, plan=plans[-1], reseller=reseller, prices=terms, today=make.EARLY))
    for plan in plans[1:]:
        _rule(plan, Markup(percent=D(50), fee_percent=D(100)))
    Notification.objects.all().delete()
    return plans


def _ask(plan: Plan, fees: Fees, day: date, **more: object) -> None:
    set_price(
        actor=SYSTEM, plan_resource=plan.resources.get(), fees=fees, valid_from=day, today=min(day, AUG20), **more
    )


def _rule(plan: Plan, markup: Markup | None, on: date = AUG20) -> MarkupSet:
    return set_markup(actor=SYSTEM, plan=plan, markup=markup, valid_from=on, today=AUG20)


def _of_unit(plan: Plan, day: date) -> tuple[Decimal, Decimal]:
    row = plan.resources.get().prices.filter(valid_from__lte=day).order_by("valid_from", "pk").last()
    return (row.recurring_fee, row.setup_fee)


def _of_plan(plan: Plan, day: date) -> tuple[Decimal, Decimal, Decimal]:
    row = PlanPrice.objects.filter(period__plan=plan, valid_from__lte=day).order_by("valid_from", "pk").last()
    return (row.setup_fee, row.recurring_fee, row.renewal_fee)


def test_they_follow_down_the_line_on_the_same_day_and_everybody_is_told(cast: people.Cast, plans: list[Plan]) -> None:
    """Seen before: a rule made the month of a unit alone, and 40.00 of North's own fees would cost it 30.00 unseen."""
    assert [_of_unit(plan, AUG20) for plan in plans] == [(8, 5), (12, 10), (18, 20)]
    assert [_of_plan(plan, AUG20) for plan in plans] == [(20, 4, 10), (40, 8, 20), (80, 16, 40)]
    _ask(plans[0], Fees(recurring_fee=D(8), setup_fee=D(6)), SEP1)
    period = plans[0].periods.get()
    asked = {"actor": SYSTEM, "period": period, "fees": PlanFees(setup_fee=D(30), recurring_fee=D(4)), "today": AUG20}
    shown = preview_plan_followers(**asked, valid_from=OCT1)
    assert [(one.resource, one.old, one.new) for one in shown] == [
        ("12 months, setup fee", 40, 60), ("12 months, renewal fee", 20, 0),
        ("12 months, setup fee", 80, 120), ("12 months, renewal fee", 40, 0),
    ]  # fmt: skip
    with pytest.raises(PriceNotAllowed, match="since this was shown"):
        set_plan_price(**asked, valid_from=OCT1, seen=[])
    made = set_plan_price(**asked, valid_from=OCT1, seen=shown)
    assert [_of_unit(plan, SEP1) for plan in plans] == [(8, 6), (12, 12), (18, 24)]
    assert [_of_plan(plan, SEP1) for plan in plans] == [(20, 4, 10), (40, 8, 20), (80, 16, 40)]
    assert [_of_plan(plan, OCT1) for plan in plans] == [(30, 4, 0), (60, 8, 0), (120, 16, 0)]
    norths = PlanPrice.objects.filter(period__plan=plans[1]).latest("pk")
    assert (norths.made_from, norths.made_by, norths.created_by) == (made, plans[1].markup_rules.get(), None)
    letters = Notification.objects.filter(event="net_cost_has_been_changed", user__reseller=cast.north)
    of_unit, of_plan = letters.order_by("pk").values_list("body_text", flat=True)
    assert "Racks, Seats, setup fee: from 01 Sep 2018 it costs you $6.00 instead of $5.00." in of_unit
    assert "Your price follows by your rule and is $12.00 then: $6.00 (50 %) is left." in of_unit
    assert "Racks, 12 months, setup fee: from 01 Oct 2018 it costs you $30.00 instead of $20.00." in of_plan


def test_a_discount_on_setup_fees_alone_moves_these_alone(cast: people.Cast, plans: list[Plan]) -> None:
    grant.of_reseller(cast.north, "50", valid_from=SEP1, on_recurring=False, on_renewal=False)
    assert (_of_unit(plans[1], SEP1), _of_plan(plans[1], SEP1)) == ((12, 5), (20, 8, 20))
    assert (_of_unit(plans[2], SEP1), _of_plan(plans[2], SEP1)) == ((18, 10), (40, 16, 40))


def test_what_a_rule_makes_is_not_entered_by_hand_until_it_ends(plans: list[Plan]) -> None:
    seats, period = plans[1].resources.get(), plans[1].periods.get()
    with pytest.raises(PriceNotAllowed, match=r"on that day it is \$10.00. End the rule first") as refused:
        _ask(plans[1], Fees(recurring_fee=D(12), setup_fee=D(9)), SEP1)
    assert refused.value.field == "setup_fee"
    _ask(plans[1], Fees(recurring_fee=D(0)), SEP1, by_rule=True)
    assert _of_unit(plans[1], SEP1) == (12, 10)
    by_hand = {"actor": SYSTEM, "period": period, "fees": PlanFees(setup_fee=D(1)), "valid_from": SEP1, "today": AUG20}
    with pytest.raises(PriceNotAllowed, match=r"on that day it is \$40.00"):
        set_plan_price(**by_hand)
    _rule(plans[1], Markup(percent=D(50)), SEP1)
    set_plan_price(**by_hand)
    assert _of_plan(plans[1], SEP1) == (1, 0, 0)
    assert seats.prices.latest("pk").recurring_fee == 12


def test_what_a_rule_made_ahead_gives_way_where_it_makes_fees_no_more(plans: list[Plan]) -> None:
    _ask(plans[0], Fees(recurring_fee=D(8), setup_fee=D(7)), OCT1)
    assert _of_unit(plans[1], OCT1) == (12, 14)
    ended = _rule(plans[1], None, SEP1)
    assert [_of_unit(plans[1], day) for day in (SEP1, OCT1)] == [(12, 10), (12, 10)]
    assert [(price.resource, price.day, price.old, price.new) for price in ended.prices] == [
        ("Seats, setup fee", OCT1, 14, 10)
    ]
    assert _of_unit(plans[2], OCT1) == (18, 20), "the level below pays what is asked"


def test_what_it_would_do_is_shown_with_what_it_leaves(plans: list[Plan]) -> None:
    done = _rule(plans[2], Markup(percent=D(50), fee_percent=D(50)), SEP1)
    assert [(price.resource, price.old, price.new, price.cost) for price in done.prices] == [
        ("Seats, setup fee", 20, 15, 10), ("12 months, recurring fee a month", 16, 12, 8),
        ("12 months, setup fee", 80, 60, 40), ("12 months, renewal fee", 40, 30, 20),
    ]  # fmt: skip


def test_a_period_that_is_added_has_the_fees_that_the_rule_makes(plans: list[Plan]) -> None:
    half = Lasting(duration=6, unit="month")
    for plan, fees in ((plans[0], OF_PLAN), (plans[1], PlanFees())):
        add_period(actor=SYSTEM, plan=plan, period=half, today=AUG20, plan_fees=fees)
    newest = PlanPrice.objects.filter(period__plan=plans[1], period__duration=6).latest("pk")
    assert (newest.setup_fee, newest.recurring_fee, newest.renewal_fee) == (40, 8, 20)


def test_fees_of_ones_own_plan_have_no_net_cost(plans: list[Plan]) -> None:
    with pytest.raises(MarkupNotAllowed, match="entered by hand") as refused:
        _rule(plans[0], Markup(fee_percent=D(10)))
    assert refused.value.field == "fee_percent"
    for percent in (D(-100), D("0.0000001"), D("NaN")):
        with pytest.raises(MarkupNotAllowed) as refused:
            _rule(plans[1], Markup(fee_percent=percent))
        assert refused.value.field == "fee_percent", percent
