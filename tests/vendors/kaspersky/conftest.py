"""A bench with a fresh Kaspersky."""

from collections.abc import Iterator

import pytest

from tests.vendors.kaspersky.bench import KasperskyBench, open_bench


@pytest.fixture
def bench() -> Iterator[KasperskyBench]:
    """The Kaspersky plugin and its sandbox, over TLS."""
    with open_bench() as opened:
        yield opened
