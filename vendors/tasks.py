"""Hand-over to the workers: whether the connections to vendors still work."""

from celery import shared_task
from django.utils import timezone

from vendors.connections import check_every_connection


@shared_task
def check_connections() -> int:
    """Check every granted connection, renewing its token; return how many still work."""
    return check_every_connection(now=timezone.now())
