"""A bench with a fresh OpenSRS."""

from collections.abc import Iterator

import pytest

from tests.vendors.opensrs.bench import OpenSRSBench, open_bench


@pytest.fixture
def bench() -> Iterator[OpenSRSBench]:
    """The OpenSRS plugin and its sandbox."""
    with open_bench() as opened:
        yield opened
