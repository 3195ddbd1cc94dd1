"""The oracle itself is held to the published examples before it may judge anything."""

from __future__ import annotations

import pytest

from tests.oracle.comparison import assert_golden
from tests.oracle.golden import GOLDEN, Golden
from tests.oracle.oracle import run


@pytest.mark.parametrize("golden", GOLDEN, ids=lambda golden: golden.key)
def test_oracle_gives_the_published_amounts(golden: Golden) -> None:
    assert_golden(run(golden.history), golden)
