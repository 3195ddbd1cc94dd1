"""The client of Example Backup: JSON over HTTP, one key, no request ids."""

from typing import Any, BinaryIO
from urllib.parse import urlsplit

from django.utils.translation import gettext_noop
from requests import Response

from vendors.base import Connection
from vendors.errors import Misconfigured, NotFound, NotYet, Rejected
from vendors.http import BUSY

WRONG_KEY = gettext_noop("%(server)s does not accept the API key. Correct it in the connection.")
# The vendor's own word: a gateway's 404 says nothing of it.
GONE = "no_such_service"
REFUSED = gettext_noop("Example Backup refused: %(reason)s")
UNKNOWN = gettext_noop("Example Backup does not know what was asked for: %(reason)s")
IN_USE = gettext_noop("Example Backup is busy with this service. It will be tried again by itself.")

# A price list of more bytes is none.
MOST_BYTES = 2**20


class Client:
    """Example Backup over one connection."""

    def __init__(self, connection: Connection) -> None:
        self.http = connection.http
        self.base = connection.setting("base_url").rstrip("/")
        self.key = connection.secrets.read().get("api_key", "")

    def get(self, path: str) -> Any:
        """Return what is at a path."""
        return self._asked("GET", path, changes=False)

    def page(self, path: str) -> Any:
        """Return a page of a report; None where it is not ready yet (204)."""
        response = self._answered("GET", path, changes=False)
        return None if response.status_code == 204 else response.json()

    def download(self, path: str, into: BinaryIO) -> None:
        """Write what is at a path into a file."""
        response = self.http.download(f"{self.base}{path}", into, most=MOST_BYTES, headers={"X-Api-Key": self.key})
        if response.status_code != 200:
            raise self._wrong_key() if response.status_code == 401 else Rejected(REFUSED, reason=response.text)

    def _wrong_key(self) -> Misconfigured:
        return Misconfigured(WRONG_KEY, code="wrong_key", server=urlsplit(self.base).netloc)

    def act(self, path: str) -> dict[str, Any]:
        """Have something sent or opened: it changes nothing that was ordered."""
        return dict(self._asked("POST", path, changes=True, json={}))

    def send(self, method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Make a call that changes something; return its answer, which shows the service with all that was asked for.

        A success that shows something else, or nothing, says nothing: it is looked for.
        """
        answer = self._asked(method, path, changes=True, json=body)
        if any(answer[name] != value for name, value in body.items()) or not answer["id"]:
            raise ValueError("The answer is about something else.")
        return dict(answer)

    def _asked(self, method: str, path: str, **options: Any) -> Any:
        return self._answered(method, path, **options).json()

    def _answered(self, method: str, path: str, **options: Any) -> Response:
        headers = {"X-Api-Key": self.key}
        response = self.http.exchange(method, f"{self.base}{path}", headers=headers, own=_is_own_error, **options)
        if response.status_code == 401:
            raise self._wrong_key()
        if response.status_code == 404:
            code = GONE if _error(response) == "no such service" else ""
            raise NotFound(UNKNOWN, sought=path, code=code, reason=response.text)
        if response.status_code >= 400:
            refusal = Rejected(REFUSED, code=str(response.status_code), reason=response.text)
            raise NotYet(IN_USE, refusal=refusal) if response.status_code in BUSY else refusal
        return response


def _is_own_error(response: Response) -> bool:
    """Return whether Example Backup itself refused: what stands in between says no in JSON, too."""
    return bool(_error(response))


def _error(response: Response) -> str:
    """Return Example Backup's own word for what is wrong; "" where somebody else answered."""
    try:
        body = response.json()
    except ValueError:
        return ""
    return str(body.get("error") or "") if isinstance(body, dict) else ""
