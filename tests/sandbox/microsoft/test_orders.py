"""Orders: lines, refusals, add-ons, billing cycle, modern orders that take their time."""

from typing import Any

import pytest

from sandbox.microsoft import Microsoft
from sandbox.microsoft.offers import OFFERS
from tests.sandbox.microsoft.asking import ARCHIVING, BUSINESS_STANDARD, E3, EXCHANGE_1, Asker, order_body

TRIAL = next(offer.id for offer in OFFERS if offer.trial)
RETIRED = next(offer.id for offer in OFFERS if not offer.available)
BASIC_PATH = "/products/CFQ7TTC0LH18/skus/0001/availabilities?country=US"


def test_legacy_order_is_completed_at_once(partner: Asker, microsoft: Microsoft) -> None:
    customer = partner.new_customer()
    placed = partner.order(customer, BUSINESS_STANDARD.lower(), 7, friendlyName="Ours")
    assert placed.status == 201
    line = placed.json["lineItems"][0]
    assert (placed.json["status"], line["offerId"], line["quantity"]) == ("completed", BUSINESS_STANDARD, 7)
    subscription = partner.get(line["links"]["subscription"]["uri"]).json
    assert (subscription["friendlyName"], subscription["quantity"]) == ("Ours", 7)
    assert subscription["orderId"] == placed.json["id"].upper()
    assert partner.get(f"/customers/{customer}/orders/{placed.json['id'].upper()}").json == placed.json
    assert partner.get(f"/customers/{customer}/orders").json["items"] == [placed.json]
    assert microsoft.counts()["orders"] == 1


def test_several_lines_are_all_ordered(partner: Asker) -> None:
    customer = partner.new_customer()
    body = order_body(customer, BUSINESS_STANDARD, 1)
    body["lineItems"].append({"lineItemNumber": 1, "offerId": E3, "quantity": "2"})
    lines = partner.post(f"/customers/{customer}/orders", body).json["lineItems"]
    assert [(line["lineItemNumber"], line["offerId"], line["quantity"]) for line in lines] == [
        (0, BUSINESS_STANDARD, 1),
        (1, E3, 2),
    ]


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        ({"offerId": "none"}, (400, 800004)),
        ({"offerId": RETIRED}, (403, 2091)),
        ({"quantity": 0}, (400, 2002)),
        ({"quantity": 301}, (400, 2002)),
        ({"quantity": None}, (400, 2002)),
        ({"lineItemNumber": 3}, (400, 27002)),
        ({"billingCycle": "weekly"}, (400, 27002)),
        ({"billingCycle": "none"}, (400, 27002)),
        ({"offerId": TRIAL}, (400, 27002)),
        ({"partnerIdOnRecord": "4391507"}, (400, 2071)),
        ({"offerId": ARCHIVING}, (400, 27002)),
        ({"offerId": ARCHIVING, "parentSubscriptionId": "none"}, (404, 20003)),
    ],
)
def test_refused_lines(partner: Asker, microsoft: Microsoft, line: dict[str, Any], refusal: tuple[int, int]) -> None:
    customer = partner.new_customer()
    body = order_body(customer, **({"offer": BUSINESS_STANDARD, "quantity": 5} | line))
    assert partner.post(f"/customers/{customer}/orders", body).refused == refusal
    assert microsoft.counts()["subscriptions"] == 0


def test_order_for_another_customer_or_without_lines_is_refused(partner: Asker) -> None:
    customer = partner.new_customer()
    for change in ({"referenceCustomerId": "other"}, {"lineItems": []}):
        body = order_body(customer, BUSINESS_STANDARD, 1) | change
        assert partner.post(f"/customers/{customer}/orders", body).refused == (400, 27002)


def test_concurrent_limit_counts_active_subscriptions(partner: Asker) -> None:
    customer = partner.new_customer()
    first = partner.subscription(customer)
    partner.subscription(customer)
    assert partner.order(customer).refused == (400, 27006)
    partner.patch(f"/customers/{customer}/subscriptions/{first['id']}", first | {"status": "suspended"})
    assert partner.order(customer).status == 201


def test_trial_can_be_had_once(partner: Asker) -> None:
    customer = partner.new_customer()
    trial = partner.subscription(customer, TRIAL, 25, billingCycle="none")
    assert (trial["isTrial"], trial["autoRenewEnabled"]) == (True, False)
    partner.patch(f"/customers/{customer}/subscriptions/{trial['id']}", trial | {"status": "suspended"})
    assert partner.order(customer, TRIAL, 1, billingCycle="none").refused == (400, 27006)


def test_limits_of_the_integration_sandbox(partner: Asker, microsoft: Microsoft) -> None:
    microsoft.behave(subscription_limit=1, licence_limit=25)
    customer = partner.new_customer()
    assert partner.order(customer, E3, 26).refused == (400, 800018)
    assert partner.order(customer, E3, 25).status == 201
    assert partner.order(customer, E3, 1).refused == (400, 800018)


def test_add_on_joins_the_order_by_patch(partner: Asker) -> None:
    customer = partner.new_customer()
    base = partner.subscription(customer, EXCHANGE_1, 5)
    path = f"/customers/{customer}/orders/{base['orderId']}"
    line = {"lineItemNumber": 0, "offerId": ARCHIVING, "parentSubscriptionId": base["id"], "quantity": 2}
    changed = partner.patch(path, {"referenceCustomerId": customer, "lineItems": [line]})
    assert changed.status == 200
    assert [(item["lineItemNumber"], item["offerId"]) for item in changed.json["lineItems"]] == [
        (0, EXCHANGE_1),
        (1, ARCHIVING),
    ]
    add_ons = partner.get(f"/customers/{customer}/subscriptions/{base['id']}/addons").json["items"]
    assert [item["parentSubscriptionId"] for item in add_ons] == [base["id"]]
    # The whole order comes back with the next add-on: what it holds already is not bought again.
    again = partner.patch(path, {"lineItems": changed.json["lineItems"] + [line]})
    assert len(again.json["lineItems"]) == 3
    etags = [answer.json["attributes"]["etag"] for answer in (changed, again)]
    assert etags[0] != etags[1]


def test_add_on_of_a_wrong_or_suspended_base_is_refused(partner: Asker) -> None:
    customer = partner.new_customer()
    power_bi = partner.subscription(customer, "800F4F3B-CFE1-42C1-9CEA-675512810488", 1)
    assert partner.order(customer, ARCHIVING, 1, parentSubscriptionId=power_bi["id"]).refused == (400, 800029)
    base = partner.subscription(customer, EXCHANGE_1, 1)
    partner.patch(f"/customers/{customer}/subscriptions/{base['id']}", base | {"status": "suspended"})
    assert partner.order(customer, ARCHIVING, 1, parentSubscriptionId=base["id"]).refused == (409, 27009)


def test_billing_cycle_changes_by_patch_of_the_order(partner: Asker) -> None:
    customer = partner.new_customer()
    subscription = partner.subscription(customer)
    path = f"/customers/{customer}/orders/{subscription['orderId']}"
    assert partner.patch(path, {"BillingCycle": "none"}).refused == (400, 6001)
    assert partner.patch(path, {"BillingCycle": "annual"}).json["billingCycle"] == "annual"
    changed = partner.get(f"/customers/{customer}/subscriptions/{subscription['id']}").json
    assert changed["billingCycle"] == "annual"
    partner.patch(f"/customers/{customer}/subscriptions/{subscription['id']}", changed | {"status": "suspended"})
    assert partner.patch(path, {"BillingCycle": "monthly"}).refused == (400, 6000)


def test_modern_order_is_pending_before_it_is_completed(partner: Asker) -> None:
    customer = partner.new_customer()
    item = partner.get(BASIC_PATH).json["items"][0]["catalogItemId"]
    placed = partner.order(customer, item, 3, termDuration="P1M").json
    assert placed["status"] == "pending"
    assert "subscriptionId" not in placed["lineItems"][0]
    path = f"/customers/{customer}/orders/{placed['id']}"
    status = partner.get(f"{path}/provisioningstatus").json["items"]
    assert [(line["lineItemNumber"], line["status"]) for line in status] == [(0, "PrefulfillmentPending")]
    assert partner.get(f"/customers/{customer}/subscriptions").json["items"] == []
    assert partner.get(f"{path}/provisioningstatus").json["items"][0]["status"] == "Fulfilled"
    done = partner.get(path).json
    assert done["status"] == "completed"
    subscription = partner.get(done["lineItems"][0]["links"]["subscription"]["uri"]).json
    assert (subscription["offerId"], subscription["termDuration"]) == (item, "P1M")
    assert subscription["orderId"] == placed["id"]


def test_legacy_order_is_fulfilled(partner: Asker) -> None:
    customer = partner.new_customer()
    order = partner.order(customer).json["id"]
    status = partner.get(f"/customers/{customer}/orders/{order}/provisioningstatus").json
    assert status["items"][0]["quantityProvisioningInformation"] == [{"quantity": 5, "status": "Fulfilled"}]


def test_legacy_and_modern_lines_do_not_mix(partner: Asker) -> None:
    customer = partner.new_customer()
    body = order_body(customer, partner.get(BASIC_PATH).json["items"][0]["catalogItemId"], 1)
    body["lineItems"].append({"lineItemNumber": 1, "offerId": E3, "quantity": 1})
    assert partner.post(f"/customers/{customer}/orders", body).refused == (400, 800009)


def test_outdated_availability_is_refused(partner: Asker, microsoft: Microsoft) -> None:
    customer = partner.new_customer()
    item = partner.get(BASIC_PATH).json["items"][0]["catalogItemId"]
    microsoft.behave(availabilities=2)
    assert partner.order(customer, item, 1).refused == (400, 800004)


def test_unknown_order_is_404(partner: Asker) -> None:
    customer = partner.new_customer()
    assert partner.get(f"/customers/{customer}/orders/none").refused == (404, 20000)


def test_orders_of_one_billing_cycle(partner: Asker) -> None:
    customer = partner.new_customer()
    partner.order(customer)
    assert len(partner.get(f"/customers/{customer}/orders?billingType=monthly").json["items"]) == 1
    assert partner.get(f"/customers/{customer}/orders?billingType=annual").json["items"] == []


def test_order_may_be_unknown_for_a_while_and_its_subscription_late(partner: Asker, microsoft: Microsoft) -> None:
    microsoft.behave(order_visible_delay_seconds=30, subscription_id_delay_seconds=600, modern_pending_reads=0)
    customer = partner.new_customer()
    item = partner.get(BASIC_PATH).json["items"][0]["catalogItemId"]
    placed = partner.order(customer, item, 3).json
    path = f"/customers/{customer}/orders/{placed['id']}"
    assert partner.get(path).refused == (404, 20000)
    microsoft.advance(seconds=31)
    assert partner.get(path).json["status"] == "pending"
    microsoft.advance(seconds=570)
    assert partner.get(path).json["lineItems"][0]["subscriptionId"]


@pytest.mark.parametrize(("approved", "status"), [(True, "completed"), (False, "cancelled")])
def test_order_may_be_reviewed_first(partner: Asker, microsoft: Microsoft, approved: bool, status: str) -> None:
    microsoft.behave(orders_reviewed=True, modern_pending_reads=0)
    customer = partner.new_customer()
    item = partner.get(BASIC_PATH).json["items"][0]["catalogItemId"]
    placed = partner.order(customer, item, 3).json
    path = f"/customers/{customer}/orders/{placed['id']}"
    for _ in range(2):
        assert partner.get(path).json["status"] == "pending review"
    assert partner.get(f"{path}/provisioningstatus").json["items"][0]["status"] == "PrefulfillmentPending"
    assert microsoft.finish_reviews(approved=approved) == 1
    assert partner.get(path).json["status"] == status
    assert microsoft.counts()["subscriptions"] == int(approved)


def test_lists_may_be_behind_while_an_order_is_there_by_its_id(partner: Asker, microsoft: Microsoft) -> None:
    customer = partner.new_customer()
    microsoft.behave(list_lag_seconds=900)
    order = partner.order(customer).json
    lists = (f"/customers/{customer}/orders", f"/customers/{customer}/subscriptions")
    assert [partner.get(path).json["items"] for path in lists] == [[], []]
    assert partner.get(f"/customers/{customer}/orders/{order['id']}").json["id"] == order["id"]
    assert partner.get(order["lineItems"][0]["links"]["subscription"]["uri"]).status == 200
    microsoft.advance(seconds=899)
    assert partner.get(lists[0]).json["items"] == []
    microsoft.advance(seconds=1)
    assert [len(partner.get(path).json["items"]) for path in lists] == [1, 1]
