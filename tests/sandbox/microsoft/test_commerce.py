"""Subscriptions of the new commerce: windows of seats, what PATCH sets back, what it refuses."""

from typing import Any

import pytest

from sandbox.microsoft import Microsoft
from tests.sandbox.microsoft.asking import E3_SKU, PREMIUM_SKU, TRIAL_SKU, Asker

BEGIN = "2026-06-10T12:00:00"
RENEWS = {"scheduleType": "TermEnd", "actionType": "RenewToNewTerm", "instructions": {"quantity": 3}}


@pytest.fixture
def customer(partner: Asker, microsoft: Microsoft) -> str:
    """A customer; the clock stands at noon of 10 June 2026."""
    microsoft.set_clock(at=BEGIN, stopped=True)
    return partner.sign_in(microsoft).new_customer()


def days_later(partner: Asker, microsoft: Microsoft, days: float) -> None:
    """Move the clock and sign in again: tokens live an hour."""
    microsoft.advance(days=days)
    partner.sign_in(microsoft)


def seats(subscription: Any) -> tuple[int, int, list[tuple[int, str]]]:
    """Return how many seats there are, how many can be given back, and until when which."""
    back = subscription["refundableQuantity"]
    batches = [(batch["quantity"], batch["allowedUntilDateTime"][:10]) for batch in back["details"]]
    return subscription["quantity"], back["totalQuantity"], batches


def test_what_is_bought_shows_its_term_and_its_window(partner: Asker, customer: str) -> None:
    bought = partner.buy(customer, PREMIUM_SKU, 5)
    shown = {name: bought[name] for name in bought if "Date" in name and name != "creationDate"}
    assert shown == {
        "effectiveStartDate": "2026-06-10T00:00:00Z",
        "commitmentEndDate": "2027-06-09T00:00:00Z",
        "commitmentEndDateTime": "2027-06-09T23:59:59Z",
        "billingCycleEndDate": "2026-07-09T00:00:00Z",
        "cancellationAllowedUntilDate": "2026-06-17T12:00:00.0000000Z",
    }
    assert seats(bought) == (5, 5, [(5, "2026-06-17")])
    assert (bought["productType"]["id"], bought["autoRenewEnabled"]) == ("OnlineServicesNCE", True)
    assert "scheduledActions" not in bought
    assert partner.get(bought["links"]["availability"]["uri"]).json["catalogItemId"] == bought["offerId"]


def test_each_batch_of_seats_has_a_window_of_its_own(partner: Asker, microsoft: Microsoft, customer: str) -> None:
    bought = partner.buy(customer, PREMIUM_SKU, 5)
    days_later(partner, microsoft, 5)
    raised = partner.change(customer, bought, {"quantity": 9}).json
    assert seats(raised) == (9, 9, [(5, "2026-06-17"), (4, "2026-06-22")])
    lowered = partner.change(customer, bought, {"quantity": 8}).json
    assert seats(lowered) == (8, 8, [(5, "2026-06-17"), (3, "2026-06-22")])
    days_later(partner, microsoft, 3)
    later = partner.read(customer, bought)
    assert (seats(later), "cancellationAllowedUntilDate" in later) == ((8, 3, [(3, "2026-06-22")]), False)
    assert partner.change(customer, bought, {"quantity": 4}).refused == (400, 900257)
    assert partner.change(customer, bought, {"status": "deleted"}).refused == (400, 900117)
    assert seats(partner.change(customer, bought, {"quantity": 5}).json) == (5, 0, [])
    days_later(partner, microsoft, 5)
    assert partner.change(customer, bought, {"quantity": 4}).refused == (400, 900257)
    microsoft.behave(lowering_refusal=800090, cancel_refusal=900213)
    assert partner.change(customer, bought, {"status": "deleted"}).refused == (400, 900213)
    assert partner.change(customer, bought, {"quantity": 4}).refused == (400, 800090)


def test_oldest_seats_may_go_first_and_windows_end_at_midnight(
    partner: Asker, microsoft: Microsoft, customer: str
) -> None:
    microsoft.behave(lowered_batch="oldest", window_ends="midnight")
    bought = partner.buy(customer, PREMIUM_SKU, 5)
    assert bought["cancellationAllowedUntilDate"] == "2026-06-18T00:00:00.0000000Z"
    days_later(partner, microsoft, 1)
    partner.change(customer, bought, {"quantity": 7})
    assert seats(partner.change(customer, bought, {"quantity": 4}).json) == (
        4,
        4,
        [(2, "2026-06-18"), (2, "2026-06-19")],
    )


def test_body_without_renewal_sets_it_off_and_drops_the_schedule(partner: Asker, customer: str) -> None:
    bought = partner.buy(customer, PREMIUM_SKU, 5)
    planned = partner.change(customer, bought, {"scheduledActions": [RENEWS]}).json
    assert planned["scheduledActions"][0]["instructions"]["quantity"] == 3
    path = f"/customers/{customer}/subscriptions/{bought['id']}"
    assert partner.patch(path, {"friendlyName": "Ours"}).json["autoRenewEnabled"] is False
    assert "scheduledActions" not in partner.read(customer, bought)


@pytest.mark.parametrize("change", [{"quantity": 6}, {"quantity": 4}, {"status": "suspended"}])
def test_change_within_the_term_drops_what_was_scheduled(partner: Asker, customer: str, change: dict[str, Any]) -> None:
    bought = partner.buy(customer, PREMIUM_SKU, 5)
    instructions = {"scheduledNextTermInstructions": {"quantity": 3}, "scheduledActions": [RENEWS]}
    assert partner.change(customer, bought, instructions).status == 200
    changed = partner.change(customer, bought, change).json
    assert ({"scheduledNextTermInstructions", "scheduledActions"} & set(changed), changed["autoRenewEnabled"]) == (
        set(),
        True,
    )


def test_change_of_the_name_keeps_what_was_scheduled(partner: Asker, customer: str) -> None:
    bought = partner.buy(customer, PREMIUM_SKU, 5)
    partner.change(customer, bought, {"scheduledActions": [RENEWS]})
    assert partner.change(customer, bought, {"friendlyName": "Ours"}).json["scheduledActions"]


def test_etag_is_checked_and_moves(partner: Asker, customer: str) -> None:
    bought = partner.buy(customer, PREMIUM_SKU, 5)
    etag = f'"{bought["attributes"]["etag"]}"'
    assert partner.change(customer, bought, {"quantity": 6}, If_Match=etag).status == 200
    assert partner.change(customer, bought, {"quantity": 7}, If_Match=etag).refused == (400, 2055)


def test_suspended_one_is_billed_on_takes_no_changes_and_can_be_cancelled_in_its_window(
    partner: Asker, customer: str
) -> None:
    bought = partner.buy(customer, PREMIUM_SKU, 5)
    asleep = partner.change(customer, bought, {"status": "suspended"}).json
    assert ("refundableQuantity" in asleep, asleep["commitmentEndDate"]) == (False, bought["commitmentEndDate"])
    assert partner.change(customer, bought, {"quantity": 6}).refused == (400, 2001)
    assert partner.change(customer, bought, {"autoRenewEnabled": False}).refused == (400, 800091)
    awake = partner.change(customer, bought, {"status": "active", "scheduledActions": [RENEWS]}).json
    assert (awake["status"], awake["scheduledActions"][0]["actionType"]) == ("active", "RenewToNewTerm")
    partner.change(customer, bought, {"status": "suspended"})
    assert partner.change(customer, bought, {"status": "deleted"}).json["status"] == "deleted"
    assert partner.change(customer, bought, {"status": "active"}).refused == (400, 2011)


def test_longer_term_begins_today_and_plans_stay_within_a_term(
    partner: Asker, microsoft: Microsoft, customer: str
) -> None:
    bought = partner.buy(customer, E3_SKU, 5, "P1M/monthly")
    days_later(partner, microsoft, 10)
    for change, refusal in (
        ({"billingCycle": "annual"}, (400, 800097)),
        ({"termDuration": "P2Y"}, (400, 800121)),
        ({"termDuration": "P1Y", "billingCycle": "triennial"}, (400, 900270)),
    ):
        assert partner.change(customer, bought, change).refused == refusal
    longer = partner.change(customer, bought, {"termDuration": "P1Y", "billingCycle": "annual"}).json
    assert (longer["commitmentEndDate"], longer["billingCycleEndDate"]) == ("2027-06-19T00:00:00Z",) * 2
    assert partner.change(customer, bought, {"termDuration": "P1M", "billingCycle": "monthly"}).refused == (400, 800122)
    trial = partner.buy(customer, TRIAL_SKU, 5, "P1M/none")
    assert partner.change(customer, trial, {"termDuration": "P1Y"}).refused == (400, 800107)


def test_new_and_paused_ones_are_not_changed(partner: Asker, microsoft: Microsoft, customer: str) -> None:
    microsoft.behave(subscription_ready_seconds=60)
    bought = partner.buy(customer, PREMIUM_SKU, 5)
    assert partner.change(customer, bought, {"quantity": 6}).refused == (409, 800082)
    microsoft.advance(seconds=60)
    microsoft.behave(updates_paused=True)
    assert partner.change(customer, bought, {"quantity": 6}).refused == (400, 900280)
    microsoft.behave(updates_paused=False)
    assert partner.change(customer, bought, {"quantity": 6}).status == 200


def test_change_that_was_only_accepted_is_pending(partner: Asker, microsoft: Microsoft, customer: str) -> None:
    bought = partner.buy(customer, PREMIUM_SKU, 5)
    microsoft.fail("accepted", reads=3)
    assert partner.change(customer, bought, {"quantity": 6}).status == 202
    assert partner.change(customer, bought, {"quantity": 7}).refused == (409, 900278)
    assert [partner.read(customer, bought)["quantity"] for _ in range(2)] == [5, 6]


def test_new_commerce_limits_trials_alone(partner: Asker, customer: str) -> None:
    for _ in range(3):
        partner.buy(customer, PREMIUM_SKU, 300)
    partner.buy(customer, TRIAL_SKU, 25, "P1M/none")
    again = {"catalogItemId": partner.item(*TRIAL_SKU), "termDuration": "P1M", "billingCycle": "none"}
    done = partner.post(f"{partner.cart(customer, again)}/checkout").json
    assert [trouble["code"] for trouble in done["orderErrors"]] == [27006]
