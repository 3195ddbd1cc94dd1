"""What a forged, stretched or misdirected form achieves: nothing."""

import os
import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.forms import FileField
from django.test import Client
from django.urls import reverse

from accounts.models import AccessLevel, Role
from tests.factories import accounts as cast
from tests.security.addresses import Route, reversible, routes
from tests.security.marks import fingerprint, links_to, rows_of, written
from tests.security.world import House, Person, World

pytestmark = pytest.mark.django_db

ALL = [route for route in routes() if reversible(route) and route.panel != "api"]
# Microsoft's own form comes without our token; it is only turned into a GET (vendors/microsoft/views.py).
# A gateway's word is refused by its signature, which a page's token would not replace (billing/gateways/views.py).
WITHOUT_TOKEN = {"vendors:office365:callback": (303, ""), "gateways:told": (400, "bad sign")}
EVERYTHING = bool(os.environ.get("PROVE"))
# Ends the session.
ENDS = {"account_logout", "sign_in_as_end"}
# What was shown to a person counts as read: the one thing that happens because a page is looked at.
MARKS_READ = {"operator:messages", "customer:home_messages"}
ELSEWHERE = (
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example/",
    "https:evil.example",
    "javascript:alert(1)",
)


def owner_of(world: World, route: Route) -> Person:
    """Return who may send the route's form."""
    return world.north.customers[AccessLevel.OWNER] if route.panel == "customer" else world.north.managers[Role.ADMIN]


def first(house: House, route: Route) -> str:
    place = 1 if route.panel == "customer" else 0
    objects = {kind: ids[:1] for kind, ids in house.objects.items()}
    return route.addresses({**objects, "export": house.objects["export"][place : place + 1]})[0]


def sent_without_token(world: World, route: Route) -> Any:
    strict = Client(enforce_csrf_checks=True, raise_request_exception=False)
    strict.cookies = owner_of(world, route).client.cookies
    return strict.post(first(world.north, route), {"confirmed": "yes"})


def test_a_form_without_its_token_is_refused(world: World) -> None:
    """Every POST but the vendor's needs the token of a page of ours; nothing changes without it."""
    before, wrong = fingerprint(), {}
    for route in ALL:
        answer = sent_without_token(world, route)
        status, said = WITHOUT_TOKEN.get(route.name, (403, "This form was open for too long"))
        refused = answer.status_code == status and said in answer.content.decode()
        wrong |= {} if refused else {str(route): answer.status_code}
    assert wrong == {}
    assert fingerprint() == before


def test_other_methods_change_nothing(world: World) -> None:
    """No page does anything by a method that people's browsers never send."""
    before = fingerprint()
    for route in ALL:
        if route.name not in ENDS | MARKS_READ:
            answer = owner_of(world, route).client.delete(first(world.north, route))
            assert answer.status_code < 500, route.name
    assert fingerprint() == before


# Of several values the last one counts; the others stand in the address all the same.
TWO = (ELSEWHERE[0], ELSEWHERE[2])


@pytest.mark.prove
@pytest.mark.parametrize("turned", [False, True] if EVERYTHING else [False])
def test_reading_changes_nothing_and_sends_nobody_elsewhere(world: World, turned: bool) -> None:
    """No page does anything because it is looked at; so a reader's name need not be told to the audit triggers.

    No page redirects to, or links to, an address that a link brought along: with the backslash for `back`, as it stands
    elsewhere for `next`, and the other way round in `make prove`.
    """
    names = ("next", "back", "return", "url", "return_to")
    ways = [TWO[::-1] if (place % 2 == 0) is not turned else TWO for place in range(len(names))]
    query = "&".join(f"{name}={one}" for name, way in zip(names, ways, strict=True) for one in way)
    before = fingerprint()
    for route in ALL:
        if route.name in ENDS:
            continue
        person = owner_of(world, route)
        ask = person.ask if route.name in MARKS_READ else person.client.get
        answer = ask(f"{first(world.north, route)}?{query}")
        assert stays_here(answer.get("Location", "/")), route.name
        if answer["Content-Type"].startswith("text/html"):
            links = re.findall(r"(?:href|action|hx-get|hx-post)=\"([^\"]*)\"", answer.content.decode())
            assert [link for link in links if link.startswith(TWO)] == [], route.name
    assert fingerprint() == before


def stays_here(location: str) -> bool:
    """Return whether a browser that follows the address stays with us (it takes a backslash for a slash)."""
    parts = urlsplit(location.replace("\\", "/"))
    return (
        parts.scheme in ("", "http") and parts.netloc in ("", "testserver") and not (parts.scheme and not parts.netloc)
    )


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
@pytest.mark.parametrize("page", ["account_login", "account_reauthenticate", "sign_in_as_end", "appearance"])
def test_forms_send_nobody_elsewhere(world: World, page: str, elsewhere: str) -> None:
    """Signing in, proving who one is, coming back and changing the theme stay on our pages."""
    person = cast.manager(reseller=world.north.reseller)
    browser = Client(raise_request_exception=False)
    if page != "account_login":
        browser.force_login(person)
    entered = {"login": person.email, "password": cast.PASSWORD, "theme": "dark", "next": elsewhere}
    answer = browser.post(f"{reverse(page)}?next={elsewhere}", entered, headers={"Referer": elsewhere})
    assert answer.status_code < 500
    assert stays_here(answer.get("Location", "/"))


def test_a_sign_in_goes_where_the_person_wanted(world: World) -> None:
    """The other half: an address of ours is kept."""
    person = cast.manager(reseller=world.north.reseller)
    browser = Client()
    entered = {"login": person.email, "password": cast.PASSWORD, "next": "/operator/orders/"}
    assert browser.post("/accounts/login/", entered)["Location"] == "/operator/orders/"


# Every name under which a form might take somebody else's object, or more power than its page is about.
STRETCHED = (
    "reseller", "reseller_id", "parent", "account", "account_id", "account_type", "account_class", "manager", "plan",
    "subscription", "order", "user", "connection", "template", "service_term", "product", "category", "membership",
    "provider", "owner", "supervisors", "subordinates", "created_by", "account_types", "pk", "id",
)  # fmt: skip
POWERFUL = {"role": "admin", "kind": "manager", "status": "active", "access_level": "owner", "state": "granted"}
PANELS = [route for route in ALL if route.panel in ("operator", "customer")]
EDITORS = [route for route in PANELS if not route.name.endswith(("_log", "s", ":home"))]


# Where a file may be uploaded, and need not be: a vendor's certificate, beside a secret.
TAKES_A_FILE = {"operator:vendor_connection_new", "operator:vendor_connection_change"}


def filled(person: Person, route: Route, address: str) -> dict[str, Any]:
    """Return the page's own form as the person would send it back, without a file: no form may need one."""
    answer = person.ask(address)
    assert route.name in TAKES_A_FILE or b'type="file"' not in answer.content
    form = answer.context.get("form") if getattr(answer, "context", None) else None
    if form is None:
        return {}
    assert not [name for name, field in form.fields.items() if field.required and isinstance(field, FileField)]
    values = {form.add_prefix(name): bound.value() for name, bound in ((name, form[name]) for name in form.fields)}
    return {name: value for name, value in values.items() if value is not None and value is not False}


@pytest.fixture(scope="module")
def norths(world: World) -> tuple[dict[str, str], dict[str, str]]:
    """North's rows, and how many rows point at them, before anybody sends anything; each test is rolled back."""
    return rows_of(world.north.tenant), links_to(world.north.tenant)


@pytest.mark.parametrize("route", EDITORS, ids=str)
def test_a_stretched_form_takes_nothing_of_others(world: World, norths: tuple[Any, Any], route: Route) -> None:
    """South's forms, sent with North's ids under every likely name, leave North's rows alone and link none of them.

    Looked at are the tables that were written, rolled back previews included: no other can have changed.
    """
    house, north = world.south, world.north
    person = house.customers[AccessLevel.OWNER] if route.panel == "customer" else house.managers[Role.ADMIN]
    address = first(house, route)
    data, before = filled(person, route, address), written(with_visits=True)
    for name in STRETCHED:
        kind = name.removesuffix("_id").removesuffix("s")
        data[name] = north.objects.get(kind, north.objects["manager"])[0]
    answer = person.client.post(address, {**data, **{name: POWERFUL[name] for name in POWERFUL if name not in data}})
    assert answer.status_code < 500
    touched = {table for table, rows in written(with_visits=True).items() if before.get(table) != rows}
    for now, kept in zip((rows_of(north.tenant, touched), links_to(north.tenant, touched)), norths, strict=True):
        assert now == {name: kept[name] for name in now}


def test_a_profile_gives_nobody_power(world: World) -> None:
    """Role, kind, status and level in one's own form are left out."""
    for person, address in (
        (world.south.managers[Role.MARKETING], "/operator/profile/change/"),
        (world.south.customers[AccessLevel.USER], "/profile/"),
    ):
        user = person.actor.user
        user.refresh_from_db()
        before = (user.role, user.kind, user.status, user.reseller_id, user.email)
        person.client.post(address, {"name": "Me", "do": "save", **POWERFUL, "reseller": world.north.reseller.pk})
        user.refresh_from_db()
        assert (user.role, user.kind, user.status, user.reseller_id, user.email) == before
