"""The end of a term: queue, renewal, extended term, cancellation, what was suspended."""

from typing import Any

import pytest

from sandbox.microsoft import Microsoft
from tests.sandbox.microsoft.asking import E3_SKU, PREMIUM_SKU, TRIAL_SKU, Asker

LAST_HOUR = "2026-07-09T23:00:00"  # of a month that was bought on 10 June


@pytest.fixture
def customer(partner: Asker, microsoft: Microsoft) -> str:
    """A customer on 10 June 2026."""
    microsoft.set_clock(at="2026-06-10T12:00:00", stopped=True)
    return partner.sign_in(microsoft).new_customer()


def at(partner: Asker, microsoft: Microsoft, moment: str) -> None:
    """Set the clock and sign in again."""
    microsoft.set_clock(at=moment, stopped=True)
    partner.sign_in(microsoft)


def scheduled(partner: Asker, customer: str, bought: Any, kind: str, *, renews: bool = False, **more: Any) -> None:
    """Schedule the end of a term."""
    action = {"scheduleType": "TermEnd", "actionType": kind} | more
    assert partner.change(customer, bought, {"autoRenewEnabled": renews, "scheduledActions": [action]}).status == 200


def test_renewal_waits_in_a_queue_and_opens_a_new_window(partner: Asker, microsoft: Microsoft, customer: str) -> None:
    bought = partner.buy(customer, PREMIUM_SKU, 5, "P1M/monthly")
    at(partner, microsoft, LAST_HOUR)
    scheduled(partner, customer, bought, "RenewToNewTerm", renews=True, instructions={"quantity": 3})
    microsoft.behave(availabilities=2)
    at(partner, microsoft, "2026-07-10T05:59:59")
    queued = partner.read(customer, bought)
    assert (queued["quantity"], queued["commitmentEndDate"]) == (5, "2026-07-09T00:00:00Z")
    assert partner.change(customer, bought, {"quantity": 9}).refused == (400, 900277)
    at(partner, microsoft, "2026-07-10T06:00:00")
    renewed = partner.read(customer, bought)
    assert (renewed["id"], renewed["quantity"], renewed["status"]) == (bought["id"], 3, "active")
    assert renewed["commitmentEndDate"] == "2026-08-09T00:00:00Z"
    assert renewed["cancellationAllowedUntilDate"] == "2026-07-17T00:00:00.0000000Z"
    assert renewed["refundableQuantity"]["totalQuantity"] == 3
    assert renewed["offerId"] == partner.item(*PREMIUM_SKU) != bought["offerId"]
    assert "scheduledActions" not in renewed
    assert partner.change(customer, bought, {"quantity": 2}).status == 200


def test_several_terms_pass_at_once(partner: Asker, microsoft: Microsoft, customer: str) -> None:
    bought = partner.buy(customer, PREMIUM_SKU, 5, "P1M/monthly")
    at(partner, microsoft, "2027-01-31T12:00:00")
    assert microsoft.world.store.all(f"subscription:{customer}")[0]["version"] == 2
    assert partner.read(customer, bought)["commitmentEndDate"] == "2027-02-09T00:00:00Z"


def test_scheduled_action_wins_over_next_term_instructions(partner: Asker, microsoft: Microsoft, customer: str) -> None:
    month, other = (partner.buy(customer, PREMIUM_SKU, 5, "P1M/monthly") for _ in range(2))
    three_years = {"productId": E3_SKU[0], "skuId": E3_SKU[1], "termDuration": "P3Y", "billingCycle": "annual"}
    for bought in (month, other):
        changes = {"scheduledNextTermInstructions": {"product": three_years, "quantity": 7}}
        assert partner.change(customer, bought, changes).status == 200
    action = {"scheduleType": "TermEnd", "actionType": "RenewToNewTerm", "instructions": {"quantity": 2}}
    partner.change(customer, other, {"scheduledActions": [action]})
    at(partner, microsoft, "2026-07-11T00:00:00")
    moved, kept = (partner.read(customer, bought) for bought in (month, other))
    assert (moved["offerId"], moved["quantity"]) == (partner.item(*E3_SKU), 7)
    assert (moved["termDuration"], moved["billingCycle"]) == ("P3Y", "annual")
    assert moved["commitmentEndDate"] == "2029-07-09T00:00:00Z"
    assert moved["offerName"] == moved["friendlyName"] == "Office 365 Enterprise E3"
    assert (kept["offerId"], kept["quantity"], kept["termDuration"]) == (partner.item(*PREMIUM_SKU), 2, "P1M")


def test_cancellation_at_the_end_is_the_end(partner: Asker, microsoft: Microsoft, customer: str) -> None:
    bought = partner.buy(customer, PREMIUM_SKU, 5, "P1M/monthly")
    scheduled(partner, customer, bought, "Cancel")
    at(partner, microsoft, LAST_HOUR)
    assert partner.read(customer, bought)["status"] == "active"
    at(partner, microsoft, "2026-07-10T06:00:00")
    assert partner.read(customer, bought)["status"] == "deleted"
    assert partner.change(customer, bought, {"status": "active"}).refused == (400, 2011)


@pytest.mark.parametrize("explicit", [True, False])
def test_without_renewal_the_extended_term_follows_by_the_month_until_it_is_ended(
    partner: Asker, microsoft: Microsoft, customer: str, explicit: bool
) -> None:
    bought = partner.buy(customer, PREMIUM_SKU, 5, "P1M/monthly")
    if explicit:
        scheduled(partner, customer, bought, "RenewToExtendedServiceTerm")
    else:
        partner.change(customer, bought, {"autoRenewEnabled": False})
    at(partner, microsoft, "2026-09-20T00:00:00")
    extended = partner.read(customer, bought)
    assert extended["offerId"].split(":")[:2] == [PREMIUM_SKU[0], "E002"]
    assert (extended["status"], extended["termDuration"], extended["billingCycle"]) == ("active", "P1M", "monthly")
    assert extended["commitmentEndDate"] == "2026-10-09T00:00:00Z"
    assert extended["cancellationAllowedUntilDate"][:10] == "2026-10-10"
    assert partner.change(customer, bought, {"quantity": 1}).json["quantity"] == 1
    assert partner.change(customer, bought, {"status": "deleted"}).json["status"] == "deleted"


@pytest.mark.parametrize(
    ("begin", "status"), [("2025-03-31", "disabled"), ("2025-05-04", "disabled"), ("2025-05-05", "active")]
)
def test_extended_term_is_open_to_late_terms_only(
    partner: Asker, microsoft: Microsoft, begin: str, status: str
) -> None:
    at(partner, microsoft, begin)
    customer = partner.new_customer()
    bought = partner.buy(customer, PREMIUM_SKU)
    partner.change(customer, bought, {"autoRenewEnabled": False})
    microsoft.advance(days=366)
    assert partner.sign_in(microsoft).read(customer, bought)["status"] == status


def test_suspended_one_is_disabled_at_the_end_and_deleted_later(
    partner: Asker, microsoft: Microsoft, customer: str
) -> None:
    bought = partner.buy(customer, PREMIUM_SKU, 5, "P1M/monthly")
    partner.change(customer, bought, {"status": "suspended"})
    at(partner, microsoft, "2026-07-11T00:00:00")
    assert partner.read(customer, bought)["status"] == "disabled"
    assert partner.change(customer, bought, {"status": "active"}).refused == (400, 900279)
    at(partner, microsoft, "2026-11-06T23:59:59")
    assert partner.read(customer, bought)["status"] == "disabled"
    at(partner, microsoft, "2026-11-07T00:00:00")
    assert partner.read(customer, bought)["status"] == "deleted"


@pytest.mark.parametrize(
    ("renews_to", "renews", "outcome"),
    [
        ({}, True, ("active", False, "P1Y", "monthly")),
        ({"termDuration": "P1Y", "billingCycle": "annual"}, True, ("active", False, "P1Y", "annual")),
        ({}, False, ("disabled", True, "P1M", "none")),
    ],
)
def test_trial_becomes_what_is_paid_unless_told_otherwise(
    partner: Asker,
    microsoft: Microsoft,
    customer: str,
    renews_to: dict[str, Any],
    renews: bool,
    outcome: tuple[str, bool, str, str],
) -> None:
    trial = partner.buy(customer, TRIAL_SKU, 5, "P1M/none", renewsTo=renews_to)
    assert (trial["isTrial"], trial["scheduledNextTermInstructions"]["quantity"]) == (True, 5)
    if not renews:
        partner.change(customer, trial, {"autoRenewEnabled": False})
    at(partner, microsoft, "2026-07-11T00:00:00")
    after = partner.read(customer, trial)
    assert (after["status"], after["isTrial"], after["termDuration"], after["billingCycle"]) == outcome


def test_lists_are_brought_up_too(partner: Asker, microsoft: Microsoft, customer: str) -> None:
    bought = partner.buy(customer, PREMIUM_SKU, 5, "P1M/monthly")
    partner.change(customer, bought, {"status": "suspended"})
    microsoft.world.advance(days=40)  # as the machine's clock does, without the verb that looks at every subscription
    partner.sign_in(microsoft)
    assert [item["status"] for item in partner.get(f"/customers/{customer}/subscriptions").json["items"]] == [
        "disabled"
    ]
