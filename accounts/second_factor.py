"""The second factor of sign-in: its secrets encrypted at rest, required by role, reset where it is lost."""

from collections.abc import Callable

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.models import User
from accounts.signals import sign_in_changed
from accounts.signed_in import end_sessions_of
from core.secrets import decrypt, encrypt

# What a manager opens who has yet to set the second factor up: the way to it, and the way out.
OPEN_BEFORE = frozenset({"account_logout", "account_reauthenticate", "appearance"})


class SealedMFAAdapter(DefaultMFAAdapter):
    """Keeps the secret of an authenticator app and the seed of recovery codes encrypted (core/secrets.py)."""

    def encrypt(self, text: str) -> str:
        """Return the text as it is stored."""
        return encrypt({"text": text})

    def decrypt(self, encrypted_text: str) -> str:
        """Return what `encrypt` was given."""
        return decrypt(encrypted_text)["text"]


class SecondFactorMiddleware:
    """Leads a manager whose role needs a second factor, and who has none, to set it up; stands below the gate."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, _view: object, _arguments: object, _named: object
    ) -> HttpResponse | None:
        """Return the way to the second factor, or None where the view may answer."""
        name, match = request.resolver_match.url_name or "", request.resolver_match
        if request.actor is None or match.namespaces[:1] == ["api"] or not must_set_up(request.actor):
            return None
        if name in OPEN_BEFORE or name.startswith("mfa_"):
            return None
        messages.warning(
            request, _("Your role needs two-factor authentication. Set it up; then everything else opens.")
        )
        return redirect("mfa_activate_totp")


def must_set_up(actor: Actor) -> bool:
    """Return whether the manager has to set up a second factor first: the role needs one, and there is none."""
    if actor.reseller is None or not actor.is_manager or actor.role not in actor.reseller.second_factor_roles:
        return False
    return not has_second_factor(actor.user)


def has_second_factor(user: User) -> bool:
    """Return whether the person signs in with a second factor; recovery codes alone are none."""
    return Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES).exists()


def forget_second_factor(user: User) -> None:
    """Take a lost second factor away, end the sessions, tell the person. For verbs, which ask for the right."""
    Authenticator.objects.filter(user=user).delete()
    end_sessions_of(user)
    sign_in_changed.send(sender=User, person=user, kind="second_factor_reset", detail="")
