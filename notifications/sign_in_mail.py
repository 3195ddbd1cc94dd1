"""The letters of sign-in go through the outbox, like every other: none is sent inside a request."""

from uuid import uuid4

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context as allauth_context
from allauth.core.internal import ratelimit
from django.http import HttpRequest

from accounts.client_address import counted_address
from accounts.models import User
from accounts.sign_in import home_of
from notifications.announce import announce


class OutboxAccountAdapter(DefaultAccountAdapter):
    """django-allauth's door to us: no sign-up, one sign-in page for both panels, letters by the outbox."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return no: people come by invitation."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return what allauth's limits count by."""
        return counted_address(request)

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
        """Write the letter into the outbox. Raises ValueError for a letter that sign-in is not set up to send."""
        if template_prefix != "account/email/password_reset_key":
            raise ValueError(f"no such letter: {template_prefix}")
        user = context["user"]
        if not isinstance(user, User):
            raise ValueError("a password is reset for a person")
        announce("password_reset", context={"person": str(user)}, key=uuid4().hex, user=user, link_object_id=user.pk)

    def reauthenticate(self, user: User, password: str) -> bool:
        """Return whether this is the person's password. Found by our e-mail: allauth's table of addresses is empty."""
        found = self.authenticate(allauth_context.request, email=user.email, password=password)
        return found is not None and found.pk == user.pk
