"""What a person changes about oneself: name, phone, language, theme, API token."""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, actor_of
from accounts.models import User, UserKind
from core.errors import Refused

THEMES = ("auto", "light", "dark")
TOKEN_BYTES = 16  # 22 URL-safe characters, as in the reference (API guide 5.0)
OWN_FIELDS = frozenset({"name", "phone"})


class ProfileRefused(Refused):
    """What was entered about oneself cannot be kept."""

    code = "profile_refused"


class TokenUnknown(Refused):
    """No manager has this API token (any more)."""

    code = "token_unknown"


def change_own_profile(*, actor: Actor, values: Mapping[str, str]) -> User:
    """Change the person's own name or phone (OWN_FIELDS). Raises ProfileRefused for an empty name."""
    user = _person(actor)
    for name, value in values.items():
        if name not in OWN_FIELDS:
            raise ValueError(f"nobody changes the own {name!r}")
        setattr(user, name, value.strip())
    if not user.name:
        raise ProfileRefused(_("Enter your name."), field="name")
    user.save(update_fields=list(values))
    return user


def choose_language_and_theme(*, user: User, language: str | None = None, theme: str | None = None) -> User:
    """Keep the language and the theme in which a person wants to see the panels; None leaves it as it is.

    Raises ProfileRefused for a language or theme that the platform does not have.
    """
    if language is not None:
        if language not in dict(settings.LANGUAGES):
            raise ProfileRefused(_("Choose one of the languages of the list."), field="language")
        user.language = language
    if theme is not None:
        if theme not in THEMES:
            raise ProfileRefused(_("Choose the light theme, the dark one, or the system's."), field="theme")
        user.theme = theme
    user.save(update_fields=["language", "theme"])
    return user


def regenerate_api_token(*, actor: Actor, now: datetime) -> str:
    """Give the manager a new API token and return it in clear, once; the old one stops working at once.

    Only its SHA-256 is stored (a random token of 128 bits needs no salt). Raises Forbidden for who may not use the API.
    """
    actor.require("api.use")
    user = _person(actor)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    with transaction.atomic():
        user.api_token_hash = _hash(token)
        user.api_token_created_at = now
        user.save(update_fields=["api_token_hash", "api_token_created_at"])
    return token


def actor_of_token(token: str) -> Actor:
    """Return the actor behind an API token. Raises TokenUnknown, and MayNotAct for a blocked manager or reseller."""
    user = User.objects.select_related("reseller").filter(api_token_hash=_hash(token), kind=UserKind.MANAGER).first()
    if user is None:
        raise TokenUnknown(_("The API token is unknown. Regenerate it on your page in the panel."))
    return actor_of(user, via_api=True)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _person(actor: Actor) -> User:
    if actor.user is None:
        raise ValueError("the platform itself has no profile")
    return actor.user
