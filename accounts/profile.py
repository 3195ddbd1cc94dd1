"""What a person changes about oneself: name, phone, language, theme, letters."""

from collections.abc import Mapping

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import User
from core.cleaning import clean_text
from core.errors import Refused

THEMES = ("auto", "light", "dark")
OWN_FIELDS = frozenset({"name", "phone"})


class ProfileRefused(Refused):
    """What was entered about oneself cannot be kept."""

    code = "profile_refused"


def change_own_profile(*, actor: Actor, values: Mapping[str, str]) -> User:
    """Change the person's own name or phone (OWN_FIELDS). Raises ProfileRefused for an empty name."""
    user = _person(actor)
    for name, value in values.items():
        if name not in OWN_FIELDS:
            raise ValueError(f"nobody changes the own {name!r}")
        setattr(user, name, clean_text(value))
    if not user.name:
        raise ProfileRefused(_("Enter your name."), field="name")
    user.save(update_fields=list(values))
    return user


def choose_language_and_theme(
    *, user: User, language: str | None = None, theme: str | None = None, letters: bool | None = None
) -> User:
    """Keep how a person wants to see the panels, and whether messages come as letters too; None leaves it as it is.

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
    if letters is not None:
        user.letters = letters
    user.save(update_fields=["language", "theme", "letters"])
    return user


def _person(actor: Actor) -> User:
    if actor.user is None:
        raise ValueError("the platform itself has no profile")
    return actor.user
