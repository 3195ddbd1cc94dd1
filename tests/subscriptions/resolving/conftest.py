"""One subscription of Office 365 of today, whose other side a test alters."""

from collections.abc import Iterator

import pytest

from tests.subscriptions.resolving.altered import Altered, an_altered_world


@pytest.fixture
def world(db: None) -> Iterator[Altered]:
    """A customer with one subscription of five seats, untouched."""
    with an_altered_world(0, untouched=1) as made:
        yield made
