"""The oracle itself is held to the published examples before it may judge anything."""

from __future__ import annotations

import pytest

from tests.oracle.comparison import assert_example
from tests.oracle.decisions import DECISIONS
from tests.oracle.examples import Example
from tests.oracle.golden import GOLDEN
from tests.oracle.oracle import run


@pytest.mark.parametrize("example", [*GOLDEN, *DECISIONS], ids=lambda example: example.key)
def test_oracle_gives_the_published_amounts(example: Example) -> None:
    assert_example(run(example.history), example)
