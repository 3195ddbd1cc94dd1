"""Moves to another product."""

from typing import Any

import pytest

from sandbox.microsoft import Microsoft
from tests.sandbox.microsoft.asking import E3_SKU, E5_SKU, PREMIUM_SKU, STANDARD_SKU, TRIAL_SKU, Asker


@pytest.fixture
def customer(partner: Asker, microsoft: Microsoft) -> str:
    """A customer on 10 June 2026."""
    microsoft.set_clock(at="2026-06-10T12:00:00", stopped=True)
    return partner.sign_in(microsoft).new_customer()


def path_of(customer: str, bought: Any) -> str:
    """Return where a subscription is."""
    return f"/customers/{customer}/subscriptions/{bought['id']}"


def moving(partner: Asker, customer: str, bought: Any, sku: tuple[str, str], **more: Any) -> Any:
    """Ask for a move of all seats."""
    body = {"toCatalogItemId": partner.item(*sku), "quantity": bought["quantity"], "transitionType": "transition_only"}
    return partner.post(f"{path_of(customer, bought)}/transitions", body | more)


def test_targets_are_listed_with_why_not(partner: Asker, customer: str) -> None:
    bought = partner.buy(customer, PREMIUM_SKU)
    month, same = partner.buy(customer, E3_SKU, plan="P1M/monthly"), partner.buy(customer, E3_SKU)
    path = f"{path_of(customer, bought)}/transitionEligibilities"
    (target,) = partner.get(path).json["items"]
    assert target["catalogItemId"] == partner.item(*E3_SKU)
    assert [kind["isEligible"] for kind in target["eligibilities"]] == [True, True]
    errors = {
        row["subscriptionId"]: [error["code"] for error in row["errors"]] for row in target["subscriptionEligibilities"]
    }
    assert errors == {month["id"]: [2, 3, 4], same["id"]: [2]}
    assert partner.get(f"{path}?eligibilityType=scheduled").json["items"][0]["subscriptionEligibilities"] == []
    partner.change(customer, bought, {"status": "suspended"})
    assert partner.get(path).json["items"][0]["eligibilities"][0]["errors"][0]["code"] == 1


def test_whole_subscription_moves_under_its_id_and_keeps_its_end(
    partner: Asker, microsoft: Microsoft, customer: str
) -> None:
    microsoft.behave(transition_seconds=600)
    bought = partner.buy(customer, PREMIUM_SKU)
    begun = moving(partner, customer, bought, E3_SKU)
    assert (begun.status, [event["status"] for event in begun.json["events"]]) == (200, ["Started"])
    assert partner.change(customer, bought, {"quantity": 6}).refused == (409, 900278)
    microsoft.advance(seconds=600)
    (move,) = partner.get(f"{path_of(customer, bought)}/transitions").json["items"]
    assert [event["status"] for event in move["events"]] == ["Started", "Completed"]
    moved = partner.read(customer, bought)
    assert (moved["offerId"], moved["commitmentEndDate"]) == (partner.item(*E3_SKU), bought["commitmentEndDate"])
    assert moved["cancellationAllowedUntilDate"] == bought["cancellationAllowedUntilDate"]


def test_part_becomes_a_child_with_the_same_end_and_window(partner: Asker, microsoft: Microsoft, customer: str) -> None:
    bought = partner.buy(customer, PREMIUM_SKU, 5)
    microsoft.advance(days=3)
    partner.sign_in(microsoft)
    moving(partner, customer, bought, E3_SKU, quantity=2)
    rest, child = partner.get(f"/customers/{customer}/subscriptions").json["items"]
    assert [(item["quantity"], item["refundableQuantity"]["totalQuantity"]) for item in (rest, child)] == [
        (3, 3),
        (2, 2),
    ]
    assert (rest["id"], child["offerId"]) == (bought["id"], partner.item(*E3_SKU))
    for name in ("commitmentEndDate", "cancellationAllowedUntilDate", "orderId"):
        assert child[name] == bought[name]


def test_seats_join_an_existing_subscription(partner: Asker, customer: str) -> None:
    bought, target = partner.buy(customer, PREMIUM_SKU, 5), partner.buy(customer, E3_SKU, 2)
    moving(partner, customer, bought, E3_SKU, toSubscriptionId=target["id"])
    assert partner.read(customer, target)["quantity"] == 7
    assert partner.read(customer, bought)["status"] == "deleted"


def test_trial_becomes_paid_at_once(partner: Asker, customer: str) -> None:
    trial = partner.buy(customer, TRIAL_SKU, 5, "P1M/none")
    moving(partner, customer, trial, STANDARD_SKU, billingCycle="annual", termDuration="P1Y")
    paid = partner.read(customer, trial)
    assert (paid["isTrial"], paid["billingCycle"], paid["commitmentEndDate"]) == (
        False,
        "annual",
        "2027-06-09T00:00:00Z",
    )
    assert (paid["autoRenewEnabled"], "scheduledNextTermInstructions" in paid) == (True, False)


@pytest.mark.parametrize(
    ("more", "refusal"),
    [
        ({"toCatalogItemId": "a:b:c"}, (400, 10001)),
        ({"termDuration": "P1M"}, (400, 900267)),
        ({"termDuration": "P2Y"}, (400, 900268)),
        ({"billingCycle": "triennial"}, (400, 900270)),
        ({"billingCycle": "none"}, (400, 900269)),
        ({"quantity": 6}, (400, 2002)),
        ({"transitionType": "teleport"}, (400, 27002)),
        ({"toSubscriptionId": "none"}, (404, 20003)),
    ],
)
def test_refused_moves(partner: Asker, customer: str, more: dict[str, Any], refusal: tuple[int, int]) -> None:
    bought = partner.buy(customer, PREMIUM_SKU)
    assert moving(partner, customer, bought, E3_SKU, **more).refused == refusal


def test_refused_targets(partner: Asker, customer: str) -> None:
    bought, month = partner.buy(customer, PREMIUM_SKU), partner.buy(customer, E3_SKU, plan="P1M/monthly")
    other = partner.buy(customer, PREMIUM_SKU)
    asleep = partner.buy(customer, E3_SKU)
    partner.change(customer, asleep, {"status": "suspended"})
    targets = ((asleep, 900258), (bought, 900259), (other, 900260), (month, 900236))
    for target, code in targets:
        assert moving(partner, customer, bought, E3_SKU, toSubscriptionId=target["id"]).refused == (400, code)
    assert moving(partner, customer, bought, E5_SKU).refused == (403, 800020)
    legacy = partner.subscription(customer)
    assert moving(partner, customer, legacy, E3_SKU).refused == (403, 900263)
    partner.change(customer, bought, {"status": "suspended"})
    assert moving(partner, customer, bought, E3_SKU).refused == (400, 800091)
