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
        "charges", "transactions", "balance", "blocked", "available", "subscriptions", "orders", "payments",
        "invoices", "reseller_charges", "notifications", "refused",
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
        "discount": "0.00",
        "closed_on": "2018-08-25",
    }
    assert books["transactions"][1] == {
        "day": "2018-08-25",
        "amount": "-8.06",
        "balance": "11.29",
        "description": "seats: 5, 20 Aug 2018 – 24 Aug 2018",
    }
    assert (books["balance"], books["blocked"], books["available"]) == ("11.29", "4.52", "6.77")
    assert books["subscriptions"] == [
        {"name": "main", "status": "active", "plan": None, "expires_on": None, "current_debt": None}
    ]
    assert books["refused"] == []


def test_orders_payments_and_messages_are_told() -> None:
    books = simulate(G_I3)
    asked = {"subscription": "main", "status": "completed", "discount": "0.00"}
    assert books["orders"] == [
        {**asked, "kind": "sales", "ordered_on": "2018-08-20", "amount": "19.35", "due": "19.35"},
        {**asked, "kind": "change", "ordered_on": "2018-08-25", "amount": "0.00", "due": "0.00"},
    ]
    assert books["payments"] == [
        {
            "purpose": "order",
            "status": "completed",
            "created_on": "2018-08-20",
            "due_on": None,
            "expires_on": None,
            "completed_on": "2018-08-20",
            "amount": "19.35",
            "billing_day": None,
        }
    ]
    assert books["notifications"] == [
        {"day": "2018-08-20", "event": "order_placed"},
        {"day": "2018-08-29", "event": "billing_day_is_coming", "required_funds": "20.00"},
    ]


def test_a_coming_billing_day_says_what_it_needs() -> None:
    """G-I16: 5 x 10.00 of what is Active, nothing of what is Stopped; nothing where all is paid afterwards."""
    events = [
        on("2018-08-20", "order", quantities={"seats": 5}),
        on("2018-08-20", "order", subscription="b", quantities={"seats": 9}),
        on("2018-08-25", "stop", subscription="b"),
        on("2018-08-29", "change", quantities={"seats": 7}), on("2018-08-29", "top_up", amount="500.00"),
        on("2018-10-31", "delete"),
    ]  # fmt: skip
    books = simulate({**G_I3, "events": events, "until": "2019-01-31"})
    assert [told for told in books["notifications"] if told["event"] != "order_placed"] == [
        {"day": day, "event": "billing_day_is_coming", "required_funds": funds}
        for day, funds in (("2018-08-29", "50.00"), ("2018-09-28", "70.00"), ("2018-10-29", "70.00"))
    ]
    afterwards = [{key: one[key] for key in one if key != "pay"} for one in events]
    assert simulate({**G_I3, "payment_model": "postpay", "events": afterwards})["notifications"] == []


def test_a_renewal_is_told_on_the_day_of_its_night() -> None:
    """Ordered of itself ahead of the end, and begun with it: both by nights that are caught up here."""
    terms = {**G_I3, "billing_type": "csp_annual", "period": {"months": 1}, "auto_renew": True}
    events = [on("2018-08-20", "order", quantities={"seats": 5}), on("2018-08-20", "top_up", amount="60.00")]
    books = simulate({**terms, "service_term": {"renew_point": 10}, "events": events, "until": "2018-10-01"})
    assert [(told["day"], told["event"]) for told in books["notifications"]][1:3] == [
        ("2018-09-10", "order_placed"), ("2018-09-20", "subscription_renewed")
    ]  # fmt: skip


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


FULL = {
    "currency": "USD",
    "billing_type": "pay_in_full",
    "period": {"months": 2},
    "resources": [{"key": "seats", "price": "10"}],
}


def on(day: str, do: str, **more: object) -> dict[str, Any]:
    return {"day": day, "do": do, **more}


def test_an_order_that_asks_for_nothing_yet_tells_what_it_comes_to() -> None:
    books = simulate({**FULL, "events": [on("2018-08-20", "order", quantities={"seats": 5})], "until": "2018-08-20"})
    (order,) = books["orders"]
    assert (order["status"], order["amount"], order["due"], books["payments"]) == ("completed", "100.00", "0.00", [])
    assert books["subscriptions"][0]["expires_on"] == "2018-11-01"


def test_an_order_that_nobody_pays_is_cancelled_in_the_night_of_its_last_day() -> None:
    events = [on("2018-08-20", "order", quantities={"seats": 5}, pay="later"), on("2018-08-23", "pay")]
    books = simulate({**G_I3, "account_class": {"cancel_unpaid_after": 2}, "events": events})
    assert [order["status"] for order in books["orders"]] == ["cancelled"]
    (payment,) = books["payments"]
    assert (payment["status"], payment["expires_on"], payment["completed_on"]) == ("cancelled", "2018-08-22", None)
    assert (books["subscriptions"][0]["status"], [no["do"] for no in books["refused"]]) == ("deleted", ["pay"])


def test_a_hold_of_the_manager_stops_and_its_release_activates() -> None:
    events = [
        *G_I3["events"][:1], on("2018-08-25", "hold"), on("2018-08-25", "hold"),
        on("2018-08-26", "order", subscription="b", quantities={"seats": 1}), on("2018-08-28", "release"),
    ]  # fmt: skip
    held = simulate({**G_I3, "events": events, "until": "2018-08-26"})
    assert [(one["name"], one["status"]) for one in held["subscriptions"]] == [("main", "stopped")]
    assert [(no["day"], no["do"]) for no in held["refused"]] == [("2018-08-25", "hold"), ("2018-08-26", "order")]
    # 20-24 and 28-31 August are served: 5 x 10.00 x 5/31 and 4/31.
    after = simulate({**G_I3, "events": events, "until": "2018-09-01"})
    assert [charge["amount"] for charge in after["charges"] if charge["status"] == "closed"] == ["8.06", "6.45"]


def test_another_limit_and_the_days_below_zero_hold_and_release() -> None:
    terms = {**G_I3, "credit_limit": "50", "account_class": {"subzero_days": 3}}
    events = [*G_I3["events"][:1], on("2018-09-02", "limit", credit_limit="60")]
    books = simulate({**terms, "events": events, "until": "2018-10-08"})
    assert books["available"] == "10.00"
    # September is Blocked within the limit; closed on 1 October it leaves 50.00 below zero, for three days.
    held = {"day": "2018-10-05", "event": "account_on_credit_hold"}
    coming = [
        {"day": day, "event": "billing_day_is_coming", "required_funds": "50.00"}
        for day in ("2018-08-29", "2018-09-28")
    ]
    assert books["subscriptions"][0]["status"] == "stopped"
    assert [told for told in books["notifications"] if told["event"] != "order_placed"] == [
        *coming, {"day": "2018-10-01", "event": "subscription_stopped_funds_short"}, held
    ]  # fmt: skip
    refusing = simulate({**terms, "account_class": {"negative_allowed": False}, "until": "2018-09-01"})
    assert [one["status"] for one in refusing["subscriptions"]] == ["stopped"]


def test_the_lower_priority_number_is_renewed_first() -> None:
    orders = [
        on("2018-08-20", "order", subscription=name, quantities={"seats": 1}, priority=priority)
        for name, priority in (("later", 0), ("first", -1))
    ]
    books = simulate({**G_I3, "events": [*orders, on("2018-08-20", "top_up", amount="10")], "until": "2018-09-01"})
    assert [(one["name"], one["status"]) for one in books["subscriptions"]] == [
        ("later", "stopped"), ("first", "active")
    ]  # fmt: skip


def test_quotas_of_what_is_charged_by_use_may_be_none() -> None:
    terms = {**G_I3, "billing_type": "payg_internal"}
    events = [
        on("2018-08-20", "order", quantities={"seats": 0}),
        on("2018-08-21", "usage", resource="seats", units="2", hours="3"),
        on("2018-08-22", "pay_invoice"), on("2018-08-22", "limit", subscription_credit_limit="5"),
    ]  # fmt: skip
    books = simulate({**terms, "events": events, "until": "2018-08-22"})
    assert [charge["amount"] for charge in books["charges"]] == ["60.00"]
    # Both are deeds of postpay, which the format has and this account lacks.
    assert [no["do"] for no in books["refused"]] == ["pay_invoice", "limit"]


def test_what_is_used_in_a_trial_is_free_and_no_mistake() -> None:
    for billing_type, used in (("payg_internal", {"units": "2", "hours": "3"}), ("payg_external", {"cost": "7"})):
        terms = {**G_I3, "billing_type": billing_type, "trial": True}
        events = [
            on("2018-08-20", "order", quantities={"seats": 1}), on("2018-08-21", "usage", resource="seats", **used)
        ]  # fmt: skip
        books = simulate({**terms, "events": events, "until": "2018-09-02"})
        assert (books["charges"], books["refused"], books["balance"]) == ([], [], "0.00")
