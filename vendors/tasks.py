"""Hand-over to the workers: whether the connections to vendors still work, and how long their journal is kept."""

import logging

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from vendors import catalogues, journal
from vendors.connections import check_every_connection
from vendors.errors import VendorError
from vendors.expiring import warn_of_certificates
from vendors.models import VendorConnection

logger = logging.getLogger(__name__)


@shared_task
def check_connections() -> int:
    """Check every granted connection, renewing its token; return how many still work.

    Warn of certificates in time, and read long catalogues anew.
    """
    warn_of_certificates(now=timezone.now())
    catalogues.read_old_ones(now=timezone.now())
    return check_every_connection(now=timezone.now())


@shared_task
def read_catalogue(connection_id: int) -> None:
    """Read what a vendor sells that lists it slowly; what goes wrong is met again by whoever opens the page."""
    connection = VendorConnection.objects.filter(pk=connection_id).first()
    if connection is None:
        return
    try:
        catalogues.read(connection, now=timezone.now())
    except VendorError as trouble:
        logger.warning("the catalogue of connection %s could not be read: %s", connection_id, trouble.code)


@shared_task
def forget_old_exchanges() -> int:
    """Remove what stands in the journal for longer than settings.VENDOR_JOURNAL_DAYS; return how many lines."""
    return journal.forget_old_exchanges(now=timezone.now(), days=settings.VENDOR_JOURNAL_DAYS)
