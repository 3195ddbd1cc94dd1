"""The bench of the contract suite, for tests of what only Office 365 has."""

from collections.abc import Iterator

import pytest

from tests.vendors.office365.bench import Office365Bench, open_bench


@pytest.fixture
def bench() -> Iterator[Office365Bench]:
    """A fresh Microsoft and a granted connection to it."""
    with open_bench() as opened:
        opened.road = "confirmed"  # as in 2019, unless a test says otherwise
        yield opened
