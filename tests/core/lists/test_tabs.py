"""Tabs that are lists: declared once, and narrowed by what an export in the background can keep."""

from types import SimpleNamespace

import pytest
from django.http import Http404
from django.test import RequestFactory

from accounts.actors import actor_of
from core.lists.listing import LISTINGS, narrowed_by
from core.lists.tabs import ListTab, list_views, offered_of
from core.lists.views import show_list
from core.panel.access import Door
from core.panel.page import Page
from tests.factories import accounts
from tests.operator_panel.lists import rows

pytestmark = pytest.mark.django_db


def request_of(person: object) -> object:
    request = RequestFactory().get("/")
    request.actor, request.htmx, request.user = actor_of(person), False, person
    return request


def test_a_tab_says_its_label_and_right_and_shows_the_rows_of_the_object() -> None:
    listing = LISTINGS["operator.subscriptions"]
    mine, other = rows.subscription(name="mine"), rows.subscription(name="other")
    tab = ListTab("account_subscriptions", listing, by="account_id")
    assert offered_of([("account", "General", "accounts.view"), tab]) == [
        ("account", "General", "accounts.view"),
        ("account_subscriptions", listing.title, "subscriptions.view"),
    ]

    def one(_request: object, pk: int) -> object:
        if pk != mine.account_id:
            raise Http404
        return SimpleNamespace(pk=pk, name="Mine")

    asked = []

    def page_of(_actor: object, found: object, active: str) -> Page:
        asked.append(active)
        return Page(title=found.name)

    door = Door(lambda actor: actor.is_manager)
    (view,) = list_views([("account", "", ""), tab], requires=door.requires, one=one, page_of=page_of)
    assert (view.__name__, view.right, view.listing) == ("account_subscriptions", "subscriptions.view", listing)
    shown = view(request_of(accounts.manager()), pk=mine.account_id).content.decode()
    assert ("mine" in shown, "other" in shown, asked) == (True, False, ["account_subscriptions"])
    with pytest.raises(Http404):
        view(request_of(accounts.manager()), pk=other.account_id)


def test_a_list_is_narrowed_by_plain_values_and_says_so_when_it_is_shown() -> None:
    """Seen before: a queryset showed its page, and broke when the list was exported in the background."""
    listing = LISTINGS["operator.subscriptions"]
    row = rows.subscription()
    ids = type(row).objects.values("pk")
    with pytest.raises(TypeError, match="pk__in: a list is narrowed by plain values"):
        show_list(request_of(accounts.manager()), listing, page=Page(title="x"), narrow={"pk__in": ids})
    plain = {"account_id": 7, "status__in": ["active", "stopped"], "trial": False, "manager": None}
    assert narrowed_by(plain) == plain
    assert narrowed_by(None) == {}
