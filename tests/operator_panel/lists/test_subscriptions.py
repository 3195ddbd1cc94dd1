"""The operator's list of subscriptions (CR-496)."""

import os
import re
from datetime import date

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.actors import actor_of
from accounts.models import Account, Reseller, Role, User
from subscriptions.models import StopReason, SubscriptionStatus
from subscriptions.queries import listed_subscriptions_visible_to, subscriptions_visible_to
from tests.factories import accounts
from tests.operator_panel.lists import rows

pytestmark = pytest.mark.django_db

LIST = "/operator/subscriptions/"


@pytest.fixture
def client() -> Client:
    return signed_in(accounts.manager())


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def shown(client: Client, query: str = "") -> list[str]:
    """Return the text of the name cells (the default columns' second) of a page of the list."""
    answer = client.get(LIST + query)
    assert answer.status_code == 200
    page = answer.context["list"]
    return [re.sub("<[^>]*>", "", row.cells.split("</td>")[1]) for row in page.rows]


@pytest.mark.parametrize("count", [1, 3])
def test_list_takes_the_same_number_of_statements_for_any_number_of_rows(
    client: Client, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(count):
        rows.subscription()
    client.get(LIST)
    with django_assert_num_queries(11):
        assert len(shown(client)) == count


@pytest.mark.parametrize("count", [1, 3])
def test_search_takes_the_same_number_of_statements_for_any_number_of_rows(
    client: Client, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(count):
        rows.subscription()
    with django_assert_num_queries(12):
        assert len(shown(client, "?q=ofice")) == count


@pytest.fixture
def clinic() -> Account:
    return accounts.account(name="Клиника «Доктор Лён»")


@pytest.mark.parametrize(
    "query",
    [
        "office", "Off", "premium OFFICE", "клиника", "КЛИН", "доктор лен", "Лён", "vega-logistics.onmicrosoft.com",
        "vega", "onmicrosoft", "7d3c1a90-0000-4111-8222-333344445555", "7d3c1a90-00", "ofice", "premuim", "клинека",
    ],
)  # fmt: skip
def test_search_finds_names_accounts_domains_and_vendor_ids(client: Client, clinic: Account, query: str) -> None:
    rows.subscription(name="Dr.Web AV-Desk", plan_name="Dr.Web")
    rows.subscription(
        account=clinic,
        name="Office 365 Business Premium",
        attributes={"domain": {"label": "Domain", "value": "vega-logistics.onmicrosoft.com"}},
        vendor_ids={"customer": "7d3c1a90-0000-4111-8222-333344445555"},
    )
    assert shown(client, f"?q={query}") == ["Office 365 Business Premium"]


def test_search_by_id_finds_the_one(client: Client) -> None:
    wanted, _other = rows.subscription(name="wanted"), rows.subscription(name="other")
    assert shown(client, f"?q={wanted.pk}") == ["wanted"]


@pytest.mark.parametrize("query", ["nothing-like-it", "office nothinglikeit", "'", "!&|:*()\\", "a:b:*", "%00", "…"])
def test_search_of_what_is_not_there_finds_nothing(client: Client, query: str) -> None:
    rows.subscription(name="Office")
    answer = client.get(LIST, {"q": query})
    found = [] if re.search(r"\w", query.replace("%00", "")) else ["Office"]
    assert [row.url for row in answer.context["list"].rows] == [] or found == ["Office"]


def test_search_says_which_word_it_mended(client: Client) -> None:
    rows.subscription(name="Kaspersky Endpoint")
    assert client.get(LIST, {"q": "kasperski"}).context["list"].mended == {"kasperski": "kaspersky"}


def test_renamed_account_is_found_by_its_new_name_only(client: Client) -> None:
    account = accounts.account(name="Borovik")
    rows.subscription(account=account, name="Backup")
    Account.objects.filter(pk=account.pk).update(name="Zubrovka")
    assert (shown(client, "?q=zubrovka"), shown(client, "?q=borovik")) == (["Backup"], [])


def test_vendors_id_of_a_resource_is_searched_by(client: Client) -> None:
    bought = rows.subscription(name="Office")
    resource = bought.plan.template.resources.create(key="seats", name="Seats")
    part = bought.plan.resources.create(resource=resource)
    bought.resources.create(plan_resource=part, name="Seats", ordering_price=1, vendor_reference="ABC-77-XYZ")
    assert shown(client, "?q=abc-77-xyz") == ["Office"]


FILTERS = [
    ("id", lambda row: str(row.pk), "1"),
    ("name", lambda row: "wan", "other"),
    ("account", lambda row: row.account.name, "nobody"),
    ("account_id", lambda row: str(row.account_id), "1"),
    ("reseller", lambda row: str(row.reseller_id), None),
    ("plan", lambda row: "office", "kaspersky"),
    ("manager", lambda row: str(row.manager_id), None),
    ("quantity_min", lambda row: "7", "8"),
    ("quantity_max", lambda row: "7", "6"),
    ("status", lambda row: "stopped", "active"),
    ("stop_reason", lambda row: "funds_short", "manual"),
    ("next_billing_day_after", lambda row: "2026-12-01", "2026-12-02"),
    ("next_billing_day_before", lambda row: "2026-12-01", "2026-11-30"),
    ("start_date_after", lambda row: "2026-11-05", "2026-11-06"),
    ("expiration_date_before", lambda row: "2027-11-05", "2027-11-04"),
    ("endless", lambda row: "true", "false"),
    ("created_at_after", lambda row: "2020-01-01", "2199-01-01"),
    ("updated_at_after", lambda row: "2020-01-01", "2199-01-01"),
    ("trial", lambda row: "true", "false"),
    ("individual_price", lambda row: "true", "false"),
    ("billing_type", lambda row: "csp_monthly", None),
    ("currency", lambda row: "eur", "usd"),
]


@pytest.mark.parametrize(("name", "hit", "miss"), FILTERS, ids=[one[0] for one in FILTERS])
def test_filter_of_every_column_keeps_what_it_says(client: Client, name: str, hit: object, miss: str | None) -> None:
    north = accounts.reseller()
    account = accounts.account(reseller=north, manager=accounts.manager(reseller=north), currency="EUR")
    wanted = rows.subscription(
        account=account, name="wanted", quantity=7, status=SubscriptionStatus.STOPPED, trial=True,
        stop_reason=StopReason.FUNDS_SHORT, next_billing_day=date(2026, 12, 1), start_date=date(2026, 11, 5),
        expiration_date=date(2027, 11, 5), individual_price=True,
    )  # fmt: skip
    assert shown(client, f"?{name}={hit(wanted)}") == ["wanted"]
    if miss is not None:
        assert shown(client, f"?{name}={miss}") == []


def test_filter_by_product_and_category_goes_through_the_plan(client: Client) -> None:
    bought = rows.subscription(name="wanted")
    rows.subscription(plan_name="Other plan")
    product = bought.reseller.products.create(name="Microsoft 365")
    bought.plan.product = product
    bought.plan.save()
    assert shown(client, f"?product={product.pk}") == ["wanted"]


def test_filter_takes_several_values(client: Client) -> None:
    for status in (SubscriptionStatus.ACTIVE, SubscriptionStatus.STOPPED, SubscriptionStatus.GRACED):
        rows.subscription(name=status, status=status)
    assert shown(client, "?status=active&status=graced&sort=id") == ["active", "graced"]
    assert shown(client, "?status=active,stopped&sort=id") == ["active", "stopped"]


def test_filter_that_makes_no_sense_is_said_and_shows_nothing(client: Client) -> None:
    rows.subscription()
    page = client.get(LIST, {"start_date_after": "soon"}).context["list"]
    assert (page.rows, list(page.errors)) == ([], ["start_date"])


def test_deleted_subscriptions_are_hidden_until_asked_for(client: Client) -> None:
    rows.subscription(name="gone", status=SubscriptionStatus.DELETED)
    assert (shown(client), shown(client, "?all=1"), shown(client, "?status=deleted")) == ([], ["gone"], ["gone"])


def test_quick_filters_count_and_keep(client: Client) -> None:
    for status in ("active", "active", "stopped", "updating_failed"):
        rows.subscription(name=status, status=status)
    page = client.get(LIST).context["list"]
    assert [(str(tab.label), tab.count) for tab in page.quick] == [
        ("All", "4"), ("Active", "2"), ("Stopped", "1"), ("Blocked", "0"), ("Failing", "1"),
        ("In doubt at the vendor", "0"), ("Billing day this week", "0"), ("Mine", "0"),
    ]  # fmt: skip
    assert shown(client, "?quick=failing") == ["updating_failed"]


def test_mine_are_those_of_the_manager() -> None:
    me = accounts.manager()
    rows.subscription(account=accounts.account(manager=me), name="mine")
    rows.subscription(name="other")
    assert shown(signed_in(me), "?quick=mine") == ["mine"]


SORTS = (
    "id", "name", "account", "plan", "quantity", "next_billing_day", "start_date", "expiration_date", "updated_at",
)  # fmt: skip


@pytest.mark.prove
def test_pages_follow_each_other_without_gap_or_repetition(client: Client) -> None:
    """Each column in one direction, the next one in the other; each in both in `make prove`."""
    everything = bool(os.environ.get("PROVE"))
    ways = [(name, f"-{name}") if everything else ((name, f"-{name}")[at % 2],) for at, name in enumerate(SORTS)]
    for number in range(60):
        rows.subscription(
            name=f"n{number % 7}", quantity=number % 5,
            next_billing_day=date(2026, 12, 1 + number % 9) if number % 3 else None,
            start_date=date(2026, 1, 1 + number % 9) if number % 2 else None,
        )  # fmt: skip
    found = {sort: gaps(client, sort) for way in ways for sort in way}
    assert {sort: wrong for sort, wrong in found.items() if wrong} == {}


def gaps(client: Client, sort: str) -> str:
    """Return what is wrong with the three pages of sixty rows in an order; nothing where they follow each other."""
    forwards: list[str] = []
    query = last = f"?sort={sort}&size=25"
    while query:
        last = query
        page = client.get(LIST + query).context["list"]
        forwards += [row.url for row in page.rows]
        query = page.next_url
    if not len(set(forwards)) == len(forwards) == 60:
        return f"{len(forwards)} rows on the pages, {len(set(forwards))} of them different"
    by_number = [
        row.url for n in (1, 2, 3) for row in client.get(f"{LIST}?sort={sort}&size=25&page={n}").context["list"].rows
    ]
    if by_number != forwards:
        return "other rows by the number of the page"
    back = client.get(LIST + client.get(LIST + last).context["list"].previous_url).context["list"]
    return "" if [row.url for row in back.rows] == forwards[25:50] else "other rows on the way back"


def test_empty_days_stand_last_in_both_directions(client: Client) -> None:
    rows.subscription(name="none")
    rows.subscription(name="early", next_billing_day=date(2026, 12, 1))
    rows.subscription(name="late", next_billing_day=date(2026, 12, 9))
    assert shown(client, "?sort=next_billing_day") == ["early", "late", "none"]
    assert shown(client, "?sort=-next_billing_day") == ["late", "early", "none"]


def test_names_are_sorted_whatever_their_case(client: Client) -> None:
    for name in ("beta", "Alpha", "Яблоко", "абрикос"):
        rows.subscription(name=name)
    assert shown(client, "?sort=name") == ["Alpha", "beta", "абрикос", "Яблоко"]


@pytest.mark.parametrize(
    "query",
    [
        "?sort=password", "?sort=-account__email", "?after=x", "?after=[1]", "?before=%5B%22a%22,1%5D", "?page=0",
        "?page=x", "?size=7", "?quick=none", "?show=none",
    ],
)  # fmt: skip
def test_address_that_nobody_wrote_shows_the_first_page(client: Client, query: str) -> None:
    rows.subscription(name="only")
    assert shown(client, query) == ["only"]


def test_page_behind_the_end_says_so(client: Client) -> None:
    rows.subscription()
    assert "The list is not that long" in client.get(LIST, {"page": "9"}).content.decode()


@pytest.fixture
def north() -> Reseller:
    return accounts.reseller(name="North")


def test_manager_of_a_reseller_sees_own_and_below_only(north: Reseller) -> None:
    below = accounts.reseller(parent=north)
    south = accounts.reseller(name="South")
    for reseller, name in ((north, "own"), (below, "below"), (south, "foreign")):
        rows.subscription(account=accounts.account(reseller=reseller), name=name)
    client = signed_in(accounts.manager(reseller=north))
    assert shown(client, "?sort=id") == ["own", "below"]
    assert shown(client, "?q=foreign") == []
    answer = client.get(LIST, {"show": "reseller"})
    chip = next(chip for chip in answer.context["list"].chips if chip.name == "reseller")
    assert sorted(int(choice.value) for choice in chip.choices) == sorted([north.pk, below.pk])
    assert client.get(LIST, {"reseller": south.pk}).context["list"].rows == []


def test_sales_person_sees_own_accounts_only() -> None:
    sales = accounts.manager(role=Role.SALES)
    rows.subscription(account=accounts.account(manager=sales), name="own")
    rows.subscription(name="other")
    assert shown(signed_in(sales)) == ["own"]


@pytest.mark.parametrize("role", [Role.ADMIN, Role.SALES, Role.OWNER, Role.MARKETING])
def test_list_shows_the_rows_that_are_visible_elsewhere(north: Reseller, role: str) -> None:
    below = accounts.reseller(parent=north)
    for reseller in (north, below, accounts.operator()):
        for manager in (None, accounts.manager(reseller=reseller)):
            rows.subscription(account=accounts.account(reseller=reseller, manager=manager))
    for user in (accounts.manager(reseller=north, role=role), accounts.manager(role=role)):
        Account.objects.filter(reseller=below).update(manager=user)
        actor = actor_of(user)
        assert set(listed_subscriptions_visible_to(actor)) == set(subscriptions_visible_to(actor))


def test_role_without_the_right_is_refused() -> None:
    assert signed_in(accounts.manager(role=Role.MARKETING)).get(LIST).status_code == 403
