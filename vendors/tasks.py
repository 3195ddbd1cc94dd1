"""Hand-over to the workers: whether the connections to vendors still work, and how long their journal is kept."""

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from vendors import journal
from vendors.connections import check_every_connection
from vendors.expiring import warn_of_certificates


@shared_task
def check_connections() -> int:
    """Check every granted connection, renewing its token; return how many still work. Warn of certificates in time."""
    warn_of_certificates(now=timezone.now())
    return check_every_connection(now=timezone.now())


@shared_task
def forget_old_exchanges() -> int:
    """Remove what stands in the journal for longer than settings.VENDOR_JOURNAL_DAYS; return how many lines."""
    return journal.forget_old_exchanges(now=timezone.now(), days=settings.VENDOR_JOURNAL_DAYS)
