"""Whole histories through the real verbs; the published amounts are in test_against_oracle.py."""

import copy
from typing import Any

import pytest

from accounts.models import Reseller
from billing.models import Charge, LedgerEntry
from notifications.models import Notification
from subscriptions.models import Subscription
from subscriptions.simulation.playing import simulate
from tests.factories import accounts as cast

pytestmark = pytest.mark.django_db

G_I3: dict[str, Any] = {
    "currency": "USD",
    "billing_type": "csp_monthly",
    "payment_model": "prepay",
    "billing_day": 1,
    "period": "endless",
    "fixed_price": False,
    "credit_limit": "0",
    "resources": [{"key": "seats", "price": "10.00"}],
    "events": [
        {"day": "2018-08-20", "do": "order", "quantities": {"seats": 5}, "pay": "now"},
        {"day": "2018-08-25", "do": "change", "quantities": {"seats": 2}},
    ],
    "until": "2018-08-31",
}


def test_the_output_is_the_agreed_one() -> None:
    books = simulate(G_I3)
    assert list(books) == [
        "charges", "transactions", "balance", "blocked", "available", "subscriptions", "refused",
    ]  # fmt: skip
    assert books["charges"][1] == {
        "subscription": "main",
        "resource": "seats",
        "type": "recurring_fee",
        "status": "closed",
        "from": "2018-08-20",
        "to": "2018-08-25",
        "quantity": 5,
        "unit_price": "10.00",
        "amount": "8.06",
        "closed_on": "2018-08-25",
    }
    assert books["transactions"][1] == {
        "day": "2018-08-25",
        "amount": "-8.06",
        "balance": "11.29",
        "description": "seats: 5, 20 Aug 2018 – 24 Aug 2018",
    }
    assert (books["balance"], books["blocked"], books["available"]) == ("11.29", "4.52", "6.77")
    assert books["subscriptions"] == [{"name": "main", "status": "active"}]
    assert books["refused"] == []


def test_nothing_of_it_stays() -> None:
    cast.operator()
    history = copy.deepcopy(G_I3)
    simulate(history)
    assert history == G_I3
    assert Reseller.objects.count() == 1
    for model in (Charge, LedgerEntry, Subscription, Notification):
        assert not model.objects.exists()


def test_what_is_refused_is_said_with_its_reason_and_changes_nothing() -> None:
    events = [
        *G_I3["events"],
        {"day": "2018-08-26", "do": "activate"},
        {"day": "2018-08-26", "do": "stop", "subscription": "other"},
        {"day": "2018-08-26", "do": "order", "quantities": {"seats": 1}},
        {"day": "2018-08-26", "do": "pay"},
        {"day": "2018-08-26", "do": "change", "quantities": {"seats": 20}, "pay": "balance"},
    ]
    books = simulate({**G_I3, "events": events})
    assert books["refused"] == [
        {
            "day": "2018-08-26",
            "do": "activate",
            "reason": "The subscription is “Active”. Only a stopped subscription can be activated.",
        },
        {"day": "2018-08-26", "do": "stop", "reason": "There is no subscription “other”."},
        {"day": "2018-08-26", "do": "order", "reason": "There is a subscription “main” already."},
        {"day": "2018-08-26", "do": "pay", "reason": "No order of “main” waits for a payment."},
        {
            "day": "2018-08-26",
            "do": "change",
            "reason": "$28.07 more are needed. Top up the balance first.",
        },
    ]
    assert {**books, "refused": []} == simulate(G_I3)


def test_a_late_payment_that_is_short_is_said() -> None:
    events = [
        {"day": "2018-08-31", "do": "order", "quantities": {"seats": 5}, "pay": "later"},
        {"day": "2018-09-01", "do": "pay"},
        {"day": "2018-09-01", "do": "pay"},
    ]
    books = simulate({**G_I3, "events": events, "until": "2018-09-01"})
    assert books["refused"] == [
        {
            "day": "2018-09-01",
            "do": "pay",
            "reason": "The order has become dearer since it was placed: $48.39 more are to be paid.",
        }
    ]
    assert books["subscriptions"][0]["status"] == "active"
    assert books["available"] == "0.00"


@pytest.mark.parametrize(
    ("currency", "amount", "unit_price"), [("JPY", "19", "10"), ("KWD", "19.355", "10.000"), ("USD", "19.35", "10.00")]
)
def test_amounts_have_the_decimals_of_the_currency(currency: str, amount: str, unit_price: str) -> None:
    books = simulate({**G_I3, "currency": currency, "events": G_I3["events"][:1]})
    assert (books["charges"][0]["amount"], books["charges"][0]["unit_price"]) == (amount, unit_price)


def test_a_price_finer_than_the_currency_is_shown_whole() -> None:
    resources = [{"key": "seats", "price": "0.005"}]
    books = simulate({**G_I3, "resources": resources, "events": G_I3["events"][:1]})
    assert books["charges"][0]["unit_price"] == "0.005"


def test_events_after_the_end_do_not_happen() -> None:
    assert simulate({**G_I3, "until": "2018-08-24"})["charges"][0]["status"] == "blocked"
