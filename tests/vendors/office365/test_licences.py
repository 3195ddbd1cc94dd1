"""What Microsoft tells of offers and licences, and the changes that it would not allow."""

import pytest
import requests

from core.errors import Refused
from sandbox.microsoft.offers import BY_ID
from tests.vendors.office365.bench import E3, Office365Bench
from tests.vendors.office365.orders import (
    ARCHIVING,
    an_order,
    basic,
    provision,
    service_of,
)
from vendors.base import Resource, Service


def assign_licences(bench: Office365Bench, customer_id: str, users: int) -> None:
    """Give E3 licences to users, as the customer's administrator does."""
    headers = {"Authorization": f"Bearer {bench.secrets['access_token']}"}
    base = f"{bench.base_url}/partnercenter/v1/customers/{customer_id}/users"
    for number in range(users):
        person = {
            "usageLocation": "US",
            "userPrincipalName": f"user{number}@acme.onmicrosoft.com",
            "firstName": "User",
            "lastName": str(number),
            "displayName": f"User {number}",
            "passwordProfile": {"password": "Sandbox-1-password", "forceChangePassword": True},
        }
        made = requests.post(base, json=person, headers=headers, timeout=10)
        assert made.status_code == 201, made.text
        user_id = made.content.decode("utf-8-sig").split('"id":"')[1].split('"')[0]
        update = {"licensesToAssign": [{"skuId": BY_ID[E3.lower()].product_id.lower()}]}
        given = requests.post(f"{base}/{user_id}/licenseupdates", json=update, headers=headers, timeout=10)
        assert given.status_code == 201, given.text


def test_quantity_below_the_licences_in_use_is_refused_with_the_least_possible(bench: Office365Bench) -> None:
    service = service_of(provision(bench, an_order()), {"seats": Resource(E3, 5)})
    assign_licences(bench, service.vendor_ids["customer_id"], 3)
    bench.plugin.check(bench.connection(), service, {"seats": 3})
    with pytest.raises(Refused) as refusal:
        bench.plugin.check(bench.connection(), service, {"seats": 2})
    assert (refusal.value.field, str(refusal.value)) == (
        "seats",
        "3 licences are assigned to users: keep at least 3, or take licences away from users first.",
    )
    facts = {fact.name: fact.value for fact in bench.plugin.facts(bench.connection(), service)}
    assert (facts["licences.seats"], facts["licences_in_use.seats"]) == ("5", "3")


def test_licences_of_another_subscription_of_the_product_count_too(bench: Office365Bench) -> None:
    service = service_of(provision(bench, an_order()), {"seats": Resource(E3, 5)})
    provision(
        bench,
        an_order(reference="order:18:provision", vendor_ids=service.vendor_ids, resources={"seats": Resource(E3, 2)}),
    )
    assign_licences(bench, service.vendor_ids["customer_id"], 4)
    bench.plugin.check(bench.connection(), service, {"seats": 2})
    with pytest.raises(Refused, match="keep at least 2"):
        bench.plugin.check(bench.connection(), service, {"seats": 1})


def test_quantity_outside_the_offers_bounds_is_refused(bench: Office365Bench) -> None:
    service = Service({}, basic(5))
    bench.plugin.check(bench.connection(), service, {"seats": 300})
    with pytest.raises(Refused) as refusal:
        bench.plugin.check(bench.connection(), service, {"seats": 301})
    assert str(refusal.value) == (
        "Microsoft sells Microsoft 365 Business Basic from 1 to 300 units: choose a quantity between them."
    )


def test_catalogue_lists_licence_offers_that_are_sold(bench: Office365Bench) -> None:
    offers = {offer.id: offer for offer in bench.plugin.catalogue(bench.connection())}
    assert offers[E3].name == "Office 365 Enterprise E3"
    assert (offers[E3].minimum, offers[E3].maximum, offers[E3].unit) == (1, 10_000_000, "Licenses")
    assert (offers[ARCHIVING].is_add_on, offers[E3].is_add_on) == (True, False)
    assert [offer.name for offer in offers.values() if offer.is_trial and not offer.terms] == [
        "Microsoft 365 Business Standard Trial"
    ]
    assert "MS-AZR-0145P" not in offers
    assert not [offer.name for offer in offers.values() if "retired" in offer.name]
