"""Vendor connections: created, granted, changed; the secret never leaves."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from tests.factories import accounts as cast
from tests.operator_panel.conftest import errors_of, text_of
from vendors.models import ConnectionState, VendorConnection

pytestmark = pytest.mark.django_db


SETTINGS = {
    "tenant_id": "contoso",
    "client_id": "app",
    "client_secret": "canary-7f3a",
    "agreement_type": "MicrosoftCustomerAgreement",
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


def test_connection_without_its_secret_is_refused_at_the_secret(client: Client) -> None:
    answer = client.post(
        page("vendor_connection_new", "office365"),
        {"reseller": cast.operator().pk, "name": "Microsoft", **SETTINGS, "client_secret": ""},
    )
    assert errors_of(answer) == {"client_secret": ["This field is required."]}
    assert 'value="contoso"' in answer.content.decode()


def test_connection_with_a_wrong_address_is_refused_at_the_address(client: Client) -> None:
    given = {"reseller": cast.operator().pk, "name": "Microsoft", **SETTINGS, "api_base_url": "nowhere"}
    answer = client.post(page("vendor_connection_new", "office365"), given)
    assert list(errors_of(answer)) == ["api_base_url"]


def test_secret_of_a_connection_is_never_shown_and_stays_when_left_empty(client: Client) -> None:
    made = _connection(client)
    address = page("vendor_connection_change", made.pk)
    pages = [client.get(address), client.get(page("vendor_connection", made.pk))]
    assert [answer.content.decode().count("canary-7f3a") for answer in pages] == [0, 0]
    before = made.secrets
    answer = client.post(address, {"name": "Microsoft US", **SETTINGS, "client_secret": ""})
    made.refresh_from_db()
    assert (answer.status_code, made.name, bool(made.secrets), bool(before)) == (302, "Microsoft US", True, True)
    answer = client.post(address, {"name": "", **SETTINGS, "client_secret": "canary-7f3a"})
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
    made = _connection(client, reseller=str(reseller.pk), api_base_url="https://proxy.example/v1")
    address = page("vendor_connection_change", made.pk)
    shown = theirs.get(address).content.decode()
    assert "https://proxy.example/v1" in shown
    assert "Set by the operator." in shown
    given = {"name": "Renamed", **SETTINGS, "client_secret": "", "api_base_url": "http://169.254.169.254/"}
    assert theirs.post(address, given).status_code == 302
    made.refresh_from_db()
    assert (made.name, made.settings["api_base_url"]) == ("Renamed", "https://proxy.example/v1")
