"""A pretend Kaspersky on a free port, and a caller of it."""

from collections.abc import Iterator

import pytest

from sandbox.kaspersky import Kaspersky
from sandbox.wsgi import serve
from tests.sandbox.kaspersky.asking import Asker


@pytest.fixture
def kaspersky() -> Kaspersky:
    """A pretend Kaspersky without subscriptions, on the tenth day of a month."""
    made = Kaspersky()
    made.set_clock(at="2026-11-10T12:00:00", stopped=True)
    return made


@pytest.fixture
def asker(kaspersky: Kaspersky) -> Iterator[Asker]:
    """A caller over plain HTTP, who is taken for the demo's partner."""
    with serve(kaspersky) as running:
        yield Asker(running.base_url)
