"""The playing field of every test: this checkout's own PostgreSQL, started on first need. No cast, no mocks."""

from collections.abc import Iterator

import pytest
from django.conf import settings

from brokerage import local_services


@pytest.fixture(scope="session")
def local_servers() -> Iterator[None]:
    """The servers that the environment does not name, up and marked as in use until the session ends."""
    if not settings.SERVICES_PLACE:
        yield
        return
    local_services.start_for(settings)
    with local_services.in_use(settings.SERVICES_PLACE):
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(local_servers: None, django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Make sure that PostgreSQL is up before pytest-django makes the test database."""
