"""Where people are signed in: shown, seen every few minutes, ended one by one, and ended by what happens to them."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts.actors import actor_of
from accounts.api_tokens import TokenUnknown, actor_of_token, create_api_token
from accounts.invitations import accept_invitation, change_access_level, remove_user, token_of, waiting_of
from accounts.models import AccessLevel, Role, SignedIn, UserStatus
from accounts.signed_in import device_of, forget_ended
from accounts.staff import change_manager
from tests.factories import accounts as make

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"
HOME = "/accounts/password/change/"
NEW = "a brand new phrase"


@pytest.fixture(autouse=True)
def _fresh_rate_limits():
    cache.clear()


def signed_in(person, address: str = "198.51.100.1", agent: str = FIREFOX) -> Client:
    client = Client(REMOTE_ADDR=address, headers={"User-Agent": agent})
    answer = client.post("/accounts/login/", {"login": person.email, "password": make.PASSWORD})
    assert answer.status_code == 302
    return client


def alive(client: Client) -> bool:
    return client.get(HOME).status_code == 200


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (FIREFOX, "Firefox, Linux"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/129.0 Safari/537.36 Edg/129.0", "Edge, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1", "Safari, iPhone"),
        ("something else", "something else"),
        ("", ""),
    ],
)
def test_a_device_is_told_in_words(agent, words):
    assert device_of(agent) == words


def test_the_page_shows_each_session_and_marks_this_one():
    mary = make.manager()
    here, _there = signed_in(mary), signed_in(mary, "203.0.113.5", "Mozilla/5.0 (Windows NT 10.0) Chrome/129.0")
    page = here.get("/accounts/sessions/").content.decode()
    assert page.count("– this session") == 1
    for words in ("Firefox, Linux", "198.51.100.1", "Chrome, Windows", "203.0.113.5"):
        assert words in page
    for row in SignedIn.objects.all():
        assert row.session_key not in page


def test_people_end_one_session_or_all_others():
    mary, ann = make.manager(), make.manager()
    here, there, third, anns = signed_in(mary), signed_in(mary), signed_in(mary), signed_in(ann)
    names = [row["name"] for row in here.get("/accounts/sessions/").context["rows"] if not row["this"]]
    here.post("/accounts/sessions/end/", {"session": names[0]})
    assert sorted([alive(there), alive(third)]) == [False, True]
    assert "ended already" in here.post("/accounts/sessions/end/", {"session": names[0]}, follow=True).content.decode()
    here.post("/accounts/sessions/end/")
    assert [alive(one) for one in (here, there, third, anns)] == [True, False, False, True]


def test_nobody_ends_anothers_session():
    mary, ann = make.manager(), make.manager()
    here, anns = signed_in(mary), signed_in(ann)
    [name] = [row["name"] for row in anns.get("/accounts/sessions/").context["rows"]]
    here.post("/accounts/sessions/end/", {"session": name})
    assert alive(anns)


def test_an_old_proof_is_asked_for_again_before_a_session_ends_or_a_token_is_made(settings):
    mary = make.manager()
    here, there = signed_in(mary), signed_in(mary)
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = -1
    for address in ("/accounts/sessions/end/", "/operator/profile/tokens/new/"):
        answer = here.post(address)
        assert answer.url.startswith("/accounts/reauthenticate/"), address
    assert alive(there)
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
    here.post("/accounts/reauthenticate/", {"password": make.PASSWORD})
    here.post("/accounts/sessions/end/")
    assert not alive(there)


def test_a_new_password_ends_all_other_sessions():
    mary = make.manager()
    here, there = signed_in(mary), signed_in(mary)
    here.post(HOME, {"oldpassword": make.PASSWORD, "password1": NEW, "password2": NEW})
    assert [alive(here), alive(there)] == [True, False]
    assert SignedIn.objects.count() == 1


@pytest.mark.parametrize(
    ("values", "tokens_go"),
    [
        ({"role": Role.SALES}, True),
        ({"status": UserStatus.INACTIVE}, True),
        ({"email": "new@example.com"}, False),
        ({"name": "Other"}, None),
    ],
)
def test_what_changes_a_managers_power_ends_sessions_and_tokens(values, tokens_go):
    mary, boss = make.manager(), make.manager_actor()
    here = signed_in(mary)
    _row, token = create_api_token(actor=actor_of(mary), name="Shop", now=timezone.now())
    change_manager(actor=boss, manager=mary, values=values, now=timezone.now())
    if "email" in values:
        assert alive(here)  # until the new mailbox says that it is hers
        accept_invitation(token=token_of(waiting_of(mary)), now=timezone.now())
    assert alive(here) == (tokens_go is None)
    if tokens_go:
        with pytest.raises(TokenUnknown):
            actor_of_token(token, now=timezone.now())
    else:
        assert actor_of_token(token, now=timezone.now()).user.pk == mary.pk


def test_a_customers_power_is_read_at_the_next_request_and_the_last_account_takes_the_session():
    account, boss = make.account(), make.manager_actor()
    make.customer_user(account=account)
    ann = make.customer_user(account=account, access_level=AccessLevel.ADMIN)
    here = signed_in(ann)
    assert here.get("/charges/").status_code == 200
    member = ann.memberships.get()
    change_access_level(actor=boss, membership=member, access_level=AccessLevel.USER)
    assert here.get("/charges/").status_code == 403
    remove_user(actor=boss, membership=member)
    assert not alive(here)
    assert not SignedIn.objects.exists()


def test_it_is_seen_every_five_minutes_and_with_one_statement(django_assert_max_num_queries):
    mary = make.manager()
    here = signed_in(mary)
    row = SignedIn.objects.get()
    here.get(HOME)
    assert SignedIn.objects.get().seen_at == row.seen_at
    SignedIn.objects.update(seen_at=row.seen_at - timedelta(minutes=6))
    here.get(HOME)
    assert SignedIn.objects.get().seen_at > row.seen_at - timedelta(minutes=1)


def test_the_night_forgets_what_has_expired():
    signed_in(make.manager())
    signed_in(make.manager())
    gone = Session.objects.order_by("pk").first()
    Session.objects.filter(pk=gone.pk).update(expire_date=timezone.now() - timedelta(seconds=1))
    assert forget_ended(now=timezone.now()) == 2
    assert (SignedIn.objects.count(), Session.objects.count()) == (1, 1)
