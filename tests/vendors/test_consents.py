"""A connection's life: consent with every outcome, checks, and tokens that two workers renew."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from accounts.actors import Actor
from accounts.models import Role
from core.secrets import decrypt
from notifications.models import Notification
from sandbox.microsoft import Microsoft
from sandbox.microsoft.world import PARTNER_TENANT
from tests.factories import accounts as cast
from tests.vendors.consenting import GRANTED, MISCONFIGURED, REGRANT, WAITING, consent, values_of, wrong_secret
from tests.vendors.office365.bench import REDIRECT_URI, answered
from vendors.connections import (
    ConsentNotUsed,
    begin_consent,
    change_connection,
    check_connection,
    check_every_connection,
    complete_consent,
    opened,
)
from vendors.microsoft import errors
from vendors.models import ConnectionState, VendorConnection, VendorExchange
from vendors.revoking import revoke_consent


def test_granted_consent_stores_who_when_and_the_tokens(
    admin: Actor, office365: VendorConnection, now: datetime
) -> None:
    connection = consent(admin, office365, now)
    assert (connection.state, connection.last_error) == (GRANTED, "")
    assert (connection.granted_by, connection.granted_at, connection.last_check_at) == (admin.user, now, now)
    assert (connection.token_issued_at, connection.token_expires_on) == (now, now + timedelta(days=90))
    assert connection.details == {
        "tenant_id": PARTNER_TENANT,
        "granted_at_vendor_by": "admin@sandboxpartner.onmicrosoft.com",
        "user_id": "1824b7fc-2fac-4478-b177-66823c40ab75",
        "company": "Sandbox Partner",
        "vetting_status": "authorized",
    }
    assert sorted(decrypt(connection.secrets)) == [
        "access_expires_at",
        "access_token",
        "client_secret",
        "grant",
        "refresh_token",
    ]


def test_begun_consent_waits(admin: Actor, office365: VendorConnection, now: datetime) -> None:
    request = begin_consent(actor=admin, connection=office365, redirect_uri=REDIRECT_URI, now=now)
    assert request is not None
    assert office365.state == WAITING
    assert request.url.startswith(office365.settings["login_base_url"])


def require_mfa(microsoft: Microsoft) -> None:
    microsoft.behave(token_error=50076)


def trouble(microsoft: Microsoft) -> None:
    microsoft.fail("unavailable", path="/token$")


@dataclass(frozen=True)
class Outcome:
    """What goes wrong (arranged at Microsoft, or decided in its page), and what the connection then says."""

    name: str
    arrange: Callable[[Microsoft], object]
    state: ConnectionState
    sentence: str
    decision: str = "accept"


AT_FIRST = [
    Outcome("declined", lambda _m: None, WAITING, errors.DECLINED, decision="cancel"),
    Outcome("MFA missing", require_mfa, REGRANT, errors.MFA_REQUIRED),
    Outcome("wrong secret", wrong_secret, MISCONFIGURED, errors.WRONG_SECRET),
    Outcome("secret expired", lambda m: m.behave(secret_expired=True), MISCONFIGURED, errors.SECRET_EXPIRED),
    Outcome("transient failure", trouble, WAITING, errors.LOGIN_TROUBLE),
]


@pytest.mark.parametrize("outcome", AT_FIRST, ids=lambda outcome: outcome.name)
def test_consent_that_fails_leaves_the_state_and_the_sentence(
    admin: Actor, office365: VendorConnection, microsoft: Microsoft, now: datetime, outcome: Outcome
) -> None:
    outcome.arrange(microsoft)
    connection = consent(admin, office365, now, outcome.decision)
    assert (connection.state, connection.last_error) == (outcome.state, outcome.sentence)
    assert connection.granted_at is None
    assert sorted(decrypt(connection.secrets)) == ["client_secret"]


def test_consent_without_mfa_is_not_enough_even_if_microsoft_hands_out_a_token(
    admin: Actor, office365: VendorConnection, microsoft: Microsoft, now: datetime
) -> None:
    microsoft.behave(admin_uses_mfa=False)
    request = begin_consent(actor=admin, connection=office365, redirect_uri=REDIRECT_URI, now=now)
    assert request is not None
    answer = answered(request.url.replace("&amr_values=mfa", ""))
    complete_consent(actor=admin, connection=office365, flow=request.flow, answer=answer, now=now)
    assert (office365.state, office365.last_error) == (REGRANT, errors.MFA_REQUIRED)


LATER = [
    Outcome("expired", lambda m: m.expire_consent(), REGRANT, errors.TOKEN_EXPIRED),
    Outcome("revoked", lambda m: m.revoke_consent(), REGRANT, errors.REVOKED),
    Outcome("withdrawn", lambda m: m.withdraw_consent(), REGRANT, errors.CONSENT_MISSING),
    Outcome("MFA missing", require_mfa, REGRANT, errors.MFA_REQUIRED),
    Outcome("wrong secret", wrong_secret, MISCONFIGURED, errors.WRONG_SECRET),
    Outcome("transient failure at sign-in", trouble, GRANTED, errors.LOGIN_TROUBLE),
]


@pytest.mark.parametrize("outcome", LATER, ids=lambda outcome: outcome.name)
def test_access_lost_later_is_found_by_a_check(
    admin: Actor, office365: VendorConnection, microsoft: Microsoft, now: datetime, outcome: Outcome
) -> None:
    consent(admin, office365, now)
    outcome.arrange(microsoft)
    connection = check_connection(actor=admin, connection=office365, now=now + timedelta(minutes=5))
    assert (connection.state, connection.last_error) == (outcome.state, outcome.sentence)
    assert connection.granted_at == now
    assert connection.last_check_at == now + timedelta(minutes=5)


def test_granting_again_makes_it_work_again(
    admin: Actor, office365: VendorConnection, microsoft: Microsoft, now: datetime
) -> None:
    consent(admin, office365, now)
    microsoft.revoke_consent()
    check_connection(actor=admin, connection=office365, now=now)
    assert office365.state == REGRANT
    connection = consent(admin, office365, now + timedelta(minutes=1))
    assert (connection.state, connection.last_error) == (GRANTED, "")
    assert connection.granted_at == now + timedelta(minutes=1)


def test_declining_a_new_consent_does_not_take_the_old_one_away(
    admin: Actor, office365: VendorConnection, now: datetime
) -> None:
    consent(admin, office365, now)
    connection = consent(admin, office365, now, "cancel")
    assert (connection.state, connection.last_error) == (GRANTED, errors.DECLINED)
    assert check_connection(actor=admin, connection=connection, now=now).last_error == ""


def test_answer_of_another_attempt_is_not_taken(admin: Actor, office365: VendorConnection, now: datetime) -> None:
    connection = consent(admin, office365, now, state="somebody-elses")
    assert (connection.state, connection.last_error) == (REGRANT, errors.ANOTHER_BROWSER)


def test_unknown_tenant_is_told_when_the_consent_begins(
    admin: Actor, office365: VendorConnection, now: datetime
) -> None:
    values = values_of(office365, tenant_id="nobody.onmicrosoft.com")
    connection = change_connection(actor=admin, connection=office365, name="Office 365", values=values)
    assert begin_consent(actor=admin, connection=connection, redirect_uri=REDIRECT_URI, now=now) is None
    assert (connection.state, connection.last_error) == (MISCONFIGURED, errors.UNKNOWN_TENANT)


def test_consent_is_refused_for_a_vendor_that_has_none(admin: Actor, example: VendorConnection, now: datetime) -> None:
    with pytest.raises(ConsentNotUsed):
        begin_consent(actor=admin, connection=example, redirect_uri=REDIRECT_URI, now=now)


def test_check_makes_a_connection_without_consent_usable(
    admin: Actor, example: VendorConnection, now: datetime
) -> None:
    connection = check_connection(actor=admin, connection=example, now=now)
    assert (connection.state, connection.details) == (GRANTED, {"company": "Sandbox Partner"})


def test_check_renews_the_refresh_token(admin: Actor, office365: VendorConnection, now: datetime) -> None:
    consent(admin, office365, now)
    before = decrypt(office365.secrets)["refresh_token"]
    later = now + timedelta(days=30)
    connection = check_connection(actor=admin, connection=office365, now=later)
    assert decrypt(connection.secrets)["refresh_token"] != before
    assert (connection.token_issued_at, connection.token_expires_on) == (later, later + timedelta(days=90))
    assert connection.granted_at == now


def test_older_renewal_does_not_overwrite_a_newer_one(admin: Actor, office365: VendorConnection, now: datetime) -> None:
    consent(admin, office365, now)
    slow, quick = opened(office365, now=now), opened(office365, now=now)
    slow.secrets.read(), quick.secrets.read()
    later = now + timedelta(seconds=2)
    quick.secrets.renew({"refresh_token": "newer"}, issued_at=later, expires_on=later + timedelta(days=90))
    slow.secrets.renew({"refresh_token": "older"}, issued_at=now, expires_on=now + timedelta(days=90))
    office365.refresh_from_db()
    assert decrypt(office365.secrets)["refresh_token"] == "newer"
    assert office365.token_issued_at == later


def test_renewal_of_an_older_grant_does_not_overwrite_a_newer_grant(
    admin: Actor, office365: VendorConnection, now: datetime
) -> None:
    consent(admin, office365, now)
    worker = opened(office365, now=now)
    worker.secrets.read()
    connection = consent(admin, office365, now + timedelta(minutes=1))
    granted = decrypt(connection.secrets)["refresh_token"]
    later = now + timedelta(minutes=2)
    worker.secrets.renew({"refresh_token": "of the old grant"}, issued_at=later, expires_on=None)
    office365.refresh_from_db()
    assert decrypt(office365.secrets)["refresh_token"] == granted


def test_no_secret_stands_in_the_journal(admin: Actor, office365: VendorConnection, now: datetime) -> None:
    connection = check_connection(actor=admin, connection=consent(admin, office365, now), now=now)
    secrets = [
        value for name, value in decrypt(connection.secrets).items() if name not in ("grant", "access_expires_at")
    ]
    written = repr(list(VendorExchange.objects.values()))
    assert VendorExchange.objects.filter(connection=connection).count() > 5
    assert [secret for secret in secrets if secret in written] == []


def test_administrators_are_told_once_that_consent_is_needed(
    admin: Actor, office365: VendorConnection, microsoft: Microsoft, now: datetime
) -> None:
    consent(admin, office365, now)
    russian = cast.manager(language="ru")
    cast.manager(role=Role.SALES)
    microsoft.revoke_consent()
    for _turn in range(2):
        check_connection(actor=admin, connection=office365, now=now)
    told = Notification.objects.filter(event="consent_needed").order_by("pk")
    assert [message.user for message in told] == [admin.user, russian]
    assert errors.REVOKED in " ".join(told[0].body_text.split())
    assert all("Office 365" in message.subject for message in told)


def test_nightly_check_renews_what_works_and_finds_what_does_not(
    admin: Actor, office365: VendorConnection, example: VendorConnection, microsoft: Microsoft, now: datetime
) -> None:
    consent(admin, office365, now)
    check_connection(actor=admin, connection=example, now=now)
    assert check_every_connection(now=now + timedelta(days=1)) == 2
    office365.refresh_from_db()
    assert office365.token_issued_at == now + timedelta(days=1)
    microsoft.revoke_consent()
    assert check_every_connection(now=now + timedelta(days=2)) == 1
    assert check_every_connection(now=now + timedelta(days=3)) == 1
    office365.refresh_from_db()
    assert (office365.state, office365.last_check_at) == (REGRANT, now + timedelta(days=3))
    # What somebody took back is left alone.
    revoke_consent(actor=admin, connection=consent(admin, office365, now + timedelta(days=4)))
    assert check_every_connection(now=now + timedelta(days=5)) == 1
    office365.refresh_from_db()
    assert (office365.last_error_code, office365.lost_at) == ("revoked_here", None)
