"""An export belongs to who asked for it, acting and seeing as then: the worker asks again, and so does each fetch."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AccessLevel, Account, AccountMembership, Reseller, Role, User
from accounts.visits import CHOSEN_ACCOUNT
from core.lists.export import carry_out
from core.lists.listing import LISTINGS
from core.lists.models import ListExport, ListPreference, SavedView
from notifications.models import Notification
from tests.factories import accounts as cast
from tests.operator_panel.lists import rows

pytestmark = pytest.mark.django_db

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture(autouse=True)
def _everything_is_large(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No export is small enough to be answered at once."""
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr("core.lists.download.AT_ONCE", -1)
    monkeypatch.setattr("core.lists.tasks.write_export.delay_on_commit", lambda **_: None)


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=BACKEND)
    return client


def ask(client: Client, address: str) -> ListExport:
    answer = client.post(address, {"do": "export", "format": "csv"})
    assert answer.status_code == 302, address
    return ListExport.objects.latest("pk")


def write(export: ListExport) -> ListExport:
    export.refresh_from_db()
    return carry_out(export=ListExport.objects.get(pk=export.pk), now=timezone.now())


def fetched(client: Client, export: ListExport) -> set[int]:
    """Return the statuses of the export's two pages."""
    names = ("lists:export", "lists:export_file")
    return {client.get(reverse(name, args=[export.pk])).status_code for name in names}


class Sale:
    """Sam sells for North; Acme is Sam's, Olga owns it and another account at South."""

    def __init__(self) -> None:
        self.north, self.south = cast.reseller(name="North"), cast.reseller(name="South")
        self.sam = cast.manager(reseller=self.north, role=Role.SALES, name="Sam")
        self.mary = cast.manager(reseller=self.south, name="Mary")
        self.acme = cast.account(reseller=self.north, manager=self.sam, name="Acme")
        self.other = cast.account(reseller=self.south, name="Other")
        self.olga = cast.customer_user(account=self.acme, name="Olga")
        cast.member(account=self.other, user=self.olga, access_level=AccessLevel.OWNER)
        rows.subscription(account=self.acme)

    def visiting(self, manager: User, account: Account) -> Client:
        """Return the browser of a manager who is signed in as the account's owner."""
        client = browser(manager)
        assert client.post(reverse("sign_in_as_owner", args=[account.pk])).url == "/"
        return client


@pytest.fixture
def sale() -> Sale:
    return Sale()


CUSTOMER_LIST, OPERATOR_LIST = "/subscriptions/", "/operator/subscriptions/"


def test_an_export_of_one_account_is_not_there_for_another_one(sale: Sale) -> None:
    client = browser(sale.olga)
    export = write(ask(client, CUSTOMER_LIST))
    assert fetched(client, export) == {200}
    for account, expected in ((sale.other, {404}), (sale.acme, {200})):
        client.post("/accounts/choose/", {"account": account.pk})
        assert client.session[CHOSEN_ACCOUNT] == account.pk
        assert fetched(client, export) == expected


def test_an_export_is_not_there_across_signing_in_as_somebody(sale: Sale) -> None:
    """A person of two resellers: each one's managers, signed in as that person, see neither's nor the person's."""
    own = write(ask(browser(sale.olga), CUSTOMER_LIST))
    at_north, at_south = sale.visiting(sale.sam, sale.acme), sale.visiting(sale.mary, sale.other)
    norths, souths = write(ask(at_north, CUSTOMER_LIST)), write(ask(at_south, CUSTOMER_LIST))
    assert [export.impersonator for export in (own, norths, souths)] == [None, sale.sam, sale.mary]
    seen = {
        name: [fetched(client, export) == {200} for export in (own, norths, souths)]
        for name, client in (("olga", browser(sale.olga)), ("north", at_north), ("south", at_south))
    }
    assert seen == {"olga": [True, False, False], "north": [False, True, False], "south": [False, False, True]}
    at_north.post(reverse("sign_in_as_end"))
    assert fetched(at_north, norths) == {404}
    # A colleague's visit is another visit; nobody is mailed about a file that only a visit can fetch.
    assert fetched(sale.visiting(cast.manager(reseller=sale.north), sale.acme), norths) == {404}
    assert Notification.objects.filter(event="export_ready").count() == 1


def change(row: Any, **values: object) -> None:
    """Change a row behind everybody's back."""
    type(row).objects.filter(pk=row.pk).update(**values)


TAKEN: dict[str, Callable[[Sale], None]] = {
    "role without the list": lambda sale: change(sale.sam, role=Role.MARKETING),
    "role of other sight": lambda sale: change(sale.sam, role=Role.OWNER),
    "another reseller": lambda sale: change(sale.sam, reseller=sale.south),
    "account handed over": lambda sale: change(sale.acme, manager=sale.mary),
    "subordinate gained": lambda sale: cast.supervise(
        supervisor=sale.sam, subordinate=cast.manager(reseller=sale.north, role=Role.SALES)
    ) and None,
}  # fmt: skip


@pytest.mark.parametrize("case", TAKEN)
def test_a_managers_export_goes_with_the_rights_and_the_sight(sale: Sale, case: str) -> None:
    client = browser(sale.sam)
    export = write(ask(client, OPERATOR_LIST))
    assert (export.rows_written, fetched(client, export)) == (1, {200})
    TAKEN[case](sale)
    assert fetched(client, export) == {404}


@pytest.mark.parametrize("case", [name for name in TAKEN if name != "account handed over"])
def test_the_worker_writes_nothing_for_whom_the_rights_were_taken_meanwhile(sale: Sale, case: str) -> None:
    client = browser(sale.sam)
    export = ask(client, OPERATOR_LIST)
    TAKEN[case](sale)
    export = write(export)
    assert (export.state, export.failure, export.rows_written) == ("failed", "RightsChanged", 0)
    if case != "another reseller":
        page = client.get(reverse("lists:export", args=[export.pk])).content.decode()
        assert "what you may do or see has changed since you asked for it" in page
    assert "what you may do or see has changed" in Notification.objects.get(event="export_failed").body_text


def test_the_worker_sees_the_account_that_was_handed_over_no_more(sale: Sale) -> None:
    export = ask(browser(sale.sam), OPERATOR_LIST)
    TAKEN["account handed over"](sale)
    assert write(export).rows_written == 0


VISIT_ENDS: dict[str, Callable[[Sale], None]] = {
    "demoted": lambda sale: change(sale.sam, role=Role.OWNER),
    "moved": lambda sale: change(sale.sam, reseller=sale.south),
    "blocked": lambda sale: change(sale.sam, status="inactive"),
    "reseller blocked": lambda sale: change(sale.north, status="inactive"),
    "account handed over": lambda sale: change(sale.acme, manager=sale.mary),
    "owner removed": lambda sale: sale.acme.memberships.all().delete() and None,
    "owner lowered": lambda sale: change(
        AccountMembership.objects.get(user=sale.olga, account=sale.acme), access_level=AccessLevel.USER
    ),
}


@pytest.mark.parametrize("case", VISIT_ENDS)
def test_an_export_of_a_visit_is_not_written_when_the_visit_could_not_go_on(sale: Sale, case: str) -> None:
    export = ask(sale.visiting(sale.sam, sale.acme), CUSTOMER_LIST)
    VISIT_ENDS[case](sale)
    assert (write(export).state, ListExport.objects.get().failure) == ("failed", "RightsChanged")


def test_a_members_export_goes_with_the_membership_and_the_level(sale: Sale) -> None:
    client = browser(sale.olga)
    export = write(ask(client, CUSTOMER_LIST))
    change(AccountMembership.objects.get(user=sale.olga, account=sale.acme), access_level=AccessLevel.USER)
    assert fetched(client, export) == {404}
    AccountMembership.objects.filter(user=sale.olga, account=sale.acme).delete()
    assert fetched(client, export) == {404}


def test_an_export_of_one_objects_rows_goes_with_the_sight_of_them(sale: Sale) -> None:
    admin = cast.manager(reseller=sale.north)
    client = browser(admin)
    export = write(ask(client, f"/operator/accounts/{sale.acme.pk}/subscriptions/"))
    assert (export.rows_written, fetched(client, export)) == (1, {200})
    change(export, narrow={"account_id": sale.other.pk})  # as if Acme were South's now
    assert fetched(client, export) == {404}


def test_every_list_is_asked_for_by_a_right_of_the_table() -> None:
    assert len(LISTINGS) > 15
    assert {listing.export_right for listing in LISTINGS.values()} == {"exports.use"}


def test_a_visitor_changes_none_of_the_persons_choices(sale: Sale) -> None:
    client = sale.visiting(sale.sam, sale.acme)
    assert client.get(f"{CUSTOMER_LIST}?size=100").status_code == 200
    for do in ("columns", "filters", "restore", "save_view", "delete_view"):
        client.post(CUSTOMER_LIST, {"do": do, "name": "mine", "order": "id", "columns": "id", "filters": "status"})
        assert "are the person&#x27;s own" in client.get(CUSTOMER_LIST).content.decode()
    assert not ListPreference.objects.exists()
    assert not SavedView.objects.exists()


def test_a_blocked_reseller_hands_out_nothing(sale: Sale) -> None:
    client = browser(sale.sam)
    export = write(ask(client, OPERATOR_LIST))
    Reseller.objects.filter(pk=sale.north.pk).update(status="inactive")
    assert fetched(client, export) == {302, 403}  # sent to the sign-in, and then a stranger
