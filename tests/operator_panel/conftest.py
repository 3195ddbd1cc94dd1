"""A signed-in administrator of the operator, a customer with money, a plan, and days on which things happen."""

from collections.abc import Callable
from datetime import date
from html import unescape
from re import sub

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Account, Role, User
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
def administrator(db: None) -> User:
    """An administrator of the operator."""
    return cast.manager()


@pytest.fixture
def client(administrator: User) -> Client:
    """The administrator's browser."""
    return signed_in(administrator)


@pytest.fixture
def as_role(db: None) -> Callable[[str], Client]:
    """Return what signs in a manager of the operator with a role."""
    return lambda role: signed_in(cast.manager(role=Role(role)))


@pytest.fixture
def today() -> date:
    """The day on which the pages act."""
    return timezone.localdate()


@pytest.fixture
def acme(db: None) -> Account:
    """A customer of the operator without money."""
    return cast.account(name="Acme", primary_name="Acme")


@pytest.fixture
def rich(acme: Account, today: date) -> Account:
    """The same with 1,000.00 on the balance."""
    money.top_up(account=acme, amount="1000.00", today=today)
    return acme


@pytest.fixture
def plan(db: None) -> Plan:
    """Seats at 10.00 a month, endless, billing day 1, no vendor."""
    return make.plan()


@pytest.fixture
def subscription(rich: Account, plan: Plan, today: date) -> Subscription:
    """Five seats of Acme, active since today."""
    return make.subscription(account=rich, plan=plan, today=today)


def text_of(answer: object) -> str:
    """Return what a page says, without tags and with single spaces."""
    return " ".join(unescape(sub(r"<[^>]+>", " ", answer.content.decode())).split())


def errors_of(answer: object) -> dict[str, list[str]]:
    """Return the sentences beside the fields of a page's form; those above the form under "__all__"."""
    assert answer.status_code == 422, answer.status_code
    return {name: [str(one) for one in sentences] for name, sentences in answer.context["form"].errors.items()}
