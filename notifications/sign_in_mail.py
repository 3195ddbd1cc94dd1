"""The letters of sign-in go through the outbox, like every other: none is sent inside a request."""

from uuid import uuid4

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as allauth_context
from allauth.core.internal import ratelimit
from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import get_language

from accounts.client_address import counted_address
from accounts.lockout import forget_wrong_passwords
from accounts.models import User
from accounts.reset_links import begin_reset
from accounts.sign_in import home_of
from accounts.signals import sign_in_changed
from accounts.signed_in import end_sessions_of
from core.cleaning import clean_email
from core.handover import hand_over
from notifications.announce import announce
from notifications.tasks import deliver_due


class OutboxAccountAdapter(DefaultAccountAdapter):
    """django-allauth's door to us: no sign-up, one sign-in page for both panels, letters by the outbox."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return no: people come by invitation."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return what allauth's limits count by."""
        return counted_address(request)

    def clean_email(self, email: str) -> str:
        """Return the address in the one spelling that is kept, however it was typed."""
        return clean_email(email)

    def authenticate(self, request: HttpRequest, **credentials: object) -> object:
        """Return whose e-mail and password these are, however the address was spelled."""
        if isinstance(typed := credentials.get("email"), str):
            credentials["email"] = clean_email(typed.lower())
        return super().authenticate(request, **credentials)

    def pre_authenticate(self, request: HttpRequest, **credentials: object) -> None:
        """Slow one address down, never a name: allauth would count tries that the lockout refused anyway.

        A stranger could so keep a person out. Names are counted by accounts/lockout.py.
        """
        limit = {"login_failed": "60/m/ip"}
        used = ratelimit.consume(request, app="allauth.account", action="login_failed", config=limit)
        self._login_failed_rl_usage = used
        if not used:
            raise self.validation_error("too_many_login_attempts")

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Return the panel in which the person starts."""
        return home_of(request.user)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, object]) -> None:
        """Write the letter into the outbox. Raises ValueError for a letter that sign-in is not set up to send.

        For an address that nobody signs in with the same is done and taken back, so that the time tells nothing.
        """
        if template_prefix not in ("account/email/password_reset_key", "account/email/unknown_account"):
            raise ValueError(f"no such letter: {template_prefix}")
        user = context.get("user")
        with transaction.atomic():
            person = user if isinstance(user, User) else User(pk=0, email=email, language=get_language() or "")
            begin_reset(person)
            announce(
                "password_reset",
                context={"person": str(person)},
                key=uuid4().hex,
                user=person if isinstance(user, User) else None,
                email=email,
                language=person.language,
                link_object_id=person.pk,
            )
            transaction.set_rollback(not isinstance(user, User))
        hand_over(deliver_due)

    def set_password(self, user: User, password: str) -> None:
        """Keep a new password; every other session of the person ends, and every link that was sent before."""
        request = allauth_context.request
        with transaction.atomic():
            super().set_password(user, password)
            begin_reset(user)
            signed_in = request.user.is_authenticated
            end_sessions_of(user, keep=request.session if signed_in else None)
            if not signed_in:
                forget_wrong_passwords(user.email)  # the person came through the mailbox
            kind = "password_changed" if signed_in else "password_reset"
            sign_in_changed.send(sender=User, person=user, kind=kind, detail="")

    def reauthenticate(self, user: User, password: str) -> bool:
        """Return whether this is the person's password. Found by our e-mail: allauth's table of addresses is empty."""
        found = self.authenticate(allauth_context.request, email=user.email, password=password)
        return found is not None and found.pk == user.pk
