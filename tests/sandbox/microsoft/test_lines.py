"""Lines: terms and plans that are sold, attestations, resellers of record."""

from typing import Any

import pytest

from sandbox.microsoft import Microsoft
from tests.sandbox.microsoft.asking import BUSINESS_STANDARD, E3_SKU, PREMIUM_SKU, TRIAL_SKU, Asker


def error_of(partner: Asker, customer: str, **line: Any) -> str | None:
    """Return the code of what is wrong with one line of a cart."""
    wanted = {"id": 0, "quantity": 1, "billingCycle": "monthly", "termDuration": "P1Y"} | line
    made = partner.post(f"/customers/{customer}/carts", {"lineItems": [wanted]})
    assert made.status == 201, made.text
    error = made.json["lineItems"][0].get("error")
    return str(error["errorCode"]) if error else None


@pytest.mark.parametrize(
    ("sku", "plan", "error"),
    [
        (PREMIUM_SKU, "P1M/monthly", None),
        (PREMIUM_SKU, "P1Y/annual", None),
        (E3_SKU, "P3Y/triennial", None),
        (PREMIUM_SKU, "P3Y/monthly", "800121"),
        (PREMIUM_SKU, "P1M/annual", "900270"),
        (PREMIUM_SKU, "P1Y/one_time", "900269"),
        (PREMIUM_SKU, "P1Y/triennial", "900270"),
        (TRIAL_SKU, "P1M/none", None),
        (TRIAL_SKU, "P1M/monthly", "900269"),
        (TRIAL_SKU, "P1Y/none", "800121"),
    ],
)
def test_only_terms_and_plans_of_the_availability_are_sold(
    partner: Asker, sku: tuple[str, str], plan: str, error: str | None
) -> None:
    term, _, cycle = plan.partition("/")
    item, customer = partner.item(*sku), partner.new_customer()
    assert error_of(partner, customer, catalogItemId=item, termDuration=term, billingCycle=cycle) == error


def test_line_without_a_term_is_a_year_or_refused(partner: Asker, microsoft: Microsoft) -> None:
    customer, item = partner.new_customer(), partner.item(*PREMIUM_SKU)
    assert error_of(partner, customer, catalogItemId=item, termDuration=None) is None
    microsoft.behave(term_required=True)
    assert error_of(partner, customer, catalogItemId=item, termDuration=None) == "800121"


def test_attestation_is_demanded_of_its_line(partner: Asker) -> None:
    customer, item = partner.new_customer(), partner.item("CFQ7TTC0QW5P", "0002")
    assert error_of(partner, customer, catalogItemId=item) == "10012"
    assert partner.order(customer, item, 1, termDuration="P1Y").refused == (400, 900203)
    assert error_of(partner, customer, catalogItemId=item, AttestationAccepted=True) is None


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ({"partnerIdOnRecord": "4847383"}, None),
        ({"participants": [{"key": "transaction_reseller", "value": "5139005"}]}, None),
        ({"participants": [{"key": "additional_transaction_reseller", "value": "5139005"}] * 5}, None),
        ({"participants": [{"key": "additional_transaction_reseller", "value": "5139005"}] * 6}, "27002"),
        ({"participants": [{"key": "transaction_reseller", "value": "4391507"}]}, "2071"),
        ({"partnerIdOnRecord": "2f1c2b7e-7e57-4c0d-8a11-000000000001"}, "800015"),
        ({"partnerIdOnRecord": "9999999"}, "800015"),
    ],
)
def test_reseller_of_record_is_a_partner_id_and_not_ones_own(
    partner: Asker, line: dict[str, Any], error: str | None
) -> None:
    customer = partner.new_customer()
    assert error_of(partner, customer, catalogItemId=BUSINESS_STANDARD, **line) == error


def test_participant_becomes_the_partner_of_the_subscription(partner: Asker) -> None:
    participants = [{"key": "transaction_reseller", "value": "5139005"}]
    assert partner.buy(partner.new_customer(), PREMIUM_SKU, participants=participants)["partnerId"] == "5139005"
