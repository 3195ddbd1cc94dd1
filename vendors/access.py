"""A connection opened for a plugin to work with, and whether the row behind it is still the one that was opened."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db import transaction

from core import secrets as sealing
from vendors.base import Connection, VendorPlugin
from vendors.certificates import tls_context
from vendors.http import VendorSession
from vendors.journal import RowJournal
from vendors.models import VendorConnection, VendorOperation
from vendors.registry import plugin_for
from vendors.signing import usable_certificate

# Kept among a connection's secrets: which consent the tokens come from, so that a late renewal of an older grant
# cannot overwrite the tokens of a newer one, nor its late trouble be taken for trouble of the newer one.
GRANT = "grant"


@dataclass
class StoredSecrets:
    """The Secrets of vendors/base.py over a row: reads fresh, writes under a row lock."""

    connection_id: int
    session: VendorSession
    # What was read last; None before the first reading.
    seen: Mapping[str, str] | None = None

    def read(self) -> Mapping[str, str]:
        """Return the current secrets; from now on their values are masked in the journal."""
        row = VendorConnection.objects.only("secrets").get(pk=self.connection_id)
        values = sealing.decrypt(row.secrets)
        self.session.hide(value for name, value in values.items() if name != GRANT)
        self.seen = values
        return values

    def renew(self, fresh: Mapping[str, str], *, issued_at: datetime, expires_on: datetime | None) -> None:
        """Keep renewed tokens, unless a newer grant or a newer token has been stored meanwhile."""
        self.session.hide(fresh.values())
        with transaction.atomic():
            row = VendorConnection.objects.select_for_update().get(pk=self.connection_id)
            values = sealing.decrypt(row.secrets)
            known = (self.seen or {}).get(GRANT)
            if values.get(GRANT) != known or (row.token_issued_at and row.token_issued_at > issued_at):
                return
            row.secrets = sealing.encrypt(values | dict(fresh))
            row.token_issued_at, row.token_expires_on = issued_at, expires_on
            row.save(update_fields=["secrets", "token_issued_at", "token_expires_on"])


def _tls(plugin: VendorPlugin, secrets: StoredSecrets, now: datetime) -> ssl.SSLContext:
    """Return the TLS of a vendor that is called with a certificate. Raises Misconfigured where it cannot be used."""
    if plugin.tls is None:
        raise TypeError(f"the plugin {plugin.slug} is called without a certificate")
    return tls_context(usable_certificate(secrets.read(), plugin.tls, now), legacy=plugin.tls.legacy)


def opened(connection: VendorConnection, *, now: datetime, operation: VendorOperation | None = None) -> Connection:
    """Return the connection as a plugin may use it now; its exchanges are journalled under the operation."""
    journal = RowJournal(connection_id=connection.pk, operation_id=operation.pk if operation else None)
    plugin = plugin_for(connection.plugin)
    session = VendorSession(journal, secret_names=plugin.secret_names)
    secrets = StoredSecrets(connection.pk, session)
    if plugin.tls is not None and not plugin.tls.signs:
        session.tls = partial(_tls, plugin, secrets, now)
    return Connection(settings=connection.settings, secrets=secrets, http=session, now=now)


def is_outdated(access: Connection, row: VendorConnection) -> bool:
    """Return whether the row has another grant, other settings or other keys than the access worked with.

    What such an access met, good or bad, says nothing of the connection as it is now.
    """
    if dict(access.settings) != row.settings:
        return True
    seen = access.secrets.seen if isinstance(access.secrets, StoredSecrets) else None
    if seen is None:
        return False
    now = sealing.decrypt(row.secrets)
    keys = [field.name for field in plugin_for(row.plugin).settings_fields if field.is_secret]
    return any(seen.get(name) != now.get(name) for name in (GRANT, *keys))
