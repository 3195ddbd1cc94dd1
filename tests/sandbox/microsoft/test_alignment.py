"""Common ends of terms."""

import pytest

from sandbox.microsoft import Microsoft
from tests.sandbox.microsoft.asking import E3_SKU, PREMIUM_SKU, TRIAL_SKU, Asker


@pytest.fixture
def in_june(microsoft: Microsoft) -> None:
    """The clock stands on 10 June 2026."""
    microsoft.set_clock(at="2026-06-10T12:00:00", stopped=True)


def ends(partner: Asker, customer: str, term: str) -> dict[str, list[str]]:
    """Return the allowed last days and who ends then."""
    items = partner.get(f"/customers/{customer}/subscriptions/customTermEndDates?term_duration={term}").json["items"]
    return {item["allowedCustomTermEndDate"]: item.get("cotermSubscriptionIds", []) for item in items}


@pytest.mark.usefixtures("in_june")
def test_ends_of_months_and_of_other_subscriptions_are_allowed(partner: Asker, microsoft: Microsoft) -> None:
    customer = partner.new_customer()
    assert ends(partner, customer, "P1M") == {"2026-06-30T00:00:00": []}
    year = partner.buy(customer, E3_SKU)
    partner.buy(customer, TRIAL_SKU, plan="P1M/none")
    assert year["commitmentEndDate"] == "2027-06-09T00:00:00Z"
    microsoft.advance(days=20)
    partner.sign_in(microsoft)
    of_a_year = ends(partner, customer, "P1Y")
    assert of_a_year.pop("2027-06-09T00:00:00") == [year["id"]]
    assert len(of_a_year) == 12
    assert set(map(len, of_a_year.values())) == {0}
    aligned = partner.buy(customer, PREMIUM_SKU, customTermEndDate="2027-06-09T00:00:00Z")
    assert aligned["commitmentEndDate"] == year["commitmentEndDate"]


@pytest.mark.usefixtures("in_june")
def test_other_days_are_refused(partner: Asker) -> None:
    customer = partner.new_customer()
    line = {"catalogItemId": partner.item(*E3_SKU), "termDuration": "P1Y", "customTermEndDate": "2026-09-29"}
    cart = {"lineItems": [line | {"id": 0, "quantity": 1, "billingCycle": "monthly"}]}
    made = partner.post(f"/customers/{customer}/carts", cart).json["lineItems"][0]
    assert made["error"]["errorCode"] == "900242"
    path = f"/customers/{customer}/subscriptions/customTermEndDates"
    assert partner.get(f"{path}?term_duration=P2Y").refused == (400, 800121)


def test_month_does_not_end_on_its_28th_to_30th_unless_it_is_over_then(partner: Asker, microsoft: Microsoft) -> None:
    """A year from 31 January ends on 30 January."""
    microsoft.set_clock(at="2025-01-31T00:00:00", stopped=True)
    customer = partner.sign_in(microsoft).new_customer()
    partner.buy(customer, E3_SKU)
    microsoft.set_clock(at="2026-01-10T00:00:00", stopped=True)
    partner.sign_in(microsoft)
    assert ends(partner, customer, "P1M") == {"2026-01-31T00:00:00": []}
    assert "2026-01-30T00:00:00" in ends(partner, customer, "P1Y")
