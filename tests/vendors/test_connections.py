"""A connection's settings: kept, refused, changed, by whom, and what a change does to the consent."""

from datetime import datetime, timedelta

import pytest

from accounts.actors import Actor, Forbidden, actor_of
from accounts.models import Role
from core.secrets import decrypt
from notifications.models import Notification
from sandbox.microsoft import Microsoft
from sandbox.microsoft.world import DEMO_SECRET
from tests.factories import accounts as cast
from tests.vendors.consenting import GRANTED, MISCONFIGURED, REGRANT, consent, values_of, wrong_secret
from tests.vendors.example import vendor
from tests.vendors.office365.bench import REDIRECT_URI
from vendors.connections import (
    SettingRefused,
    add_connection,
    begin_consent,
    change_connection,
    check_connection,
    check_every_connection,
    complete_consent,
)
from vendors.models import ConnectionState, VendorConnection


def test_new_connection_is_new_and_keeps_its_secret_encrypted(admin: Actor, office365: VendorConnection) -> None:
    assert (office365.state, office365.created_by) == (ConnectionState.NEW, admin.user)
    assert "client_secret" not in office365.settings
    assert DEMO_SECRET not in office365.secrets
    assert decrypt(office365.secrets) == {"client_secret": DEMO_SECRET}
    assert office365.settings["agreement_type"] == "MicrosoftCustomerAgreement"


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("tenant_id", "", "“Microsoft tenant ID” is missing: fill it in."),
        ("client_secret", "", "Fill in one of these: “Secret key” / “Certificate”."),
        (
            "api_base_url",
            "partner center",
            "“Partner Center server” is not an address: write it as https://server/path.",
        ),
        *(
            (
                "api_base_url",
                address,
                "“Partner Center server” is not an address: write it as https://server/path.",
            )
            for address in ("http://[::1", "https://server:99999/v1", "https://server:port", "https://", "https://s:0")
        ),
        ("agreement_type", "Handshake", "“Agreement” has no such choice: pick one from the list."),
    ],
)
def test_connection_with_a_wrong_setting_is_refused(admin: Actor, field: str, value: str, sentence: str) -> None:
    values = {"tenant_id": "t", "client_id": "c", "client_secret": "s", field: value}
    with pytest.raises(SettingRefused) as refusal:
        add_connection(actor=admin, reseller=admin.reseller, plugin="office365", name="Office 365", values=values)
    assert (refusal.value.field, str(refusal.value)) == (field, sentence)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        (" ", "“Name” is missing: fill it in."),
        ("Office 365", "A connection with this name exists already: choose another name."),
    ],
)
def test_connection_without_a_name_of_its_own_is_refused(
    admin: Actor, office365: VendorConnection, name: str, sentence: str
) -> None:
    values = {**office365.settings, "client_secret": "s"}
    with pytest.raises(SettingRefused) as refusal:
        add_connection(actor=admin, reseller=admin.reseller, plugin="office365", name=name, values=values)
    assert (refusal.value.field, str(refusal.value)) == ("name", sentence)


def test_connections_need_the_right(office365: VendorConnection, now: datetime) -> None:
    sales = actor_of(cast.manager(role=Role.SALES))
    with pytest.raises(Forbidden):
        add_connection(actor=sales, reseller=sales.reseller, plugin="office365", name="x", values={})
    with pytest.raises(Forbidden):
        change_connection(actor=sales, connection=office365, name="x", values={})
    with pytest.raises(Forbidden):
        begin_consent(actor=sales, connection=office365, redirect_uri=REDIRECT_URI, now=now)
    with pytest.raises(Forbidden):
        complete_consent(actor=sales, connection=office365, flow={}, answer={}, now=now)
    with pytest.raises(Forbidden):
        check_connection(actor=sales, connection=office365, now=now)


def test_another_application_makes_the_consent_void(admin: Actor, office365: VendorConnection, now: datetime) -> None:
    consent(admin, office365, now)
    values = values_of(office365, client_id="11111111-1111-4111-8111-111111111111", client_secret="new")
    connection = change_connection(actor=admin, connection=office365, name="Office 365", values=values)
    assert (connection.state, connection.granted_at, connection.token_expires_on) == (ConnectionState.NEW, None, None)
    assert decrypt(connection.secrets) == {"client_secret": "new"}


def test_new_name_or_secret_leaves_the_consent(admin: Actor, office365: VendorConnection, now: datetime) -> None:
    consent(admin, office365, now)
    tokens = decrypt(office365.secrets)
    values = values_of(office365)
    connection = change_connection(actor=admin, connection=office365, name="Microsoft", values=values)
    assert (connection.name, connection.state) == ("Microsoft", GRANTED)
    assert decrypt(connection.secrets) == tokens
    values = values_of(office365, client_secret="rotated")
    connection = change_connection(actor=admin, connection=office365, name="Microsoft", values=values)
    assert connection.state == GRANTED
    assert decrypt(connection.secrets) == {**tokens, "client_secret": "rotated"}


def test_corrected_secret_can_be_checked_at_once(
    admin: Actor, office365: VendorConnection, microsoft: Microsoft, now: datetime
) -> None:
    consent(admin, office365, now)
    wrong_secret(microsoft)
    check_connection(actor=admin, connection=office365, now=now)
    assert office365.state == MISCONFIGURED
    values = values_of(office365, client_secret="another-secret")
    connection = change_connection(actor=admin, connection=office365, name="Office 365", values=values)
    assert (connection.state, connection.last_error) == (REGRANT, "")
    assert check_connection(actor=admin, connection=connection, now=now).state == GRANTED


def test_another_servers_address_asks_for_the_secret_again(
    admin: Actor, office365: VendorConnection, now: datetime
) -> None:
    values = values_of(office365, api_base_url="https://elsewhere.example")
    with pytest.raises(SettingRefused) as refusal:
        change_connection(actor=admin, connection=office365, name="Office 365", values=values)
    sentence = "A server's address changes: enter “Secret key” again, or leave the address as it was."
    assert (refusal.value.field, str(refusal.value)) == ("client_secret", sentence)
    office365.refresh_from_db()
    assert office365.settings["api_base_url"] != "https://elsewhere.example"
    values = values_of(office365, api_base_url="https://elsewhere.example", client_secret="typed again")
    connection = change_connection(actor=admin, connection=office365, name="Office 365", values=values)
    assert connection.settings["api_base_url"] == "https://elsewhere.example"


@pytest.mark.django_db
def test_only_the_operator_sets_the_address_of_a_server() -> None:
    reseller = cast.reseller(name="South")
    theirs = actor_of(cast.manager(reseller=reseller))
    values = {"tenant_id": "t", "client_id": "c", "client_secret": "s"}
    made = add_connection(actor=theirs, reseller=reseller, plugin="office365", name="Office", values=values)
    inside = values_of(made, api_base_url="http://169.254.169.254/latest", client_secret="s")
    with pytest.raises(SettingRefused) as refusal:
        change_connection(actor=theirs, connection=made, name="Office", values=inside)
    assert refusal.value.field == "api_base_url"
    assert "is set by the operator only" in str(refusal.value)
    with pytest.raises(SettingRefused):
        add_connection(actor=theirs, reseller=reseller, plugin="office365", name="Office 2", values=inside)
    operators = actor_of(cast.manager())
    moved = values_of(made, api_base_url="https://proxy.example", client_secret="s")
    change_connection(actor=operators, connection=made, name="Office", values=moved)
    made.refresh_from_db()
    kept = change_connection(actor=theirs, connection=made, name="Renamed", values=values_of(made))
    assert (kept.name, kept.settings["api_base_url"]) == ("Renamed", "https://proxy.example")


def test_every_setting_that_is_missing_or_wrong_is_said_at_once(admin: Actor) -> None:
    values = {"login_base_url": "nowhere", "agreement_type": "a handshake"}
    with pytest.raises(SettingRefused) as refusal:
        add_connection(actor=admin, reseller=admin.reseller, plugin="office365", name=" ", values=values)
    fields = [problem.field for problem in refusal.value.problems]
    assert fields == ["name", "tenant_id", "client_id", "client_secret", "agreement_type", "login_base_url"]


def test_access_that_is_lost_is_told_once_looked_at_every_night_and_told_when_it_works_again(
    admin: Actor, example: VendorConnection, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a key that was no longer accepted nobody was told, and no night looked at it again."""
    check_connection(actor=admin, connection=example, now=now)
    for turn in (0, 10):
        with monkeypatch.context() as other_key:
            other_key.setattr(vendor, "API_KEY", "another")
            for night in (1, 2, 3):
                assert check_every_connection(now=now + timedelta(days=turn + night)) == 0
        lost = Notification.objects.filter(event="connection_lost").order_by("-pk")
        assert lost.count() == (1 if turn == 0 else 2)
        assert (lost[0].user, lost[0].path) == (admin.user, f"/operator/vendor-connections/{example.pk}/")
        example.refresh_from_db()
        assert example.last_error in " ".join(lost[0].body_text.split())
        assert check_every_connection(now=now + timedelta(days=turn + 4)) == 1
        works = Notification.objects.filter(event="connection_works")
        assert works.count() == lost.count()
    for night in (20, 21):
        check_every_connection(now=now + timedelta(days=night))
    assert works.count() == 2


def test_key_that_never_worked_is_told_to_nobody(
    admin: Actor, example: VendorConnection, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as other_key:
        other_key.setattr(vendor, "API_KEY", "another")
        check_connection(actor=admin, connection=example, now=now)
    check_connection(actor=admin, connection=example, now=now)
    assert not Notification.objects.exists()
