"""Acme's owner, admin and user, each signed in, and a plan to order."""

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AccessLevel, Account, User
from subscriptions.models import Plan, Subscription
from tests.factories import accounts as cast
from tests.factories import billing as money
from tests.factories import subscriptions as make
from tests.factories.accounts import signed_in
from tests.vendors.conftest import (  # noqa: F401 - fixtures for the tests of this folder
    admin,
    example,
    example_vendor,
    microsoft,
    microsoft_server,
    now,
    office365,
)


@pytest.fixture
def today() -> date:
    """The day that the views read from the clock."""
    return timezone.localdate()


@pytest.fixture
def acme(db: None) -> Account:
    """A customer of the operator who pays in advance and has no credit."""
    return cast.account(name="Acme", primary_name="Acme", email="acme@example.com")


@pytest.fixture
def owner(acme: Account) -> User:
    """Acme's owner."""
    return cast.customer_user(account=acme, access_level=AccessLevel.OWNER, name="Olga Owner")


@pytest.fixture
def client(owner: User) -> Client:
    """The browser of Acme's owner."""
    return signed_in(owner)


@pytest.fixture
def browser_of(acme: Account) -> Callable[[str], Client]:
    """Return the browser of somebody of Acme with the access level."""
    return lambda level: signed_in(cast.customer_user(account=acme, access_level=level))


@pytest.fixture
def plan(db: None) -> Plan:
    """Seats at 10.00 a month, endless, billing day 1, no vendor."""
    return make.plan(name="Backup")


@pytest.fixture
def subscription(acme: Account, plan: Plan, today: date) -> Subscription:
    """Five seats, paid and active, and 500.00 left on the balance."""
    money.top_up(account=acme, amount="500.00", today=today)
    return make.subscription(account=acme, plan=plan, today=today)


@pytest.fixture
def foreign(plan: Plan, today: date) -> Subscription:
    """A subscription of another customer of the same seller."""
    return make.subscription(account=cast.account(name="Other"), plan=plan, today=today)
