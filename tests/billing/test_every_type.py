"""The engine against the reckoning, every type that it charges alone: random histories, no cent of difference.

3,000 histories, always the same ones; `make prove` carries out other and longer ones, 20,000 steps of them.
"""

from __future__ import annotations

import os

import pytest

from billing.engine.types import TYPES
from tests.oracle import drive_vendor
from tests.oracle.reckoning.judge import assert_reckoned
from tests.oracle.reckoning.metamorphic import (
    same_books,
    there_and_back,
    with_its_order_changed,
    with_top_ups_in_two,
)
from tests.oracle.reckoning.stories import random_story
from tests.oracle.rows import ROWS
from tests.oracle.rows.plain import Row
from tests.oracle.rows.seen import seen, told

PROVE = "PROVE" in os.environ
HISTORIES = range(3000)
STEPS_IN_PROVE = 20_000
# What a history may ask for that is not the engine's: the account's holds and limits, other plans, resellers, vendors'
# costs; after a switch or a closing by hand the engine is asked by verbs only.
BESIDE_THE_ENGINE = {"plans", "chain", "hold", "release", "limit", "switch", "close_charges", "payg_external"}


def is_alone(history: dict) -> bool:
    """Tell whether the engine can be driven through a history without the account around it."""
    asked = {*history, history["billing_type"], *(event["do"] for event in history["events"])}
    postpaid = history.get("payment_model", "prepay") == "postpay"
    return not postpaid and not asked & BESIDE_THE_ENGINE and history["billing_type"] in TYPES


def run(history: dict) -> dict:
    return drive_vendor.run(history)


def judge(seed: int, longest: int = 7) -> int:
    """Hold the engine to the reckoning of one random history; return its length."""
    history, books = random_story(seed, longest, alone=True)
    if is_alone(history):
        assert_reckoned(history, books, run, holds=False)
    return len(history["events"])


ALONE = [row for row in ROWS if is_alone(row.history) and "hold" not in row.name]


@pytest.mark.parametrize("row", ALONE, ids=lambda row: row.name)
def test_a_row_through_the_engine(row: Row) -> None:
    assert seen(run(row.history), row.history["currency"]) == told(row)


@pytest.mark.slow
def test_the_engine_gives_what_is_reckoned() -> None:
    for seed in HISTORIES:
        judge(seed)


@pytest.mark.prove
@pytest.mark.skipif(not PROVE, reason="make prove")
def test_the_engine_gives_what_is_reckoned_of_long_histories() -> None:
    steps, seed = 0, 1_000_000
    while steps < STEPS_IN_PROVE:
        steps += judge(seed, 40)
        seed += 1


def test_one_top_up_split_in_two_changes_nothing() -> None:
    for seed in range(100):
        history, _ = random_story(seed, 9, alone=True)
        if is_alone(history):
            same_books(run(history), run(with_top_ups_in_two(history)))


def test_either_order_of_independent_operations_gives_the_same() -> None:
    for seed in range(100):
        one, other = with_its_order_changed(seed)
        if is_alone(one):
            same_books(run(one), run(other))


def test_a_change_and_its_reversal_leave_nothing() -> None:
    for seed in range(100):
        without, both = there_and_back(seed)
        if is_alone(without):
            same_books(run(without), run(both))


def test_nights_that_run_late_give_the_same() -> None:
    for seed in range(200):
        history, _ = random_story(seed, 9, alone=True)
        if is_alone(history):
            same_books(run(history), drive_vendor.run(history, late=True))
