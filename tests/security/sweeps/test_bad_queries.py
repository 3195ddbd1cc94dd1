"""Every list and every method of the API, asked for what no page of ours links to: answered, never an error page."""

import os
from typing import Any
from urllib.parse import quote

import pytest
from django.db import transaction

from accounts.models import Role
from api.filtering import parameter_name
from api.urls import RESOURCES
from core.lists.chips import parameters_of
from core.lists.filters import Visible
from core.lists.listing import LISTINGS, Asker
from core.lists.paging import Order, Wanted, keys_of_page, position_of
from core.lists.state import filters_of
from tests.security.addresses import Route, routes
from tests.security.marks import fingerprint
from tests.security.refusing import refuses
from tests.security.sweeps.test_forms import first, owner_of
from tests.security.sweeps.test_isolation import ONLY_THE_LIST
from tests.security.world import ORDERED_ON, World

pytestmark = pytest.mark.django_db

EVERYTHING = bool(os.environ.get("PROVE"))
BAD = (
    "\0",
    "a%00b",
    "1e200000",
    "-1e-200000",
    "NaN",
    "-0",
    "+5",
    "9" * 30,
    "9" * 5_000,
    "-1",
    "\ufeff1",
    "٣",
    "0000-00-00",
    "0001-01-01",
    "9999-12-31",
    "10000-01-01",
    "2026-11-28T12:00:00+16:00",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "2026-11-28T12:00:00+99:99",
    "[null, 1]",
    '{"a": 1}',
    "[" * 2_000,
    ",",
    "1,,2",
    "'",
    "\\",
    "\u202e",
    "x" * 5_000,
)
CURSORS = (
    "[null, 1]",
    "[1, null]",
    '["x", 1]',
    "[true, true]",
    '["x", 1e400]',
    '["x", 1.5]',
    f'["x", {"9" * 30}]',
    f'["x", {"9" * 5_000}]',
    '["\\u0000", 1]',
    '["\\ud800", 1]',
    '["1e200000", 1]',
    '["NaN", 1]',
    '["-1e-200000", 1]',
    '["2026-11-28T12:00:00+16:00", 1]',
    '["0001-01-01T00:00:00+14:00", 1]',
    '["2026-11-28T12:00:00", 1]',
    '["9999-12-31T23:59:59-14:00", 1]',
    '["0000-01-01", 1]',
    '["10000-01-01", 1]',
    '[{"a": 1}, 1]',
    "[[], 1]",
    "{}",
    "null",
    "1",
    "[]",
    '["x"]',
    '["x", -1]',
    '["x", "1"]',
    "[" * 100_000,
    "NaN",
    "[NaN, 1]",
    "",
)


LISTS = [route for route in routes() if f"{route.panel}.{route.name.partition(':')[2]}" in LISTINGS]


@pytest.fixture
def asker(world: World) -> Asker:
    actor = world.north.managers[Role.ADMIN].actor
    assert actor is not None
    return Asker(actor=actor, today=ORDERED_ON)


@pytest.mark.parametrize("listing", LISTINGS.values(), ids=lambda listing: listing.name)
def test_no_filter_of_a_list_asks_the_database_what_it_cannot_answer(world: World, asker: Asker, listing: Any) -> None:
    """Each bad value in each filter alone, through to the database: refused with a sentence, or answered."""
    rows = listing.rows(asker.actor)
    for key, chosen in filters_of(listing).items():
        # The list's own filters but for all the others, which would be made anew for each value and asked for nothing.
        alone = type("Alone", (listing.filterset,), {})
        alone.base_filters = {key: chosen}
        for parameter in parameters_of(key, chosen):
            for bad in BAD:
                used = alone(
                    data={parameter: [bad]}
                    if "Multiple" in type(chosen).__name__ or isinstance(chosen, Visible)
                    else {parameter: bad},
                    queryset=rows,
                    request=asker,
                )
                if used.form.is_valid():
                    with transaction.atomic():
                        list(used.filter_queryset(rows).values_list("pk")[:1])
                else:
                    assert used.form.errors


@pytest.mark.parametrize("listing", LISTINGS.values(), ids=lambda listing: listing.name)
def test_no_cursor_of_a_list_asks_the_database_what_it_cannot_answer(world: World, asker: Asker, listing: Any) -> None:
    """Every made-up position in every order of every list."""
    rows = listing.rows(asker.actor)
    for column in {column.name for column in listing.columns if listing.column_of_sort(column.name)}:
        order = Order(listing.sort_expression(column, rows), False)
        for cursor in CURSORS:
            position = position_of(cursor, rows, order, backwards=False)
            if position is not None:
                with transaction.atomic():
                    keys_of_page(rows, order, Wanted(10, 0, position), easy=True)


@pytest.mark.prove
@pytest.mark.parametrize("route", LISTS, ids=str)
def test_no_address_of_a_list_ends_in_an_error_page(world: World, route: Route) -> None:
    """Everything bad at once, as the page itself reads its address.

    All lists read it with the same lines: they share the bad values out among them. Each of each in `make prove`.
    """
    person, address = owner_of(world, route), first(world.north, route)
    every = ("\0", "9" * 5_000, "[null, 1]", "%ff%fe%00", "\u202e", "-1", "1e200000")
    for bad in every if EVERYTHING else (every * 2)[(place := LISTS.index(route) % len(every)) : place + 2]:
        query = "&".join(
            f"{name}={quote(bad)}" for name in ("q", "sort", "quick", "page", "size", "show", "all", "after")
        )
        asked = person.ask(f"{address}?{query}")
        assert asked.status_code < 500, bad[:30]
        # The list alone, without the frame around it.
        other = f"{address}?q={quote(bad)}&id={quote(bad)}&before={quote(bad)}"
        assert person.ask(other, headers=ONLY_THE_LIST).status_code < 500, bad[:30]


@pytest.mark.prove
@pytest.mark.parametrize("kind", RESOURCES)
def test_no_parameter_of_the_api_ends_in_an_error(world: World, asker: Asker, kind: str) -> None:
    """400 with the parameter's name, or an answer; never anything else.

    All resources read pages, order and includes with the same lines: they share the bad values out among them. Of what
    a filter refuses by itself the first is asked for, and each made-up position in one of the two directions. Each
    value of each parameter of each resource in `make prove`.
    """
    viewset, share = RESOURCES[kind], list(RESOURCES).index(kind)
    house = world.north
    client, headers = world.nobody.client, {"X-Api-Token": house.api_token}
    address = f"/api/v3/resellers/{house.reseller.pk}/{kind}"
    refused: set[str] = set()
    every, nothing = viewset.filterset.base_filters, viewset.filterset._meta.model._default_manager.none()
    for place, bad in enumerate(BAD):
        asked = [parameter_name(name) for name in viewset.filters if EVERYTHING or name not in refused]
        for name in viewset.filters if not EVERYTHING else ():
            if refuses(viewset.filterset, {name: every[name]}, {name: bad}, nothing, asker):
                refused.add(name)
            elif name in refused:
                asked.append(parameter_name(name))
        if EVERYTHING or place % len(RESOURCES) == share:
            asked += ["page[size]", "page[number]", "sort", "include", bad[:50]]
        for parameter in asked:
            answer = client.get(f"{address}?{quote(parameter)}={quote(bad)}", headers=headers)
            assert answer.status_code in (200, 400), (parameter, bad[:30])
            assert answer["Content-Type"] == "application/vnd.api+json"
    for sort in viewset.sorts:
        for turn, cursor in enumerate(CURSORS, start=share):
            for place in (
                ("page[after]", "page[before]") if EVERYTHING else (("page[after]", "page[before]")[turn % 2],)
            ):
                answer = client.get(f"{address}?sort={sort}&{quote(place)}={quote(cursor)}", headers=headers)
                assert answer.status_code in (200, 400), (sort, cursor[:30])


def test_saved_views_take_no_names_that_are_no_names(world: World) -> None:
    route = next(one for one in LISTS if one.name == "operator:accounts")
    person, before = owner_of(world, route), fingerprint()
    for name in ("\0", "x" * 5_000, "\ud800"):
        for do in ("save_view", "delete_view", "columns", "filters", "export", "\0"):
            data = {"do": do, "name": name.encode("utf-8", "surrogatepass"), "order": name.encode("utf-8", "replace")}
            assert person.ask(first(world.north, route), "post", **data).status_code < 500
    assert fingerprint() == before
