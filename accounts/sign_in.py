"""Where sign-in asks us: what a person typed as the name, and where to go then."""

from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import resolve_url

from accounts.models import User
from core.cleaning import clean_email


def typed_name(request: HttpRequest, credentials: dict[str, str] | None = None) -> str | None:
    """Return the e-mail with which somebody tries to sign in, in lower case: what the lockout counts by."""
    name = (credentials or {}).get("email") or (request.POST.get("login") if request is not None else None)
    return clean_email(name.lower()) if name else None


def home_of(user: User) -> str:
    """Return the page on which a person starts: managers in the operator panel, customers in theirs."""
    return resolve_url("operator:home" if user.is_manager else settings.LOGIN_REDIRECT_URL)
