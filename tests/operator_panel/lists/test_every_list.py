"""What every list of both panels keeps to, whatever it lists: each with rows of its own (tests/factories/lists.py)."""

import csv
import io
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from accounts.models import AccessLevel
from core.lists import download
from core.lists.export import carry_out
from core.lists.listing import LISTINGS, Listing
from core.lists.models import ListExport
from operator_panel.lists import LISTS
from tests.factories import accounts as cast
from tests.factories.lists import ROWS, Around, around, every_list, fill
from tests.worlds import kept

pytestmark = pytest.mark.django_db

EVERYTHING = bool(os.environ.get("PROVE"))
every = pytest.mark.parametrize("listing", every_list(), ids=lambda listing: listing.name)


@dataclass
class World:
    """Rows of every list, and who looks at them."""

    of: Around
    manager: Client
    customer: Client

    def client(self, listing: Listing) -> Client:
        """Return the browser of who looks at the list."""
        return self.customer if listing.name.startswith("customer.") else self.manager

    def get(self, listing: Listing, query: object = None) -> Any:
        """Return the page of the list in answer to a query."""
        return self.client(listing).get(self.of.address(listing), query).context["list"]


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """An account with a row in every list, and people of both panels."""
    with kept(django_db_blocker):
        of = around()
        clients = []
        for person in (cast.manager(), cast.customer_user(account=of.account, access_level=AccessLevel.OWNER)):
            client = Client()
            client.force_login(person)
            clients.append(client)
        fill(of, every_list())
        yield World(of, *clients)


def test_every_list_has_a_factory_of_its_rows() -> None:
    """Seen before: six lists were walked over without a row (plan categories, products, resellers, ...)."""
    assert {listing.name for listing in every_list()} == set(ROWS)


@every
def test_every_list_shows_its_rows(world: World, listing: Listing) -> None:
    assert world.get(listing).rows != []


@every
def test_every_column_is_shown_of_a_row(world: World, listing: Listing) -> None:
    names = [column.name for column in listing.columns]
    answer = world.client(listing).post(world.of.address(listing), {"do": "columns", "order": names, "columns": names})
    assert answer.status_code == 302
    page = world.get(listing)
    assert [str(heading.title) for heading in page.headings] == [str(column.title) for column in listing.columns]
    assert {row.cells.count("<td") for row in page.rows} == {len(names)}


@pytest.mark.prove
@every
def test_every_sort_shows_every_row_and_every_quick_filter_and_search_answer(world: World, listing: Listing) -> None:
    """Each column is sorted by in one direction, the next one in the other; in both in `make prove`."""
    rows = len(world.get(listing, {"all": 1}).rows)
    for place, column in enumerate(column for column in listing.columns if column.sort):
        for way in ("", "-") if EVERYTHING else ("", "-")[place % 2 :][:1]:
            assert len(world.get(listing, {"all": 1, "sort": way + column.name}).rows) == rows, way + column.name
    for query in (
        *({"quick": one.name} for one in listing.quick),
        *({"q": text} for text in ("17", "SO000017", "Ёлка")),
    ):
        assert world.get(listing, query) is not None


@every
def test_every_filter_can_be_shown(world: World, listing: Listing) -> None:
    filters = list(listing.filterset.base_filters) if listing.filterset else []
    assert sorted(chip.name for chip in world.get(listing, {"show": filters}).chips) == sorted(filters)
    assert set(listing.filters_shown) <= set(filters or ["status"])


@every
def test_every_list_is_exported_with_its_rows(world: World, listing: Listing) -> None:
    files = [file_of(world.client(listing), world.of.address(listing), kind) for kind in ("xlsx", "csv")]
    assert [file[:2] for file in files] == [b"PK", b"\xef\xbb"]
    assert len(lines(files[1])) > 1


@pytest.mark.parametrize("place", ["lists", "tabs"])
def test_a_worker_writes_what_the_page_would_have_at_once(
    world: World, place: str, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path
) -> None:
    """Every list, and every tab in which one stands. Seen before: a tab narrowed by a queryset ended in TypeError."""
    settings.MEDIA_ROOT = tmp_path
    addresses = (
        [(listing, world.of.address(listing)) for listing in every_list()]
        if place == "lists"
        else [(listing, address) for listing in every_list() for address in world.of.tabs(listing)]
    )
    assert len(addresses) > 15
    for listing, address in addresses:
        client = world.client(listing)
        at_once = lines(file_of(client, address, "csv"))
        with monkeypatch.context() as patched:
            patched.setattr(download, "AT_ONCE", -1)
            answer = client.post(address, {"do": "export", "format": "csv"})
        export = ListExport.objects.latest("pk")
        assert answer.url == reverse("lists:export", args=[export.pk]), address
        carry_out(export=export, now=timezone.now())
        fetched = client.get(answer.url + "file/")
        assert lines(fetched.getvalue()) == at_once, address


def test_every_list_is_known_by_name() -> None:
    """A file in the folder of lists is enough: name, address and view follow."""
    assert {f"operator.{name}": listing for name, listing in LISTS.items()} == {
        name: listing for name, listing in LISTINGS.items() if name.startswith("operator.")
    }
    assert [reverse(f"operator:{name}") for name, listing in LISTS.items() if listing.own_page]


def file_of(client: Client, address: str, kind: str) -> bytes:
    """Return the list as a file that is answered at once."""
    answer = client.post(address, {"do": "export", "format": kind})
    assert answer.status_code == 200, address
    content: bytes = answer.getvalue() if answer.streaming else answer.content
    return content


def lines(file: bytes) -> list[list[str]]:
    """Return the lines of a CSV file."""
    return list(csv.reader(io.StringIO(file.decode("utf-8-sig"))))
