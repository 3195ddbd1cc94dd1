"""Vendor connections: created, granted, changed; the secret never leaves."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from core.secrets import decrypt
from tests.browsing import confirmed
from tests.factories import accounts as cast
from tests.operator_panel.conftest import errors_of, text_of
from tests.vendors.example.vendor import ExampleVendor
from vendors.connections import check_every_connection
from vendors.fields import content_of
from vendors.models import ConnectionState, VendorConnection

pytestmark = pytest.mark.django_db


SETTINGS = {
    "settings.tenant_id": "contoso",
    "settings.client_id": "app",
    "settings.client_secret": "canary-7f3a",
    "settings.agreement_type": "MicrosoftCustomerAgreement",
}


def page(name: str, *args: object) -> str:
    return reverse(f"operator:{name}", args=args)


def _connection(client: Client, **changed: str) -> VendorConnection:
    given = {"reseller": cast.operator().pk, "name": "Microsoft", **SETTINGS, **changed}
    answer = client.post(page("vendor_connection_new", "office365"), given)
    assert answer.status_code == 302, answer.context["form"].errors
    return VendorConnection.objects.get()


def test_connection_is_created_and_waits_for_its_grant(client: Client) -> None:
    made = _connection(client)
    said = text_of(client.get(page("vendor_connection", made.pk)))
    assert (made.state, "Grant permissions" in said, "Check now" in said) == (ConnectionState.NEW, True, False)


DEFAULTS = {
    "tenant_id": "sandbox.example", "client_id": "the-app", "client_secret": "printed",
    "login_base_url": "http://127.0.0.1:8600/login", "api_base_url": "http://127.0.0.1:8600/v1",
}  # fmt: skip


def test_the_demo_fills_in_all_that_its_vendor_needs(client: Client, settings) -> None:
    settings.VENDOR_DEFAULTS, settings.DEMO = {"office365": DEFAULTS}, True
    page_of_form = client.get(page("vendor_connection_new", "office365"))
    form = page_of_form.context["form"]
    assert {name: form[f"settings.{name}"].value() for name in DEFAULTS} == DEFAULTS
    assert 'value="printed"' in page_of_form.content.decode()
    filled_in = {bound.name: bound.value() or "" for bound in form} | {"reseller": cast.operator().pk}
    answer = client.post(page("vendor_connection_new", "office365"), filled_in)
    assert answer.headers["Location"] == reverse("vendors:office365:leave")
    settings.DEMO = False
    assert "printed" not in client.get(page("vendor_connection_new", "office365")).content.decode()


def test_a_real_address_never_stands_beside_a_server_of_the_installation(client: Client, settings) -> None:
    settings.VENDOR_DEFAULTS = {"office365": {"login_base_url": "http://127.0.0.1:8600/login"}}
    form = client.get(page("vendor_connection_new", "office365")).context["form"]
    assert (form["settings.login_base_url"].value(), form["settings.api_base_url"].value()) == (
        "http://127.0.0.1:8600/login",
        "",
    )


def test_the_address_to_register_is_shown_where_it_is_needed(client: Client) -> None:
    made = _connection(client)
    for address in (
        page("vendor_connection_new", "office365"),
        page("vendor_connection_change", made.pk),
        page("vendor_connection", made.pk),
    ):
        shown = client.get(address).content.decode()
        assert 'readonly value="http://testserver/vendors/office365/consent/callback"' in shown
        assert shown.count("data-copy=") == 1


def test_a_second_connection_is_offered_a_name_that_is_free(client: Client) -> None:
    _connection(client, name="Office 365")
    assert client.get(page("vendor_connection_new", "office365")).context["form"]["name"].value() == "Office 365 2"


def test_permissions_are_revoked_after_a_question(client: Client, administrator: User) -> None:
    made = _connection(client)
    address = page("vendor_connection_revoke", made.pk)
    assert address not in client.get(page("vendor_connection", made.pk)).content.decode()
    VendorConnection.objects.update(state=ConnectionState.GRANTED, granted_at=timezone.now())
    assert address in client.get(page("vendor_connection", made.pk)).content.decode()
    confirmed(client, address, {})
    made.refresh_from_db()
    assert (made.state, made.granted_at) == (ConnectionState.REGRANT_NEEDED, None)
    assert f"{administrator.name} has revoked" in text_of(client.get(page("vendor_connection", made.pk)))


def test_connection_without_its_secret_is_refused_at_the_secret(client: Client) -> None:
    answer = client.post(
        page("vendor_connection_new", "office365"),
        {"reseller": cast.operator().pk, "name": "Microsoft", **SETTINGS, "settings.client_secret": ""},
    )
    sentence = "Fill in one of these: “Secret key” / “Certificate”."
    assert errors_of(answer) == {"settings.client_secret": [sentence]}
    assert 'value="contoso"' in answer.content.decode()


def test_connection_with_a_wrong_address_is_refused_at_the_address(client: Client) -> None:
    given = {"reseller": cast.operator().pk, "name": "Microsoft", **SETTINGS, "settings.api_base_url": "nowhere"}
    answer = client.post(page("vendor_connection_new", "office365"), given)
    assert list(errors_of(answer)) == ["settings.api_base_url"]


def test_secret_of_a_connection_is_never_shown_and_stays_when_left_empty(client: Client) -> None:
    made = _connection(client)
    address = page("vendor_connection_change", made.pk)
    pages = [client.get(address), client.get(page("vendor_connection", made.pk))]
    assert [answer.content.decode().count("canary-7f3a") for answer in pages] == [0, 0]
    before = made.secrets
    answer = client.post(address, {"name": "Microsoft US", **SETTINGS, "settings.client_secret": ""})
    made.refresh_from_db()
    assert (answer.status_code, made.name, bool(made.secrets), bool(before)) == (302, "Microsoft US", True, True)
    answer = client.post(address, {"name": "", **SETTINGS, "settings.client_secret": "canary-7f3a"})
    assert (answer.status_code, answer.content.decode().count("canary-7f3a")) == (422, 0)


def test_granted_connection_says_who_when_and_how_long(client: Client, administrator: User) -> None:
    made = _connection(client)
    now = timezone.now()
    made.state, made.granted_by, made.granted_at = ConnectionState.GRANTED, administrator, now
    made.token_issued_at, made.token_expires_on = now, now + timedelta(days=90)
    made.details = {"company": "Contoso"}
    made.save()
    said = text_of(client.get(page("vendor_connection", made.pk)))
    assert f"Granted by {administrator.name}" in said
    assert "Days left 89" in said or "Days left 90" in said
    assert "Grant again" in said
    assert "Check now" in said
    made.token_expires_on = now + timedelta(days=5)
    made.save()
    assert "days are left: grant the permissions again before that." in text_of(
        client.get(page("vendor_connection", made.pk))
    )


def test_a_resellers_manager_sees_the_servers_and_cannot_move_them(client: Client) -> None:
    reseller = cast.reseller(name="South")
    theirs = Client()
    theirs.force_login(cast.manager(reseller=reseller))
    made = _connection(client, reseller=str(reseller.pk), **{"settings.api_base_url": "https://proxy.example/v1"})
    address = page("vendor_connection_change", made.pk)
    shown = theirs.get(address).content.decode()
    assert "https://proxy.example/v1" in shown
    assert "Set by the operator." in shown
    given = {
        "name": "Renamed",
        **SETTINGS,
        "settings.client_secret": "",
        "settings.api_base_url": "http://169.254.169.254/",
    }
    assert theirs.post(address, given).status_code == 302
    made.refresh_from_db()
    assert (made.name, made.settings["api_base_url"]) == ("Renamed", "https://proxy.example/v1")


@pytest.fixture
def backup(example: VendorConnection) -> VendorConnection:
    """A connection to a vendor who is paid with a key: nobody grants anything."""
    return example


def test_connection_without_a_consent_is_checked_and_then_usable(
    client: Client, backup: VendorConnection, example_vendor: ExampleVendor
) -> None:
    """There was no way to have it checked: no template could ever use it."""
    said = text_of(client.get(page("vendor_connection", backup.pk)))
    assert ("Check now" in said, "Grant" in said, "Check the access now" in said) == (True, False, True)
    address = page("vendor_connection_check", backup.pk)
    assert client.post(address).headers["Location"] == page("vendor_connection", backup.pk)
    said = text_of(client.get(page("vendor_connection", backup.pk)))
    for sentence in ("State Works", "The access works.", "Our company at the vendor Sandbox Partner"):
        assert sentence in said
    assert "Backup works" in text_of(client.get(page("application_template_create")))
    backup.refresh_from_db()
    backup.settings["base_url"] = "http://127.0.0.1:9"
    backup.save()
    client.post(address)
    backup.refresh_from_db()
    assert (backup.state, "cannot be reached" in backup.last_error) == (ConnectionState.GRANTED, True)


def test_wrong_key_is_said_on_the_page_and_found_by_the_night(client: Client, backup: VendorConnection) -> None:
    client.post(page("vendor_connection_check", backup.pk))
    given = {"name": "Backup", "settings.base_url": backup.settings["base_url"], "settings.api_key": "another"}
    assert client.post(page("vendor_connection_change", backup.pk), given).status_code == 302
    assert check_every_connection(now=timezone.now()) == 0
    backup.refresh_from_db()
    assert backup.state == ConnectionState.MISCONFIGURED
    assert "does not accept the API key" in text_of(client.get(page("vendor_connection", backup.pk)))


def test_file_of_a_connection_is_uploaded_kept_and_never_shown(client: Client, backup: VendorConnection) -> None:
    address = page("vendor_connection_change", backup.pk)
    assert b'enctype="multipart/form-data"' in client.get(address).content
    given = {"name": "Backup", "settings.base_url": backup.settings["base_url"], "settings.name": "We at Example"}
    upload = {"settings.certificate": SimpleUploadedFile("key.p12", b"\x00canary-key")}
    assert client.post(address, given | upload).status_code == 302
    assert client.post(address, given).status_code == 302
    backup.refresh_from_db()
    assert (backup.name, backup.settings["name"]) == ("Backup", "We at Example")
    assert content_of(decrypt(backup.secrets)["certificate"]) == b"\x00canary-key"
    shown = client.get(page("vendor_connection", backup.pk)).content + client.get(address).content
    assert decrypt(backup.secrets)["certificate"].encode() not in shown


def test_check_is_for_who_sees_the_connection(client: Client, as_role, backup: VendorConnection) -> None:
    address = page("vendor_connection_check", backup.pk)
    assert Client().post(address).status_code == 302
    stranger = Client()
    stranger.force_login(cast.manager(reseller=cast.reseller(name="South")))
    assert stranger.post(address).status_code == 404
    assert as_role("sales").post(address).status_code == 403
    assert client.get(address).headers["Location"] == page("vendor_connection", backup.pk)
