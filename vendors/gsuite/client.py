"""The client of Google's APIs: which server each is at, how it is asked, and how its answers are read."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any
from urllib.parse import quote, urlsplit

from requests import Response

from vendors.base import JSON, Connection
from vendors.errors import LostAnswer, Transient
from vendors.gsuite.errors import NOT_READABLE, UNREADABLE, error_of, is_googles, told
from vendors.gsuite.sign_in import signed_in
from vendors.http import json_object

RESELLER, ADMIN, WWW = (f"https://{name}.googleapis.com" for name in ("reseller", "admin", "www"))
PAGE = 100
UNAUTHORIZED = 401


class Api(StrEnum):
    """An API, by the setting that names its server."""

    RESELLER = "reseller_url"
    DIRECTORY = "directory_url"
    VERIFICATION = "verification_url"


# By the setting: where the API is by default, and below which path.
SERVERS = {
    Api.RESELLER: (RESELLER, "/apps/reseller/v1"),
    Api.DIRECTORY: (ADMIN, "/admin/directory/v1"),
    Api.VERIFICATION: (WWW, "/siteVerification/v1"),
}


class Google:
    """Google over one connection. Signs in when it is first asked, and anew where the token was taken back."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.http = connection.http
        self._token = ""

    def ask(self, api: Api, path: str, *, params: Mapping[str, str] | None = None) -> JSON:
        """Ask something; raises VendorError: NotFound for what Google does not know."""
        return self._sent(api, "GET", path, changes=False, params=params)

    def inquire(self, api: Api, path: str, body: JSON) -> JSON:
        """Ask something that is asked by POST and changes nothing; raises VendorError."""
        return self._sent(api, "POST", path, changes=False, json=body)

    def order(self, api: Api, path: str, body: JSON | None = None, *, params: Mapping[str, str] | None = None) -> JSON:
        """Have something changed and return the answer, {} for an empty one; raises VendorError, never repeats."""
        return self._sent(api, "POST", path, changes=True, params=params, **({} if body is None else {"json": body}))

    def remove(self, api: Api, path: str, *, params: Mapping[str, str]) -> None:
        """Have something removed; raises VendorError, never repeats."""
        self._sent(api, "DELETE", path, changes=True, params=params)

    def subscriptions(self, customer_id: str, **more: str) -> Iterator[JSON]:
        """Yield all subscriptions of a customer, page by page; raises VendorError."""
        asked: dict[str, str] = {"customerId": customer_id, "maxResults": str(PAGE), **more}
        while True:
            page = self.ask(Api.RESELLER, "/subscriptions", params=asked)
            yield from page.get("subscriptions") or ()
            if not page.get("nextPageToken"):
                return
            asked["pageToken"] = str(page["nextPageToken"])

    def _sent(self, api: Api, method: str, path: str, *, changes: bool, **options: Any) -> JSON:
        server, below = SERVERS[api]
        base = self.connection.setting(api.value, server).rstrip("/")
        url = f"{base}{below}{path}"
        response = self._exchanged(method, url, changes=changes, **options)
        if response.status_code == UNAUTHORIZED and told(response) is not None:
            # Google's own word that it did not look at the request: the token was taken back. Once, with a new one.
            self._token = ""
            response = self._exchanged(method, url, changes=changes, **options)
        host = urlsplit(base).netloc
        if not 200 <= response.status_code < 300:
            raise error_of(response, host, sought=path)
        return _read(response, host, changes=changes)

    def _exchanged(self, method: str, url: str, *, changes: bool, **options: Any) -> Response:
        self._token = self._token or signed_in(self.connection)
        headers = {"Authorization": f"Bearer {self._token}", "Accept": "application/json"}
        return self.http.exchange(method, url, changes=changes, own=is_googles, headers=headers, **options)


def part(text: str) -> str:
    """Return an id or an address as a part of a path."""
    return quote(text, safe="@")


def _read(response: Response, server: str, *, changes: bool) -> JSON:
    """Return the object of a success. Raises LostAnswer, Transient for one that is none."""
    if not response.content:
        return {}
    answer = json_object(response)
    if answer is not None:
        return answer
    if changes:
        raise LostAnswer(UNREADABLE, code="unreadable", answered=True)
    raise Transient(NOT_READABLE, code="unreadable", server=server)
