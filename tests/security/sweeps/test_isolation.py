"""South, and everybody else who has no business there, never meets North: over every address that there is."""

import os
import re
from collections.abc import Iterator
from itertools import product
from typing import Any
from urllib.parse import quote_plus

import pytest
from django.db import transaction
from django.http import HttpResponseBase

from accounts.models import AccessLevel, Role
from core.lists.chips import parameters_of
from core.lists.filters import Visible
from core.lists.listing import Asker, Listing
from core.lists.preferences import choose_columns
from core.lists.state import filters_of
from tests.security.addresses import OPEN, PAGES, Route, kind_of, kinds_of, named, reversible, routes
from tests.security.marks import Tenant, written
from tests.security.refusing import refuses
from tests.security.world import ORDERED_ON, ROLES, House, Person, World

pytestmark = pytest.mark.django_db

PANELS = ("operator", "customer", "vendors", "lists", "")
ROUTES = [route for panel in PANELS for route in named(panel) if reversible(route)]
WITH_OBJECTS = [route for route in ROUTES if route.parameters]
# The link itself is the right to open it: it is made for one person and sent to one mailbox.
LINKS = {"accept_invitation", "account_reset_password_from_key"}
# Asked by a gateway, whose signature of the message is the right: without it, all is answered alike.
SIGNED = {"gateways:told"}
# What resellers inherit from above is theirs to read.
INHERITED = {"operator:service_term", "operator:account_type"}
# A sales person sees own accounts and those of subordinates, with all that hangs on them.
OF_AN_ACCOUNT = {
    "account", "membership", "invitation", "subscription", "order", "refused_order", "payment", "charge", "correction",
    "guarantee", "invoice",
}  # fmt: skip
# A draft waits in the session of who began it: whoever asks for another one begins anew.
SENT_ELSEWHERE = {"operator:plan_draft"}
# Ends the session: asked last of all, by tests of its own (tests/accounts/test_sign_in.py).
ENDS = {"account_logout", "sign_in_as_end"}
# Managers see what their reseller has, or of that what sales people sell: the roles of the same sight in `make prove`.
SIGHTS = (Role.ADMIN, Role.SALES)
EVERYBODY = bool(os.environ.get("PROVE"))
METHODS = ("get", "post")
# What somebody else's ids are replaced with to see how an id answers that nobody has.
NOT_AN_ID = 123456789


def body(answer: HttpResponseBase) -> str:
    """Return what the answer says, files included."""
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return content.decode("utf-8", "replace") + str(answer.headers)


def strangers(world: World, route: Route) -> list[Person]:
    """Return who has no business with North's objects on this route (who belongs to no panel of it: test_rights.py).

    Who is signed out is asked at each page of both panels by test_rights.py. Of South's sales people another line
    decides only where an object hangs on an account, and of a customer's levels the owner's finds the most: all of them
    in `make prove`.
    """
    south, of_an_account = world.south, bool(OF_AN_ACCOUNT & set(kinds_of(route)))
    found = [world.nobody] if EVERYBODY or route.panel not in ("operator", "customer") else []
    if route.panel != "customer":
        found += [south.managers[role] for role in (ROLES if EVERYBODY else SIGHTS if of_an_account else SIGHTS[:1])]
        found += [world.north_east.managers[Role.ADMIN]]
        found += [world.colleague] if of_an_account else []
    if route.panel != "operator":
        found += [south.customers[level] for level in (AccessLevel.OWNER, AccessLevel.USER)[: 2 if EVERYBODY else 1]]
        # North's catalogue may be ordered by each of its customers; all else is the other customer's own.
        found += [world.neighbour] if set(kinds_of(route)) != {"plan"} else []
    return found


def test_every_part_of_every_address_is_known() -> None:
    """A new page fails here until addresses.py knows which object its address names, and world.py makes one."""
    for route in routes():
        for parameter in route.parameters:
            kind_of(route, parameter)
    assert len(WITH_OBJECTS) > 60


def test_every_known_page_exists() -> None:
    """What the registry knows and nobody answers any more hides nothing: it goes."""
    kinds = {kind_of(route, "pk") for route in WITH_OBJECTS if "pk" in route.parameters}
    assert kinds <= set(PAGES.values())


@pytest.mark.prove
@pytest.mark.parametrize("route", WITH_OBJECTS, ids=str)
def test_own_objects_open(world: World, route: Route) -> None:
    """The other half of the test below: the addresses that strangers do not find are there for their owners.

    One page may wait for a state that not each of the objects is in: the first that opens is enough, all in
    `make prove`.
    """
    if route.name in LINKS:
        return
    own = world.north.customers[AccessLevel.OWNER] if route.panel == "customer" else world.north.managers[Role.ADMIN]
    found = []
    for address in route.addresses(owned(world.north, route)):
        answer = own.ask(address)
        if answer.status_code == 405:
            answer = own.ask(address, "post")
        found.append((address, answer.status_code))
        if not EVERYBODY and answer.status_code in (200, 302, 422):
            break
    assert {status for _address, status in found} & {200, 302, 422}, found
    assert {status for _address, status in found} <= {200, 302, 404, 422}, found


def owned(house: House, route: Route) -> dict[str, tuple[Any, ...]]:
    """Return the objects for a route; of exports only the person's own."""
    place = 1 if route.panel == "customer" else 0
    return {**house.objects, "export": house.objects["export"][place : place + 1]}


@pytest.mark.prove
@pytest.mark.parametrize("route", WITH_OBJECTS, ids=str)
def test_foreign_objects_are_not_there(world: World, route: Route) -> None:
    """GET and POST answer as for an id that nobody has; nothing is written, and no word of North's is said.

    Of addresses that name several objects, each person asks the one that is all North's; those that mix North's with
    South's own are asked by the mightiest of South, who finds the most, and by everybody in `make prove`. The others
    ask by one of the two methods, in turn.
    """
    if route.name in LINKS | SIGNED or set(kinds_of(route)) <= OPEN:
        return
    before, wrong = written(), []
    mixed = foreign_addresses(route, world.north, world)
    for place, person in enumerate(strangers(world, route)):
        whole = route.addresses({kind: ids[:1] for kind, ids in world.north.objects.items()})
        for address in sorted(mixed) if EVERYBODY or person is mightiest(world, route) else whole:
            if not inherited(person, route, world):
                methods = METHODS if EVERYBODY or person is mightiest(world, route) else METHODS[place % 2 :][:1]
                wrong += seen(person, route, address, world.north.tenant, world, methods)
    for house in (world.north_east, world.root):
        (address, *_more) = sorted(foreign_addresses(route, house, world))
        if house is not world.root or route.name not in INHERITED:
            wrong += seen(mightiest(world, route), route, address, house.tenant, world)
    assert wrong == []
    assert written() == before


def mightiest(world: World, route: Route) -> Person:
    """Return who of South's may do the most in the route's panel."""
    south = world.south
    return south.customers[AccessLevel.OWNER] if route.panel == "customer" else south.managers[Role.ADMIN]


def inherited(person: Person, route: Route, world: World) -> bool:
    """Return whether the page shows what resellers inherit from above: they may read it (billing.md 1.4)."""
    return person is world.north_east.managers[Role.ADMIN] and route.name in INHERITED


def without_ids(address: str) -> str:
    """Return the address with an id that nobody has wherever it names one of the worlds' objects."""
    return re.sub(r"[5-8]{2}\d{7}|northqzj|eastqzj", str(NOT_AN_ID), address)


def of_nothing(person: Person, address: str, method: str, world: World) -> tuple[int, str]:
    """Return the status for an id that nobody has, and where to: asked once, as it is the same for every foreign id."""
    key = (str(person), address, method)
    if key not in world.of_nothing:
        answer = person.ask(address, method)
        world.of_nothing[key] = answer.status_code, without_ids(answer.get("Location", ""))
    return world.of_nothing[key]


def seen(
    person: Person, route: Route, address: str, tenant: Tenant, world: World, methods: tuple[str, ...] = METHODS
) -> Iterator[tuple[str, str, str, str]]:
    """Yield every answer about a foreign object that tells more than the answer about an id that nobody has."""
    for method in methods:
        answer = person.ask(address, method)
        sign_in = person is world.nobody and answer.status_code == 302 and "/accounts/login/" in answer["Location"]
        # What only takes forms leads away whoever opens it, without a look at any row.
        leads_away = route.name in SENT_ELSEWHERE or (method == "get" and getattr(route.view, "posted", False))
        if not sign_in and (answer.status_code in (403, 405) or leads_away):
            status, nowhere = of_nothing(person, without_ids(address), method, world)
            if (status, nowhere) != (answer.status_code, without_ids(answer.get("Location", ""))):
                yield str(person), method, address, f"{answer.status_code}, for nothing {status}"
        elif answer.status_code != 404 and not sign_in:
            yield str(person), method, address, str(answer.status_code)
        told = tenant.seen_in(body(answer).replace(address, "").replace(quote_plus(address, safe="/"), ""))
        if leads_away:
            told -= {one for one in told if one in address}  # the way on names the id that was asked for
        if person is world.colleague:
            told -= {str(world.north.reseller.pk)}  # the frame is drawn for a person of this reseller
        if told:
            yield str(person), method, address, f"says {sorted(told)[:3]}"


def foreign_addresses(route: Route, house: House, world: World) -> set[str]:
    """Return addresses that name the house's objects, alone and among South's own.

    Of South's three in turn: a page may wait for what the first of them is not.
    """
    theirs = {kind: ids[:1] for kind, ids in house.objects.items()}
    found = set(route.addresses(theirs))
    kinds = [kind for kind in kinds_of(route) if kind not in OPEN]
    for kind, place in product(kinds if len(kinds) > 1 else (), range(3)):
        ours = {one: ids[place : place + 1] or ids[-1:] for one, ids in world.south.objects.items()}
        found |= set(route.addresses({one: theirs[one] if one == kind else ours[one] for one in theirs}))
    return found


# --- what lists, forms and pages show ------------------------------------------------------------------------------


def viewers(world: World, route: Route) -> list[tuple[Person, House]]:
    """Return those who must never read a word of North's, with their own house; North-East sees no more than South.

    Who sees less than another of the same house opens what lists and sums up; a page of an object asks the same of it
    for both, and is opened for both in `make prove`.
    """
    south, east, several = world.south, world.north_east, 1 if route.parameters and not EVERYBODY else 2
    people = [] if route.panel == "customer" else [south.managers[role] for role in SIGHTS[:several]]
    if route.panel != "operator":
        people += [south.customers[level] for level in (AccessLevel.OWNER, AccessLevel.USER)[:several]]
    above = [] if route.panel == "customer" else [(east.managers[Role.ADMIN], east)]
    return [*((person, south) for person in people), *above]


def own_addresses(person: Person, house: House, route: Route) -> list[str]:
    """Return the route's addresses with the house's objects: three for South's administrator, one for the others.

    The first names the first object of each kind, and so on. In `make prove` both administrators get all there are.
    """
    objects, is_admin = owned(house, route), person is house.managers[Role.ADMIN]
    if EVERYBODY and is_admin:
        return route.addresses(objects)
    found: list[str] = []
    for place in range(3 if is_admin and person.title.startswith("south") else 1):
        found += route.addresses({kind: ids[place : place + 1] or ids[-1:] for kind, ids in objects.items()})
    return list(dict.fromkeys(found))


@pytest.mark.prove
@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_own_pages_say_nothing_of_others(world: World, route: Route) -> None:
    """Each page with the viewer's own objects, its forms' choices included, is without North's names and ids."""
    if route.name in LINKS | ENDS:
        return
    wrong = []
    for person, house in viewers(world, route):
        for address in own_addresses(person, house, route):
            answer = person.ask(address)
            assert answer.status_code < 500, (str(person), address, answer.status_code)
            wrong += [(str(person), address, told) for told in leaked(world, house, body(answer))]
    assert wrong == []


def leaked(world: World, house: House, text: str) -> set[str]:
    """Return the marks of the other houses, without what a child inherits from its provider and the latter's name."""
    if house is world.south:
        return world.north.tenant.seen_in(text) | world.north_east.tenant.seen_in(text)
    above = world.north.objects
    inherits = [str(pk) for pk in (*above["service_term"], *above["account_type"])]
    told = {found for found in world.north.tenant.seen_in(text) if not any(pk in found for pk in inherits)}
    return told - {f"{world.north.tenant.word}-{world.north.reseller.pk}name"} | world.south.tenant.seen_in(text)


@pytest.mark.parametrize("route", named("operator"), ids=str)
def test_a_sales_person_reads_only_of_own_accounts(world: World, route: Route) -> None:
    """A colleague's accounts and what hangs on them are in no list, no choice and no figure."""
    if route.parameters or not reversible(route):
        return
    (address,) = route.addresses({})
    text = body(world.colleague.ask(address))
    hidden = [str(pk) for kind in OF_AN_ACCOUNT for pk in world.north.objects[kind]]
    assert [pk for pk in hidden if pk in text] == []


ONLY_THE_LIST = {"HX-Request": "true", "HX-Target": "list"}
# The list of each page, by its address: which it is, no person and no row changes.
LISTING_AT: dict[str, Listing | None] = {}
LIST_ADDRESSES = [route for route in ROUTES if route.panel in ("operator", "customer") and not route.parameters]


@pytest.mark.prove
@pytest.mark.parametrize("route", LIST_ADDRESSES, ids=str)
def test_lists_find_nothing_of_others(world: World, route: Route) -> None:
    """Searching, filtering, sorting and exporting a list by North's own names and ids brings no word of North's."""
    south = world.south
    person = south.managers[Role.ADMIN] if route.panel == "operator" else south.customers[AccessLevel.OWNER]
    (address,) = route.addresses({})
    listing = listing_at(person, address)
    if listing is None:
        return
    wrong = []
    for query in questions(listing, world.north, Asker(actor=person.actor, today=ORDERED_ON)):
        answer = person.ask(f"{address}?{query}", headers=ONLY_THE_LIST)
        assert answer.status_code == 200, query
        wrong += [(query, told) for told in leaked(world, south, without_echo(body(answer), query))]
    for query in ("all=1", "all=1&q=northqzj"):
        file = whole_file(person, listing, f"{address}?{query}")
        assert file.headers["Content-Type"].startswith("text/csv"), query
        wrong += [(f"export {query}", told) for told in leaked(world, south, body(file))]
    assert wrong == []


@pytest.mark.parametrize("route", LIST_ADDRESSES, ids=str)
def test_lists_find_the_own(world: World, route: Route) -> None:
    """The other half: North's people find North's rows by the same words."""
    north = world.north
    person = north.managers[Role.ADMIN] if route.panel == "operator" else north.customers[AccessLevel.OWNER]
    (address,) = route.addresses({})
    listing = listing_at(person, address)
    if listing is None:
        return
    assert north.tenant.seen_in(body(whole_file(person, listing, f"{address}?all=1"))) != set()
    assert north.tenant.seen_in(body(person.ask(f"{address}?all=1", headers=ONLY_THE_LIST))) != set()


def whole_file(person: Person, listing: Listing, address: str) -> HttpResponseBase:
    """Return the list's file with every column that there is, also those that are chosen by nobody at first."""
    with transaction.atomic():
        choose_columns(actor=person.actor, listing=listing, columns=[column.name for column in listing.columns])
        file: HttpResponseBase = person.ask(address, "post", do="export", format="csv")
        transaction.set_rollback(True)
    return file


def listing_at(person: Person, address: str) -> Listing | None:
    """Return the list that stands at the address, if one does; the page is opened once for all tests."""
    if address not in LISTING_AT:
        LISTING_AT[address] = listing_of(person.ask(address))
    return LISTING_AT[address]


def listing_of(answer: HttpResponseBase) -> Listing | None:
    """Return the list that the page shows, if it does."""
    context = getattr(answer, "context", None)
    return context.get("listing") if context else None


def questions(listing: Listing, house: House, asker: Asker) -> Iterator[str]:
    """Yield the queries of a list that would bring the house's rows out.

    Sorted, a list shows the same rows (tests/operator_panel/lists/test_every_list.py holds it to that): one order is
    asked for here, each of them in both directions in `make prove`. What a filter refuses by itself, without a look at
    any row, is asked for at once; alone in `make prove`.
    """
    word, ids = house.tenant.word, ids_of(house)
    filters = filters_of(listing)
    yield "all=1&" + "&".join(f"show={name}" for name in filters)
    yield f"all=1&q={word}"
    yield from (f"all=1&q={house.objects[kind][0]}" for kind in ("account", "subscription", "order", "reseller"))
    yield from (f"all=1&quick={quick.name}" for quick in listing.quick)
    sorts = [column.name for column in listing.columns if column.sort]
    for name in sorts if EVERYBODY else sorts[-1:]:
        yield f"all=1&sort={name}"
        if EVERYBODY:  # the same rows, the last ones first
            yield f"all=1&sort=-{name}"
    refused = []
    for name, chosen in filters.items():
        for parameter in parameters_of(name, chosen):
            several = "Multiple" in type(chosen).__name__ or isinstance(chosen, Visible)
            for values in ([word], [",".join(ids)] if not several else ids):
                query = "&".join(f"{parameter}={value}" for value in values)
                data, rows = {parameter: values if several else values[0]}, listing.rows(asker.actor)
                if not EVERYBODY and refuses(listing.filterset, {name: chosen}, data, rows, asker):
                    refused.append(query)
                else:
                    yield f"all=1&{query}"
            if EVERYBODY and several:
                yield f"all=1&{parameter}={','.join(ids)}"
    if refused:
        yield "all=1&" + "&".join(refused)


def ids_of(house: House) -> list[str]:
    """Return an id of each kind."""
    return [str(kind[0]) for kind in house.objects.values() if isinstance(kind[0], int)]


def without_echo(text: str, query: str) -> str:
    """Return the page without what it repeats of the question."""
    for value in sorted(re.findall(r"[=,]([^&,]+)", query), key=len, reverse=True):
        if value != "1":
            text = text.replace(value, "")
    return text
