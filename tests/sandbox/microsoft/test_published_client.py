"""The client that Microsoft's own description of 2019 generates (partnercenterservices, unmodified) works here."""

from typing import Any

import pytest
from microsoft.store.partnercenterservices import MicrosoftPartnerStoreApis, models
from msrest.authentication import BasicTokenAuthentication
from msrest.exceptions import DeserializationError

from sandbox.microsoft import Microsoft
from tests.sandbox.microsoft.asking import ARCHIVING, E3, E3_SKU, EXCHANGE_1, Asker, customer_body

VERSION = {"version": "1"}


@pytest.fixture
def client(partner: Asker) -> Any:
    """The published client, told where the sandbox is."""
    token = BasicTokenAuthentication({"access_token": partner.token})
    return MicrosoftPartnerStoreApis(token, base_url=f"{partner.base_url}/partnercenter")


def test_offers(client: Any) -> None:
    offers = client.getvversionofferscountrycountry.value(country="US", **VERSION)
    assert (offers.total_count, offers.items[0].supported_billing_cycles) == (16, ["annual", "monthly"])
    offer = client.getvversionoffersoffer.value1(offer_id=E3, country="US", **VERSION)
    assert (offer.name, offer.product.unit, offer.term) == ("Office 365 Enterprise E3", "Licenses", 1)
    add_ons = client.getvversionoffersoffer.value(offer_id=EXCHANGE_1, country="US", **VERSION)
    assert [found.id for found in add_ons.items] == [ARCHIVING]
    categories = client.getvversionoffercategoriescountrycountry.value(country="US", **VERSION)
    assert categories.items[0].id == "Enterprise_Key"


def test_customers_and_profiles(client: Any, partner: Asker) -> None:
    """It cannot read its own making of a customer: it takes the password, published as text, for an object."""
    body = models.MicrosoftPartnerSdkContractsV1Customer.deserialize(customer_body())
    with pytest.raises(DeserializationError, match="'str' object has no attribute 'get'"):
        client.postvversioncustomers(customer_profile=body, **VERSION)
    (listed,) = client.getvversioncustomersfilterfilter.value(**VERSION).items
    made = partner.get("/customers").json["items"][0]["id"]
    assert (listed.id, listed.company_profile.company_name) == (made, "Acme")
    read = client.getvversioncustomerscustomer
    assert read.id(customer_id=made, **VERSION).company_profile.domain == "acme.onmicrosoft.com"
    profile = read.idprofilesbilling(customer_id=made, **VERSION)
    profile.company_name = "Acme and Sons"
    client.putvversioncustomerscustomer.idprofilesbilling(
        customer_id=made,
        customer_billing_profile=profile,
        custom_headers={"If-Match": f'"{profile.attributes.etag}"'},
        **VERSION,
    )
    assert read.idprofilescompany(customer_id=made, **VERSION).company_name == "Acme and Sons"
    assert client.getvversionprofilesmpnmpn_idmpn_id.value(mpn_id="4847383", **VERSION).mpn_id == "4847383"
    business = client.getvversionprofileslegalbusinessvetting_versionvetting_version.value(**VERSION)
    assert (business.company_name, business.vetting_status) == ("Sandbox Partner", "authorized")
    assert client.getvversionprofilesorganization(**VERSION).domain == "sandboxpartner.onmicrosoft.com"


def test_orders_and_subscriptions(client: Any, partner: Asker) -> None:
    customer = {"customer_id": partner.new_customer(), **VERSION}
    line = models.MicrosoftPartnerSdkContractsV1OrderLineItem(line_item_number=0, offer_id=EXCHANGE_1, quantity=5)
    order = models.MicrosoftPartnerSdkContractsV1Order(
        reference_customer_id=customer["customer_id"], billing_cycle="monthly", line_items=[line]
    )
    placed = client.postvversioncustomerscustomer.idorders(order=order, **customer)
    assert (placed.status, placed.line_items[0].quantity) == ("completed", 5)
    read = client.getvversioncustomerscustomer
    assert read.value7(**customer).items[0].id == placed.id
    assert read.id5(order_id=placed.id, **customer).creation_date == placed.creation_date
    identity = {"subscription_id": placed.line_items[0].subscription_id}
    subscription = read.id6(**identity, **customer)
    subscription.quantity = 7
    changed = client.patchvversioncustomerscustomer.id4(subscription=subscription, **identity, **customer)
    assert (changed.quantity, read.value9(**customer).items[0].quantity) == (7, 7)
    assert read.idprovisioningstatus(**identity, **customer).status == "success"
    add_on = models.MicrosoftPartnerSdkContractsV1OrderLineItem(
        line_item_number=0, offer_id=ARCHIVING, quantity=2, parent_subscription_id=identity["subscription_id"]
    )
    body = models.MicrosoftPartnerSdkContractsV1Order(line_items=[add_on])
    grown = client.patchvversioncustomerscustomer.id3(order=body, order_id=placed.id, **customer)
    assert [found.offer_id for found in grown.line_items] == [EXCHANGE_1, ARCHIVING]
    assert len(read.idaddons(**identity, **customer).items) == 1
    assert {sku.total_units for sku in read.value4(**customer).items} == {7, 2}


def test_what_the_new_commerce_writes_is_read_by_it_too(client: Any, partner: Asker, microsoft: Microsoft) -> None:
    customer = {"customer_id": partner.new_customer(), **VERSION}
    bought = partner.buy(customer["customer_id"], E3_SKU)
    read = client.getvversioncustomerscustomer.id6(subscription_id=bought["id"], **customer)
    assert (read.offer_id, read.quantity, read.status) == (bought["offerId"], 5, "active")
    cart = partner.cart(customer["customer_id"], {"catalogItemId": EXCHANGE_1}).rpartition("/")[2]
    done = client.postvversioncustomerscustomer.idcheckout(cart_id=cart, **customer)
    assert [order.line_items[0].offer_id for order in done.orders] == [EXCHANGE_1]
    assert microsoft.counts()["orders"] == 2
