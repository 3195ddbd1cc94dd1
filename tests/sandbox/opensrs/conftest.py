"""A pretend OpenSRS on a free port, and a caller of it."""

from collections.abc import Iterator

import pytest

from sandbox.opensrs import OpenSRS
from sandbox.wsgi import serve
from tests.sandbox.opensrs.asking import Asker


@pytest.fixture
def opensrs() -> OpenSRS:
    """A pretend OpenSRS without orders."""
    return OpenSRS()


@pytest.fixture
def asker(opensrs: OpenSRS) -> Iterator[Asker]:
    """A caller with the demo reseller's key."""
    with serve(opensrs) as running:
        yield Asker(running.base_url, opensrs)
