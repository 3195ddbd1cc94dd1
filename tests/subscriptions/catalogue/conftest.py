"""The product owner of North, and what a plan is made of."""

import pytest

from accounts.actors import Actor
from accounts.models import Role
from subscriptions.catalogue.products import Timers, create_service_term
from subscriptions.catalogue.templates import Sold, create_template
from subscriptions.models import ApplicationTemplate, ServiceTerm
from tests.factories import accounts as people
from tests.remembering import remembered


@pytest.fixture
def cast(db: None) -> people.Cast:
    """The operator, North, North-East below it, South."""
    return people.cast()


@pytest.fixture
def owner(cast: people.Cast) -> Actor:
    """The product owner of North."""
    return people.manager_actor(reseller=cast.north, role=Role.OWNER)


@pytest.fixture
@remembered
def template(cast: people.Cast, owner: Actor) -> ApplicationTemplate:
    """Seats and disks without a vendor, of North."""
    resources = [Sold(key="seats", name="Seats"), Sold(key="disks", name="Disks")]
    return create_template(actor=owner, reseller=cast.north, name="Office", connection=None, resources=resources)


@pytest.fixture
@remembered
def term(cast: people.Cast, owner: Actor) -> ServiceTerm:
    """Service terms of North with the first as billing day."""
    return create_service_term(
        actor=owner, reseller=cast.north, name="Monthly", key="monthly", timers=Timers(billing_day=1)
    )
