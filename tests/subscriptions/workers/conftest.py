"""Example Cloud's pretend servers, a connection to them that works, and a customer whose other side is altered."""

from collections.abc import Iterator

import pytest

from accounts.actors import Actor
from sandbox.wsgi import start
from tests.subscriptions.resolving.conftest import world  # noqa: F401 - a fixture of this folder too
from tests.subscriptions.workers.metered import ORDERED_ON, moment
from tests.vendors.conftest import admin  # noqa: F401 - a fixture of this folder too
from tests.vendors.example.vendor import API_KEY, ExampleVendor
from tests.vendors.installing import example_installed
from tests.vendors.memory import stopped_soon
from vendors.connections import add_connection, check_connection
from vendors.models import VendorConnection


@pytest.fixture
def vendor() -> ExampleVendor:
    """Example Cloud's pretend servers."""
    return ExampleVendor()


@pytest.fixture
def cloud(admin: Actor, vendor: ExampleVendor) -> Iterator[VendorConnection]:  # noqa: F811 - the fixture above
    """A connection to Example Cloud that works."""
    running = start(vendor)
    with example_installed():
        row = add_connection(
            actor=admin,
            reseller=admin.reseller,
            plugin="example_cloud",
            name="Cloud",
            values={"base_url": running.base_url, "api_key": API_KEY},
        )
        yield check_connection(actor=admin, connection=row, now=moment(ORDERED_ON))
    stopped_soon(running)
