"""A connection's life: settings, consent with every outcome, checks, and tokens that two workers renew."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from accounts.actors import Actor, Forbidden, actor_of
from accounts.models import Role
from core.secrets import decrypt
from notifications.models import Notification
from sandbox.office365 import Office365 as Microsoft
from sandbox.office365.world import DEMO_CLIENT_ID, DEMO_SECRET, PARTNER_TENANT
from tests.factories import accounts as cast
from tests.vendors.office365.bench import REDIRECT_URI, answered
from vendors.connections import (
    ConsentNotUsed,
    SettingRefused,
    add_connection,
    begin_consent,
    change_connection,
    check_connection,
    check_every_connection,
    complete_consent,
    opened,
)
from vendors.models import ConnectionState, VendorConnection, VendorExchange
from vendors.office365 import errors

GRANTED, WAITING = ConnectionState.GRANTED, ConnectionState.WAITING_FOR_CONSENT
REGRANT, MISCONFIGURED = ConnectionState.REGRANT_NEEDED, ConnectionState.MISCONFIGURED


def consent(
    actor: Actor, connection: VendorConnection, now: datetime, decision: str = "accept", **altered: str
) -> VendorConnection:
    """Go through Microsoft's consent page as a manager does."""
    request = begin_consent(actor=actor, connection=connection, redirect_uri=REDIRECT_URI, now=now)
    if request is None:
        return connection
    answer = {**answered(request.url, decision), **altered}
    return complete_consent(actor=actor, connection=connection, flow=request.flow, answer=answer, now=now)


def values_of(connection: VendorConnection, **changed: str) -> dict[str, str]:
    return {**connection.settings, "client_secret": "", **changed}


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
        ("client_secret", "", "“Secret key” is missing: fill it in."),
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


def wrong_secret(microsoft: Microsoft) -> None:
    microsoft.register_app(client_id=DEMO_CLIENT_ID, secret="another-secret")


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
    assert (office365.state, office365.last_check_at) == (REGRANT, now + timedelta(days=2))


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
