"""Closes the trail of a visit as an owner when the manager signs out instead of going back."""

from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from accounts.sign_in_as import end_sign_in_as
from accounts.visits import TRAIL


@receiver(user_logged_out, dispatch_uid="accounts.sign_in_as")
def close_trail(*, request: HttpRequest | None, **_signal: object) -> None:
    """Write down the end of the visit, if this session was one."""
    trail_id = request.session.get(TRAIL) if request is not None else None
    if trail_id is not None:
        end_sign_in_as(trail_id=trail_id, now=timezone.now())
