"""Events of a history: each deed with its own members and no others, each fault named by its path."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from subscriptions.simulation.events import OWN_MEMBERS, Event
from subscriptions.simulation.history import read_history
from subscriptions.simulation.reading import BadHistory

SEATS = {"key": "seats", "price": "10"}
STORY: dict[str, Any] = {
    "currency": "USD",
    "resources": [SEATS],
    "plans": {"big": {"resources": [{"key": "desks", "price": "12"}, {"key": "lamps", "price": "1"}]}},
    "chain": [{"reseller": "root", "retail": {"seats": "8"}}],
    "until": "2018-08-31",
}
BY_HOURS = {**STORY, "billing_type": "payg_internal", "period": "endless"}
BY_COST = {**STORY, "billing_type": "payg_external", "period": "endless"}
POSTPAY = {**STORY, "payment_model": "postpay"}
ORDER = {"do": "order", "quantities": {"seats": 1}}


def read(story: dict[str, Any], event: dict[str, Any]) -> Event:
    return read_history({**story, "events": [{"day": "2018-08-20", **event}]}).events[0]


@pytest.mark.parametrize(
    ("story", "event", "values"),
    [
        (STORY, {"do": "top_up", "amount": "5.50"}, {"amount": Decimal("5.50")}),
        (STORY, {**ORDER, "priority": -3}, {"quantities": {"seats": 1}, "priority": -3, "pay": "now"}),
        (STORY, {"do": "change", "quantities": {"desks": 2}, "pay": "later"}, {"quantities": {"desks": 2}}),
        (STORY, {"do": "stop", "subscription": "b"}, {"subscription": "b"}),
        (STORY, {"do": "activate"}, {"subscription": "main"}),
        (STORY, {"do": "delete"}, {"quantities": {}}),
        (STORY, {"do": "pay"}, {"pay": "now"}),
        (STORY, {"do": "price", "prices": {"lamps": "0.000001"}}, {"prices": {"lamps": Decimal("0.000001")}}),
        (STORY, {"do": "price", "prices": {"seats": "9"}, "reseller": "root"}, {"reseller": "root"}),
        (STORY, {"do": "renew"}, {"quantities": {}}),
        (STORY, {"do": "renew", "quantities": {"seats": 0}, "pay": "balance"}, {"quantities": {"seats": 0}}),
        (STORY, {"do": "switch", "plan": "big", "quantities": {"desks": 2, "lamps": 0}}, {"plan": "big"}),
        (BY_HOURS, {"do": "usage", "resource": "seats", "units": "2", "hours": "0.5"}, {"unit_hours": Decimal(1)}),
        (BY_COST, {"do": "usage", "resource": "seats", "cost": "0.0123456789"}, {"cost": Decimal("0.0123456789")}),
        (STORY, {"do": "close_charges"}, {"do": "close_charges"}),
        (POSTPAY, {"do": "pay_invoice"}, {"billing_day": None}),
        (POSTPAY, {"do": "pay_invoice", "billing_day": "2018-09-01"}, {"billing_day": date(2018, 9, 1)}),
        (STORY, {"do": "hold"}, {"do": "hold"}),
        (STORY, {"do": "release", "kind": "administrative"}, {"do": "release"}),
        (STORY, {"do": "limit", "credit_limit": "5"}, {"limit_name": "credit_limit", "limit": Decimal(5)}),
        (POSTPAY, {"do": "limit", "subscription_credit_limit": None}, {"limit": None}),
        (STORY, {"do": "auto_renew", "on": True}, {"on": True}),
    ],
)
def test_an_event_is_read(story: dict[str, Any], event: dict[str, Any], values: dict[str, Any]) -> None:
    found = read(story, event)
    assert {name: getattr(found, name) for name in values} == values


HERE = "events[0]"
WRONG: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    (STORY, {"do": "stop", "day": "20.08.2018"}, f"{HERE}.day: must be a day such as 2018-08-20"),
    (STORY, {"do": "stop", "day": 20180820}, f"{HERE}.day: must be a day such as 2018-08-20"),
    (STORY, {"do": "stop", "subscription": ""}, f"{HERE}.subscription: must be a name"),
    (STORY, {"do": "sleep"}, f"{HERE}.do: must be one of top_up, order"),
    (STORY, {"do": ["stop"]}, f"{HERE}.do: must be one of top_up, order"),
    (STORY, {"do": "stop", "pay": "soon"}, f"{HERE}.pay: must be one of now, balance, later"),
    (STORY, {"do": "stop", "priority": 1}, f"{HERE}.priority: is not known here"),
    (STORY, {"do": "order"}, f"{HERE}.quantities: is missing"),
    (STORY, {"do": "order", "quantities": []}, f"{HERE}.quantities: must be an object"),
    (STORY, {"do": "order", "quantities": {"chairs": 1}}, f"{HERE}.quantities.chairs: is not known here, only desks"),
    (STORY, {"do": "change", "quantities": {"seats": -1}}, f"{HERE}.quantities.seats: must be a whole number from 0"),
    (STORY, {"do": "change", "quantities": {"seats": 1.5}}, f"{HERE}.quantities.seats: must be a whole number"),
    (STORY, {"do": "change", "quantities": {"seats": "2"}}, f"{HERE}.quantities.seats: must be a whole number"),
    (STORY, {**ORDER, "priority": "1"}, f"{HERE}.priority: must be a whole number from -16000 to 16000"),
    (STORY, {"do": "top_up"}, f"{HERE}.amount: is missing"),
    (STORY, {"do": "top_up", "amount": "0"}, f"{HERE}.amount: must be more than zero"),
    (STORY, {"do": "top_up", "amount": "1.001"}, f"{HERE}.amount: must have at most 2 decimals"),
    (STORY, {"do": "price"}, f"{HERE}.prices: is missing"),
    (STORY, {"do": "price", "prices": {"chairs": "1"}}, f"{HERE}.prices.chairs: is not known here"),
    (STORY, {"do": "price", "prices": {}, "reseller": "leaf"}, f"{HERE}.reseller: must be one of root"),
    ({**STORY, "chain": []}, {"do": "price", "prices": {}, "reseller": "x"}, f"{HERE}.reseller: must be a reseller"),
    (STORY, {"do": "renew", "priority": 1}, f"{HERE}.priority: is not known here, only day, do, pay, quantities"),
    (STORY, {"do": "switch", "quantities": {}}, f"{HERE}.plan: is missing"),
    (STORY, {"do": "switch", "plan": "small", "quantities": {}}, f"{HERE}.plan: must be one of big"),
    ({**STORY, "plans": {}}, {"do": "switch", "plan": "big", "quantities": {}}, f"{HERE}.plan: must be a name of"),
    (STORY, {"do": "switch", "plan": "big"}, f"{HERE}.quantities: is missing"),
    (STORY, {"do": "switch", "plan": "big", "quantities": {"desks": 1}}, f"{HERE}.quantities.lamps: is missing"),
    (STORY, {"do": "usage", "resource": "seats", "cost": "1"}, f"{HERE}.do: nothing is used with the billing type"),
    (BY_HOURS, {"do": "usage", "units": "1", "hours": "1"}, f"{HERE}.resource: is missing"),
    (BY_HOURS, {"do": "usage", "resource": "x", "units": "1", "hours": "1"}, f"{HERE}.resource: must be one of desks"),
    (BY_HOURS, {"do": "usage", "resource": "seats", "units": 1, "hours": "1"}, f"{HERE}.units: must be a decimal"),
    (BY_HOURS, {"do": "usage", "resource": "seats", "units": "0", "hours": "1"}, f"{HERE}.hours: units x hours must"),
    (BY_HOURS, {"do": "usage", "resource": "seats", "cost": "1"}, f"{HERE}.cost: is not known here, only day, do, ho"),
    (BY_COST, {"do": "usage", "resource": "seats", "units": "1", "hours": "1"}, f"{HERE}.units: is not known here"),
    (BY_COST, {"do": "usage", "resource": "seats"}, f"{HERE}.cost: is missing"),
    (BY_COST, {"do": "usage", "resource": "seats", "cost": "1.00000000001"}, f"{HERE}.cost: must have at most 10"),
    (STORY, {"do": "close_charges", "pay": "now"}, f"{HERE}.pay: is not known here"),
    (POSTPAY, {**ORDER, "pay": "now"}, f"{HERE}.pay: must be left out with postpay"),
    (STORY, {"do": "pay_invoice", "billing_day": 1}, f"{HERE}.billing_day: must be a day"),
    (STORY, {"do": "hold", "kind": "credit"}, f"{HERE}.kind: must be one of administrative"),
    (STORY, {"do": "limit"}, f"{HERE}.credit_limit: one of credit_limit and subscription_credit_limit has to"),
    (STORY, {"do": "limit", "credit_limit": None}, f"{HERE}.credit_limit: must be a decimal number"),
    (STORY, {"do": "auto_renew"}, f"{HERE}.on: is missing"),
    (STORY, {"do": "auto_renew", "on": "yes"}, f"{HERE}.on: must be true or false"),
    *((STORY, {"do": do, "colour": 1}, f"{HERE}.colour: is not known here") for do in OWN_MEMBERS if do != "usage"),
]


@pytest.mark.parametrize(("story", "event", "sentence"), WRONG)
def test_what_is_wrong_with_an_event_is_named(story: dict[str, Any], event: dict[str, Any], sentence: str) -> None:
    with pytest.raises(BadHistory) as fault:
        read(story, event)
    assert str(fault.value).startswith(sentence)
