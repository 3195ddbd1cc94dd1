"""The engine against the day-by-day oracle: random histories of everything people do, no cent of difference.

2,000 histories without a vendor and 500 with one, always the same ones (with PROVE=1 2,000 of longer ones). By hand,
other and longer: `ORACLE_STEPS=10000 pytest tests/billing/test_against_oracle.py` carries out that many steps.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.oracle import drive_vendor
from tests.oracle.comparison import assert_example
from tests.oracle.decisions import DECISIONS
from tests.oracle.examples import Example
from tests.oracle.golden import GOLDEN
from tests.oracle.histories import histories
from tests.oracle.trial import assert_agrees_with_oracle

STEPS_BY_HAND = int(os.environ.get("ORACLE_STEPS", "0"))
LONGEST = 60 if STEPS_BY_HAND else 20 if os.environ.get("PROVE") else 12
STEPS_IN_A_LONG_HISTORY = 30
HISTORIES = -(-STEPS_BY_HAND // STEPS_IN_A_LONG_HISTORY) or 2000
OF_A_VENDOR = HISTORIES if STEPS_BY_HAND or os.environ.get("PROVE") else 500


@pytest.mark.parametrize("example", [*GOLDEN, *DECISIONS], ids=lambda example: example.key)
def test_engine_gives_the_published_amounts(example: Example) -> None:
    assert_example(drive_vendor.run(example.history), example)


# One test rather than two: the oracle's answer is the dear part. It shrinks by leaving out events, not by hypothesis.
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
def test_engine_agrees_with_the_oracle_on_time_and_late(history: dict) -> None:
    on_time = assert_agrees_with_oracle(history, drive_vendor.run)
    assert drive_vendor.run(history, late=True) == on_time


@pytest.mark.slow
@pytest.mark.prove
@settings(
    max_examples=OF_A_VENDOR,
    derandomize=not STEPS_BY_HAND,
    database=None,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
@given(histories(LONGEST, vendor=True))
def test_engine_agrees_with_the_oracle_where_a_vendor_provides_late(history: dict) -> None:
    """Decision 22: what waits is not charged, what is provided late is charged from that day."""
    on_time = assert_agrees_with_oracle(history, drive_vendor.run)
    assert drive_vendor.run(history, late=True) == on_time
