"""Postpay through the verbs, the nights and the books: E14 to E17 and the rest of section 4; all of it audited."""

from datetime import date
from typing import Any

import pytest

from billing.audit import audit
from subscriptions.simulation.books import books_of
from subscriptions.simulation.playing import played

pytestmark = pytest.mark.django_db

ORDER: dict[str, Any] = {"day": "2018-08-20", "do": "order", "quantities": {"seats": 5}}
RAISE: dict[str, Any] = {"day": "2018-08-25", "do": "change", "quantities": {"seats": 8}}
TOO_MUCH: dict[str, Any] = {"day": "2018-08-26", "do": "change", "quantities": {"seats": 12}}
CALENDAR = [ORDER, RAISE, TOO_MUCH]
PAID: dict[str, Any] = {"day": "2018-09-15", "do": "pay_invoice"}


def play(events: list[dict[str, Any]], until: str, **more: Any) -> dict[str, Any]:
    """Return the books of a history of the calendar's account; nothing in them may be left unexplained."""
    history = {
        "currency": "USD",
        "payment_model": "postpay",
        "period": "endless",
        "account_class": {"subscription_credit_limit": "100"},
        "resources": [{"key": "seats", "price": "10.00"}],
        "events": events,
        "until": until,
    } | more
    with played(history) as stage:
        assert audit(today=date.fromisoformat(until)) == []
        return books_of(stage)


def live(books: dict[str, Any]) -> list[str]:
    return [
        f"{one['status']} {one['from'][5:]} {one['to'][5:]} {one['amount']}"
        + (f" on {one['closed_on'][5:]}" if one["closed_on"] else "")
        for one in books["charges"]
        if one["status"] != "deleted"
    ]


def payments(books: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [
        (one["amount"], one["status"], one["created_on"][5:], one["due_on"][5:])
        for one in books["payments"]
        if one["purpose"] == "rendered_services"
    ]


# Until, balance, blocked, current debt, status, payments: the rows of the calendar.
E14_TO_E17 = {
    "20 Aug": (CALENDAR, "2018-08-20", "0.00", "19.35", "19.35", "active", []),
    "26 Aug": (CALENDAR, "2018-08-26", "0.00", "26.12", "26.12", "active", []),
    "1 Sep": (CALENDAR, "2018-09-01", "-26.12", "80.00", "80.00", "active", []),
    "E14": (CALENDAR, "2018-09-02", "-26.12", "80.00", "80.00", "active", [("26.12", "waiting", "09-02", "09-11")]),
    "11 Sep": (CALENDAR, "2018-09-11", "-26.12", "80.00", "80.00", "active", [("26.12", "waiting", "09-02", "09-11")]),
    "E15": (CALENDAR, "2018-09-12", "-26.12", "29.33", "29.33", "blocked", [("26.12", "expired", "09-02", "09-11")]),
    "15 Sep": (
        [*CALENDAR, PAID], "2018-09-15", "0.00", "72.00", "72.00", "active",
        [("26.12", "completed", "09-02", "09-11")],
    ),
    "E16": (
        [*CALENDAR, PAID], "2018-10-02", "-72.00", "80.00", "80.00", "active",
        [("26.12", "completed", "09-02", "09-11"), ("72.00", "waiting", "10-02", "10-11")],
    ),
    "E17": (
        [*CALENDAR, {"day": "2018-09-10", "do": "top_up", "amount": "30.00"}], "2018-09-12",
        "3.88", "80.00", "80.00", "active", [("26.12", "completed", "09-02", "09-11")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("row", E14_TO_E17)
def test_the_worked_calendar(row: str):
    events, until, *expected, status, paid = E14_TO_E17[row]
    books = play(events, until)
    (subscription,) = books["subscriptions"]
    assert [books["balance"], books["blocked"], subscription["current_debt"]] == expected
    assert subscription["status"] == status
    assert payments(books) == paid
    assert [one["day"] for one in books["refused"]] == (["2018-08-26"] if until > "2018-08-25" else [])


def test_every_closed_charge_stands_on_one_invoice_in_prepay_too():
    postpaid = play([*CALENDAR, PAID], "2018-10-02")
    assert [(one["from"], one["to"], one["created_on"], one["total"]) for one in postpaid["invoices"]] == [
        ("2018-08-01", "2018-09-01", "2018-09-02", "26.12"),
        ("2018-09-01", "2018-10-01", "2018-10-02", "72.00"),
    ]
    stop = {"day": "2018-08-28", "do": "stop"}
    prepaid = play([ORDER, stop], "2018-11-05", payment_model="prepay", account_class={})
    (invoice,) = prepaid["invoices"]
    assert (invoice["created_on"], invoice["total"], invoice["status"]) == ("2018-09-02", "12.90", "closed")
    assert [prepaid["charges"][line["charge"]]["closed_on"] for line in invoice["lines"]] == ["2018-08-28"]


def test_a_month_above_the_limit_blocks_until_it_is_raised_and_activated_by_hand():
    dearer = {"day": "2018-08-28", "do": "price", "prices": {"seats": "21.00"}}
    activate = {"day": "2018-09-03", "do": "activate"}
    higher = {"day": "2018-09-05", "do": "limit", "subscription_credit_limit": "200"}
    again = {"day": "2018-09-11", "do": "activate"}
    books = play([ORDER, dearer, activate, higher, again], "2018-09-11")
    assert live(books) == ["closed 08-20 09-01 19.35 on 09-01", "blocked 09-11 10-01 70.00"]
    assert [one["day"] for one in books["refused"]] == ["2018-09-03"]
    assert play([ORDER, dearer], "2018-09-01")["subscriptions"][0]["status"] == "blocked"


def test_a_raise_whose_days_cost_nothing_yet_is_held_to_the_month_all_the_same():
    """One day of a unit of 0.10 rounds to nothing, and the month would be twice the limit."""
    events = [
        {"day": "2018-08-01", "do": "order", "quantities": {"seats": 1}},
        {"day": "2018-08-31", "do": "change", "quantities": {"seats": 2}},
    ]
    cheap = {"resources": [{"key": "seats", "price": "0.10"}], "account_class": {"subscription_credit_limit": "0.10"}}
    books = play(events, "2018-09-01", **cheap)
    assert [no["do"] for no in books["refused"]] == ["change"]
    assert (books["blocked"], books["subscriptions"][0]["status"]) == ("0.10", "active")


def test_while_blocked_nothing_but_a_deletion_is_let_pass():
    deeds = [
        {"day": "2018-09-13", "do": "change", "quantities": {"seats": 4}},
        {"day": "2018-09-13", "do": "stop"},
        {"day": "2018-09-13", "do": "activate"},
        {"day": "2018-09-14", "do": "delete"},
    ]
    books = play([*CALENDAR, *deeds], "2018-10-02")
    assert [one["do"] for one in books["refused"]] == ["change", "change", "stop", "activate"]
    assert live(books)[2:] == ["closed 09-01 09-12 29.33 on 10-01"]
    assert books["subscriptions"][0]["status"] == "deleted"
    assert payments(books)[-1] == ("29.33", "waiting", "10-02", "10-11")


def test_a_higher_debt_after_the_payment_keeps_it_blocked_for_the_limit():
    lower = {"day": "2018-09-13", "do": "limit", "subscription_credit_limit": "60"}
    books = play([*CALENDAR, lower, PAID], "2018-09-16")
    assert (books["subscriptions"][0]["status"], books["balance"]) == ("blocked", "0.00")
    later = {"day": "2018-09-20", "do": "limit", "subscription_credit_limit": None}
    activated = play([*CALENDAR, lower, PAID, later, {"day": "2018-09-21", "do": "activate"}], "2018-09-21")
    assert live(activated)[2:] == ["blocked 09-01 09-12 29.33", "blocked 09-21 10-01 26.67"]


def test_the_oldest_payment_is_taken_from_the_balance_first():
    events = [ORDER, {"day": "2018-10-12", "do": "top_up", "amount": "55.00"}]
    books = play(events, "2018-10-15", account_class={"payment_expiration_days": 60})
    assert payments(books)[:2] == [("19.35", "waiting", "09-02", "10-31"), ("50.00", "waiting", "10-02", "11-30")]
    books = play(events, "2018-11-30", account_class={"payment_expiration_days": 60})
    assert [(one[0], one[1]) for one in payments(books)] == [
        ("19.35", "completed"), ("50.00", "waiting"), ("50.00", "waiting"),
    ]  # fmt: skip
    assert books["available"] == "35.65"


def test_with_a_term_the_pieces_come_one_by_one_and_its_renewal_is_confirmed():
    renew = {"day": "2018-09-10", "do": "renew"}
    patient = {"payment_expiration_days": 60}
    term: dict[str, Any] = {"period": {"months": 1}, "account_class": patient}
    books = play([ORDER, renew], "2018-09-10", **term)
    assert live(books) == [
        "closed 08-20 09-01 19.35 on 09-01",
        "blocked 09-01 09-20 31.67",
        "blocked 09-20 10-01 18.33",
        "new 10-01 10-20 30.65",
    ]
    books = play([ORDER, renew], "2018-10-02", **term)
    assert live(books)[1:] == [
        "closed 09-01 09-20 31.67 on 10-01", "closed 09-20 10-01 18.33 on 10-01", "blocked 10-01 10-20 30.65",
    ]  # fmt: skip
    assert books["invoices"][-1]["total"] == "50.00"
    ended = play([ORDER], "2018-10-02", **term)
    assert live(ended)[1:] == ["closed 09-01 09-20 31.67 on 10-01"]
    assert ended["subscriptions"][0]["status"] == "stopped"


def test_what_was_used_closes_on_the_billing_day_with_its_setup_fee():
    usage = {"day": "2018-08-25", "do": "usage", "resource": "seats", "units": "2", "hours": "130.5"}
    delete = {"day": "2018-08-28", "do": "delete"}
    metered = {"billing_type": "payg_internal", "resources": [{"key": "seats", "price": "0.012", "setup_fee": "1.00"}]}
    books = play([ORDER, usage, delete], "2018-08-28", **metered)
    assert live(books) == ["blocked 08-20 09-01 5.00", "blocked 08-20 09-01 3.13"]
    books = play([ORDER, usage, delete], "2018-09-02", **metered)
    assert live(books) == ["closed 08-20 09-01 5.00 on 09-01", "closed 08-20 09-01 3.13 on 09-01"]
    assert books["payments"][0]["amount"] == "8.13"


def test_a_hold_of_a_manager_and_no_credit_hold():
    held = [{"day": "2018-09-05", "do": "hold"}, {"day": "2018-09-08", "do": "release"}]
    books = play([ORDER, *held], "2018-09-08")
    assert live(books)[1:] == ["blocked 09-01 09-05 6.67", "blocked 09-08 10-01 38.33"]


def test_deeds_of_the_other_payment_model_are_refused():
    books = play([ORDER, {"day": "2018-08-21", "do": "pay_invoice"}, {"day": "2018-08-21", "do": "pay"}], "2018-08-21")
    assert [one["do"] for one in books["refused"]] == ["pay_invoice", "pay"]
