"""What every list of the operator panel keeps to, whatever it lists."""

import pytest
from django.test import Client
from django.urls import reverse

from core.lists.listing import LISTINGS, Listing
from operator_panel import lists
from operator_panel.urls import LISTS
from tests.factories import accounts
from tests.operator_panel.lists import rows

pytestmark = pytest.mark.django_db

EVERY = sorted(LISTS)


@pytest.fixture
def client() -> Client:
    client = Client()
    client.force_login(accounts.manager())
    return client


@pytest.mark.parametrize("name", EVERY)
def test_every_list_opens_empty_or_not(client: Client, name: str) -> None:
    rows.subscription()
    assert client.get(reverse(f"operator:{name}")).status_code == 200


@pytest.mark.parametrize("name", EVERY)
def test_every_column_can_be_shown(client: Client, name: str) -> None:
    rows.subscription()
    listing = LISTS[name]
    address = reverse(f"operator:{name}")
    names = [column.name for column in listing.columns]
    assert client.post(address, {"do": "columns", "order": names, "columns": names}).status_code == 302
    page = client.get(address).context["list"]
    assert [str(heading.title) for heading in page.headings] == [str(column.title) for column in listing.columns]


@pytest.mark.parametrize("name", EVERY)
def test_every_sort_every_quick_filter_and_the_search_answer(client: Client, name: str) -> None:
    rows.subscription()
    listing = LISTS[name]
    address = reverse(f"operator:{name}")
    queries = [f"sort={way}{column.name}" for column in listing.columns if column.sort for way in ("", "-")]
    queries += [f"quick={quick.name}" for quick in listing.quick]
    queries += ["q=office", "q=17", "q=SO000017", "q=%D0%81%D0%BB%D0%BA%D0%B0"]
    assert {client.get(f"{address}?{query}").status_code for query in queries} == {200}


@pytest.mark.parametrize("name", EVERY)
def test_every_filter_can_be_shown(client: Client, name: str) -> None:
    listing = LISTS[name]
    filters = list(listing.filterset.base_filters) if listing.filterset else []
    page = client.get(reverse(f"operator:{name}"), {"show": filters}).context["list"]
    assert sorted(chip.name for chip in page.chips) == sorted(filters)


@pytest.mark.parametrize("name", EVERY)
def test_every_list_is_exported(client: Client, name: str) -> None:
    rows.subscription()
    address = reverse(f"operator:{name}")
    answers = [client.post(address, {"do": "export", "format": kind}) for kind in ("xlsx", "csv")]
    assert [answer.status_code for answer in answers] == [200, 200]
    heads = [answer.content[:2] if not answer.streaming else answer.getvalue()[:3] for answer in answers]
    assert heads == [b"PK", b"\xef\xbb\xbf"]


@pytest.mark.parametrize("listing", sorted(LISTINGS.values(), key=lambda one: one.name), ids=lambda one: one.name)
def test_every_filter_shown_from_the_start_exists(listing: Listing) -> None:
    filters = set(listing.filterset.base_filters) if listing.filterset else {"status"}
    assert set(listing.filters_shown) <= filters


def test_every_list_is_known_by_name() -> None:
    assert {LISTINGS[f"operator.{name}"] for name in EVERY} == set(LISTS.values())
    assert LISTINGS["operator.transactions"] is lists.TRANSACTIONS
