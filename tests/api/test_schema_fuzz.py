"""Random requests drawn from the OpenAPI document, as each kind of caller (acceptance: no 5xx, nothing undocumented).

`FUZZ_EXAMPLES=2000 make test` looks longer by hand.
"""

import os
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import CHECKS, load_all_checks

from api.scopes import Scope
from api.urls import RESOURCES
from brokerage.wsgi import application
from tests.api.conftest import Caller, World

WHO = ("operator", "north", "north_east", "nobody")
KINDS = {
    f"/api/v3/resellers/{{reseller_id}}/{scope}{kind}{record}": kind
    for kind in RESOURCES
    for scope in Scope
    for record in ("", "/{id}")
}
FORECASTS = [
    "/api/v3/resellers/{reseller_id}/margin_forecast",
    *(f"/api/v3/resellers/{{reseller_id}}/{scope}account_forecasts/{{id}}" for scope in Scope),
]
# Of each operation as each caller: so many that all together take as long however many resources there are.
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES") or max(3, 100 // len(KINDS)))

load_all_checks()
SOUND = CHECKS.get_by_names(
    [
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_headers_conformance",
        "response_schema_conformance",
    ]
)


@pytest.fixture(autouse=True)
def connection_that_stays(db: None) -> Iterator[None]:
    """Keep the test's connection through the requests of a WSGI client, as Django's own test client does."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@cache
def read_once() -> Any:
    return schemathesis.openapi.from_wsgi("/api/v3/openapi.json", application)


@pytest.fixture
def document() -> Any:
    """The OpenAPI document as a client gets it."""
    return read_once()


def test_every_operation_of_the_document_is_fuzzed(document: Any) -> None:
    assert sorted(document) == sorted([*KINDS, *FORECASTS])


@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("path", [*KINDS, *FORECASTS])
def test_no_request_gets_an_undocumented_answer(
    document: Any, world: World, caller: Callable[..., Caller], who: str, path: str
) -> None:
    # Packed answers are for browsers: nothing in this client unpacks them.
    headers = {"Accept-Encoding": "identity"}
    if who != "nobody":
        headers["X-Api-Token"] = caller(getattr(world, who)).token
    record = world.record(KINDS[path], "north_east") if path in KINDS else world.accounts["north_east"].pk
    known = {"reseller_id": getattr(world, who, world.north).pk, "id": record}

    @settings(
        max_examples=EXAMPLES,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=document[path]["GET"].as_strategy())
    def ask(case: Any) -> None:
        # Half of the requests name a reseller and a record that are there, or nothing would be found but 404s.
        if len(str(case.path_parameters)) % 2:
            case.path_parameters.update({name: known[name] for name in case.path_parameters})
        case.call_and_validate(headers=headers, checks=SOUND)

    ask()
