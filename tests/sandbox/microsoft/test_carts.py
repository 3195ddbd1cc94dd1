"""Carts."""

from contextlib import suppress
from typing import Any

import pytest
import requests

from sandbox.microsoft import Microsoft
from tests.sandbox.microsoft.asking import ARCHIVING, BUSINESS_STANDARD, E3, EXCHANGE_1, Asker

BASIC_PATH = "/products/CFQ7TTC0LH18/skus/0001/availabilities?country=US"


def line(item: str, number: int = 0, **more: Any) -> dict[str, Any]:
    """Return one line of a cart."""
    return {"id": number, "catalogItemId": item, "quantity": 1, "billingCycle": "monthly"} | more


def test_cart_is_made_read_changed_and_checked_out(partner: Asker) -> None:
    customer = partner.new_customer()
    path = f"/customers/{customer}/carts"
    made = partner.post(path, {"lineItems": [line(E3, friendlyName="Ours")]})
    assert made.status == 201
    assert made.json["status"] == "Active"
    assert made.json["lineItems"][0] == line(E3, friendlyName="Ours") | {"currencyCode": "USD", "orderGroup": "OMS-0"}
    cart = f"{path}/{made.json['id']}"
    assert partner.get(cart).json == made.json
    changed = partner.ask("PUT", cart, {"lineItems": [line(E3, quantity=2)]})
    assert changed.json["lineItems"][0]["quantity"] == 2
    done = partner.post(f"{cart}/checkout")
    assert done.status == 201
    assert [order["lineItems"][0]["quantity"] for order in done.json["orders"]] == [2]
    assert "orderErrors" not in done.json
    assert partner.get(cart).json["status"] == "Ordered"
    assert partner.ask("PUT", cart, {"lineItems": [line(E3)]}).refused == (400, 800065)


def test_lines_are_grouped_into_orders(partner: Asker) -> None:
    customer = partner.new_customer()
    item = partner.get(BASIC_PATH).json["items"][0]["catalogItemId"]
    lines = [line(item), line(item, 1), line(item, 2, termDuration="P1M", quantity=301), line(E3, 3)]
    cart = partner.post(f"/customers/{customer}/carts", {"lineItems": lines}).json
    assert [kept["orderGroup"] for kept in cart["lineItems"]] == ["monthly-P1Y", "monthly-P1Y", "monthly-P1M", "OMS-3"]
    done = partner.post(f"/customers/{customer}/carts/{cart['id']}/checkout").json
    assert [(order["status"], len(order["lineItems"])) for order in done["orders"]] == [
        ("pending", 2),
        ("completed", 1),
    ]
    assert [(trouble["orderGroupId"], trouble["code"]) for trouble in done["orderErrors"]] == [("monthly-P1M", 2002)]


def test_check_out_may_succeed_in_part(partner: Asker) -> None:
    customer = partner.new_customer()
    lines = [line(BUSINESS_STANDARD, quantity=301), line(E3, 1)]
    cart = partner.post(f"/customers/{customer}/carts", {"lineItems": lines}).json
    assert cart["lineItems"][0]["error"]["errorCode"] == "2002"
    assert "error" not in cart["lineItems"][1]
    done = partner.post(f"/customers/{customer}/carts/{cart['id']}/checkout").json
    assert [order["lineItems"][0]["offerId"] for order in done["orders"]] == [E3]
    assert [(trouble["orderGroupId"], trouble["code"]) for trouble in done["orderErrors"]] == [("OMS-0", 2002)]


def test_add_on_names_its_base_in_the_provisioning_context(partner: Asker) -> None:
    customer = partner.new_customer()
    base = partner.subscription(customer, EXCHANGE_1, 1)
    context = {"parentSubscriptionId": base["id"]}
    cart = partner.post(
        f"/customers/{customer}/carts", {"lineItems": [line(ARCHIVING, provisioningContext=context)]}
    ).json
    done = partner.post(f"/customers/{customer}/carts/{cart['id']}/checkout").json
    assert done["orders"][0]["lineItems"][0]["parentSubscriptionId"] == base["id"]


def test_cart_lives_seven_days(partner: Asker, microsoft: Microsoft) -> None:
    customer = partner.new_customer()
    cart = partner.cart(customer, line(E3))
    microsoft.advance(days=6.9)
    partner.sign_in(microsoft)
    assert partner.get(cart).json["status"] == "Active"
    microsoft.advance(days=0.2)
    partner.sign_in(microsoft)
    assert partner.get(cart).refused == (404, 800008)
    assert partner.post(f"{cart}/checkout").refused == (404, 800008)


def test_checkout_may_be_repeated_and_answers_as_the_first_did(partner: Asker, microsoft: Microsoft) -> None:
    customer = partner.new_customer()
    cart = partner.cart(customer, line(E3))
    first = partner.post(f"{cart}/checkout")
    assert partner.post(f"{cart}/checkout").json == first.json
    assert microsoft.counts()["subscriptions"] == 1
    microsoft.behave(checkout_repeats=False)
    assert partner.post(f"{cart}/checkout").refused == (400, 800065)


@pytest.mark.parametrize("kind", ["drop_after", "error_after", "timeout_after", "unreadable_after"])
def test_checkout_whose_answer_is_lost_is_repeated_without_buying_twice(
    partner: Asker, microsoft: Microsoft, kind: str
) -> None:
    customer = partner.new_customer()
    cart = partner.cart(customer, line(E3))
    microsoft.fail(kind, method="POST", path="/checkout$")
    with suppress(requests.ConnectionError):
        partner.post(f"{cart}/checkout")
    assert len(partner.post(f"{cart}/checkout").json["orders"]) == 1
    assert microsoft.counts()["orders"] == 1


def test_checkout_that_placed_nothing_is_a_new_attempt(partner: Asker, microsoft: Microsoft) -> None:
    customer = partner.new_customer()
    cart = partner.cart(customer, line(E3))
    microsoft.behave(licence_limit=0)
    failed = partner.post(f"{cart}/checkout")
    assert (failed.status, failed.json["orders"], failed.json["orderErrors"][0]["code"]) == (201, [], 800018)
    assert partner.get(cart).json["status"] == "Active"
    microsoft.behave(licence_limit=None)
    assert len(partner.post(f"{cart}/checkout").json["orders"]) == 1


def test_checkout_that_goes_on_is_answered_with_409_until_it_is_done(partner: Asker, microsoft: Microsoft) -> None:
    customer = partner.new_customer()
    cart, twin, other = (partner.cart(customer, line(item)) for item in (E3, E3, EXCHANGE_1))
    microsoft.fail("slow_checkout", seconds=90)
    identity = {"MS_RequestId": "the-same"}
    assert partner.post(f"{cart}/checkout", **identity).status == 504
    assert partner.post(f"{cart}/checkout", **identity).refused == (409, 800064)
    assert partner.post(f"{twin}/checkout").refused == (409, 800060)
    assert partner.post(f"{other}/checkout").status == 201
    microsoft.advance(seconds=91)
    assert len(partner.post(f"{cart}/checkout", **identity).json["orders"]) == 1
    assert microsoft.counts()["orders"] == 2


def test_outdated_availability_is_the_lines_error(partner: Asker, microsoft: Microsoft) -> None:
    customer = partner.new_customer()
    item = partner.get(BASIC_PATH).json["items"][0]["catalogItemId"]
    fresh = partner.cart(customer, line(item, termDuration="P1Y"))
    microsoft.behave(availabilities=2)
    body = {"lineItems": [line(item, termDuration="P1Y")]}
    stale = partner.post(f"/customers/{customer}/carts", body).json["lineItems"][0]
    assert stale["error"]["errorCode"] == "10001"
    assert partner.post(f"{fresh}/checkout").json["orderErrors"][0]["code"] == 10001


def test_partners_attestation_may_be_demanded(partner: Asker, microsoft: Microsoft) -> None:
    customer = partner.new_customer()
    microsoft.behave(partner_attestation_required=True)
    without, attested = (
        partner.cart(customer, line(E3), **members) for members in ({}, {"PartnerOnRecordAttestationAccepted": True})
    )
    assert partner.post(f"{without}/checkout").refused == (400, 900206)
    assert partner.post(f"{attested}/checkout").status == 201


def test_check_out_without_agreement_is_refused(partner: Asker) -> None:
    customer = partner.new_customer(agreed=False)
    cart = partner.post(f"/customers/{customer}/carts", {"lineItems": [line(E3)]}).json["id"]
    assert partner.post(f"/customers/{customer}/carts/{cart}/checkout").refused == (403, 13605)


def test_empty_cart_is_refused(partner: Asker) -> None:
    customer = partner.new_customer()
    assert partner.post(f"/customers/{customer}/carts", {"lineItems": []}).refused == (400, 27002)
