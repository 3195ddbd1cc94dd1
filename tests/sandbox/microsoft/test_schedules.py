"""What is scheduled for the end of a term."""

from typing import Any

import pytest

from sandbox.microsoft import Microsoft
from tests.sandbox.microsoft.asking import E3_SKU, PREMIUM_SKU, TRIAL_SKU, Asker

PRODUCT = {"productId": E3_SKU[0], "skuId": E3_SKU[1], "termDuration": "P3Y", "billingCycle": "annual"}


def action(kind: str, **members: Any) -> dict[str, Any]:
    """Return one scheduled action."""
    return {"scheduleType": "TermEnd", "actionType": kind} | members


@pytest.mark.parametrize(
    ("renews", "kind", "status"),
    [
        (True, "RenewToNewTerm", 200),
        (False, "Cancel", 200),
        (False, "RenewToExtendedServiceTerm", 200),
        (True, "Cancel", 400),
        (True, "RenewToExtendedServiceTerm", 400),
        (False, "RenewToNewTerm", 400),
        (True, "Explode", 400),
    ],
)
def test_action_goes_with_its_renewal(partner: Asker, renews: bool, kind: str, status: int) -> None:
    customer = partner.new_customer()
    bought = partner.buy(customer, PREMIUM_SKU)
    changes = {"autoRenewEnabled": renews, "scheduledActions": [action(kind)]}
    answer = partner.change(customer, bought, changes)
    assert answer.status == status
    if status == 200:
        assert answer.json["scheduledActions"] == [action(kind)]


def test_contradictions_may_be_taken(partner: Asker, microsoft: Microsoft) -> None:
    microsoft.behave(strict_end_of_term=False)
    customer = partner.new_customer()
    bought = partner.buy(customer, PREMIUM_SKU)
    assert partner.change(customer, bought, {"scheduledActions": [action("Cancel")]}).status == 200


def test_instructions_are_written_as_they_were_given(partner: Asker) -> None:
    customer = partner.new_customer()
    bought = partner.buy(customer, PREMIUM_SKU)
    given = {"product": PRODUCT, "quantity": 2}
    renewal = {"scheduledType": "TermEnd", "actionType": "RenewToNewTerm", "instructions": given}
    changes = {"scheduledActions": [renewal], "scheduledNextTermInstructions": {"quantity": 4}}
    kept = partner.change(customer, bought, changes).json
    assert kept["scheduledActions"] == [action("RenewToNewTerm", instructions=given)]
    assert (kept["scheduledNextTermInstructions"]["quantity"], kept["renewalTermDuration"]) == (4, "P1Y")


@pytest.mark.parametrize(
    ("instructions", "refusal"),
    [
        ({"product": PRODUCT | {"skuId": "9999"}}, (404, 400018)),
        ({"product": {"productId": TRIAL_SKU[0], "skuId": TRIAL_SKU[1]}}, (400, 3000)),
        ({"product": PRODUCT | {"termDuration": "P2Y"}}, (400, 800121)),
        ({"product": PRODUCT | {"termDuration": "P1M"}}, (400, 900270)),
        ({"quantity": 301}, (400, 900275)),
        ({"customTermEndDate": "2027-08-09"}, (400, 900246)),
        ({"customTermEndDate": "2000-01-01"}, (400, 900245)),
        ({"customTermEndDate": "2028-06-30"}, (400, 900245)),
    ],
)
def test_impossible_instructions_are_refused(
    partner: Asker, microsoft: Microsoft, instructions: dict[str, Any], refusal: tuple[int, int]
) -> None:
    microsoft.set_clock(at="2026-06-10T12:00:00", stopped=True)
    customer = partner.sign_in(microsoft).new_customer()
    bought = partner.buy(customer, PREMIUM_SKU)
    for changes in (
        {"scheduledNextTermInstructions": instructions},
        {"scheduledActions": [action("RenewToNewTerm", instructions=instructions)]},
    ):
        assert partner.change(customer, bought, changes).refused == refusal
    assert "scheduledActions" not in partner.read(customer, bought)


def test_there_is_one_end_of_a_term(partner: Asker) -> None:
    customer = partner.new_customer()
    bought = partner.buy(customer, PREMIUM_SKU)
    twice = {"scheduledActions": [action("RenewToNewTerm")] * 2}
    assert partner.change(customer, bought, twice).refused == (400, 27002)
    with_instructions = action("Cancel", instructions={"quantity": 1})
    changes = {"autoRenewEnabled": False, "scheduledActions": [with_instructions]}
    assert partner.change(customer, bought, changes).refused == (400, 27002)
