"""Opening any address by hand shows a page: the form's own where it only takes forms, never a bare 405.

Generated from Django's table of addresses, for who is signed in and for who is not.
"""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from accounts.models import AccessLevel, Role
from tests.security.addresses import Route, reversible, routes
from tests.security.sweeps.test_gate import ALL, BACKEND, first
from tests.security.world import World

pytestmark = pytest.mark.django_db

# Asked by programs with a token, which want the true status.
PROGRAMS = {"api"}


def opened(client: Client, address: str) -> tuple[int, str]:
    """Return the status at the end of where an address leads, and what was answered with."""
    answer = client.get(address, follow=True)
    return answer.status_code, answer.headers.get("Content-Type", "").partition(";")[0]


def addresses(world: World) -> list[tuple[Route, str]]:
    return [(route, first(world.north, route)) for route in ALL if route.panel not in PROGRAMS]


@pytest.mark.parametrize("who", ["administrator", "owner", "stranger"])
def test_every_address_opens_a_page(world: World, who: str) -> None:
    client = Client(raise_request_exception=False)
    people: dict[str, Any] = {
        "administrator": world.north.managers[Role.ADMIN].actor.user,
        "owner": world.north.customers[AccessLevel.OWNER].actor.user,
    }
    wrong = []
    for route, address in addresses(world):
        if who in people:
            client.force_login(get_user_model().objects.get(pk=people[who].pk), backend=BACKEND)
        status, kind = opened(client, address)
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
