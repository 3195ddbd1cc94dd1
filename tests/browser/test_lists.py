"""Every list of both panels with rows: money and days are seen, numbers agree, rows lead on, files are right.

A list without a factory of its rows (tests/factories/lists.py) fails them all.
"""

import io
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser

from accounts.models import AccessLevel, User
from core.lists.filters import Visible
from core.lists.listing import Listing
from tests.browser.shown import Showcase
from tests.factories import accounts as cast
from tests.factories import billing as money
from tests.factories.lists import NO_PAGE, Around, around, every_list, fill

pytestmark = [pytest.mark.django_db, pytest.mark.browser]

DESK = 1380
EVERY = every_list()
EVERYTHING = bool(os.environ.get("PROVE"))
# What htmx asks with: the list alone is answered, without the page around it.
ONLY_THE_LIST = {"HX-Request": "true", "HX-Target": "list"}


@dataclass
class World:
    """Rows of every list, and who looks at them."""

    of: Around
    manager: Client
    customer: Client

    def client(self, listing: Listing) -> Client:
        """Return the browser of who looks at the list."""
        return self.customer if listing.name.startswith("customer.") else self.manager

    def address(self, listing: Listing) -> str:
        """Return where the list is shown."""
        return self.of.address(listing)


@pytest.fixture
def world(db: None) -> World:
    """An account with a long name and much money, a subscription, a connection, and people of both panels."""
    of = around()
    clients = []
    for person in (cast.manager(), cast.customer_user(account=of.account, access_level=AccessLevel.OWNER)):
        client = Client()
        client.force_login(person)
        clients.append(client)
    fill(of, EVERY)
    return World(of, *clients)


# What a vendor takes is not known of every plan.
MAY_BE_UNKNOWN = {"cost", "net_cost"}
# Lists of dates of which only some have a price: those of a renewal.
OF_SOME_ROWS = {"operator.calendar", "customer.calendar"}


def speak(client: Client, language: str) -> None:
    """Have the person of this browser read that language from now on."""
    User.objects.filter(pk=int(client.session["_auth_user_id"])).update(language=language)


@pytest.fixture
def showcase(chromium: Browser) -> Iterator[Showcase]:
    """The tab in which the lists are shown."""
    opened = Showcase(chromium)
    yield opened
    opened.close()


RIGHT_EDGES = """() => [...document.querySelectorAll("#list tbody tr")].slice(0, 3).flatMap(row =>
  [...row.cells].map((cell, n) => [n, Math.ceil(cell.getBoundingClientRect().right)]))"""


def test_money_and_days_lie_within_1380_pixels_in_both_languages(world: World, showcase: Showcase):
    found, looked, tab = [], 0, showcase.opened
    for language in ("en", "ru"):
        speak(world.manager, language)
        speak(world.customer, language)
        for listing in EVERY:
            address = world.address(listing)
            answer = world.client(listing).get(address)
            tab.put(address, answer, answer.content.decode())
            columns = listing.columns_for([])
            edges = tab.page.evaluate(RIGHT_EDGES)
            assert edges, listing.name
            for number, right in edges:
                kind = columns[number].content.kind
                looked += bool(kind)
                if kind and right > DESK:
                    found.append(f"{listing.name} ({language}): {columns[number].name} ends at {right}")
    assert looked > 60
    assert found == []


def test_rows_lead_to_their_objects(world: World):
    leads = {}
    for listing in EVERY:
        page = world.client(listing).get(world.address(listing)).context["list"]
        leads[listing.name] = all(row.url for row in page.rows)
    assert {name for name, all_lead in leads.items() if not all_lead} <= set(NO_PAGE)


def values_for(listing: Listing) -> Iterator[dict[str, str]]:
    """Yield one query for every filter of the list, and for every choice of those with few."""
    for name, one in (listing.filterset.base_filters if listing.filterset else {}).items():
        kind = type(one).__name__
        if isinstance(one, Visible):
            yield {name: "1"}
        elif kind in ("Between",):
            yield {f"{name}_min": "1"}
        elif kind in ("Days", "SortedDays"):
            yield {f"{name}_after": "2020-01-01"}
        elif kind in ("OneOf", "ChoiceFilter"):
            choices = one.extra.get("choices", ())
            yield from ({name: str(value)} for value, _label in list(choices() if callable(choices) else choices)[:6])
        elif kind in ("YesNo", "BooleanFilter"):
            yield from ({name: value} for value in ("true", "false"))
        elif kind in ("Number", "Numbers", "NumberFilter"):
            yield {name: "1"}
        elif kind in ("DateFilter", "OnDay"):
            yield {name: timezone.localdate().isoformat()}
        elif kind == "Moment":
            yield {name: "2020-01-01T00:00:00Z"}
        elif kind != "UUIDFilter":
            yield {name: "а"}


def numbers(client: Client, address: str, query: dict[str, Any] | None = None) -> tuple[int, str, dict[str, str]]:
    """Return how many rows a list shows, how many it says it has, and the numbers of its quick filters by address."""
    asked = {**query, "size": "100"} if query is not None else None
    page = client.get(address, asked, headers=ONLY_THE_LIST).context["list"]
    return len(page.rows), page.total, {tab.url: tab.count for tab in page.quick}


def with_tabs(listing: Listing) -> Iterator[tuple[dict[str, str], bool]]:
    """Yield what a list is asked, and whether each of its quick filters is then pressed too."""
    yield {}, True
    for words in ("роза", "12345.67", "nobody-and-nothing") if listing.search else ():
        yield {"q": words}, EVERYTHING or words != "12345.67"
    statuses = 0
    for query in values_for(listing):
        statuses += "status" in query
        yield query, "status" in query and (EVERYTHING or statuses == 1)


@pytest.mark.prove
def test_numbers_agree_with_rows_under_every_quick_filter_search_and_filter(world: World):
    """Of the statuses, the quick filters are pressed under the first; under all of them by `make prove`."""
    wrong, looked, pressed = [], 0, 0
    for listing in EVERY:
        client, address = world.client(listing), world.address(listing)
        for query, with_quick in with_tabs(listing):
            rows, said, quick = numbers(client, address, query)
            looked += 1
            assert rows or query, listing.name
            if str(rows) != said:
                wrong.append(f"{listing.name} {query}: {rows} rows, {said} said")
            if quick and next(iter(quick.values())) != said:
                wrong.append(f"{listing.name} {query}: “All” says {next(iter(quick.values()))}, {said} said")
            for url, count in quick.items() if with_quick else ():
                shown, total, _tabs = numbers(client, address + url)
                pressed += 1
                if str(shown) != count or total != count:
                    wrong.append(f"{listing.name} {url}: {shown} rows, {count} on the tab")
    assert looked > 150
    assert pressed > 100
    assert wrong == []


def test_files_say_every_amount_in_its_currency_and_digits(world: World):
    foreign = cast.account(name="Kuwait", currency="KWD")
    money.top_up(account=foreign, amount="7.500", today=world.of.today)
    wrong, looked = [], 0
    for listing in EVERY:
        columns = [column for column in listing.columns_for([]) if column.content.kind == "money"]
        if not columns:
            continue
        client, address = world.client(listing), world.address(listing)
        answer = client.post(address, {"do": "export", "format": "xlsx"})
        head, *lines = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0].iter_rows()
        for column in columns:
            places = [n for n, cell in enumerate(head) if str(cell.value).startswith(f"{column.title}, ")]
            codes = [str(head[n].value).removeprefix(f"{column.title}, ") for n in places]
            for line in lines:
                held = [(code, line[n]) for code, n in zip(codes, places, strict=True) if line[n].value is not None]
                looked += 1
                if not held and (column.name in MAY_BE_UNKNOWN or listing.name in OF_SOME_ROWS):
                    continue
                right = len(held) == 1 and isinstance(held[0][1].value, int | float)
                digits = held[0][1].number_format.rpartition(".")[2] if right else ""
                if not column.content.exact:  # a price for one unit may be finer than money
                    digits = digits.replace("#", "")
                if not right or digits != {"USD": "00", "KWD": "000"}[held[0][0]]:
                    wrong.append(f"{listing.name} {column.name}: {[(code, cell.number_format) for code, cell in held]}")
        if listing.name in ("operator.payments", "operator.accounts"):
            assert any("KWD" in str(cell.value) for cell in head), listing.name
    assert looked > 20
    assert wrong == []
