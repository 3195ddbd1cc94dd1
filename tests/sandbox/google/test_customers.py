"""Customers: the four outcomes of a look, what is demanded, and how one changes hands."""

from typing import Any

import pytest

from sandbox.google import Google
from tests.sandbox.google.asking import DOMAIN, RESELLER, STARTER, Asker, customer_of

CUSTOMERS = f"{RESELLER}/customers"


def test_a_free_domain_is_not_found_and_a_customer_is_told_by_id_and_domain(asker: Asker) -> None:
    assert asker.refused("GET", f"{CUSTOMERS}/{DOMAIN}") == (404, "notFound")
    made = asker.customer(phoneNumber="+14255550100")
    assert (made["kind"], made["customerDomain"], made["phoneNumber"]) == ("reseller#customer", DOMAIN, "+14255550100")
    assert made["postalAddress"]["kind"] == "customers#address"
    assert asker.told("GET", f"{CUSTOMERS}/{DOMAIN}") == asker.told("GET", f"{CUSTOMERS}/{made['customerId']}") == made
    assert asker.refused("POST", CUSTOMERS, customer_of()) == (409, "duplicate")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"customerDomain": f"www.{DOMAIN}"}, "invalid"),
        ({"customerDomain": "nodomain"}, "invalid"),
        ({"alternateEmail": f"marty@{DOMAIN}"}, "invalid"),
        ({"alternateEmail": f"marty@mail.{DOMAIN}"}, "invalid"),
        ({"postalAddress": {"contactName": "M", "organizationName": "A", "postalCode": "1"}}, "required"),
        ({"postalAddress": {**customer_of()["postalAddress"], "countryCode": "usa"}}, "invalid"),
        ({"postalAddress": {**customer_of()["postalAddress"], "organizationName": "A" * 256}}, "invalid"),
    ],
)
def test_what_is_demanded(asker: Asker, changes: dict[str, Any], reason: str) -> None:
    assert asker.refused("POST", CUSTOMERS, customer_of(**changes)) == (400, reason)


def test_a_bad_phone_number_is_dropped_silently_and_some_countries_are_not_sold_to(
    asker: Asker, google: Google
) -> None:
    assert "phoneNumber" not in asker.customer(phoneNumber="555")
    google.behave(resold_everywhere=False)
    address = {**customer_of()["postalAddress"], "countryCode": "BY"}
    assert asker.refused("POST", CUSTOMERS, customer_of("x.example", postalAddress=address)) == (400, "invalid")


def test_a_record_is_replaced_or_patched(asker: Asker) -> None:
    made = asker.customer()
    path = f"{CUSTOMERS}/{made['customerId']}"
    patched = asker.told("PATCH", path, {"postalAddress": {"locality": "Hill Valley"}})
    assert patched["postalAddress"] == {**made["postalAddress"], "locality": "Hill Valley"}
    replaced = asker.told("PUT", path, customer_of(alternateEmail="doc@elsewhere.example"))
    assert (replaced["alternateEmail"], "locality" in replaced["postalAddress"]) == ("doc@elsewhere.example", False)


def test_anothers_customer_is_told_in_short_and_comes_by_a_token(asker: Asker, google: Google) -> None:
    customer = google.sold_elsewhere(domain=DOMAIN, sku=STARTER, seats=7)
    told = asker.told("GET", f"{CUSTOMERS}/{DOMAIN}")
    assert told == {"customerId": customer, "customerDomain": DOMAIN, "customerType": "domain"}
    assert asker.refused("GET", f"{CUSTOMERS}/{customer}/subscriptions/x") == (403, "forbidden")
    assert asker.refused("POST", CUSTOMERS, customer_of()) == (409, "duplicate")
    assert asker.refused("POST", CUSTOMERS, customer_of(), customerAuthToken="wrong") == (400, "invalid")
    token = google.transfer_token(domain=DOMAIN)
    google.advance(days=31)
    asker.token = asker.sign_in().json()["access_token"]
    assert asker.refused("POST", CUSTOMERS, customer_of(), customerAuthToken=token) == (400, "invalid")
    token = google.transfer_token(domain=DOMAIN)
    assert asker.told("POST", CUSTOMERS, customer_of(), customerAuthToken=token)["customerId"] == customer


def test_one_that_another_reseller_took_over_is_no_longer_ours(asker: Asker, google: Google) -> None:
    path, customer = asker.active()
    google.take_away(domain=DOMAIN)
    assert "postalAddress" not in asker.told("GET", f"{CUSTOMERS}/{customer}")
    assert asker.refused("GET", path) == (403, "forbidden")
