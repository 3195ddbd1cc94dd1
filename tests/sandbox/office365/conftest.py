"""A pretend Microsoft on a free port, and callers of it."""

from collections.abc import Iterator

import pytest

from sandbox.office365 import Office365
from sandbox.wsgi import serve
from tests.sandbox.office365.asking import Asker


@pytest.fixture
def microsoft() -> Office365:
    """A pretend Microsoft that knows nobody yet."""
    return Office365()


@pytest.fixture
def stranger(microsoft: Office365) -> Iterator[Asker]:
    """A caller without a token."""
    with serve(microsoft) as running:
        yield Asker(running.base_url)


@pytest.fixture
def partner(stranger: Asker, microsoft: Office365) -> Asker:
    """A caller whose admin consented, with a second factor."""
    return stranger.sign_in(microsoft)
