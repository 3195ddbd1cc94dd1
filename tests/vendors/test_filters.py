"""The journal of exchanges is searched and filtered like every list, and shows whole addresses."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Role
from tests.factories import accounts as cast
from vendors.models import VendorConnection, VendorExchange

pytestmark = pytest.mark.django_db

LONG = (
    "https://api.partnercenter.microsoft.com/v1/customers/7d3c1a90-0000-4111-8222-333344445555/orders/of/one/customer"
)


def test_exchanges_are_searched_filtered_and_shown_whole():
    connection = VendorConnection.objects.create(reseller=cast.operator(), plugin="office365", name="Ours", settings={})
    other = VendorConnection.objects.create(reseller=cast.operator(), plugin="office365", name="Other", settings={})
    for number in range(120):
        VendorExchange.objects.create(
            connection=connection, method="GET", url=f"https://vendor.example/{number}", status=200, milliseconds=3
        )
    VendorExchange.objects.create(connection=connection, method="POST", url=LONG, status=404, milliseconds=900)
    VendorExchange.objects.create(connection=other, method="POST", url=LONG, error="timed out", milliseconds=9)
    client = Client()
    client.force_login(cast.manager(role=Role.ADMIN))
    address = reverse("operator:vendor_connection_journal", args=[connection.pk])

    def totals(**query: str) -> tuple[str, list[str]]:
        page = client.get(address, query).context["list"]
        return page.total, [tab.count for tab in page.quick]

    assert totals() == ("121", ["121", "1", "1"])
    assert totals(q="333344445555/orders") == ("1", ["1", "1", "1"])
    assert totals(method="POST")[0] == "1"
    assert totals(status_min="400", url="CUSTOMERS")[0] == "1"
    assert totals(milliseconds_max="10")[0] == "120"
    assert LONG in client.get(address, {"quick": "failed"}).content.decode()
