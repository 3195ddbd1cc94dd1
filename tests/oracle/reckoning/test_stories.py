"""The random histories are of every kind and mostly accepted, and the judge notices what is off."""

from __future__ import annotations

from collections import Counter
from copy import deepcopy
from fractions import Fraction

import pytest

from tests.oracle.reckoning.compare import differences, reckoned
from tests.oracle.reckoning.judge import assert_reckoned
from tests.oracle.reckoning.stories import random_story
from tests.oracle.reckoning.things import KINDS


def test_stories_are_of_every_type_and_mostly_accepted() -> None:
    done: Counter = Counter()
    refused: Counter = Counter()
    types: Counter = Counter()
    for seed in range(300):
        history, books = random_story(seed)
        types[history["billing_type"], history.get("payment_model", "prepay")] += 1
        done.update(event["do"] for event in history["events"])
        refused.update(no["do"] for no in books["refused"])
    assert {name for name, _ in types} == set(KINDS)
    assert {name for name, model in types if model == "postpay"} >= {"csp_monthly", "csp_annual", "reservation"}
    assert refused.total() <= 0.4 * done.total()
    usual = ("order", "change", "stop", "activate", "delete", "renew", "auto_renew", "usage", "hold", "pay_invoice")
    accepted = done - refused
    assert min(accepted[kind] for kind in usual) >= 20
    assert min(accepted["switch"], accepted["close_charges"]) >= 5


def test_a_story_is_reckoned_as_it_grew() -> None:
    for seed in range(20):
        history, books = random_story(seed)
        assert differences(books, {**reckoned(history), "available": "0"}) == []


@pytest.mark.parametrize(
    ("part", "value"),
    [("amount", Fraction(1, 100)), ("status", "deleted"), ("from", "2018-08-19"), ("quantity", 4), ("closed_on", "")],
)
def test_the_judge_notices_a_charge_that_is_off(part: str, value: object) -> None:
    history, books = next(s for s in map(random_story, range(50)) if s[1]["charges"])
    off = deepcopy(books)
    off["charges"][0][part] = value
    assert differences(books, off)
    with pytest.raises(AssertionError, match="differs from the reckoning"):
        assert_reckoned(history, books, lambda story: off)
