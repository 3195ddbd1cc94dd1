"""Chains of resellers through the simulation: E20 with its literal amounts (spec/billing-types.md section 8)."""

import copy
from typing import Any

import pytest

from subscriptions.simulation.playing import simulate

pytestmark = pytest.mark.django_db

E20: dict[str, Any] = {
    "currency": "USD",
    "credit_limit": "1000",
    "resources": [{"key": "seats", "price": "10.00"}],
    "chain": [
        {"reseller": "distributor", "retail": {"seats": "8.00"}, "discount": "50", "net_cost": {"seats": "3.50"}},
        {"reseller": "reseller 1", "retail": {"seats": "9.00"}, "discount": "20"},
    ],
    "events": [
        {"day": "2018-08-20", "do": "order", "quantities": {"seats": 5}, "pay": "now"},
        {"day": "2018-08-28", "do": "price", "reseller": "reseller 1", "prices": {"seats": "9.60"}},
    ],
    "until": "2018-10-01",
}


def _owed(history: dict[str, Any]) -> list[tuple[str, str, str, str]]:
    rows = simulate(history)["reseller_charges"]
    return [(row["upstream"], row["from"], row["amount"], row["created_on"]) for row in rows]


def test_e20_closes_once_a_level_and_month() -> None:
    assert _owed(E20) == [
        ("reseller 1", "2018-08-20", "13.94", "2018-09-01"),
        ("distributor", "2018-08-20", "7.74", "2018-09-01"),
        ("reseller 1", "2018-09-01", "38.40", "2018-10-01"),
        ("distributor", "2018-09-01", "20.00", "2018-10-01"),
    ]
    first, above = simulate(E20)["reseller_charges"][:2]
    assert above == {
        "upstream": "distributor",
        "downstream": "reseller 1",
        "subscription": "main",
        "resource": "seats",
        "type": "recurring_fee",
        "from": "2018-08-20",
        "to": "2018-09-01",
        "quantity": 5,
        "unit_price": "8.00",
        "discount": "7.74",
        "amount": "7.74",
        "net_cost": "6.77",
        "created_on": "2018-09-01",
    }
    assert (first["downstream"], first["net_cost"], first["discount"]) == ("seller", "7.74", "3.48")


def test_e20_with_a_fixed_price_retail_stays_that_of_the_order() -> None:
    assert [amount for _, _, amount, _ in _owed({**E20, "fixed_price": True})] == ["13.94", "7.74", "36.00", "20.00"]


def test_parts_and_an_activation_in_the_period_of_the_stop_keep_their_retail() -> None:
    """Clarification 11; and what is ordered before a new price of the same day keeps the old one."""
    history = copy.deepcopy(E20)
    history["events"] = [
        {"day": "2018-08-20", "do": "order", "quantities": {"seats": 5}, "pay": "now"},
        {"day": "2018-08-20", "do": "price", "reseller": "reseller 1", "prices": {"seats": "9.60"}},
        {"day": "2018-08-25", "do": "stop"},
        {"day": "2018-08-28", "do": "activate"},
    ]
    history["until"] = "2018-09-01"
    assert [(start, amount) for level, start, amount, _ in _owed(history) if level == "reseller 1"] == [
        ("2018-08-20", "5.81"), ("2018-08-28", "4.65"),
    ]  # fmt: skip


def test_what_was_used_owes_by_its_quantity() -> None:
    """E13 with a chain: 261.25 unit-hours; a retail price of a later day is another charge's."""
    history = {
        "currency": "USD",
        "billing_type": "payg_internal",
        "period": "endless",
        "credit_limit": "100",
        "resources": [{"key": "machines", "price": "0.012"}],
        "chain": [{"reseller": "distributor", "retail": {"machines": "0.010"}, "discount": "10"}],
        "events": [
            {"day": "2018-08-20", "do": "order", "quantities": {"machines": 2}},
            {"day": "2018-08-22", "do": "usage", "resource": "machines", "units": "2", "hours": "130.5"},
            {"day": "2018-08-22", "do": "price", "reseller": "distributor", "prices": {"machines": "0.020"}},
            {"day": "2018-08-23", "do": "usage", "resource": "machines", "units": "1", "hours": "0.25"},
        ],
        "until": "2018-09-01",
    }
    assert [amount for _, _, amount, _ in _owed(history)] == ["2.35"]


def test_what_was_used_at_a_fixed_price_owes_at_the_prices_of_the_order() -> None:
    """2 x 24 hours at the distributor's 0.008 of the order, less 50 %; once at its price of the day, 12.00."""
    history: dict[str, Any] = {
        **E20,
        "billing_type": "payg_internal",
        "period": "endless",
        "resources": [{"key": "hours", "price": "0.012"}],
        "chain": [{"reseller": "distributor", "retail": {"hours": "0.008"}, "discount": "50"}],
        "events": [
            {"day": "2018-08-20", "do": "order", "quantities": {"hours": 1}},
            {"day": "2018-09-05", "do": "price", "reseller": "distributor", "prices": {"hours": "12.00"}},
            {"day": "2018-09-06", "do": "usage", "resource": "hours", "units": "2", "hours": "24"},
        ],
    }
    assert [_owed({**history, "fixed_price": fixed})[0][2] for fixed in (True, False)] == ["0.19", "288.00"]


def test_fees_owe_once_and_a_level_without_a_price_is_owed_nothing() -> None:
    history = {
        "currency": "USD",
        "billing_type": "payg_internal",
        "period": "endless",
        "resources": [{"key": "machines", "price": "0.012", "setup_fee": "5.00"}],
        "chain": [
            {"reseller": "distributor", "retail": {"machines": "0.010"}},
            {"reseller": "reseller", "retail": {"setup_fee:machines": "4.00"}, "discount": "25"},
        ],
        "events": [{"day": "2018-08-20", "do": "order", "quantities": {"machines": 2}}],
        "until": "2018-08-20",
    }
    assert _owed(history) == [
        ("reseller", "2018-08-20", "6.00", "2018-08-20"),
        ("distributor", "2018-08-20", "0.00", "2018-08-20"),
    ]


def test_closed_by_hand_the_levels_are_owed_the_sums() -> None:
    """Clarification 10: a year closed on its first day."""
    history = {**E20, "billing_type": "csp_annual", "period": {"months": 12}, "until": "2018-08-21"}
    history["events"] = [
        {"day": "2018-08-20", "do": "order", "quantities": {"seats": 5}, "pay": "now"},
        {"day": "2018-08-21", "do": "close_charges"},
    ]
    assert [(level, amount) for level, _, amount, _ in _owed(history)] == [
        ("reseller 1", "432.00"), ("distributor", "240.00"),
    ]  # fmt: skip


def test_without_a_chain_nobody_owes() -> None:
    history = {**E20, "events": E20["events"][:1]}
    del history["chain"]
    assert _owed(history) == []
