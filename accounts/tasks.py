"""What is forgotten every night about signing in."""

from celery import shared_task
from django.utils import timezone

from accounts.lockout import forget_old_attempts
from accounts.signed_in import forget_ended


@shared_task
def forget_old_sign_ins() -> None:
    """Delete sessions that have ended and counts of wrong passwords that no longer matter."""
    now = timezone.now()
    forget_ended(now=now)
    forget_old_attempts(now=now)
