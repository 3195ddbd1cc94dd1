"""Every request knows who is asking, speaks the person's language, and leaves that in the audit rows."""

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone, translation

from accounts.middleware import ActorHistoryMiddleware, ActorMiddleware
from accounts.models import SignInAs, User
from accounts.visits import CAME_FROM, CHOSEN_ACCOUNT, TRAIL
from core.history import history_of
from tests.factories import accounts as make

pytestmark = pytest.mark.django_db


def request_of(user: User | None, **session: object):
    """Return a request of the person as the middlewares before ours leave it, and what the view saw."""
    request = RequestFactory().get("/")
    request.user = user or type("Anonymous", (), {"is_authenticated": False})()
    request.session = dict(session)
    seen: dict[str, object] = {}

    def view(request):
        seen.update(actor=request.actor, impersonator=request.impersonator, language=translation.get_language())
        return HttpResponse()

    ActorMiddleware(view)(request)
    return seen


def test_a_stranger_has_no_actor():
    assert request_of(None) == {"actor": None, "impersonator": None, "language": "en"}


def test_a_persons_language_holds_for_the_request_and_not_longer():
    seen = request_of(make.manager(language="ru"))
    assert seen["language"] == "ru"
    assert translation.get_language() == "en"


def test_the_chosen_account_is_acted_for():
    first, second = make.account(), make.account()
    ann = make.customer_user(account=first)
    make.member(account=second, user=ann)
    assert request_of(ann)["actor"].account == first
    assert request_of(ann, **{CHOSEN_ACCOUNT: second.pk})["actor"].account == second


def test_the_manager_behind_an_owner_is_known():
    account = make.account()
    mary, olga = make.manager(), make.customer_user(account=account)
    trail = SignInAs.objects.create(manager=mary, user=olga, account=account, started_at=timezone.now())
    seen = request_of(
        olga, hijack_history=[str(mary.pk)],
        **{CHOSEN_ACCOUNT: account.pk, TRAIL: trail.pk, CAME_FROM: [mary.reseller_id, mary.get_session_auth_hash()]},
    )  # fmt: skip
    assert (seen["impersonator"], seen["actor"].impersonator, seen["actor"].user) == (mary, mary, olga)


@pytest.mark.parametrize(("kind", "statements"), [("admin", 1), ("sales", 2)])
def test_a_managers_request_costs_a_fixed_number_of_statements(kind, statements, django_assert_num_queries):
    user = User.objects.get(pk=make.manager(role=kind).pk)
    with django_assert_num_queries(statements):
        request_of(user)


def test_a_customers_request_costs_one_statement(django_assert_num_queries):
    user = User.objects.get(pk=make.customer_user(account=make.account()).pk)
    with django_assert_num_queries(1):
        request_of(user)


def test_what_the_api_changes_is_marked():
    request = RequestFactory().post("/api/v3/resellers/1/accounts")
    request.user, request.impersonator = make.manager(), None
    context = ActorHistoryMiddleware(lambda request: HttpResponse()).get_context(request)
    assert context == {"user": request.user.pk, "url": "/api/v3/resellers/1/accounts", "api": True}


def test_the_address_of_an_invitation_is_kept_without_its_key():
    request = RequestFactory().post("/accounts/invitations/17:1hNd__Dy/")
    request.user, request.impersonator = make.manager(), None
    context = ActorHistoryMiddleware(lambda request: HttpResponse()).get_context(request)
    assert context["url"] == "/accounts/invitations/***/"


def test_a_change_in_a_panel_is_written_down_under_the_persons_name():
    mary = make.manager(name="Mary")
    client = Client()
    client.force_login(mary, backend="allauth.account.auth_backends.AuthenticationBackend")
    client.post("/appearance/", {"language": "ru"})
    newest, *_rest = history_of(mary)
    assert (newest.who, newest.via_api) == ("Mary", False)
    mary.refresh_from_db()
    assert mary.language == "ru"
