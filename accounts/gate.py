"""One gate for every route, before its view: whom a form was drawn for, and what is closed while signed in as somebody.

A route that nobody thought of is closed to a visiting manager, and a form that carries no mark is refused: what is new
has to be let in here, not shut out.
"""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts.changed_form import AGAIN, PERSON, act_again, changed, unmarked
from accounts.roles import NOT_WHILE_SIGNED_IN_AS
from accounts.sign_in import home_of
from core.panel import errors
from core.panel.drawn import drawn_for

SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")
# What a visiting manager may open besides the pages of a panel, and why. Pages of panels say it at their door.
OPEN_TO_VISITORS = {
    "sign_in_as_end": "the way back",
    "account_logout": "the way out; it ends the visit too",
    "lists:export": "the manager's own exports of this visit",
    "lists:export_file": "the same",
}
# Where it matters for which account or reseller a form was drawn; elsewhere forms are about the person alone.
ABOUT_A_PLACE = ("customer", "operator", "vendors", "lists")


class GateMiddleware:
    """Refuses what a person may not do as things stand now; stands after ActorMiddleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], _arguments: object, _named: object
    ) -> HttpResponse | None:
        """Return the refusal, or None where the view may answer."""
        # The API knows no sessions: who calls it says so by token, whoever is signed in in the browser.
        if request.actor is None or request.resolver_match.namespaces[:1] == ["api"]:
            return None
        if request.impersonator is not None and not open_to_visitors(request, view):
            return _not_while_signed_in_as(request)
        # A form that comes without our token (an API's, a vendor's) does not come from a page of ours.
        if request.method in SAFE or getattr(view, "csrf_exempt", False):
            return None
        return _not_as_drawn(request)


def open_to_visitors(request: HttpRequest, view: Callable[..., Any]) -> bool:
    """Return whether a manager who is signed in as somebody may come to this view with this method."""
    if getattr(view, "door", None) is None:
        return request.resolver_match.view_name in OPEN_TO_VISITORS
    if getattr(view, "own", False) or view.right in NOT_WHILE_SIGNED_IN_AS:
        return False
    return bool(view.right) or request.method in SAFE


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form without its token. Signing in and out gives new tokens: who that was is said where it shows."""
    actor, drawn = getattr(request, "actor", None), drawn_for(request)
    if actor is not None and drawn is not None and drawn != actor.standing:
        return changed(request, drawn, may_send_again=False)
    return errors.csrf_failure(request, reason)


def _not_while_signed_in_as(request: HttpRequest) -> HttpResponse:
    sentence = _(
        "You are signed in as %(user)s. What gives lasting power over somebody's sign-in (password, two-factor "
        "authentication, profile, users, tokens, sessions) is for the person alone. Nothing was changed. Go back to "
        "your own session, or ask %(user)s to do it."
    )
    context = {
        "title": _("Not while you are signed in as somebody else"),
        "text": sentence % {"user": request.user},
        "ends_visit": True,
        "home": home_of(request.user),
    }
    return render(request, "gate.html", context, status=403)


def _not_as_drawn(request: HttpRequest) -> HttpResponse | None:
    drawn = drawn_for(request)
    if drawn is None:
        # Django's test client sends neither token nor mark; nobody outside this process can say so.
        return None if getattr(request, "_dont_enforce_csrf_checks", False) else unmarked(request)
    panel = request.resolver_match.namespaces[:1]
    compared = None if panel and panel[0] in ABOUT_A_PLACE else PERSON
    if drawn.split(":")[:compared] == request.actor.standing.split(":")[:compared]:
        return None
    if AGAIN in request.POST and act_again(request, drawn):
        return None
    return changed(request, drawn, may_send_again=panel == ["customer"])
