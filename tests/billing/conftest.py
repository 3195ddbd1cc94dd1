"""Acme and a plan of seats."""

from datetime import date

import pytest

from accounts.models import Account
from subscriptions.models import Plan, Subscription
from tests.factories import accounts as cast
from tests.factories import subscriptions as make

ORDERED_ON = date(2018, 8, 20)


@pytest.fixture
def acme(db: None) -> Account:
    """A customer of the operator who pays in advance and has no credit."""
    return cast.account(name="Acme")


@pytest.fixture
def plan(db: None) -> Plan:
    """Seats at 10.00 a month, endless, billing day 1, no vendor."""
    return make.plan()


@pytest.fixture
def seats(acme: Account, plan: Plan) -> Subscription:
    """Five seats, ordered and paid on 20 August: 19.35 are reserved."""
    return make.subscription(account=acme, plan=plan, today=ORDERED_ON)
