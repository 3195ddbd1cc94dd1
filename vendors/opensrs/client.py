"""The client of OpenSRS' trust services: how the vendor wants to be asked, and how its answers are to be read."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from vendors.base import Connection
from vendors.errors import LostAnswer, Misconfigured, Transient
from vendors.opensrs import xcp
from vendors.opensrs.errors import CUT_SHORT, GATEWAY, UNREADABLE, WRONG_ADDRESS, error_of

LIVE = "https://rr-n1-tor.opensrs.net:55443"
Attributes = Mapping[str, Any]


class OpenSRS:
    """OpenSRS over one connection. A command is one signed POST; there are no sessions and no request ids."""

    def __init__(self, connection: Connection) -> None:
        self.http = connection.http
        self.base = connection.setting("base_url", LIVE).rstrip("/")
        self.username = connection.setting("username")
        self._secrets = connection.secrets

    def ask(self, action: str, attributes: Attributes, *, sought: str = "") -> Attributes:
        """Ask something that changes nothing, and return the attributes of the answer. Raises VendorError."""
        return self._sent(action, attributes, changes=False, sought=sought)

    def order(self, action: str, attributes: Attributes, *, sought: str = "") -> Attributes:
        """Have something changed, and return the attributes of the answer. Raises VendorError; never repeats."""
        return self._sent(action, attributes, changes=True, sought=sought)

    def _sent(self, action: str, attributes: Attributes, *, changes: bool, sought: str) -> Attributes:
        body = xcp.command(action, attributes)
        key = self._secrets.read().get("key", "")
        headers = {
            "Content-Type": "text/xml",
            "X-Username": self.username,
            "X-Signature": xcp.signature(body, key),
        }
        response = self.http.exchange(
            "POST", f"{self.base}/", changes=changes, own=lambda _answer: False, data=body, headers=headers
        )
        try:
            if response.status_code != 200:
                raise xcp.UnreadableError(f"status {response.status_code}")
            reply = xcp.read(response.content)
        except xcp.UnreadableError as error:
            raise self._foreign(response.status_code, response.content, changes=changes) from error
        if not reply.is_success:
            raise error_of(reply, changes=changes, sought=sought)
        return reply.attributes

    def _foreign(self, status: int, content: bytes, *, changes: bool) -> LostAnswer | Misconfigured | Transient:
        """Return what an answer means that is none of OpenSRS': its own come with status 200 and an envelope."""
        server = urlsplit(self.base).netloc
        if changes:
            return LostAnswer(UNREADABLE, code="unreadable", answered=True)
        if b"OPS_envelope" in content:  # half of one: the line broke
            return Transient(CUT_SHORT, code="unreadable", server=server)
        if status < 400 or status == 404:
            return Misconfigured(WRONG_ADDRESS, server=server)
        return Transient(GATEWAY, code=str(status), server=server, status=status)
