"""What a plan costs itself: kept for its periods where its type charges it, refused by name where it does not."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.actors import SYSTEM
from billing.models import Charge
from core.errors import Refused
from subscriptions.catalogue.plans import Lasting, add_period
from subscriptions.catalogue.prices import PlanFees, set_plan_price
from subscriptions.models import PlanPrice
from tests.factories import accounts as cast
from tests.factories import subscriptions as make

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


def test_a_fee_of_the_plan_is_charged_with_an_order_and_kept_for_new_periods():
    plan = make.plan(billing_type="payg_internal")
    period = plan.periods.get()
    for fee, day in (("5", TODAY), ("7", TODAY + timedelta(days=1))):
        set_plan_price(actor=SYSTEM, period=period, fees=PlanFees(setup_fee=Decimal(fee)), valid_from=day, today=TODAY)
    order = make.order(account=cast.account(), plan=plan, today=TODAY)
    charge = Charge.objects.get(order=order)
    assert (charge.subscription_resource, charge.type, charge.amount) == (None, "setup_fee", 5)
    assert charge.plan_price == PlanPrice.objects.get(period=period, setup_fee=5)
    assert str(plan) in charge.description


def test_a_fee_that_the_type_does_not_take_is_refused_by_its_name():
    plan = make.plan(months=1)
    with pytest.raises(Refused) as no:
        set_plan_price(
            actor=SYSTEM,
            period=plan.periods.get(),
            fees=PlanFees(recurring_fee=Decimal(1)),
            valid_from=TODAY,
            today=TODAY,
        )
    assert no.value.field == "recurring_fee"
    with pytest.raises(Refused) as no:
        add_period(
            actor=SYSTEM,
            plan=plan,
            period=Lasting(duration=2, unit="month"),
            today=TODAY,
            plan_fees=PlanFees(transfer_fee=Decimal(1)),
        )
    assert no.value.field == "plan.transfer_fee"
    with pytest.raises(Refused) as no:
        set_plan_price(
            actor=SYSTEM, period=plan.periods.get(), fees=PlanFees(), valid_from=TODAY - timedelta(days=1), today=TODAY
        )
    assert no.value.field == "valid_from"
