"""The verbs and the database against the day-by-day oracle: what `simulate_billing` prints, to the cent.

100 random histories, always the same ones; by hand `ORACLE_STEPS=1000` carries out about that many other steps.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from subscriptions.simulation.playing import simulate
from tests.oracle.comparison import assert_example
from tests.oracle.decisions import DECISIONS
from tests.oracle.examples import Example
from tests.oracle.golden import GOLDEN
from tests.oracle.histories import histories
from tests.oracle.trial import assert_agrees_with_oracle

STEPS_BY_HAND = int(os.environ.get("ORACLE_STEPS", "0"))
STEPS_IN_A_HISTORY = 9
LONGEST = 16 if STEPS_BY_HAND or os.environ.get("PROVE") else 8
HISTORIES = -(-STEPS_BY_HAND // STEPS_IN_A_HISTORY) or 100

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("example", [*GOLDEN, *DECISIONS], ids=lambda example: example.key)
def test_verbs_give_the_published_amounts(example: Example) -> None:
    assert_example(simulate(example.history), example)


@pytest.mark.slow
@pytest.mark.prove
@settings(
    max_examples=HISTORIES,
    derandomize=not STEPS_BY_HAND,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
@given(histories(LONGEST))
def test_verbs_agree_with_the_oracle(history: dict) -> None:
    assert_agrees_with_oracle(history, simulate)
