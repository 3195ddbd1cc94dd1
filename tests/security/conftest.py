"""The world of the sweeps, made once for a file of tests; every request is rolled back."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import override_settings

from tests.security.forms import Opened, pages
from tests.security.world import World, build
from tests.worlds import kept


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Everybody with one of everything, in a transaction that is never committed; the demo's pages are there too."""
    files = tmp_path_factory.mktemp("media")
    with override_settings(MEDIA_ROOT=files, DEMO=True), kept(django_db_blocker):
        yield build()


@pytest.fixture(scope="module")
def opened(world: World) -> Opened:
    """Every page of both panels, opened once for a file of tests."""
    return list(pages(world))
