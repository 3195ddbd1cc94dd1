"""Opening any address by hand shows a page: the form's own where it only takes forms, never a bare 405.

Generated from Django's table of addresses, for who is signed in and for who is not.
"""

import os
from copy import deepcopy
from urllib.parse import urljoin

import pytest
from django.db import transaction
from django.test import Client

from accounts.models import AccessLevel, Role
from tests.security.addresses import Route, reversible, routes
from tests.security.sweeps.test_gate import ALL, BACKEND, first
from tests.security.world import World

pytestmark = pytest.mark.django_db

# Asked by programs with a token, which want the true status.
PROGRAMS = {"api"}


# Each way to its end for each address, by `make prove`; else a page that several addresses lead to is opened once.
EVERYTHING = bool(os.environ.get("PROVE"))
MOST_STEPS = 9


def opened(client: Client, address: str, reached: set[str]) -> tuple[int, str]:
    """Return the status at the end of where an address leads, and what was answered with; `reached` are such ends.

    All of it is rolled back, and whoever signed out or became somebody else is the person of before.
    """
    cookies = deepcopy(client.cookies)
    with transaction.atomic():
        end = _end_of(client, address, reached)
        transaction.set_rollback(True)
    client.cookies = cookies
    return end


def _end_of(client: Client, address: str, reached: set[str]) -> tuple[int, str]:
    for _step in range(MOST_STEPS):
        answer = client.get(address)
        if answer.status_code not in (301, 302, 303):
            reached |= {address.partition("?")[0]} if answer.status_code == 200 else set()
            return answer.status_code, answer.headers.get("Content-Type", "").partition(";")[0]
        address = urljoin(address, answer["Location"])
        if not EVERYTHING and address.partition("?")[0] in reached:
            return 200, "opened before"
    return 508, ""  # in a circle


def addresses(world: World) -> list[tuple[Route, str]]:
    return [(route, first(world.north, route)) for route in ALL if route.panel not in PROGRAMS]


@pytest.mark.parametrize("who", ["administrator", "owner", "stranger"])
def test_every_address_opens_a_page(world: World, who: str) -> None:
    client = Client(raise_request_exception=False)
    people = {
        "administrator": world.north.managers[Role.ADMIN].actor.user,
        "owner": world.north.customers[AccessLevel.OWNER].actor.user,
    }
    if who in people:
        client.force_login(people[who], backend=BACKEND)
    wrong: list[tuple[str, int, str]] = []
    reached: set[str] = set()
    for route, address in addresses(world):
        status, kind = opened(client, address, reached)
        if status == 405 or status >= 500 or not kind:
            wrong.append((str(route), status, kind))
    assert wrong == []


def test_what_only_takes_forms_does_nothing_when_it_is_opened(world: World) -> None:
    only_forms = [route for route in routes() if getattr(route.view, "posted", False) and reversible(route)]
    assert len(only_forms) > 8
    client = Client(raise_request_exception=False)
    client.force_login(world.north.customers[AccessLevel.OWNER].actor.user, backend=BACKEND)
    for route in only_forms:
        assert client.get(first(world.north, route)).status_code in (302, 404), route
        assert client.put(first(world.north, route)).status_code in (302, 403, 404, 405), route
