"""The world of the sweeps, made once for all of them; every request is rolled back.

It lives as long as this folder's tests run one after the other. What commits, and what counts rows of its own, stands
outside the folder: it would meet the world's rows, or wait for them.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.security.forms import Opened, pages
from tests.security.world import World, living

HERE = Path(__file__).parent


@pytest.fixture(scope="package")
def world(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Everybody with one of everything, in a transaction that is never committed; the demo's pages are there too."""
    with living(django_db_blocker, tmp_path_factory.mktemp("media")) as made:
        yield made


def pytest_collection_modifyitems(items: list[Any]) -> None:
    """Let the tests that share the opened pages follow each other, so that one process opens them for all."""
    places = [place for place, item in enumerate(items) if HERE in item.path.parents]
    ours = sorted((items[place] for place in places), key=lambda item: "opened" in item.fixturenames)
    for place, item in zip(places, ours, strict=True):
        items[place] = item


@pytest.fixture(scope="package")
def opened(world: World) -> Opened:
    """Every page of both panels, opened once."""
    return list(pages(world))
