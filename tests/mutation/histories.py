"""Random histories of the reckoning, one test each: collected by name for mutation testing, no part of the suite.

They are made before the first fault is planted, so that a fault costs the engine's work only; and what differs is not
searched for its shortest history.
"""

from __future__ import annotations

import pytest

from tests.billing.test_every_type import is_alone, run
from tests.oracle.reckoning.compare import differences
from tests.oracle.reckoning.stories import random_story

SEEDS = range(240)
STORIES = [(seed, *random_story(seed, 9, alone=True)) for seed in SEEDS]


@pytest.mark.parametrize(("seed", "history", "books"), [one for one in STORIES if is_alone(one[1])], ids=lambda _: "")
def test_history(seed: int, history: dict, books: dict) -> None:
    assert not differences(books, run(history)), seed
