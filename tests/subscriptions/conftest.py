"""Acme, a plan, and a vendor that plays along."""

from datetime import date

import pytest

from accounts.models import Account
from subscriptions.models import Plan
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.vendors.conftest import admin, example, example_vendor  # noqa: F401 - fixtures for the tests of this folder
from vendors.models import ConnectionState, VendorConnection

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
def backup_plan(example: VendorConnection) -> Plan:  # noqa: F811 - the fixture imported above
    """The same over the example vendor."""
    example.state = ConnectionState.GRANTED
    example.save(update_fields=["state"])
    return make.plan(connection=example)
