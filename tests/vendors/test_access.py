"""A connection opened for a plugin: what it met says something of the row only while the row is the same one."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from accounts.actors import Actor
from core.secrets import decrypt, encrypt
from sandbox.microsoft import Microsoft
from tests.vendors.consenting import consent
from tests.vendors.office365.bench import settings_of
from vendors import operations
from vendors.access import is_outdated, opened
from vendors.base import Access, Connection
from vendors.connections import change_connection, check_connection, check_every_connection, record_trouble
from vendors.errors import ConsentNeeded, Misconfigured, Transient, VendorError
from vendors.microsoft.errors import REVOKED, WRONG_SECRET
from vendors.models import ConnectionState, VendorConnection
from vendors.office365.plugin import Office365
from vendors.questions import VendorUnavailable, catalogue

Meanwhile = Callable[[Actor, VendorConnection, datetime], object]


def granted_anew(admin: Actor, connection: VendorConnection, now: datetime) -> None:
    consent(admin, VendorConnection.objects.get(pk=connection.pk), now + timedelta(seconds=1))


def new_key(admin: Actor, connection: VendorConnection, now: datetime) -> None:
    values = {**connection.settings, "client_secret": "another-key"}
    change_connection(actor=admin, connection=connection, name="Office 365", values=values)


def another_country(admin: Actor, connection: VendorConnection, now: datetime) -> None:
    values = {**connection.settings, "client_secret": "", "country": "DE"}
    change_connection(actor=admin, connection=connection, name="Office 365", values=values)


def working(admin: Actor, connection: VendorConnection, now: datetime) -> Connection:
    """Return an access of a granted connection that has read its secrets."""
    consent(admin, connection, now)
    access = opened(connection, now=now)
    access.secrets.read()
    return access


@pytest.mark.parametrize("meanwhile", [granted_anew, new_key, another_country])
@pytest.mark.parametrize("error", [ConsentNeeded(REVOKED), Misconfigured(WRONG_SECRET)])
def test_trouble_of_an_older_grant_or_older_settings_does_not_spoil_the_newer_ones(
    admin: Actor, office365: VendorConnection, now: datetime, meanwhile: Meanwhile, error: VendorError
) -> None:
    access = working(admin, office365, now)
    meanwhile(admin, VendorConnection.objects.get(pk=office365.pk), now)
    assert record_trouble(office365, error, access=access, now=now) is False
    assert (office365.state, office365.last_error) == (ConnectionState.GRANTED, "")


def test_trouble_of_the_grant_as_it_is_marks_the_connection_though_the_token_was_renewed_meanwhile(
    admin: Actor, office365: VendorConnection, now: datetime
) -> None:
    access = working(admin, office365, now)
    renewed = {"refresh_token": "renewed", "access_token": "renewed"}
    opened(office365, now=now).secrets.read()
    access.secrets.renew(renewed, issued_at=now + timedelta(seconds=1), expires_on=None)
    assert decrypt(VendorConnection.objects.get().secrets)["refresh_token"] == "renewed"
    assert record_trouble(office365, ConsentNeeded(REVOKED), access=access, now=now) is True
    assert office365.state == ConnectionState.REGRANT_NEEDED


def test_access_that_never_read_its_secrets_is_judged_by_its_settings(
    admin: Actor, office365: VendorConnection, now: datetime
) -> None:
    access = opened(office365, now=now)
    assert is_outdated(access, office365) is False
    office365.settings = settings_of("http://127.0.0.1:9")
    assert is_outdated(access, office365) is True


def test_operation_that_began_with_an_older_grant_goes_on_soon_and_leaves_the_newer_one_alone(
    admin: Actor, office365: VendorConnection, microsoft: Microsoft, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    consent(admin, office365, now)
    operation = operations.plan(
        office365, action="provision", key="order:1:provision", subject="order:1", payload={}, now=now
    )

    def performed(_operation: object, access: Connection) -> object:
        access.secrets.read()
        granted_anew(admin, office365, now)
        raise ConsentNeeded(REVOKED)

    monkeypatch.setattr(operations, "_performed", performed)
    put_off = operations.carry_out(operation.pk, now=now)
    office365.refresh_from_db()
    assert office365.state == ConnectionState.GRANTED
    assert put_off.next_attempt_at == now + timedelta(seconds=10)


def test_nightly_check_that_began_with_an_older_grant_leaves_the_newer_one_alone(
    admin: Actor, office365: VendorConnection, microsoft: Microsoft, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    consent(admin, office365, now)

    def check_access(_plugin: object, access: Connection) -> object:
        access.secrets.read()
        granted_anew(admin, office365, now)
        raise ConsentNeeded(REVOKED)

    monkeypatch.setattr(Office365, "check_access", check_access)
    assert check_every_connection(now=now) == 1
    office365.refresh_from_db()
    assert (office365.state, office365.last_error) == (ConnectionState.GRANTED, "")


def test_check_that_worked_with_older_settings_does_not_make_newer_ones_work(
    admin: Actor, office365: VendorConnection, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    consent(admin, office365, now)

    def check_access(_plugin: object, access: Connection) -> Access:
        access.secrets.read()
        values = {**office365.settings, "client_secret": "", "client_id": "another-application"}
        change_connection(actor=admin, connection=office365, name="Office 365", values=values)
        return Access()

    monkeypatch.setattr(Office365, "check_access", check_access)
    assert check_connection(actor=admin, connection=office365, now=now).state == ConnectionState.NEW


def test_question_that_meets_a_lost_consent_leaves_the_connection_to_the_check(
    admin: Actor, office365: VendorConnection, microsoft: Microsoft, now: datetime
) -> None:
    consent(admin, office365, now)
    microsoft.revoke_consent()
    stored = decrypt(office365.secrets)
    office365.secrets = encrypt({name: value for name, value in stored.items() if name != "access_token"})
    office365.save()
    with pytest.raises(VendorUnavailable):
        catalogue(office365, now=now)
    office365.refresh_from_db()
    assert office365.state == ConnectionState.GRANTED


def test_new_consent_that_fails_does_not_take_the_old_one_away(
    admin: Actor, office365: VendorConnection, microsoft: Microsoft, now: datetime
) -> None:
    consent(admin, office365, now)
    assert consent(admin, office365, now, state="somebody-elses").state == ConnectionState.GRANTED
    microsoft.behave(token_error=50076)
    assert consent(admin, office365, now).state == ConnectionState.GRANTED
    microsoft.behave(token_error=None)
    assert check_connection(actor=admin, connection=office365, now=now).usable


def test_trouble_that_passes_is_recorded_and_leaves_the_state(
    admin: Actor, office365: VendorConnection, now: datetime
) -> None:
    access = working(admin, office365, now)
    assert record_trouble(office365, Transient("Busy."), access=access, now=now) is True
    assert (office365.state, office365.last_error) == (ConnectionState.GRANTED, "Busy.")
