"""Every event of somebody's sign-in is told by mail: to that person, in that language, with the company's name."""

from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache
from django.test import Client
from django.utils import timezone, translation

from accounts.actors import actor_of
from accounts.api_tokens import create_api_token, revoke_api_token
from accounts.invitations import accept_invitation, change_access_level, remove_user, token_of, waiting_of
from accounts.models import AccessLevel, Role, User
from accounts.reset_links import NewestOnly
from accounts.staff import change_manager, reset_second_factor
from notifications.events import SECURITY
from notifications.links import link_of
from notifications.models import Notification
from tests.factories import accounts as make

pytestmark = pytest.mark.django_db(transaction=False)
NEW = "a brand new phrase"
LOGIN = "/accounts/login/"


@pytest.fixture(autouse=True)
def _fresh_rate_limits():
    cache.clear()


@pytest.fixture
def person() -> User:
    north = make.reseller(name="North")
    return make.manager(reseller=north, language="ru", email="mary@example.com")


def signed_in(person: User, address: str = "127.0.0.1", password: str = make.PASSWORD) -> Client:
    client = Client(REMOTE_ADDR=address)
    client.post(LOGIN, {"login": person.email, "password": password})
    return client


def new_sign_in(person: User) -> None:
    signed_in(person)
    signed_in(person)
    assert not Notification.objects.exists()
    signed_in(person, "203.0.113.7")


def password_changed(person: User) -> None:
    fields = {"oldpassword": make.PASSWORD, "password1": NEW, "password2": NEW}
    signed_in(person).post("/accounts/password/change/", fields)


def password_reset(person: User) -> None:
    client = Client()
    client.post("/accounts/password/reset/", {"email": person.email})
    letter = Notification.objects.get(event="password_reset")
    form = client.get(link_of(letter).removeprefix("http://localhost:8000"), follow=True)
    client.post(form.redirect_chain[-1][0], {"password1": NEW, "password2": NEW})


def email_changed(person: User) -> None:
    values, now = {"email": "new@example.com"}, timezone.now()
    change_manager(actor=make.manager_actor(), manager=person, values=values, now=now)
    accept_invitation(token=token_of(waiting_of(person)), now=now)


def role_changed(person: User) -> None:
    make.manager(reseller=person.reseller)
    change_manager(actor=make.manager_actor(), manager=person, values={"role": Role.SALES}, now=timezone.now())


def code_of(client: Client) -> str:
    client.post("/accounts/reauthenticate/", {"password": make.PASSWORD})
    client.get("/accounts/2fa/totp/activate/")
    counter = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value(client.session["mfa.totp.secret"], counter))


def second_factor_added(person: User) -> None:
    client = signed_in(person)
    client.post("/accounts/2fa/totp/activate/", {"code": code_of(client)})
    assert Authenticator.objects.filter(user=person, type="totp").exists()


def with_second_factor(person: User) -> Client:
    client = signed_in(person)
    client.post("/accounts/reauthenticate/", {"password": make.PASSWORD})
    TOTP.activate(person, "JBSWY3DPEHPK3PXP")
    RecoveryCodes.activate(person)
    return client


def second_factor_removed(person: User) -> None:
    with_second_factor(person).post("/accounts/2fa/totp/deactivate/")


def second_factor_reset(person: User) -> None:
    with_second_factor(person)
    reset_second_factor(actor=make.manager_actor(), manager=person)


def recovery_codes_made(person: User) -> None:
    with_second_factor(person).post("/accounts/2fa/recovery-codes/generate/")


def recovery_code_used(person: User) -> None:
    with_second_factor(person)
    code = Authenticator.objects.get(user=person, type="recovery_codes").wrap().get_unused_codes()[0]
    client = signed_in(person)
    client.post("/accounts/2fa/authenticate/", {"code": code})


def token_made(person: User) -> None:
    create_api_token(actor=actor_of(person), name="Shop", now=timezone.now())


def token_revoked(person: User) -> None:
    row, _token = create_api_token(actor=actor_of(person), name="Shop", now=timezone.now())
    revoke_api_token(actor=actor_of(person), token=row, now=timezone.now())


def membership(person: User):
    account = make.account(reseller=person.reseller)
    make.customer_user(account=account)
    ann = make.customer_user(account=account, access_level=AccessLevel.ADMIN, language="ru")
    User.objects.filter(pk=person.pk).update(email="other@example.com")
    User.objects.filter(pk=ann.pk).update(email="mary@example.com")
    return ann.memberships.get()


def access_changed(person: User) -> None:
    change_access_level(actor=make.manager_actor(), membership=membership(person), access_level=AccessLevel.USER)


def access_removed(person: User) -> None:
    remove_user(actor=make.manager_actor(), membership=membership(person))


def locked_out(person: User) -> None:
    for _attempt in range(15):
        Client().post(LOGIN, {"login": person.email, "password": "wrong"})


HOW: dict[str, Callable[[User], None]] = {name: globals()[name] for name in SECURITY}


@pytest.mark.parametrize("kind", SECURITY)
def test_every_event_of_a_sign_in_is_told_by_mail(kind, person, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        HOW[kind](person)
    told = Notification.objects.filter(event="security", key__startswith=f"security:{kind}:")
    assert {row.email for row in told} >= {"mary@example.com"}
    assert told.count() == (2 if kind == "email_changed" else 1)
    for row in told:
        assert row.language == "ru"
        assert "North" in row.body_text
        assert "North" in row.body_html
        with translation.override("ru"):
            assert str(SECURITY[kind]) in row.body_text


def test_a_newer_link_kills_the_older_one(person):
    for _twice in range(2):
        Client().post("/accounts/password/reset/", {"email": person.email})
    person.refresh_from_db()
    old = User(pk=person.pk, email=person.email, password=person.password, reset_turn=person.reset_turn - 1)
    assert NewestOnly().check_token(person, NewestOnly().make_token(person))
    assert not NewestOnly().check_token(person, NewestOnly().make_token(old))
