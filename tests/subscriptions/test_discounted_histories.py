"""Histories with a discount through the real verbs and nights: the amounts of section 7 and its examples."""

from typing import Any

import pytest

from subscriptions.simulation.playing import simulate
from tests.factories import accounts as cast

pytestmark = pytest.mark.django_db


def played(*events: dict[str, Any], until: str, **terms: Any) -> dict[str, Any]:
    cast.operator()
    return simulate(
        {
            "currency": "USD",
            "billing_day": 1,
            "discount": {"percent": "10"},
            "resources": [{"key": "seats", "price": "10.00"}],
            "events": list(events),
            "until": until,
            **terms,
        }
    )


def live(books: dict[str, Any]) -> list[str]:
    shown = ("blocked", "closed", "opened")
    return [f"{one['status']} {one['amount']} {one['discount']}" for one in books["charges"] if one["status"] in shown]


ORDER = {"day": "2018-08-20", "do": "order", "quantities": {"seats": 5}}


def test_e18_1_the_lines_of_an_order_and_of_its_nights():
    resources = [{"key": key, "price": "3.35"} for key in ("a", "b", "c")]
    order = {"day": "2018-09-01", "do": "order", "quantities": {"a": 1, "b": 1, "c": 1}}
    top_up = {"day": "2018-09-01", "do": "top_up", "amount": "20.00"}
    books = played(order, top_up, until="2018-10-01", resources=resources)
    assert live(books) == [f"{status} {amount}" for status in ("closed", "blocked")
                           for amount in ("3.02 0.33", "3.02 0.33", "3.01 0.34")]  # fmt: skip
    (placed,) = books["orders"]
    assert (placed["amount"], placed["discount"], placed["due"]) == ("9.05", "1.00", "9.05")
    assert (books["balance"], books["blocked"]) == ("20.00", "9.05")


def test_e19_a_stop():
    books = played(ORDER, {"day": "2018-08-25", "do": "stop"}, until="2018-08-25", period={"months": 1},
                   billing_type="gsuite")  # fmt: skip
    assert live(books) == ["opened 28.50 3.17", "closed 7.26 0.80", "opened 10.16 1.13"]
    (placed,) = books["orders"]
    assert (placed["amount"], placed["discount"], placed["due"]) == ("45.92", "5.10", "17.42")


def test_e21_yen():
    order = {**ORDER, "quantities": {"a": 5, "b": 1}}
    resources = [{"key": "a", "price": "1000"}, {"key": "b", "price": "1749"}]
    books = played(order, until="2018-08-20", currency="JPY", resources=resources)
    assert live(books) == ["blocked 1742 193", "blocked 609 68"]
    assert (books["orders"][0]["amount"], books["orders"][0]["discount"]) == ("2351", "261")


def test_only_the_fees_named_are_discounted():
    books = played(ORDER, until="2018-08-20", discount={"percent": "10", "on": ["setup"]})
    assert live(books) == ["blocked 19.35 0.00"]


def test_what_is_lowered_and_what_is_used():
    lowered = played(ORDER, {"day": "2018-08-25", "do": "change", "quantities": {"seats": 2}}, until="2018-08-25")
    assert live(lowered) == ["closed 7.26 0.80", "blocked 4.06 0.46"]
    assert (lowered["balance"], lowered["blocked"]) == ("10.16", "4.06")
    used = played(
        {**ORDER, "quantities": {"machines": 2}},
        {"day": "2018-08-21", "do": "usage", "resource": "machines", "units": "2", "hours": "130.625"},
        until="2018-08-21", billing_type="payg_internal", period="endless",
        resources=[{"key": "machines", "price": "0.012"}],
    )  # fmt: skip
    assert live(used) == ["blocked 2.82 0.32"]
