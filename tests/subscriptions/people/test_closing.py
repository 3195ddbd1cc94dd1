"""spec/billing-types.md 5.7 through the verb: closed at once, raises follow, nothing comes back until the end."""

from typing import Any

import pytest

from billing.audit import audit
from billing.models import ClosedUnits
from subscriptions.simulation.books import books_of
from subscriptions.simulation.playing import played, simulate
from tests.subscriptions.people.test_switching import MONTHS, ORDER, live
from tests.subscriptions.simulation.test_playing import G_I3, on

pytestmark = pytest.mark.django_db

TOP_UP = on("2018-08-20", "top_up", amount="200")
ANNUAL: dict[str, Any] = {**MONTHS, "billing_type": "csp_annual"}


def test_a_term_is_closed_whole_and_so_is_what_is_raised_later() -> None:
    events = [
        ORDER, TOP_UP, on("2018-08-21", "close_charges"), on("2018-08-22", "change", quantities={"seats": 4}),
        on("2018-08-25", "change", quantities={"seats": 7}, pay="balance"), on("2018-09-02", "stop"),
        on("2018-09-03", "activate"), on("2018-09-04", "delete"),
    ]  # fmt: skip
    with played({**ANNUAL, "events": events, "until": "2018-09-04"}) as stage:
        books = books_of(stage)
        wrong = audit(today=stage.story.until)
    # 19.35 + 50.00 + 30.65; then 2 x 10.00 from 25 August: 4.52 + 20.00 + 12.26.
    assert live(books) == [
        ("seats", "closed", "08-20", "10-20", "100.00"), ("seats", "closed", "08-25", "10-20", "36.78"),
    ]  # fmt: skip
    assert [charge["unit_price"] for charge in books["charges"] if charge["quantity"] == 1] == ["100.00", "36.78"]
    assert [(no["day"], no["do"]) for no in books["refused"]] == [("2018-08-22", "change")]
    assert (books["balance"], books["blocked"]) == ("163.22", "0.00"), "300.00 less 136.78"
    assert books["orders"][1]["due"] == "36.78"
    assert wrong == []


def test_one_raise_after_another_is_closed_by_itself() -> None:
    """Seen before: the second found the block of the first, and the payment failed."""
    events = [
        ORDER, TOP_UP, on("2018-08-21", "close_charges"),
        *(on("2018-08-25", "change", quantities={"seats": seats}, pay="balance") for seats in (6, 7)),
    ]  # fmt: skip
    books = simulate({**ANNUAL, "events": events, "until": "2018-08-25"})
    assert [charge["amount"] for charge in books["charges"] if charge["status"] == "closed"] == [
        "100.00", "18.39", "18.39",
    ]  # fmt: skip
    assert books["refused"] == []


def test_what_is_closed_is_not_closed_again() -> None:
    events = [ORDER, on("2018-08-21", "close_charges"), on("2018-08-21", "close_charges")]
    books = simulate({**ANNUAL, "events": events, "until": "2018-08-21"})
    assert [no["reason"][:40] for no in books["refused"]] == ["Nothing of the subscription is reserved "]


def test_a_waiting_raise_stays_and_a_waiting_switch_ends_refunded() -> None:
    raised = on("2018-08-21", "change", quantities={"seats": 7}, pay="later")
    switch = on("2018-08-21", "switch", plan="big", quantities={"desks": 9}, pay="later")
    after: list[dict[str, Any]] = [on("2018-08-22", "close_charges"), on("2018-08-25", "pay")]
    books = simulate({**ANNUAL, "events": [ORDER, TOP_UP, raised, *after], "until": "2018-08-25"})
    assert live(books) == [
        ("seats", "closed", "08-20", "10-20", "100.00"), ("seats", "closed", "08-25", "10-20", "36.78"),
    ]  # fmt: skip
    books = simulate({**ANNUAL, "events": [ORDER, TOP_UP, switch, *after], "until": "2018-08-25"})
    assert {charge["status"] for charge in books["charges"] if charge["resource"] == "desks"} == {"refunded"}
    assert [order["status"] for order in books["orders"]] == ["completed", "cancelled"]
    assert [no["do"] for no in books["refused"]] == ["pay"]


def test_levels_above_are_owed_what_the_raise_is_charged_from_its_payment_on() -> None:
    """Seen before: 5.68 + 16.00 + 9.81, from the day on which it was ordered."""
    chain = [{"reseller": "distributor", "retail": {"seats": "8.00"}}]
    raised = on("2018-08-21", "change", quantities={"seats": 7}, pay="later")
    events = [ORDER, TOP_UP, raised, on("2018-08-22", "close_charges"), on("2018-08-25", "pay")]
    with played({**ANNUAL, "chain": chain, "events": events, "until": "2018-08-25"}) as stage:
        books, units = books_of(stage), ClosedUnits.objects.order_by("pk")
        kept = [(one.operate_from.day, one.operate_to.day, one.units) for one in units]
    # Two more units at 8.00: 7/31 of August, September, 19/31 of October.
    assert [(one["from"][5:], one["amount"]) for one in books["reseller_charges"]] == [
        ("08-20", "80.00"), ("08-25", "29.42"),
    ]  # fmt: skip
    assert kept == [(20, 1, 5), (1, 1, 5), (1, 20, 5), (25, 1, 2), (1, 1, 2), (1, 20, 2)]


@pytest.mark.parametrize(("kind", "name"), [("csp_monthly", "CSP monthly"), ("payg_internal", "Pay as you go")])
def test_other_types_close_on_their_days(kind: str, name: str) -> None:
    events = [ORDER, on("2018-08-21", "close_charges")]
    books = simulate({**G_I3, "billing_type": kind, "events": events, "until": "2018-08-21"})
    assert [no["reason"] for no in books["refused"]] == [f"Charges of “{name}” close on their days, and not by hand."]
