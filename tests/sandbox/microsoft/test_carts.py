"""Carts."""

from typing import Any

from sandbox.microsoft import Microsoft
from tests.sandbox.microsoft.asking import ARCHIVING, BUSINESS_STANDARD, E3, EXCHANGE_1, Asker

BASIC_PATH = "/products/CFQ7TTC0LH18/skus/0001/availabilities?country=US"


def line(item: str, number: int = 0, **more: Any) -> dict[str, Any]:
    """Return one line of a cart."""
    return {"id": number, "catalogItemId": item, "quantity": 1, "billingCycle": "monthly"} | more


def test_cart_is_made_read_changed_and_checked_out_once(partner: Asker) -> None:
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
    assert partner.post(f"{cart}/checkout").refused == (400, 800065)
    assert partner.ask("PUT", cart, {"lineItems": [line(E3)]}).refused == (400, 800065)


def test_lines_are_grouped_into_orders(partner: Asker) -> None:
    customer = partner.new_customer()
    item = partner.get(BASIC_PATH).json["items"][0]["catalogItemId"]
    lines = [line(item), line(item, 1), line(item, 2, termDuration="P1M"), line(E3, 3)]
    cart = partner.post(f"/customers/{customer}/carts", {"lineItems": lines}).json
    assert [kept["orderGroup"] for kept in cart["lineItems"]] == ["monthly-P1Y", "monthly-P1Y", "monthly-P1M", "OMS-3"]
    done = partner.post(f"/customers/{customer}/carts/{cart['id']}/checkout").json
    assert [(order["status"], len(order["lineItems"])) for order in done["orders"]] == [
        ("pending", 2),
        ("completed", 1),
    ]
    # The third Business Basic goes over the limit of two at a time, so its group fails alone.
    assert [(trouble["orderGroupId"], trouble["code"]) for trouble in done["orderErrors"]] == [("monthly-P1M", 27006)]


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


def test_cart_lives_fifteen_minutes(partner: Asker, microsoft: Microsoft) -> None:
    customer = partner.new_customer()
    cart = partner.post(f"/customers/{customer}/carts", {"lineItems": [line(E3)]}).json["id"]
    microsoft.advance(seconds=901)
    assert partner.get(f"/customers/{customer}/carts/{cart}").refused == (404, 800008)


def test_check_out_without_agreement_is_refused(partner: Asker) -> None:
    customer = partner.new_customer(agreed=False)
    cart = partner.post(f"/customers/{customer}/carts", {"lineItems": [line(E3)]}).json["id"]
    assert partner.post(f"/customers/{customer}/carts/{cart}/checkout").refused == (403, 13605)


def test_empty_cart_is_refused(partner: Asker) -> None:
    customer = partner.new_customer()
    assert partner.post(f"/customers/{customer}/carts", {"lineItems": []}).refused == (400, 27002)
