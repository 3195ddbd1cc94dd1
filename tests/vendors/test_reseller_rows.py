"""What a reseller is called at a vendor is kept once for each connection."""

import pytest
from django.db import IntegrityError

from tests.factories import accounts as cast
from vendors.models import VendorConnection
from vendors.reseller_rows import ResellerAtVendor

pytestmark = pytest.mark.django_db


def test_it_has_one_name_over_a_connection(office365: VendorConnection) -> None:
    north = cast.reseller(name="North")
    row = ResellerAtVendor.objects.create(reseller=north, connection=office365, values={"id": "1"})
    assert str(row) == "North Office 365"
    with pytest.raises(IntegrityError):
        ResellerAtVendor.objects.create(reseller=north, connection=office365)
