"""spec/billing-types.md 5.6 through the verb: what is due, what comes back, which plan serves, what is refused."""

from typing import Any

import pytest

from subscriptions.models import HeldUnits, SubscriptionResource
from subscriptions.simulation.books import books_of
from subscriptions.simulation.playing import played, simulate
from tests.subscriptions.simulation.test_playing import G_I3, on

pytestmark = pytest.mark.django_db

BIG: dict[str, Any] = {"resources": [{"key": "desks", "price": "12", "included": 1}]}
PLANS = {"big": BIG, "used": {"resources": [{"key": "hours", "price": "1"}], "billing_type": "payg_internal"}}
MONTHS = {**G_I3, "plans": PLANS, "period": {"months": 2}}
ORDER = G_I3["events"][0]


def live(books: dict[str, Any]) -> list[tuple[str, ...]]:
    kept = ("blocked", "closed", "opened")
    return [
        (charge["resource"], charge["status"], charge["from"][5:], charge["to"][5:], charge["amount"])
        for charge in books["charges"]
        if charge["status"] in kept
    ]


def test_an_endless_one_pays_the_difference_up_to_the_billing_day() -> None:
    events = [
        ORDER, on("2018-08-25", "switch", plan="big", quantities={"desks": 6}),
        on("2018-08-26", "change", quantities={"seats": 7}),
        on("2018-08-26", "switch", plan="big", quantities={"desks": 1}),
        on("2018-08-26", "switch", plan="used", quantities={"hours": 1}),
    ]  # fmt: skip
    with played({**G_I3, "plans": PLANS, "events": events}) as stage:
        books = books_of(stage)
        rows = {
            row.name: (row.of_plan, row.quantity)
            for row in SubscriptionResource.objects.filter(subscription__account=stage.account)
        }
        held = list(HeldUnits.objects.order_by("pk").values_list("subscription_resource__name", "day__day", "units"))
    # 5 x 12.00 x 7/31 = 13.55; of 19.35 reserved 8.06 is used, 11.29 comes back.
    assert live(books) == [
        ("desks", "blocked", "08-25", "09-01", "13.55"),
        ("seats", "closed", "08-20", "08-25", "8.06"),
    ]
    assert [(order["kind"], order["amount"], order["due"]) for order in books["orders"]][1] == (
        "switch",
        "13.55",
        "2.26",
    )
    assert (books["balance"], books["blocked"], books["available"]) == ("13.55", "13.55", "0.00")
    (main,) = books["subscriptions"]
    assert (main["status"], main["plan"], main["expires_on"]) == ("active", "big", None)
    assert rows == {"seats": (False, 0), "desks": (True, 6)}
    assert held == [("seats", 20, 5), ("desks", 25, 5), ("seats", 25, 0)]
    # A resource of the plan that was left, the plan that is there, and one that is charged in another way.
    assert [no["do"] for no in books["refused"]] == ["change", "switch", "switch"]


def test_a_term_keeps_its_end_and_what_comes_back_pays_first() -> None:
    events = [ORDER, on("2018-08-25", "switch", plan="big", quantities={"desks": 3})]
    books = simulate({**MONTHS, "events": events, "until": "2018-08-25"})
    assert live(books) == [
        ("desks", "blocked", "08-25", "09-01", "5.42"), ("desks", "opened", "09-01", "10-01", "24.00"),
        ("desks", "opened", "10-01", "10-20", "14.71"), ("seats", "closed", "08-20", "08-25", "8.06"),
    ]  # fmt: skip
    assert (books["orders"][1]["due"], books["available"]) == ("0.00", "5.87"), "11.29 less 5.42"
    assert len(books["payments"]) == 1
    assert books["subscriptions"][0]["expires_on"] == "2018-10-20"


def test_paid_later_it_begins_with_the_payment_and_a_stop_cancels_it() -> None:
    switch = on("2018-08-25", "switch", plan="big", quantities={"desks": 6}, pay="later")
    paid = simulate({**MONTHS, "events": [ORDER, switch, on("2018-08-28", "pay")], "until": "2018-08-28"})
    assert live(paid)[0] == ("seats", "closed", "08-20", "08-28", "12.90")
    assert live(paid)[1:] == [
        ("desks", "blocked", "08-28", "09-01", "7.74"), ("desks", "opened", "09-01", "10-01", "60.00"),
        ("desks", "opened", "10-01", "10-20", "36.77"),
    ]  # fmt: skip
    assert (paid["balance"], paid["blocked"]) == ("8.71", "7.74")
    stopped = simulate({**MONTHS, "events": [ORDER, switch, on("2018-08-26", "stop")], "until": "2018-08-26"})
    assert [order["status"] for order in stopped["orders"]] == ["completed", "cancelled"]
    assert {charge[0] for charge in live(stopped)} == {"seats"}
    short = {**switch, "pay": "balance"}
    refused = simulate({**MONTHS, "events": [ORDER, short], "until": "2018-08-25"})["refused"]
    assert refused == [
        {"day": "2018-08-25", "do": "switch", "reason": "$2.26 more are needed. Top up the balance first."}
    ]


def test_a_trial_is_switched_to_what_is_paid_and_a_term_begins_that_day() -> None:
    events = [ORDER, on("2018-09-05", "switch", plan="big", quantities={"desks": 2})]
    books = simulate({**MONTHS, "trial": True, "events": events, "until": "2018-09-05"})
    assert live(books) == [
        ("desks", "blocked", "09-05", "10-01", "10.40"), ("desks", "opened", "10-01", "11-01", "12.00"),
        ("desks", "opened", "11-01", "11-05", "1.60"),
    ]  # fmt: skip
    assert books["subscriptions"][0]["expires_on"] == "2018-11-05"


@pytest.mark.parametrize(
    ("story", "events", "reason"),
    [
        (
            {"billing_type": "pay_in_full"},
            [],
            "This billing type keeps its plan: order another subscription, and delete this one.",
        ),
        ({}, [on("2018-09-02", "stop")], "The subscription is “Stopped”."),
        ({}, [on("2018-09-02", "renew", pay="later")], "Pay or cancel the order"),
        (
            {"billing_type": "csp_annual"},
            [on("2018-09-02", "close_charges")],
            "The charges up to 20 Oct 2018 were closed by hand",
        ),
    ],
)
def test_what_is_not_switched_says_why(story: dict[str, Any], events: list[Any], reason: str) -> None:
    top_up, switch = (
        on("2018-08-20", "top_up", amount="200"),
        on("2018-09-03", "switch", plan="big", quantities={"desks": 1}),
    )
    books = simulate({**MONTHS, **story, "events": [ORDER, top_up, *events, switch], "until": "2018-09-03"})
    (refused,) = books["refused"]
    assert refused["reason"].startswith(reason)
