"""Connections as rows, on the pretend vendors."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache

import pytest

from accounts.actors import Actor, actor_of
from sandbox.microsoft import Microsoft
from sandbox.microsoft.world import DEMO_SECRET
from sandbox.wsgi import Running, WSGIApp, mount, start
from tests.factories import accounts as cast
from tests.remembering import remembered
from tests.vendors.example.vendor import API_KEY, ExampleVendor
from tests.vendors.installing import example_installed
from tests.vendors.office365.bench import settings_of
from vendors.connections import add_connection
from vendors.models import VendorConnection


@cache
def place_of(vendor: str) -> Running:
    """Return where a pretend vendor answers to all tests of the process: a connection to it is the same in each."""
    return start(mount({}))


@contextmanager
def answering(vendor: str, app: WSGIApp) -> Iterator[Running]:
    """Have this one answer at the vendor's place."""
    place = place_of(vendor)
    place.server.app = app
    yield place
    place.server.app = mount({})


@pytest.fixture
def now() -> datetime:
    """The moment at which things happen: the real one, because token claims are compared with clocks."""
    return datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def admin(db: None) -> Actor:
    """An administrator of the operator."""
    return actor_of(cast.manager())


@pytest.fixture
def microsoft() -> Microsoft:
    """A pretend Microsoft that knows the demo's application."""
    return Microsoft()


@pytest.fixture
def microsoft_server(microsoft: Microsoft) -> Iterator[Running]:
    """Where that Microsoft answers."""
    with answering("Microsoft", microsoft) as running:
        yield running


@pytest.fixture
def office365(admin: Actor, microsoft_server: Running) -> VendorConnection:
    """A new Office 365 connection of the operator to the pretend Microsoft."""
    return remembered(add_connection)(
        actor=admin,
        reseller=admin.reseller,
        plugin="office365",
        name="Office 365",
        values=settings_of(microsoft_server.base_url, client_secret=DEMO_SECRET),
    )


@pytest.fixture
def example_vendor() -> ExampleVendor:
    """Example Backup's pretend servers."""
    return ExampleVendor()


@pytest.fixture
def example(admin: Actor, example_vendor: ExampleVendor) -> Iterator[VendorConnection]:
    """A new connection of the operator to Example Backup."""
    with answering("Example Backup", example_vendor) as running, example_installed():
        yield remembered(add_connection)(
            actor=admin,
            reseller=admin.reseller,
            plugin="example",
            name="Backup",
            values={"base_url": running.base_url, "api_key": API_KEY},
        )
