"""What resellers are called at vendors: who may say it, what the vendor answers, and whom a sale names."""

from datetime import datetime
from typing import Any

import pytest

from accounts.actors import Actor, Forbidden, actor_of
from accounts.models import Role
from core.errors import Refused
from sandbox.microsoft.world import RESELLERS
from tests.factories import accounts as cast
from tests.vendors.consenting import consent
from vendors.models import VendorConnection
from vendors.questions import VendorUnavailable
from vendors.reseller_rows import ResellerAtVendor
from vendors.resellers import (
    ResellerNotNamed,
    ask_vendor_of_reseller,
    name_reseller,
    named_at_vendors,
    reseller_told,
)

pytestmark = pytest.mark.django_db
(FIRST, (_NAME, ITS_ID)), (SECOND, (_OTHER, OTHER_ID)) = RESELLERS.items()
PAIR = {"reseller_tenant": FIRST, "reseller_partner_id": ITS_ID}


def named(**said: Any) -> ResellerAtVendor | None:
    """Have the vendor check it and keep what it says, as the page does."""
    return name_reseller(**{**said, "values": ask_vendor_of_reseller(**said)})


@pytest.fixture
def granted(admin: Actor, office365: VendorConnection, now: datetime) -> VendorConnection:
    return consent(admin, office365, now)


def test_it_is_kept_as_the_vendor_has_it_and_forgotten_when_emptied(
    admin: Actor, granted: VendorConnection, now: datetime
) -> None:
    north = cast.reseller(name="North")
    told = {"reseller_tenant": "", "reseller_partner_id": ITS_ID}
    row = named(actor=admin, reseller=north, connection=granted, values=told, now=now)
    assert row is not None
    assert (row.values, row.checked_at, row.checked_by) == (PAIR, now, admin.user)
    (shown,) = named_at_vendors(admin, north)
    assert ([value for _field, value in shown.values], shown.may_change) == ([FIRST, ITS_ID], True)
    assert named(actor=admin, reseller=north, connection=granted, values={}, now=now) is None
    assert not ResellerAtVendor.objects.exists()
    assert named_at_vendors(admin, north)[0].known is None


def test_the_vendors_no_stands_at_its_field_and_nothing_is_kept(
    admin: Actor, granted: VendorConnection, now: datetime
) -> None:
    told = {"reseller_tenant": FIRST, "reseller_partner_id": OTHER_ID}
    with pytest.raises(VendorUnavailable) as refused:
        named(actor=admin, reseller=cast.reseller(name="North"), connection=granted, values=told, now=now)
    assert refused.value.field == "reseller_partner_id"
    assert not ResellerAtVendor.objects.exists()


def test_only_resellers_below_the_connection_are_named(admin: Actor, granted: VendorConnection, now: datetime) -> None:
    with pytest.raises(ResellerNotNamed):
        named(actor=admin, reseller=admin.reseller, connection=granted, values=PAIR, now=now)
    assert named_at_vendors(admin, admin.reseller) == []


def test_a_reseller_does_not_name_itself(granted: VendorConnection, admin: Actor, now: datetime) -> None:
    """Its own people see what it is called and not over what it is asked: the list is that of all resellers."""
    north = cast.reseller(name="North")
    its_own = actor_of(cast.manager(reseller=north))
    with pytest.raises(ResellerNotNamed):
        named(actor=its_own, reseller=north, connection=granted, values=PAIR, now=now)
    assert named_at_vendors(its_own, north) == []
    named(actor=admin, reseller=north, connection=granted, values=PAIR, now=now)
    (shown,) = named_at_vendors(its_own, north)
    assert ([value for _field, value in shown.values], shown.may_change) == ([FIRST, ITS_ID], False)


def test_it_takes_the_right_to_change_resellers(granted: VendorConnection, now: datetime) -> None:
    marketing = actor_of(cast.manager(role=Role.MARKETING))
    with pytest.raises(Forbidden):
        named(actor=marketing, reseller=cast.reseller(name="N"), connection=granted, values=PAIR, now=now)


def test_a_connection_that_lets_nothing_be_asked_keeps_nothing(
    admin: Actor, office365: VendorConnection, now: datetime
) -> None:
    with pytest.raises(Refused):
        named(actor=admin, reseller=cast.reseller(name="N"), connection=office365, values=PAIR, now=now)
    assert not ResellerAtVendor.objects.exists()


def test_a_sale_names_the_nearest_of_its_chain(office365: VendorConnection) -> None:
    north = cast.reseller(name="North")
    east = cast.reseller(name="East", parent=north)
    assert reseller_told(east.pk, office365) == {}
    ResellerAtVendor.objects.create(reseller=north, connection=office365, values={"id": "north"})
    assert reseller_told(east.pk, office365) == reseller_told(north.pk, office365) == {"id": "north"}
    ResellerAtVendor.objects.create(reseller=east, connection=office365, values={"id": "east"})
    assert reseller_told(east.pk, office365) == {"id": "east"}
    assert reseller_told(north.pk, office365) == {"id": "north"}
    assert reseller_told(office365.reseller_id, office365) == reseller_told(east.pk, None) == {}
