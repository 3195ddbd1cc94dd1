"""Subscriptions: what PATCH allows, etags, add-ons, slow changes, provisioning."""

import base64
import json
from typing import Any

import pytest

from sandbox.microsoft import Microsoft
from tests.sandbox.microsoft.asking import ARCHIVING, BUSINESS_STANDARD, E3, EXCHANGE_1, Answer, Asker


def change(partner: Asker, customer: str, subscription: Any, changes: dict[str, Any], **headers: str) -> Answer:
    """PATCH the full resource with changes."""
    return partner.patch(f"/customers/{customer}/subscriptions/{subscription['id']}", subscription | changes, **headers)


def read(partner: Asker, customer: str, subscription: Any) -> Any:
    """Read a subscription again."""
    return partner.get(f"/customers/{customer}/subscriptions/{subscription['id']}").json


def test_list_is_narrowed_to_an_order_or_a_partner(partner: Asker) -> None:
    customer = partner.new_customer()
    first = partner.subscription(customer)
    partner.subscription(customer, E3, 1, partnerIdOnRecord="4847383")
    path = f"/customers/{customer}/subscriptions"
    assert len(partner.get(path).json["items"]) == 2
    assert partner.get(f"{path}?order_id={first['orderId'].lower()}").json["items"] == [first]
    assert [item["partnerId"] for item in partner.get(f"{path}?mpn_id=4847383").json["items"]] == ["4847383"]


def test_unknown_subscription_is_404(partner: Asker) -> None:
    customer = partner.new_customer()
    assert partner.get(f"/customers/{customer}/subscriptions/none").refused == (404, 20003)
    assert partner.patch(f"/customers/{customer}/subscriptions/none", {}).refused == (404, 20003)


@pytest.mark.parametrize(
    "changes",
    [{"quantity": 9}, {"quantity": 1}, {"status": "suspended"}, {"autoRenewEnabled": False}, {"friendlyName": "Ours"}],
)
def test_allowed_change_is_answered_and_kept(partner: Asker, changes: dict[str, Any]) -> None:
    customer = partner.new_customer()
    before = partner.subscription(customer)
    answer = change(partner, customer, before, changes)
    assert answer.status == 200
    after = read(partner, customer, before)
    assert answer.json == after
    assert {name: after[name] for name in changes} == changes
    versions = [json.loads(base64.b64decode(kept["attributes"]["etag"]))["version"] for kept in (before, after)]
    assert versions == [1, 2]


def test_body_may_be_in_pascal_case_and_partial(partner: Asker) -> None:
    customer = partner.new_customer()
    subscription = partner.subscription(customer)
    path = f"/customers/{customer}/subscriptions/{subscription['id'].lower()}"
    assert partner.patch(path, {"Quantity": 6, "BillingCycle": None}).json["quantity"] == 6


def test_answer_in_pascal_case_on_demand(partner: Asker, microsoft: Microsoft) -> None:
    microsoft.behave(pascal_case_patch_answers=True)
    customer = partner.new_customer()
    answer = change(partner, customer, partner.subscription(customer), {"quantity": 6})
    assert (answer.json["Quantity"], answer.json["Attributes"]["ObjectType"]) == (6, "Subscription")


def test_stale_etag_is_refused_in_header_and_body(partner: Asker) -> None:
    customer = partner.new_customer()
    old = partner.subscription(customer)
    change(partner, customer, old, {"quantity": 6})
    assert change(partner, customer, old, {"quantity": 7}).refused == (400, 2055)
    etag = f'"{old["attributes"]["etag"]}"'
    assert change(partner, customer, old, {"quantity": 7, "attributes": {}}, If_Match=etag).refused == (400, 2055)
    fresh = read(partner, customer, old)
    etag = f'"{fresh["attributes"]["etag"]}"'
    assert change(partner, customer, fresh, {"quantity": 7}, If_Match=etag).status == 200


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"quantity": 0}, (400, 2002)),
        ({"quantity": 301}, (400, 2002)),
        ({"quantity": "many"}, (400, 2002)),
        ({"billingCycle": "annual"}, (400, 2054)),
        ({"status": "deleted"}, (400, 27002)),
        ({"status": "sleeping"}, (400, 27002)),
    ],
)
def test_refused_changes(partner: Asker, changes: dict[str, Any], refusal: tuple[int, int]) -> None:
    customer = partner.new_customer()
    subscription = partner.subscription(customer)
    assert change(partner, customer, subscription, changes).refused == refusal
    assert read(partner, customer, subscription) == subscription


def test_quantity_of_a_suspended_subscription_stays(partner: Asker) -> None:
    customer = partner.new_customer()
    suspended = change(partner, customer, partner.subscription(customer), {"status": "suspended"}).json
    assert suspended["suspensionReasons"] == ["CustomerCancellation"]
    assert change(partner, customer, suspended, {"quantity": 9}).refused == (400, 2001)
    active = change(partner, customer, suspended, {"status": "active"}).json
    assert change(partner, customer, active, {"quantity": 9}).status == 200


def test_suspended_base_suspends_its_add_ons_and_wakes_first(partner: Asker) -> None:
    customer = partner.new_customer()
    base = partner.subscription(customer, EXCHANGE_1, 5)
    add_on = partner.subscription(customer, ARCHIVING, 2, parentSubscriptionId=base["id"])
    change(partner, customer, base, {"status": "suspended"})
    asleep = read(partner, customer, add_on)
    assert asleep["status"] == "suspended"
    assert change(partner, customer, asleep, {"status": "active"}).refused == (409, 27009)
    change(partner, customer, read(partner, customer, base), {"status": "active"})
    assert change(partner, customer, asleep, {"status": "active"}).status == 200


def test_modern_subscription_is_deleted_within_a_week_only(partner: Asker, microsoft: Microsoft) -> None:
    microsoft.behave(modern_pending_reads=0)
    customer = partner.new_customer()
    path = "/products/CFQ7TTC0LF8R/skus/0001/availabilities?country=US"
    item = partner.get(path).json["items"][0]["catalogItemId"]
    first, second = partner.subscription(customer, item, 1), partner.subscription(customer, item, 1)
    assert change(partner, customer, first, {"status": "deleted"}).json["status"] == "deleted"
    assert change(partner, customer, read(partner, customer, first), {"quantity": 2}).refused == (400, 2011)
    microsoft.advance(days=8)
    partner.sign_in(microsoft)
    assert change(partner, customer, second, {"status": "deleted"}).refused == (400, 900117)


def test_slow_change_is_accepted_and_seen_later(partner: Asker, microsoft: Microsoft) -> None:
    customer = partner.new_customer()
    subscription = partner.subscription(customer)
    microsoft.fail("accepted", method="PATCH", reads=2)
    answer = change(partner, customer, subscription, {"quantity": 8})
    assert (answer.status, answer.content) == (202, b"")
    assert answer.headers["Location"] == f"/customers/{customer}/subscriptions/{subscription['id']}"
    assert [partner.get(answer.headers["Location"]).json["quantity"] for _ in range(3)] == [5, 8, 8]


def test_stale_etag_on_demand(partner: Asker, microsoft: Microsoft) -> None:
    customer = partner.new_customer()
    subscription = partner.subscription(customer)
    microsoft.fail("stale_etag", method="PATCH")
    assert change(partner, customer, subscription, {"quantity": 8}).refused == (400, 2055)
    assert change(partner, customer, subscription, {"quantity": 8}).status == 200


def test_usage_subscription_has_an_entitlement_and_no_end(partner: Asker) -> None:
    customer = partner.new_customer()
    azure = partner.subscription(customer, "MS-AZR-0145P", 1)
    assert (azure["billingType"], azure["commitmentEndDate"]) == ("usage", "9999-12-31T00:00:00Z")
    assert azure["entitlementId"] != azure["id"]
    assert change(partner, customer, azure, {"autoRenewEnabled": True}).refused == (400, 27002)


def test_licence_subscription_ends_in_a_year(partner: Asker) -> None:
    subscription = partner.subscription(partner.new_customer())
    begin, end = subscription["effectiveStartDate"], subscription["commitmentEndDate"]
    assert int(end[:4]) - int(begin[:4]) == 1
    assert end.endswith("T00:00:00Z")
    assert "entitlementId" not in subscription


def test_provisioning_is_pending_for_as_many_reads_as_told(partner: Asker, microsoft: Microsoft) -> None:
    microsoft.behave(legacy_pending_reads=2)
    customer = partner.new_customer()
    subscription = partner.subscription(customer, quantity=4)
    path = f"/customers/{customer}/subscriptions/{subscription['id']}/provisioningstatus"
    answers = [partner.get(path).json for _ in range(3)]
    assert [answer["status"] for answer in answers] == ["pending", "pending", "success"]
    assert (answers[2]["quantity"], answers[2]["endDate"]) == (4, subscription["commitmentEndDate"])


def test_upgrades_say_why_not(partner: Asker) -> None:
    customer = partner.new_customer()
    subscription = partner.subscription(customer, BUSINESS_STANDARD)
    path = f"/customers/{customer}/subscriptions/{subscription['id']}/upgrades"
    assert [item["isEligible"] for item in partner.get(path).json["items"]] == [True] * 5
    change(partner, customer, subscription, {"status": "suspended"})
    refused = partner.get(path).json["items"][0]
    assert (refused["isEligible"], refused["upgradeErrors"][0]["code"]) == (False, 2)
