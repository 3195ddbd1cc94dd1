"""Sessions at rest: what they hold is encrypted, and only a hash of the key that the browser has is stored.

They hold, for a while, what nobody may read in a copy of the database: the secret of an authenticator app that is being
set up (allauth keeps it there until it is confirmed), a password reset's key, whom a manager acts for.
"""

import hashlib
from datetime import datetime
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import connection
from django.utils import timezone

from core.secrets import SecretsUnreadable, decrypt, encrypt

_HELD = "session"
# Asked at every request, so in plain words: Django would put them together anew each time.
_READ = """
    SELECT session.session_data, session.expire_date, used.seen_at
    FROM django_session AS session LEFT JOIN accounts_signedin AS used ON used.session_key = session.session_key
    WHERE session.session_key = %s AND session.expire_date > %s
"""


class SessionStore(DatabaseSessions):
    """Django's sessions in the database, sealed. Rows under a key that SECRETS_KEYS no longer has count as signed out.

    For synchronous servers, as this platform runs on: the asynchronous methods of the base would store clear keys.
    """

    # When the session was last noted as in use (accounts/signed_in.py); None where it is not known.
    seen_at: datetime | None = None

    def encode(self, session_dict: dict[str, Any]) -> str:
        """Return the session as it is stored."""
        return encrypt({_HELD: self.serializer().dumps(session_dict).decode("latin-1")})

    def decode(self, session_data: str | bytes) -> dict[str, Any]:
        """Return what `encode` was given; nothing where it cannot be read (any more)."""
        try:
            held = decrypt(str(session_data))[_HELD]
        except (SecretsUnreadable, ValueError, KeyError):
            return {}
        found: dict[str, Any] = self.serializer().loads(held.encode("latin-1"))
        return found

    def exists(self, session_key: str) -> bool:
        """Return whether there is a session of the key."""
        return super().exists(stored_key(session_key))

    def create_model_instance(self, data: dict[str, Any]) -> AbstractBaseSession:
        """Return the row that stands for the session, under the hash of its key."""
        row = super().create_model_instance(data)
        row.session_key = stored_key(row.session_key)
        return row

    async def acreate_model_instance(self, data: dict[str, Any]) -> AbstractBaseSession:
        """Refuse: nothing here is asynchronous, and the base would store the key in clear."""
        raise NotImplementedError("sealed sessions are synchronous")

    def delete(self, session_key: str | None = None) -> None:
        """End the session of the key, by default this one."""
        key = session_key or self.session_key
        if key is not None:
            super().delete(stored_key(key))

    def _get_session_from_db(self) -> AbstractBaseSession | None:
        key = stored_key(self.session_key or "")
        with connection.cursor() as cursor:
            cursor.execute(_READ, [key, timezone.now()])
            found = cursor.fetchone()
        if found is None:
            self._session_key = None
            return None
        data, expires, self.seen_at = found
        row: AbstractBaseSession = self.model(session_key=key, session_data=data, expire_date=expires)
        return row


def stored_key(session_key: str) -> str:
    """Return what stands in the table for a session key: a hash of 160 bits, as long as the column."""
    return hashlib.blake2b(session_key.encode(), digest_size=20).hexdigest()
