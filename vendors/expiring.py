"""Client certificates that run out: noticed in time, and told to those who can get another one."""

from datetime import datetime, timedelta

from notifications.announce import announce
from vendors.models import VendorConnection

# So many days before, each once; 0 is when it has run out.
WARNED = (30, 14, 3, 0)


def warn_of_certificates(*, now: datetime) -> int:
    """Tell the administrators of each connection whose certificate runs out soon; return how many there are.

    Once for each certificate and each step of WARNED, however often it is asked.
    """
    soon = VendorConnection.objects.filter(certificate_expires_at__lte=now + timedelta(days=WARNED[0]))
    found = 0
    for row in soon.select_related("reseller").order_by("pk"):
        left = row.certificate_expires_at - now
        step = min(days for days in WARNED if left <= timedelta(days=days) or days == WARNED[0])
        announce(
            "certificate_expires",
            reseller=row.reseller,
            key=f"{row.pk}:{row.certificate_expires_at.isoformat()}:{step}",
            about=("vendor_connection", row.pk),
            context={"connection": row.name, "day": row.certificate_expires_at.date()},
        )
        found += 1
    return found
