"""A pretend Google on a free port, and a caller of it."""

from collections.abc import Iterator

import pytest

from sandbox.google import Google
from sandbox.wsgi import serve
from tests.sandbox.google.asking import Asker, registered


@pytest.fixture
def google() -> Google:
    """A pretend Google without customers, which knows the demo's service account."""
    return registered(Google())


@pytest.fixture
def asker(google: Google) -> Iterator[Asker]:
    """A caller with a token for every scope."""
    with serve(google) as running:
        yield Asker(running.base_url, google)
