"""The random histories are worth running, and the judge notices what is wrong with an answer."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from tests.oracle.examples import ORDER, do, history, top_up
from tests.oracle.histories import random_history
from tests.oracle.oracle import run
from tests.oracle.trial import assert_agrees_with_oracle, faults
from tests.oracle.vendor import world_of

STOPPED_AND_ACTIVATED = history(
    top_up("2018-08-19", "500.00"),
    ORDER,
    do("2018-08-25", "stop"),
    do("2018-08-28", "activate"),
    until="2018-08-28",
)


def test_histories_are_mostly_accepted_and_of_every_kind() -> None:
    done: Counter = Counter()
    refused: Counter = Counter()
    for number in range(300):
        story = random_history(Random(number), 20)
        done.update(event["do"] for event in story["events"])
        world = world_of(story)
        world.live_through(story)
        refused.update(entry["do"] for entry in world.refused)
    assert refused.total() <= 0.4 * done.total()
    accepted = done - refused
    kinds = ("order", "change", "pay", "stop", "activate", "delete", "price", "renew", "auto_renew")
    assert min(accepted[kind] for kind in kinds) >= 50


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("amount", "6.46"),
        ("status", "opened"),
        ("from", "2018-08-27"),
        ("quantity", 4),
        ("unit_price", "10.01"),
        ("closed_on", "2018-08-28"),
    ],
)
def test_judge_notices_a_charge_that_is_off(part: str, value: object) -> None:
    answer = run(STOPPED_AND_ACTIVATED)
    assert faults(STOPPED_AND_ACTIVATED, answer) == []
    answer["charges"][-1][part] = value
    assert faults(STOPPED_AND_ACTIVATED, answer) != []


def test_judge_shows_the_shortest_history_that_differs() -> None:
    def forgets_to_stop(story: dict) -> dict:
        return run({**story, "events": [event for event in story["events"] if event["do"] != "stop"]})

    with pytest.raises(AssertionError) as shown:
        assert_agrees_with_oracle(STOPPED_AND_ACTIVATED, forgets_to_stop)
    assert '"do": "activate"' not in str(shown.value)
