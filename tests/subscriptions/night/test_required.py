"""What the coming billing day needs of an account: what is active, and not what is stopped."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.actors import SYSTEM
from accounts.models import Account
from billing.models import Charge
from subscriptions.models import Plan
from subscriptions.night.required import required_funds
from subscriptions.people.stopping import stop
from tests.factories import subscriptions as make
from tests.subscriptions.conftest import ORDERED_ON

BILLING_DAY = date(2018, 9, 1)


@pytest.mark.django_db
def test_required_funds_are_the_next_period_of_what_is_active(acme: Account, plan: Plan) -> None:
    """G-I16."""
    make.subscription(account=acme, plan=plan, today=ORDERED_ON)
    stopped = make.subscription(account=acme, plan=plan, today=ORDERED_ON)
    stop(actor=SYSTEM, subscription=stopped, today=date(2018, 8, 25))
    assert required_funds(acme, day=BILLING_DAY) == Decimal("50.00")
    assert required_funds(acme, day=date(2018, 9, 2)) == 0
    assert Charge.objects.filter(operate_from=BILLING_DAY).count() == 0
