"""What a person does with a list: columns, filters, views, exports; everything of one's own."""

import io
import re
from datetime import timedelta

import openpyxl
import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Role, User
from core.lists import download
from core.lists.export import carry_out, file_path, forget_old_exports
from core.lists.listing import LISTINGS, Listing
from core.lists.models import ListExport, ListPreference, SavedView
from core.lists.signals import export_finished
from subscriptions.models import SubscriptionStatus
from tests.factories import accounts
from tests.operator_panel.lists import rows

pytestmark = pytest.mark.django_db

LIST = "/operator/subscriptions/"


@pytest.fixture
def me() -> User:
    return accounts.manager()


@pytest.fixture
def client(me: User) -> Client:
    return signed_in(me)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def titles(client: Client) -> list[str]:
    return [str(heading.title) for heading in client.get(LIST).context["list"].headings]


def test_columns_are_shown_in_the_order_that_was_chosen(client: Client) -> None:
    client.post(LIST, {"do": "columns", "order": ["status", "id", "name"], "columns": ["id", "status"]})
    assert titles(client) == ["Status", "ID"]


def test_columns_of_one_person_are_not_those_of_another(client: Client) -> None:
    other = signed_in(accounts.manager())
    before = titles(other)
    client.post(LIST, {"do": "columns", "order": ["id"], "columns": ["id"]})
    assert (titles(client), titles(other)) == (["ID"], before)


def test_column_moves_up_without_scripts(client: Client) -> None:
    client.post(LIST, {"do": "columns", "order": ["id", "name"], "columns": ["id", "name"], "move": "name:up"})
    assert titles(client) == ["Name", "ID"]


def test_columns_that_do_not_exist_are_refused_with_a_sentence(client: Client) -> None:
    answer = client.post(LIST, {"do": "columns", "order": ["password"], "columns": ["password"]}, follow=True)
    assert "Choose at least one column" in answer.content.decode()
    assert ListPreference.objects.count() == 0


def test_default_columns_come_back(client: Client) -> None:
    before = titles(client)
    client.post(LIST, {"do": "columns", "order": ["id"], "columns": ["id"]})
    client.post(LIST, {"do": "restore"})
    assert titles(client) == before


def test_filters_that_always_show_are_ones_own(client: Client) -> None:
    client.post(LIST, {"do": "filters", "order": ["trial", "status"], "filters": ["trial", "status"]})
    assert [chip.name for chip in client.get(LIST).context["list"].chips] == ["trial", "status"]
    others = signed_in(accounts.manager()).get(LIST).context["list"].chips
    assert [chip.name for chip in others] == ["status", "reseller"]


def test_filter_that_is_used_shows_whatever_was_chosen(client: Client) -> None:
    chips = client.get(LIST, {"quantity_min": "3"}).context["list"].chips
    assert [(chip.name, chip.summary) for chip in chips if chip.active] == [("quantity", "from 3")]


def test_page_size_is_remembered(client: Client) -> None:
    client.get(LIST, {"size": "100"})
    assert client.get(LIST).context["state"].size == 100


def test_view_keeps_search_filters_and_sort_under_a_name(client: Client) -> None:
    client.post(LIST + "?q=vega&status=stopped&sort=name&page=3", {"do": "save_view", "name": "  Old debts "})
    view = SavedView.objects.get()
    assert (view.name, view.query) == ("Old debts", "?q=vega&sort=name&size=50&status=stopped")


def test_view_keeps_its_columns_whatever_is_chosen_later(client: Client) -> None:
    client.post(LIST, {"do": "columns", "order": ["id", "status"], "columns": ["id", "status"]})
    client.post(f"{LIST}?status=stopped", {"do": "save_view", "name": "Old debts"})
    client.post(LIST, {"do": "restore"})
    (view,) = client.get(LIST).context["views"]
    shown = client.get(LIST + view.address).context
    assert [str(heading.title) for heading in shown["list"].headings] == ["ID", "Status"]
    # It stays the view's list while one sorts, turns and filters, and the file has the same columns.
    sorted_by = next(heading.url for heading in shown["list"].headings if heading.url)
    assert f"view={view.pk}" in sorted_by
    assert (
        b"".join(client.post(LIST + view.address, {"do": "export", "format": "csv"}))
        .split(b"\r\n")[0]
        .endswith(b"ID,Status")
    )
    # Columns chosen in a view are the view's; one's own stay, and the other way round.
    client.post(LIST + view.address, {"do": "columns", "order": ["id", "name"], "columns": ["name"]})
    assert len(titles(client)) > 5
    assert [str(one.title) for one in client.get(LIST + view.address).context["list"].headings] == ["Name"]
    left = client.post(LIST + view.address, {"do": "restore"})
    assert "view=" not in left.url


def test_view_of_another_person_changes_nothing(client: Client) -> None:
    other = signed_in(accounts.manager())
    other.post(LIST, {"do": "columns", "order": ["id"], "columns": ["id"]})
    other.post(LIST, {"do": "save_view", "name": "Theirs"})
    view = SavedView.objects.get()
    assert len(client.get(f"{LIST}?view={view.pk}").context["list"].headings) > 5
    client.post(f"{LIST}?view={view.pk}", {"do": "columns", "order": ["name"], "columns": ["name"]})
    view.refresh_from_db()
    assert view.columns == ["id"]
    assert titles(client) == ["Name"]


def test_filter_opens_when_it_is_added_and_closes_after(client: Client) -> None:
    page = client.get(LIST).content.decode()
    added = re.search(r'href="(\?[^"]*show=quantity[^"]*)"', page)
    assert added is not None
    opened = client.get(LIST + added[1].replace("&amp;", "&")).content.decode()
    chip = opened[
        opened.index("chip-pair", opened.index('name="quantity_min"') - 700) : opened.index('name="quantity_max"')
    ]
    assert '<details class="drop" open>' in chip
    assert "autofocus" in chip
    assert opened.count('<details class="drop" open>') == 1
    assert "open=" not in client.get(LIST + added[1].replace("&amp;", "&")).context["list"].quick[0].url


def test_search_has_a_button_and_a_way_to_clear_it(client: Client) -> None:
    empty = client.get(LIST).content.decode()
    tools = empty[empty.index("list-search") : empty.index("</form>", empty.index("list-search"))]
    assert re.search("<button[^>]*>Search</button>", tools)
    assert "Clear the search" not in empty
    searched = client.get(LIST, {"q": "vega", "status": "stopped"}).content.decode()
    clear = re.search(r'href="([^"]*)" aria-label="Clear the search"', searched)
    assert clear is not None
    assert "q=" not in clear[1]
    assert "status=stopped" in clear[1]


def test_own_filters_are_chosen_in_one_place_beside_the_columns(client: Client) -> None:
    page = client.get(LIST).content.decode()
    assert page.count('name="do" value="filters"') == 1
    ends = page[page.index("list-tools-end") :]
    assert ends.index(">Filters</summary>") < ends.index('name="do" value="filters"') < ends.index(">Columns</summary>")


def test_numbers_of_quick_filters_follow_search_and_filters(client: Client) -> None:
    account = accounts.account(name="Vega LLC")
    rows.subscription(account=account, status=SubscriptionStatus.ACTIVE)
    rows.subscription(account=account, status=SubscriptionStatus.STOPPED)
    rows.subscription(status=SubscriptionStatus.ACTIVE)

    def numbers(query: str) -> list[str]:
        return [tab.count for tab in client.get(LIST + query).context["list"].quick][:3]

    assert numbers("") == ["3", "2", "1"]
    assert numbers("?q=vega") == ["2", "1", "1"]
    assert numbers("?status=stopped") == ["1", "0", "1"]
    assert numbers("?q=vega&quick=stopped") == ["2", "1", "1"]
    assert client.get(f"{LIST}?q=vega&quick=stopped").context["list"].total == "1"


def test_view_of_the_same_name_is_replaced_and_can_be_deleted(client: Client) -> None:
    for status in ("stopped", "active"):
        client.post(f"{LIST}?status={status}", {"do": "save_view", "name": "Mine"})
    assert [view.query for view in client.get(LIST).context["views"]] == ["?sort=-id&size=50&status=active"]
    client.post(LIST, {"do": "delete_view", "name": "Mine"})
    assert list(client.get(LIST).context["views"]) == []


def test_views_of_another_person_are_neither_seen_nor_deleted(client: Client) -> None:
    other = signed_in(accounts.manager())
    other.post(LIST, {"do": "save_view", "name": "Theirs"})
    client.post(LIST, {"do": "delete_view", "name": "Theirs"})
    assert (len(client.get(LIST).context["views"]), len(other.get(LIST).context["views"])) == (0, 1)


def test_nameless_view_is_refused_with_a_sentence(client: Client) -> None:
    assert "Give the view a name" in client.post(LIST, {"do": "save_view", "name": " "}, follow=True).content.decode()


def test_unknown_deed_is_said(client: Client) -> None:
    assert "This list cannot do that" in client.post(LIST, {"do": "drop"}, follow=True).content.decode()


def test_htmx_gets_the_list_alone(client: Client) -> None:
    rows.subscription()
    page = client.get(LIST, headers={"HX-Request": "true", "HX-Target": "list"}).content.decode()
    assert ("<html" in page, page.lstrip().startswith('<section id="list"')) == (False, True)


def test_htmx_history_gets_the_whole_page(client: Client) -> None:
    headers = {"HX-Request": "true", "HX-Target": "list", "HX-History-Restore-Request": "true"}
    assert "<html" in client.get(LIST, headers=headers).content.decode()


def exported(client: Client, query: str = "") -> list[list[object]]:
    answer = client.post(LIST + query, {"do": "export", "format": "xlsx"})
    assert answer["Content-Disposition"] == f'attachment; filename="subscriptions-{timezone.localdate()}.xlsx"'
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    return [[cell.value for cell in row] for row in sheet]


def test_export_has_the_columns_rows_and_order_of_the_list(client: Client) -> None:
    for name in ("b", "a", "c"):
        rows.subscription(name=name, quantity=3)
    client.post(LIST, {"do": "columns", "order": ["name", "quantity"], "columns": ["name", "quantity"]})
    assert exported(client, "?sort=name") == [["Name", "Quantity"], ["a", 3], ["b", 3], ["c", 3]]


def test_export_goes_through_the_same_visible_rows() -> None:
    north = accounts.reseller()
    rows.subscription(account=accounts.account(reseller=north), name="own")
    rows.subscription(name="foreign")
    names = [row[1] for row in exported(signed_in(accounts.manager(reseller=north)))]
    assert names == ["Name", "own"]


@pytest.fixture
def in_background(monkeypatch: pytest.MonkeyPatch, settings: object, tmp_path: object) -> None:
    """Every export is large; nothing takes it from the queue by itself."""
    monkeypatch.setattr(download, "AT_ONCE", 0)
    settings.MEDIA_ROOT = tmp_path


@pytest.mark.usefixtures("in_background")
@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_large_export_is_written_by_a_worker_and_told(client: Client, me: User, kind: str) -> None:
    rows.subscription(name="b")
    rows.subscription(name="a")
    told: list[ListExport] = []

    def tell(export: ListExport, **_: object) -> None:
        told.append(export)

    export_finished.connect(tell)
    answer = client.post(LIST + "?sort=name&q=office", {"do": "export", "format": kind})
    export = ListExport.objects.get()
    assert answer.url == f"/lists/exports/{export.pk}/"
    assert "0 of about 2 rows" in client.get(answer.url).content.decode()
    assert client.get(answer.url + "file/").status_code == 404
    carry_out(export=export, now=timezone.now())
    export_finished.disconnect(tell)
    assert [(one.state, one.rows_written) for one in told] == [("ready", 2)]
    file = b"".join(client.get(answer.url + "file/").streaming_content)
    assert file.startswith(b"PK" if kind == "xlsx" else b"\xef\xbb\xbf")


@pytest.mark.usefixtures("in_background")
def test_export_is_fetched_by_its_owner_only(client: Client) -> None:
    rows.subscription()
    client.post(LIST, {"do": "export"})
    export = carry_out(export=ListExport.objects.get(), now=timezone.now())
    other = signed_in(accounts.manager())
    addresses = [f"/lists/exports/{export.pk}/", f"/lists/exports/{export.pk}/file/"]
    assert [other.get(address).status_code for address in addresses] == [404, 404]
    assert [client.get(address).status_code for address in addresses] == [200, 200]


@pytest.mark.usefixtures("in_background")
def test_export_sees_what_its_person_sees_when_it_is_written(me: User) -> None:
    sales = accounts.manager(role=Role.SALES)
    kept, lost = accounts.account(manager=sales), accounts.account(manager=sales)
    rows.subscription(account=kept)
    rows.subscription(account=lost)
    signed_in(sales).post(LIST, {"do": "export", "format": "csv"})
    lost.manager = me
    lost.save()
    assert carry_out(export=ListExport.objects.get(), now=timezone.now()).rows_written == 1


@pytest.mark.usefixtures("in_background")
def test_export_written_twice_is_one_file(client: Client) -> None:
    rows.subscription()
    client.post(LIST, {"do": "export"})
    export = carry_out(export=ListExport.objects.get(), now=timezone.now())
    before = file_path(export).stat().st_mtime_ns
    assert carry_out(export=export, now=timezone.now()).state == "ready"
    assert file_path(export).stat().st_mtime_ns == before


@pytest.mark.usefixtures("in_background")
def test_export_that_breaks_says_so_and_leaves_no_half_file(client: Client) -> None:
    rows.subscription()
    client.post(LIST, {"do": "export"})
    ListExport.objects.update(listing="no.such.list")
    export = ListExport.objects.get()
    with pytest.raises(LookupError):
        carry_out(export=export, now=timezone.now())
    export.refresh_from_db()
    assert (export.state, export.failure, list(file_path(export).parent.iterdir())) == ("failed", "UnknownListing", [])
    assert "could not be written (UnknownListing)" in client.get(f"/lists/exports/{export.pk}/").content.decode()


@pytest.mark.usefixtures("in_background")
def test_old_exports_are_forgotten_with_their_files(client: Client) -> None:
    rows.subscription()
    for _ in range(2):
        client.post(LIST, {"do": "export"})
    old, new = (carry_out(export=export, now=timezone.now()) for export in ListExport.objects.order_by("pk"))
    ListExport.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=8))
    assert forget_old_exports(now=timezone.now()) == 1
    assert (file_path(old).exists(), file_path(new).exists()) == (False, True)


def test_listing_sorted_by_what_has_no_index_is_refused_when_it_is_declared() -> None:
    declared = LISTINGS["operator.subscriptions"]
    with pytest.raises(ValueError, match="no column to sort by"):
        Listing(
            name="wrong", title="", right="subscriptions.view", rows=declared.rows, columns=declared.columns,
            actor_of=declared.actor_of, sort="manager",
        )  # fmt: skip
