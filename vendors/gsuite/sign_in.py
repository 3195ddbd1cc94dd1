"""How the service account signs in: google-auth makes and signs the assertion, our journalled session carries it.

The address of the token endpoint is a setting of the connection, never that of the key file: whoever receives the
assertion could use it at Google.
"""

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext_noop
from google.auth.crypt import RSASigner
from google.auth.exceptions import GoogleAuthError, RefreshError
from google.auth.transport import Request as Transport
from google.auth.transport import Response as Answer
from google.oauth2.service_account import Credentials

from vendors.base import Connection, Http
from vendors.errors import Misconfigured, Transient, VendorError
from vendors.fields import content_of
from vendors.gsuite.errors import GATEWAY, NOT_LET_IN, WRONG_ADDRESS

TOKEN = "https://oauth2.googleapis.com/token"  # noqa: S105  # an address
# For what the Reseller, the Directory and the Site Verification APIs are asked here.
SCOPES = tuple(
    f"https://www.googleapis.com/auth/{name}" for name in ("apps.order", "admin.directory.user", "siteverification")
)
KEY = "key_file"
KEY_UNREADABLE = gettext_noop(
    "The key file is no key of a service account: download one as JSON in the Google Cloud console (IAM, “Service"
    " accounts”, “Keys”), and upload it in the connection."
)


class Carried(Answer):
    """An answer as google-auth reads it."""

    def __init__(self, status: int, headers: Mapping[str, str], data: bytes) -> None:
        self._status, self._headers, self._data = status, headers, data

    @property
    def status(self) -> int:
        return self._status

    @property
    def headers(self) -> Mapping[str, str]:
        return self._headers

    @property
    def data(self) -> bytes:
        return self._data


class Carrier(Transport):
    """google-auth's transport over the connection's session: asking for a token changes nothing, and is journalled."""

    def __init__(self, http: Http) -> None:
        self.http = http
        self.status = 0

    def __call__(
        self,
        url: str,
        method: str = "GET",
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
        **_more: Any,
    ) -> Carried:
        """Send a request; raises Transient where nobody answers, or only that it does not work now."""
        response = self.http.exchange(method, url, changes=False, data=body, headers=dict(headers or {}))
        self.status = response.status_code
        return Carried(response.status_code, response.headers, response.content)


def signed_in(connection: Connection) -> str:
    """Return a fresh access token. Raises Misconfigured, Transient."""
    carrier, address = Carrier(connection.http), connection.setting("token_url", TOKEN)
    credentials = _credentials(connection, address)
    try:
        credentials.refresh(carrier)
    except RefreshError as refusal:
        raise _refused(refusal, carrier.status, address) from refusal
    except (GoogleAuthError, TypeError, ValueError) as trouble:  # also for a page where a token should be
        raise Transient(GATEWAY, code="sign_in", server=address, status=carrier.status) from trouble
    return str(credentials.token)


def _credentials(connection: Connection, address: str) -> Credentials:
    """Return the service account of the key file, acting as the reseller's administrator. Raises Misconfigured."""
    try:
        key = json.loads(content_of(connection.secrets.read().get(KEY, "")))
        signer, email = _signer(key["private_key"], key["private_key_id"]), key["client_email"]
    except (ValueError, TypeError, KeyError) as fault:
        raise Misconfigured(KEY_UNREADABLE, code="key_unreadable") from fault
    return Credentials(signer, email, address, scopes=SCOPES, subject=connection.setting("admin"))


@lru_cache(maxsize=8)
def _signer(key: str, key_id: str) -> RSASigner:
    """Return what signs with a private key; a key is proved when it is opened, which takes a third of a second.

    Raises ValueError for anything else.
    """
    return RSASigner.from_string(key, key_id)


def _refused(refusal: RefreshError, status: int, address: str) -> VendorError:
    """Return what it means that no token was given: by Google's own word, or by something in between."""
    if status == 404:
        return Misconfigured(WRONG_ADDRESS, server=address, status=status)
    told = next((one for one in refusal.args if isinstance(one, Mapping)), None)
    if told is not None and isinstance(told.get("error"), str):
        reason = str(told.get("error_description") or told["error"])
        return Misconfigured(NOT_LET_IN, code=told["error"], reason=reason)
    return Transient(GATEWAY, code=str(status), server=address, status=status)
