"""A pretend ESET on a free port, and a caller of it."""

from collections.abc import Iterator

import pytest

from sandbox.eset import Eset
from sandbox.wsgi import serve
from tests.sandbox.eset.asking import Asker


@pytest.fixture
def eset() -> Eset:
    """A pretend ESET without customers."""
    return Eset()


@pytest.fixture
def msp(eset: Eset) -> Iterator[Asker]:
    """An MSP that has signed in."""
    with serve(eset) as running:
        asker = Asker(running.base_url)
        asker.sign_in()
        yield asker
