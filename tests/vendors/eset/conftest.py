"""The ESET plugin on a fresh bench."""

from collections.abc import Iterator

import pytest

from tests.vendors.eset.bench import EsetBench, open_bench


@pytest.fixture
def bench() -> Iterator[EsetBench]:
    """A bench with a fresh ESET."""
    with open_bench() as opened:
        yield opened
