"""The Dr.Web plugin on a fresh bench."""

from collections.abc import Iterator

import pytest

from tests.vendors.drweb.bench import DrWebBench, open_bench


@pytest.fixture
def bench() -> Iterator[DrWebBench]:
    """A bench with a fresh AV-Desk."""
    with open_bench() as opened:
        yield opened
