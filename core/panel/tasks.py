"""Work of the night for the frame of the panels."""

from celery import shared_task
from django.utils import timezone

from core.panel import once


@shared_task
def forget_old_forms() -> None:
    """Forget the keys of forms that nobody will send again."""
    once.forget_old_forms(now=timezone.now())
