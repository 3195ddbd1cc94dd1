"""Where sign-in asks us: what a person typed as the name, from which address, and where to go then."""

from allauth.core.internal.httpkit import get_client_ip
from axes.handlers.database import AxesDatabaseHandler
from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import resolve_url

from accounts.models import User
from core.door_links import without_keys


class SignInLog(AxesDatabaseHandler):
    """Writes who signed in from where, and by which page: an invitation's without what opened it."""

    def user_logged_in(self, sender: object, request: HttpRequest, user: User, **signal: object) -> None:
        """Write the line."""
        request.axes_path_info = without_keys(request.axes_path_info)
        super().user_logged_in(sender, request, user, **signal)


def typed_name(request: HttpRequest, credentials: dict[str, str] | None = None) -> str | None:
    """Return the e-mail with which somebody tries to sign in, in lower case: what the lockout counts by."""
    name = (credentials or {}).get("email") or (request.POST.get("login") if request is not None else None)
    return name.strip().lower() if name else None


def client_address(request: HttpRequest) -> str | None:
    """Return the browser's address; behind a proxy the one that the trusted proxy saw (ALLAUTH_TRUSTED_PROXY_COUNT)."""
    return get_client_ip(request)


def home_of(user: User) -> str:
    """Return the page on which a person starts: managers in the operator panel, customers in theirs."""
    return resolve_url("operator:home" if user.is_manager else settings.LOGIN_REDIRECT_URL)
