"""Which server is asked: the one named, none where the setting was emptied, and Microsoft's own only from at home."""

from datetime import UTC, datetime
from typing import Any, cast

import pytest

from vendors.base import Connection
from vendors.microsoft.partner_center import API_BASE
from vendors.microsoft.servers import server_of

OWN, PRETENDED = "https://graph.example/v1.0", "http://127.0.0.1:9/graph/v1.0"
SANDBOX = "http://127.0.0.1:9/partnercenter/v1"


@pytest.mark.parametrize(
    ("settings", "asked"),
    [
        ({}, OWN),
        ({"server": OWN, "api_base_url": f"{API_BASE}/"}, OWN),
        ({"server": ""}, ""),
        ({"server": f"{PRETENDED}/"}, PRETENDED),
        ({"api_base_url": SANDBOX}, ""),
        ({"api_base_url": SANDBOX, "server": OWN}, ""),
        ({"api_base_url": SANDBOX, "server": PRETENDED}, PRETENDED),
    ],
)
def test_server_is_the_one_named_and_microsofts_own_only_from_at_home(settings: dict[str, str], asked: str) -> None:
    connection = Connection(settings, cast("Any", None), cast("Any", None), datetime(2026, 11, 29, tzinfo=UTC))
    assert server_of(connection, "server", OWN) == asked
