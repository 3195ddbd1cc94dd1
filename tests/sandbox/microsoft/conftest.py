"""A pretend Microsoft on a free port, and callers of it."""

from collections.abc import Iterator

import pytest

from sandbox.microsoft import Microsoft
from sandbox.wsgi import serve
from tests.sandbox.microsoft.asking import Asker


@pytest.fixture
def microsoft() -> Microsoft:
    """A pretend Microsoft that knows nobody yet."""
    return Microsoft()


@pytest.fixture
def stranger(microsoft: Microsoft) -> Iterator[Asker]:
    """A caller without a token."""
    with serve(microsoft) as running:
        yield Asker(running.base_url)


@pytest.fixture
def partner(stranger: Asker, microsoft: Microsoft) -> Asker:
    """A caller whose admin consented, with a second factor."""
    return stranger.sign_in(microsoft)
