"""A pretend AV-Desk on a free port, and a caller of it."""

from collections.abc import Iterator

import pytest

from sandbox.drweb import DrWeb
from sandbox.wsgi import serve
from tests.sandbox.drweb.asking import Asker


@pytest.fixture
def drweb() -> DrWeb:
    """A pretend AV-Desk without customers."""
    return DrWeb()


@pytest.fixture
def admin(drweb: DrWeb) -> Iterator[Asker]:
    """Its administrator."""
    with serve(drweb) as running:
        yield Asker(running.base_url)
