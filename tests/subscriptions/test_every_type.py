"""The verbs and nights against the reckoning: what `simulate_billing` prints of every type and member, to the cent.

60 random histories, always the same ones, of every type, payment model and deed; `make prove` carries out 150, and
about 20,000 other steps.
"""

from __future__ import annotations

import os

import pytest

from subscriptions.simulation.playing import simulate
from tests.oracle.reckoning.judge import assert_reckoned
from tests.oracle.reckoning.metamorphic import (
    same_books,
    there_and_back,
    with_its_order_changed,
    with_top_ups_in_two,
)
from tests.oracle.reckoning.stories import random_story

PROVE = "PROVE" in os.environ
HISTORIES = range(150)
# Several parts, so that as many processes as there are cores may share them (make prove ARGS="-n 2").
STEPS_IN_PROVE, PARTS = 20_000, 4

pytestmark = pytest.mark.django_db


def judge(seed: int, longest: int) -> int:
    """Hold the verbs to the reckoning of one random history; return its length."""
    history, books = random_story(seed, longest)
    assert_reckoned(history, books, simulate)
    return len(history["events"])


@pytest.mark.slow
def test_the_verbs_give_what_is_reckoned() -> None:
    for seed in HISTORIES:
        judge(seed, 6)


@pytest.mark.prove
@pytest.mark.skipif(not PROVE, reason="make prove")
@pytest.mark.parametrize("part", range(PARTS))
def test_the_verbs_give_what_is_reckoned_of_long_histories(part: int) -> None:
    steps, seed = 0, 1_000_000 * (part + 1)
    while steps < STEPS_IN_PROVE / PARTS:
        steps += judge(seed, 30)
        seed += 1


def test_histories_that_differ_in_nothing_that_counts_give_the_same() -> None:
    """A top-up in two, independent operations in either order, a raise and its reversal; the engine tries more."""
    for seed in range(3):
        history, _ = random_story(seed, 6, payment_model="prepay")
        pairs = [(history, with_top_ups_in_two(history)), with_its_order_changed(seed), there_and_back(seed)]
        for one, other in pairs:
            same_books(simulate(one), simulate(other))
