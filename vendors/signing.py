"""Our certificate among a connection's secrets: opened, and told apart from one that can no longer be used."""

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext_noop

from vendors.certificates import ClientCertificate, opened_certificate
from vendors.errors import Misconfigured
from vendors.fields import content_of
from vendors.values import ClientTls

UNUSABLE = gettext_noop("The certificate cannot be opened. Upload it again in the connection, with its password.")
EXPIRED = gettext_noop(
    "The certificate “%(subject)s” of our chain has run out on %(day)s. Upload the new one in the connection."
)


def usable_certificate(secrets: Mapping[str, str], named: ClientTls, now: datetime) -> ClientCertificate | None:
    """Return the certificate among a connection's secrets, None where there is none.

    Raises Misconfigured where it cannot be used, or has run out.
    """
    if not secrets.get(named.file):
        return None
    try:
        certificate = opened_certificate(content_of(secrets[named.file]), secrets.get(named.password, ""))
    except ValueError as fault:
        raise Misconfigured(UNUSABLE, code="certificate_unusable") from fault
    if certificate.expires_at <= now:
        day = certificate.expires_at.date()
        raise Misconfigured(EXPIRED, code="certificate_expired", subject=certificate.ending, day=day)
    return certificate
