"""A bench with a fresh Google."""

from collections.abc import Iterator

import pytest

from tests.vendors.gsuite.bench import GSuiteBench, open_bench


@pytest.fixture
def bench() -> Iterator[GSuiteBench]:
    """The G Suite plugin and its sandbox."""
    with open_bench() as opened:
        yield opened
