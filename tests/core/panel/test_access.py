"""The door of a panel: who comes in, who is sent to sign in, who finds nothing."""

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.test import RequestFactory

from accounts.actors import Actor, ActorKind
from accounts.models import AccessLevel, Role
from core.panel.access import Door

DOOR = Door(lambda actor: actor.is_manager)


@DOOR.requires("subscriptions.view")
def page(request: object, number: int) -> HttpResponse:
    """Show a number."""
    return HttpResponse(f"number {number}")


def asked_by(actor: Actor | None, view: object = page) -> HttpResponse:
    request = RequestFactory().get("/operator/numbers/7/", {"tab": "facts"})
    request.actor = actor
    return view(request, number=7)


def manager(role: Role) -> Actor:
    return Actor(kind=ActorKind.MANAGER, role=role)


def test_who_has_the_right_gets_the_page() -> None:
    assert asked_by(manager(Role.ADMIN)).content == b"number 7"


def test_who_is_signed_out_signs_in_and_comes_back() -> None:
    assert asked_by(None).url == "/accounts/login/?next=/operator/numbers/7/%3Ftab%3Dfacts"


def test_who_does_not_belong_here_finds_nothing() -> None:
    with pytest.raises(Http404):
        asked_by(Actor(kind=ActorKind.CUSTOMER, access_level=AccessLevel.OWNER))


def test_who_lacks_the_right_is_refused() -> None:
    with pytest.raises(PermissionDenied):
        asked_by(manager(Role.MARKETING))


def test_a_page_without_a_right_is_everybodys_of_this_panel() -> None:
    view = DOOR.requires("")(lambda request, number: HttpResponse("hello"))
    assert [asked_by(manager(role), view).status_code for role in Role] == [200] * len(Role)


def test_a_view_says_its_right_and_its_door() -> None:
    assert (page.right, page.door, page.__doc__) == ("subscriptions.view", DOOR, "Show a number.")
