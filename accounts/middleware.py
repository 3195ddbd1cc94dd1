"""Who is asking, on every request: `request.actor`, in the language that the person chose."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext_lazy as _
from pghistory.middleware import HistoryMiddleware

from accounts.actors import Actor, MayNotAct, actor_of
from accounts.models import User
from core.door_links import without_keys

# Which of several accounts a customer's user acts for; kept in the session.
CHOSEN_ACCOUNT = "account_id"


class ActorMiddleware:
    """Sets `request.actor` (None when signed out) and `request.impersonator`, and activates the person's language.

    Stands after Django's authentication, locale and messages. Who may no longer act is signed out and told why.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor, request.impersonator = None, None
        if not request.user.is_authenticated:
            return self.get_response(request)
        with translation.override(request.user.language):
            request.LANGUAGE_CODE = translation.get_language()
            try:
                request.impersonator = _impersonator(request)
                request.actor = _actor(request)
            except MayNotAct as refusal:
                logout(request)
                messages.error(request, str(refusal))
                return redirect("account_login")
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


def _impersonator(request: HttpRequest) -> User | None:
    managers = request.session.get("hijack_history") or []
    if not managers:
        return None
    manager = User.objects.filter(pk=managers[-1]).first()
    if manager is None or not manager.is_active:
        raise MayNotAct(_("The manager who signed in as this user may no longer act. Sign in again."))
    return manager


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
