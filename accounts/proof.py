"""What may do lasting harm is asked for again: the password or the second factor, if the last proof is old."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.reauthentication import suspend_request
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone

View = Callable[..., HttpResponseBase]


def proved_lately(request: HttpRequest) -> bool:
    """Return whether this session's person gave a password or a code within PROOF_MINUTES, sign-in included."""
    records = get_authentication_records(request, request.user)
    last = max((record["at"] for record in records), default=0)
    return timezone.now().timestamp() - last < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


def asks_again(view: View) -> View:
    """Decorate a view of a deed that needs a recent proof: else it leads over the page that asks for one, and back."""

    @wraps(view)
    def behind_a_proof(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not proved_lately(request):
            return suspend_request(request, reverse("account_reauthenticate"))
        return view(request, *args, **kwargs)

    behind_a_proof.asks_again = True  # type: ignore[attr-defined]  # read by tests/security
    return behind_a_proof
