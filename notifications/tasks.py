"""Hand-over of the outbox to the workers."""

from celery import shared_task
from django.utils import timezone

from notifications.delivery import deliver


@shared_task
def deliver_due() -> int:
    """Send the messages that are due now and return how many were sent."""
    return deliver(now=timezone.now())
