"""Every list of both panels with rows: money and days are seen, numbers agree, rows lead on, files are right.

A list without a factory of its rows fails the first test.
"""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser

from accounts.models import AccessLevel, Account, Role, User
from core.lists.filters import Visible
from core.lists.listing import LISTINGS, Listing
from subscriptions.models import PlanCategory, Product, Subscription
from tests.browser.shown import Showcase
from tests.factories import accounts as cast
from tests.factories import billing as money
from tests.factories import subscriptions as make
from vendors.models import ConnectionState, VendorConnection, VendorExchange

pytestmark = [pytest.mark.django_db, pytest.mark.browser]

LONG = "Северо-Западная логистическая компания «Роза ветров» и партнёры"
DESK = 1380
# Where a list is a tab of an object: whose.
TABS = {
    "operator.transactions": ("operator:account_transactions", "account"),
    "operator.vendor_exchanges": ("operator:vendor_connection_journal", "connection"),
}
# Whose rows are no objects with a page of their own, and why.
NO_PAGE = {
    "operator.plan_categories": "a category is a name and nothing else",
    "operator.vendor_exchanges": "the line is the whole",
    "customer.transactions": "what came in has no page for the customer; what was charged leads to its charge",
    "customer.payments": "a top-up has no page for the customer; of an order it leads there",
}


@dataclass
class World:
    """What the rows are made for."""

    account: Account
    subscription: Subscription
    connection: VendorConnection
    today: date
    manager: Client
    customer: Client

    def client(self, listing: Listing) -> Client:
        """Return the browser of who looks at the list."""
        return self.customer if listing.name.startswith("customer.") else self.manager

    def address(self, listing: Listing) -> str:
        """Return where the list is shown."""
        if listing.name in TABS:
            page, of = TABS[listing.name]
            return reverse(page, args=[getattr(self, of).pk])
        panel, _dot, name = listing.name.partition(".")
        return reverse(f"{panel}:{name}")


def _topped_up(world: World) -> None:
    money.top_up(account=world.account, amount="7654321.98", today=world.today)


def _served(world: World) -> None:
    make.subscription(account=world.account, plan=world.subscription.plan, today=world.today)


def _ordered(world: World) -> None:
    make.order(account=world.account, plan=world.subscription.plan, today=world.today)


def _exchanged(world: World) -> None:
    address = f"https://api.partnercenter.microsoft.com/v1/customers/{'7d3c1a90-' * 6}/subscriptions"
    for status in (200, 404):
        VendorExchange.objects.create(
            connection=world.connection, method="GET", url=address, status=status, milliseconds=99, request_id="1" * 36
        )


ROWS: dict[str, Callable[[World], object]] = {
    "operator.accounts": lambda world: cast.account(name=LONG, manager=cast.manager(name=LONG)),
    "operator.account_classes": lambda _world: cast.account_class(name=LONG, credit_limit=Decimal("7654321.98")),
    "operator.account_types": lambda _world: cast.account_type(name=LONG),
    "operator.application_templates": lambda _world: make.plan(),
    "operator.charges": _served,
    "operator.managers": lambda _world: cast.manager(name=LONG, role=Role.SALES),
    "operator.orders": _ordered,
    "operator.payments": _topped_up,
    "operator.plan_categories": lambda world: PlanCategory.objects.create(reseller=cast.operator(), name=LONG),
    "operator.plans": lambda _world: make.plan(name=LONG),
    "operator.products": lambda world: Product.objects.create(reseller=cast.operator(), name=LONG),
    "operator.resellers": lambda _world: cast.reseller(name=LONG, domain=f"{'very-' * 9}long.example"),
    "operator.service_terms": lambda _world: make.plan(),
    "operator.subscriptions": _served,
    "operator.transactions": _topped_up,
    "operator.vendor_connections": lambda world: VendorConnection.objects.create(
        reseller=cast.operator(), plugin="office365", name=LONG, settings={}, state=ConnectionState.GRANTED,
        granted_at=timezone.now(), granted_by=cast.manager(name=LONG), token_expires_on=world.today,
    ),
    "operator.vendor_exchanges": _exchanged,
    "customer.charges": _served,
    "customer.payments": _topped_up,
    "customer.subscriptions": _served,
    "customer.transactions": _topped_up,
}  # fmt: skip
EVERY = [LISTINGS[name] for name in sorted(LISTINGS) if name.startswith(("operator.", "customer."))]


@pytest.fixture
def world(db: None) -> World:
    """An account with a long name and much money, a subscription, a connection, and people of both panels."""
    today = timezone.localdate()
    account = cast.account(name=LONG, primary_name=LONG)
    money.top_up(account=account, amount="1234567.89", today=today)
    plan = make.plan(name=LONG, prices={"seats": "12345.67"})
    owner = cast.customer_user(account=account, access_level=AccessLevel.OWNER)
    clients = []
    for person in (cast.manager(), owner):
        client = Client()
        client.force_login(person)
        clients.append(client)
    made = World(
        account,
        make.subscription(account=account, plan=plan, today=today),
        VendorConnection.objects.create(reseller=cast.operator(), plugin="office365", name="Ours", settings={}),
        today,
        *clients,
    )
    for listing in EVERY:
        ROWS[listing.name](made)
    return made


def speak(client: Client, language: str) -> None:
    """Have the person of this browser read that language from now on."""
    User.objects.filter(pk=int(client.session["_auth_user_id"])).update(language=language)


def test_every_list_has_a_factory_of_its_rows():
    assert {listing.name for listing in EVERY} == set(ROWS)


@pytest.fixture
def showcase(chromium: Browser) -> Iterator[Showcase]:
    """The tab in which the lists are shown."""
    opened = Showcase(chromium)
    yield opened
    opened.close()


RIGHT_EDGES = """() => [...document.querySelectorAll("#list tbody tr")].slice(0, 3).flatMap(row =>
  [...row.cells].map((cell, n) => [n, Math.ceil(cell.getBoundingClientRect().right)]))"""


def test_money_and_days_lie_within_1380_pixels_in_both_languages(world: World, showcase: Showcase):
    found, looked = [], 0
    for language in ("en", "ru"):
        speak(world.manager, language)
        speak(world.customer, language)
        for listing in EVERY:
            answer = world.client(listing).get(world.address(listing))
            showcase.show(world.address(listing), answer)
            columns = listing.columns_for([])
            edges = showcase.page.evaluate(RIGHT_EDGES)
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


def numbers(client: Client, address: str, query: dict[str, Any]) -> tuple[int, str, dict[str, str]]:
    """Return how many rows a list shows, how many it says it has, and the numbers of its quick filters by address."""
    page = client.get(address, {**query, "size": "100"}).context["list"]
    return len(page.rows), page.total, {tab.url: tab.count for tab in page.quick}


def test_numbers_agree_with_rows_under_every_quick_filter_search_and_filter(world: World):
    wrong, looked = [], 0
    for listing in EVERY:
        client, address = world.client(listing), world.address(listing)
        first = client.get(address).context["list"].rows[0]
        searches = [{"q": "роза"}, {"q": "12345.67"}, {"q": "nobody-and-nothing"}] if listing.search else []
        assert first
        for query in [{}, *searches, *values_for(listing)]:
            rows, said, quick = numbers(client, address, query)
            looked += 1
            if str(rows) != said:
                wrong.append(f"{listing.name} {query}: {rows} rows, {said} said")
            if quick and next(iter(quick.values())) != said:
                wrong.append(f"{listing.name} {query}: “All” says {next(iter(quick.values()))}, {said} said")
            if query not in ({}, {"q": "роза"}) and not any(name in query for name in ("status", "q")):
                continue
            for url, count in quick.items():
                shown = client.get(address + url).context["list"]
                if str(len(shown.rows)) != count or shown.total != count:
                    wrong.append(f"{listing.name} {url}: {len(shown.rows)} rows, {count} on the tab")
    assert looked > 150
    assert wrong == []


def test_files_say_every_amount_in_its_currency_and_digits(world: World):
    foreign = cast.account(name="Kuwait", currency="KWD")
    money.top_up(account=foreign, amount="7.500", today=world.today)
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
                right = len(held) == 1 and isinstance(held[0][1].value, int | float)
                digits = held[0][1].number_format.rpartition(".")[2] if right else ""
                if not right or digits != {"USD": "00", "KWD": "000"}[held[0][0]]:
                    wrong.append(f"{listing.name} {column.name}: {[(code, cell.number_format) for code, cell in held]}")
        if listing.name in ("operator.payments", "operator.accounts"):
            assert any("KWD" in str(cell.value) for cell in head), listing.name
    assert looked > 20
    assert wrong == []
