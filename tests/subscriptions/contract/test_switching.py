"""What a switch leaves and takes in postpay: nothing is paid or given back; the limit is asked (spec 4 and 5.6)."""

from typing import Any

import pytest

from billing.audit import audit
from subscriptions.simulation.books import books_of
from subscriptions.simulation.playing import played
from tests.subscriptions.simulation.test_playing import G_I3, on

pytestmark = pytest.mark.django_db

PLANS = {"big": {"resources": [{"key": "desks", "price": "12"}]}}


def test_a_postpay_switch_is_confirmed_within_the_limit_and_closes_on_the_billing_day() -> None:
    story: dict[str, Any] = {
        **G_I3, "payment_model": "postpay", "plans": PLANS, "account_class": {"subscription_credit_limit": "100"},
        "events": [
            on("2018-08-20", "order", quantities={"seats": 5}),
            on("2018-08-25", "switch", plan="big", quantities={"desks": 9}),
            on("2018-08-25", "switch", plan="big", quantities={"desks": 5}),
        ],
    }  # fmt: skip
    with played(story) as stage:
        before = books_of(stage)
    with played({**story, "until": "2018-09-01"}) as stage:
        after, wrong = books_of(stage), audit(today=stage.story.until)
    assert [(no["do"], no["reason"][:30]) for no in before["refused"]] == [("switch", "The credit limit of $100.00 is")]
    assert [(one["resource"], one["status"], one["amount"]) for one in before["charges"]] == [
        ("seats", "deleted", "19.35"), ("desks", "blocked", "13.55"), ("seats", "blocked", "8.06"),
    ]  # fmt: skip
    assert (before["blocked"], before["payments"], before["subscriptions"][0]["current_debt"]) == ("21.61", [], "21.61")
    assert [(one["resource"], one["status"], one["amount"]) for one in after["charges"]][1:] == [
        ("desks", "closed", "13.55"), ("seats", "closed", "8.06"), ("desks", "blocked", "60.00"),
    ]  # fmt: skip
    assert after["balance"] == "-21.61"
    assert wrong == []
