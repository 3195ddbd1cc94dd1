"""Who is asking, on every request: `request.actor`, in the language that the person chose."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone, translation
from django.utils.cache import add_never_cache_headers
from pghistory.middleware import HistoryMiddleware

from accounts.actors import Actor, MayNotAct, actor_of
from accounts.sign_in import home_of
from accounts.sign_in_as import SignInAsEnded
from accounts.signed_in import see
from accounts.visits import CAME_FROM, CHOSEN_ACCOUNT, MANAGERS, TRAIL, end_visit, is_visit, visitor
from core.door_links import without_keys
from core.errors import Refused


class ActorMiddleware:
    """Sets `request.actor` (None when signed out) and `request.impersonator`, and activates the person's language.

    Stands after Django's authentication, locale and messages. Who may no longer act is signed out and told why; a
    manager whose visit as an owner is over is brought back to the own session and told why.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor, request.impersonator = None, None
        # Kept before the person is looked at, which empties a session whose password was changed.
        visit = {name: request.session.get(name) for name in (MANAGERS, TRAIL, CAME_FROM)} if is_visit(request) else {}
        if not visit and not request.user.is_authenticated:
            return self.get_response(request)
        try:
            request.impersonator = visitor(request) if visit else None
            request.actor = _actor(request)
        except (MayNotAct, SignInAsEnded) as refusal:
            return _sent_away(request, refusal, visit)
        with translation.override(request.user.language):
            request.LANGUAGE_CODE = translation.get_language()
            response = self.get_response(request)
            response.headers["Content-Language"] = request.LANGUAGE_CODE
            return response


class NoStoreMiddleware:
    """Has no answer of ours kept by a browser or a cache: nearly each is one person's, and Back shows it to the next.

    Stands below the files (WhiteNoise), which may be kept for ever. A view that says how long it may be kept is heard.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if "Cache-Control" not in response:
            add_never_cache_headers(response)
        return response


class SeenMiddleware:
    """Writes, every few minutes, that a session is in use and from where; stands below ActorMiddleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.actor is not None:
            see(request, now=timezone.now())
        return self.get_response(request)


class ActorHistoryMiddleware(HistoryMiddleware):
    """Writes into every audit row of a request who changed it, at which address, through the API, on whose behalf."""

    def get_context(self, request: HttpRequest) -> dict[str, object]:
        """Return the context of pghistory's rows; `impersonator` is the manager who signed in as the user."""
        context = dict(super().get_context(request))
        context["url"] = without_keys(request.path)
        if request.impersonator is not None:
            context["impersonator"] = request.impersonator.pk
        if request.path.startswith("/api/"):
            context["api"] = True
        return context


def _sent_away(request: HttpRequest, refusal: Refused, visit: dict[str, object]) -> HttpResponse:
    """End the visit or sign out, and say why on the page that follows; nothing of the request is carried out."""
    person, manager = request.user, None
    if visit:
        person = manager = end_visit(request, kept=visit, now=timezone.now())
    else:
        logout(request)
    with translation.override(getattr(person, "language", None) or translation.get_language()):
        messages.error(request, str(refusal))
        answer = redirect(home_of(manager) if manager else "account_login")
    if getattr(request, "htmx", False):
        # Not into the part of the page that asked.
        return HttpResponse(status=204, headers={"HX-Redirect": answer["Location"]})
    return answer


def _actor(request: HttpRequest) -> Actor:
    chosen = request.session.get(CHOSEN_ACCOUNT)
    if chosen is None or request.user.is_manager:
        return actor_of(request.user, impersonator=request.impersonator)
    try:
        return actor_of(request.user, account=chosen, impersonator=request.impersonator)
    except MayNotAct:
        # Removed from the chosen account since: fall back to another one, but never while acting on somebody's behalf.
        if request.impersonator is not None:
            raise
        del request.session[CHOSEN_ACCOUNT]
        return actor_of(request.user)
