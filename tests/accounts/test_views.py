"""Sign-in, invitations, the choice of an account, and signing in as an owner, through the browser's door."""

import re
from datetime import UTC, datetime

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.invitations import invite_users, token_of, waiting_of
from accounts.models import AccessLevel, Account, Role, SignInAs, UserStatus
from accounts.staff import create_manager
from accounts.visits import CHOSEN_ACCOUNT
from core.history import history_of
from notifications.delivery import deliver
from notifications.models import Notification
from tests.factories import accounts as make
from tests.security.drawn import form_to

pytestmark = pytest.mark.django_db

LOGIN = "/accounts/login/"


@pytest.fixture(autouse=True)
def _fresh_rate_limits():
    cache.clear()


def sign_in(client: Client, email: str, password: str = make.PASSWORD, **more: str):
    return client.post(LOGIN, {"login": email, "password": password, **more})


def signed_in_as(client: Client) -> str | None:
    return client.session.get("_auth_user_id")


def as_user(user) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def test_the_sign_in_page_opens_without_sign_up(client):
    page = client.get(LOGIN)
    assert page.status_code == 200
    assert 'name="password"' in page.content.decode()
    assert "signup" not in page.content.decode()


def test_a_manager_lands_in_the_operator_panel_and_a_customer_in_the_other(client):
    answer = sign_in(client, make.manager(email="mary@example.com").email)
    assert (answer.status_code, answer.url) == (302, reverse("operator:home"))
    answer = sign_in(Client(), make.customer_user(account=make.account()).email)
    assert (answer.status_code, answer.url) == (302, "/")


def test_the_e_mail_is_read_whatever_its_case(client):
    mary = make.manager(email="mary@example.com")
    sign_in(client, " Mary@Example.com ")
    assert signed_in_as(client) == str(mary.pk)


def test_sign_in_leads_on_to_our_own_pages_only(client):
    mary = make.manager()
    assert sign_in(client, mary.email, next="/operator/orders/").url == "/operator/orders/"
    assert sign_in(Client(), mary.email, next="https://evil.example/").url == reverse("operator:home")


@pytest.mark.parametrize(("email", "password"), [("mary@example.com", "wrong"), ("nobody@example.com", make.PASSWORD)])
def test_a_wrong_password_and_an_unknown_person_look_the_same(client, email, password):
    make.manager(email="mary@example.com")
    answer = sign_in(client, email, password)
    assert answer.status_code == 200
    assert "The email address and/or password you specified are not correct." in answer.content.decode()
    assert signed_in_as(client) is None


def test_a_blocked_person_is_refused_and_told_so(client):
    mary = make.manager(status=UserStatus.INACTIVE)
    answer = client.post(LOGIN, {"login": mary.email, "password": make.PASSWORD}, follow=True)
    assert signed_in_as(client) is None
    assert "This user is blocked." in answer.content.decode()


def test_a_person_blocked_while_signed_in_is_signed_out():
    mary = make.manager()
    client = as_user(mary)
    mary.status = UserStatus.INACTIVE
    mary.save()
    client.get("/accounts/password/change/")
    assert client.get("/accounts/password/change/").status_code == 302


def test_managers_of_an_inactive_reseller_are_signed_out_and_told_why():
    north = make.reseller(name="North")
    client = as_user(make.manager(reseller=north))
    north.status = "inactive"
    north.save()
    page = client.get("/accounts/password/change/", follow=True)
    assert signed_in_as(client) is None
    assert "The reseller North is inactive." in page.content.decode()


def test_guessing_a_password_locks_the_guesser_out_and_nobody_else(client, settings):
    mary = make.manager()
    elsewhere = Client(REMOTE_ADDR="203.0.113.7")
    assert sign_in(elsewhere, mary.email).status_code == 302
    elsewhere.post("/accounts/logout/")
    for _attempt in range(settings.AXES_FAILURE_LIMIT):
        answer = sign_in(client, mary.email, "wrong")
    assert answer.status_code == 429
    assert "Too many attempts" in answer.content.decode()
    assert sign_in(client, mary.email).status_code == 429
    assert signed_in_as(client) is None
    assert sign_in(elsewhere, mary.email).status_code == 302
    assert sign_in(client, make.manager().email).status_code == 302


def test_a_new_password_is_chosen_by_a_link_that_lies_in_no_row(client):
    mary = make.manager(email="mary@example.com", name="Mary")
    answer = client.post("/accounts/password/reset/", {"email": "Mary@example.com"})
    assert answer.url == "/accounts/password/reset/done/"
    assert mail.outbox == []
    assert "/key/" not in Notification.objects.get().body_text
    deliver(now=datetime(2040, 1, 1, tzinfo=UTC))
    [letter] = mail.outbox
    link = re.search(r"http://localhost:8000(/accounts/password/reset/key/\S+)", letter.body)[1]
    form = client.get(link, follow=True)
    answer = client.post(
        form.redirect_chain[-1][0], {"password1": "a brand new phrase", "password2": "a brand new phrase"}
    )
    assert answer.url == "/accounts/password/reset/key/done/"
    mary.refresh_from_db()
    assert mary.check_password("a brand new phrase")
    assert "This link no longer works" in Client().get(link, follow=True).content.decode()


def test_asking_for_an_unknown_persons_password_tells_nothing_and_writes_nothing(client):
    answer = client.post("/accounts/password/reset/", {"email": "nobody@example.com"})
    assert answer.url == "/accounts/password/reset/done/"
    assert Notification.objects.count() == 0


@pytest.mark.parametrize("address", ["signup/", "email/", "confirm-email/", "password/set/", "login/code/confirm/"])
def test_there_is_no_sign_up_and_no_own_change_of_e_mail(address):
    assert Client().get(f"/accounts/{address}").status_code == 404
    assert as_user(make.manager()).post(f"/accounts/{address}").status_code == 404


@pytest.mark.parametrize(
    "address",
    ["password/change/", "2fa/", "reauthenticate/", "logout/"],
)
def test_pages_of_the_signed_in_open(address):
    client = Client()
    sign_in(client, make.manager().email)
    page = client.get(f"/accounts/{address}")
    assert page.status_code == 200
    assert page.content.decode().count("<h1>") == 1


def test_the_second_factor_is_asked_for_and_lies_encrypted(client):
    mary = make.manager()
    secret = generate_totp_secret()
    TOTP.activate(mary, secret)
    RecoveryCodes.activate(mary)
    assert secret not in str(Authenticator.objects.values_list("data", flat=True))
    answer = sign_in(client, mary.email)
    assert answer.url == "/accounts/2fa/authenticate/"
    assert signed_in_as(client) is None
    assert client.get(answer.url).status_code == 200
    code = format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
    assert client.post(answer.url, {"code": code}).url == reverse("operator:home")
    assert signed_in_as(client) == str(mary.pk)


def test_reauthentication_knows_people_by_their_own_e_mail():
    client = as_user(make.manager())
    assert client.post("/accounts/reauthenticate/", {"password": "wrong", "next": "/accounts/2fa/"}).status_code == 200
    answer = client.post("/accounts/reauthenticate/", {"password": make.PASSWORD, "next": "/accounts/2fa/"})
    assert answer.url == "/accounts/2fa/"
    page = client.get("/accounts/2fa/totp/activate/")
    assert page.status_code == 200
    assert page.content.decode().count("<h1>") == 1


def test_a_new_person_accepts_an_invitation_and_is_signed_in(client):
    account = make.account()
    [invitation] = invite_users(
        actor=make.manager_actor(), account=account, emails=["ann@example.com"],
        access_level=AccessLevel.OWNER, now=timezone.now(),
    )  # fmt: skip
    address = f"/accounts/invitations/{token_of(invitation)}/"
    assert client.get(address).status_code == 200
    entered = {"name": "Ann", "password": "a long enough phrase", "repeated": "another phrase"}
    assert "The two passwords differ." in client.post(address, entered).content.decode()
    weak = client.post(address, {"name": "Ann", "password": "1234567890", "repeated": "1234567890"})
    assert weak.status_code == 200
    assert 'value="Ann"' in weak.content.decode()
    answer = client.post(address, {**entered, "repeated": entered["password"]})
    assert answer.url == "/"
    assert account.memberships.get().user.email == "ann@example.com"
    assert signed_in_as(client) == str(account.memberships.get().user_id)
    assert client.get(address).status_code == 410


def test_a_known_person_accepts_without_a_password_and_signs_in_as_usual(client):
    make.customer_user(account=make.account(), email="ann@example.com")
    account = make.account()
    [invitation] = invite_users(
        actor=make.manager_actor(), account=account, emails=["ann@example.com"],
        access_level=AccessLevel.ADMIN, now=timezone.now(),
    )  # fmt: skip
    address = f"/accounts/invitations/{token_of(invitation)}/"
    assert 'name="password"' not in client.get(address).content.decode()
    assert client.post(address).url == LOGIN
    assert account.memberships.get().access_level == "admin"
    assert signed_in_as(client) is None


def test_a_link_that_cannot_be_accepted_says_so_before_anything_is_typed(client):
    make.customer_user(account=make.account(), email="ann@example.com")
    north = make.reseller()
    person = {"actor": make.manager_actor(reseller=north), "reseller": north, "name": "Ann", "role": Role.SALES}
    made = create_manager(email="ann@example.com", now=timezone.now(), **person)
    answer = client.get(f"/accounts/invitations/{token_of(waiting_of(made))}/")
    assert answer.status_code == 410
    assert "This address signs in here already" in answer.content.decode()
    assert signed_in_as(client) is None


def test_a_user_of_several_accounts_chooses_one_of_the_own():
    first, second, foreign = make.account(), make.account(), make.account()
    ann = make.customer_user(account=first)
    make.member(account=second, user=ann)
    client = as_user(ann)
    assert client.post("/accounts/choose/", {"account": second.pk}).url == "/"
    assert client.session[CHOSEN_ACCOUNT] == second.pk
    assert client.post("/accounts/choose/", {"account": foreign.pk}).status_code == 404
    assert client.post("/accounts/choose/", {"account": "1 OR 1=1"}).status_code == 404
    assert client.get("/accounts/choose/").url == "/"
    assert client.session[CHOSEN_ACCOUNT] == second.pk


def test_losing_the_chosen_account_falls_back_to_another_one():
    first, second = make.account(), make.account()
    ann = make.customer_user(account=first)
    make.member(account=second, user=ann)
    client = as_user(ann)
    client.post("/accounts/choose/", {"account": second.pk})
    second.memberships.all().delete()
    assert client.get("/accounts/password/change/").status_code == 200
    assert CHOSEN_ACCOUNT not in client.session


class TestSigningInAsAnOwner:
    """A manager becomes the owner of a visible account, leaves a trail, and comes back."""

    @pytest.fixture
    def cast(self):
        cast = make.cast()
        make.customer_user(account=cast.acme, name="Olga", email="olga@example.com")
        return cast

    def begin(self, client: Client, account: Account):
        return client.post(reverse("sign_in_as_owner", args=[account.pk]))

    @pytest.mark.parametrize("place", ["operator", "north"])
    def test_managers_above_become_the_owner_with_a_trail(self, cast, place):
        mary = make.manager(reseller=getattr(cast, place), name="Mary")
        client = as_user(mary)
        assert self.begin(client, cast.acme).url == "/"
        trail = SignInAs.objects.get()
        assert (trail.manager, trail.user.name, trail.account) == (mary, "Olga", cast.acme)
        assert (trail.ip_address, trail.ended_at) == ("127.0.0.1", None)
        assert signed_in_as(client) == str(trail.user_id)
        assert client.session[CHOSEN_ACCOUNT] == cast.acme.pk

    def test_the_way_back_ends_the_trail_and_restores_the_manager(self, cast):
        mary = make.manager(reseller=cast.north)
        client = as_user(mary)
        self.begin(client, cast.acme)
        assert client.post(reverse("sign_in_as_end")).url == reverse("operator:home")
        trail = SignInAs.objects.get()
        assert trail.ended_at > trail.started_at
        assert signed_in_as(client) == str(mary.pk)
        assert CHOSEN_ACCOUNT not in client.session
        assert client.post(reverse("sign_in_as_end")).status_code == 403

    def test_signing_out_ends_the_trail_too(self, cast):
        client = as_user(make.manager(reseller=cast.north))
        self.begin(client, cast.acme)
        client.post("/accounts/logout/")
        assert SignInAs.objects.get().ended_at is not None
        assert signed_in_as(client) is None

    def test_changes_are_written_down_under_both_names(self, cast):
        client = as_user(make.manager(reseller=cast.north, name="Mary"))
        self.begin(client, cast.acme)
        form_to(client.get("/account/edit/"), "/account/edit/").send(client, tax_id="111")
        newest, *_rest = history_of(cast.acme)
        assert newest.who == "Mary, signed in as Olga"

    def test_another_part_of_the_tree_is_not_found(self, cast):
        client = as_user(make.manager(reseller=cast.south))
        assert self.begin(client, cast.acme).status_code == 404
        assert SignInAs.objects.count() == 0

    def test_a_role_without_the_right_is_forbidden(self, cast):
        assert self.begin(as_user(make.manager(reseller=cast.north, role=Role.OWNER)), cast.acme).status_code == 403

    def test_a_sales_person_becomes_only_owners_of_own_accounts(self, cast):
        seller = make.manager(reseller=cast.north, role=Role.SALES)
        assert self.begin(as_user(seller), cast.acme).status_code == 404
        Account.objects.filter(pk=cast.acme.pk).update(manager=seller)
        assert self.begin(as_user(seller), cast.acme).status_code == 302
        assert SignInAs.objects.get().manager == seller

    def test_a_customer_becomes_nobody_else(self, cast):
        ann = make.customer_user(account=cast.acme, access_level=AccessLevel.ADMIN)
        client = as_user(ann)
        assert self.begin(client, cast.acme).status_code == 403
        assert signed_in_as(client) == str(ann.pk)

    def test_a_visiting_manager_cannot_wander_into_the_owners_other_accounts(self, cast):
        other = make.account(reseller=cast.south)
        make.member(account=other, user=cast.acme.memberships.get().user)
        client = as_user(make.manager(reseller=cast.north))
        self.begin(client, cast.acme)
        assert client.post("/accounts/choose/", {"account": other.pk}).status_code == 403
        assert client.session[CHOSEN_ACCOUNT] == cast.acme.pk

    def test_an_account_without_an_owner_says_so(self, cast):
        client = as_user(make.manager(reseller=cast.north))
        page = client.post(reverse("sign_in_as_owner", args=[make.account(reseller=cast.north).pk]))
        assert page.url == reverse("operator:home")
        assert SignInAs.objects.count() == 0

    def test_the_door_opens_by_post_only_and_not_without_a_token(self, cast):
        mary = make.manager(reseller=cast.north)
        opened = as_user(mary).get(reverse("sign_in_as_owner", args=[cast.acme.pk]))
        assert opened.url == reverse("operator:account", args=[cast.acme.pk])
        careful = Client(enforce_csrf_checks=True)
        careful.force_login(mary, backend="allauth.account.auth_backends.AuthenticationBackend")
        assert self.begin(careful, cast.acme).status_code == 403
        assert SignInAs.objects.count() == 0

    def test_a_stranger_is_led_to_sign_in(self, cast):
        assert self.begin(Client(), cast.acme).url.startswith(LOGIN)

    def test_a_manager_blocked_meanwhile_is_signed_out_of_the_visit(self, cast):
        mary = make.manager(reseller=cast.north)
        client = as_user(mary)
        self.begin(client, cast.acme)
        mary.status = UserStatus.INACTIVE
        mary.save()
        client.get("/accounts/password/change/")
        assert signed_in_as(client) is None
