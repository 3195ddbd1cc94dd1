"""The client of AV-Desk's Web API 4.1: every call is a GET, errors come with HTTP 200, ids are chosen by us."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

from django.utils.translation import gettext_noop
from requests import Response

from vendors.base import Connection
from vendors.drweb.replies import Reply, UnreadableReply, number
from vendors.errors import Misconfigured, NotAnswering, NotYet, Rejected
from vendors.http import BUSY, TOO_MANY_REQUESTS

WRONG_LOGIN = gettext_noop(
    "%(server)s does not accept the administrator's login and password, or that administrator lacks rights. "
    "Correct them in the connection."
)
NO_API = gettext_noop(
    "There is no AV-Desk Web API at %(server)s (%(status)s). Write the server's address with its port, "
    "as https://server:9081."
)
NOT_READABLE = gettext_noop("The answer of %(server)s cannot be read. It will be asked again.")
REFUSED = gettext_noop("AV-Desk refused: %(reason)s")
BUSY_NOW = gettext_noop("%(server)s is busy with this object. It will be tried again by itself.")
PER_PAGE = 100

Values = Mapping[str, str | Sequence[str]]


class AvDesk:
    """The Web API over one connection."""

    def __init__(self, connection: Connection) -> None:
        self.http = connection.http
        self.base = connection.setting("base_url").rstrip("/")
        self.server = urlsplit(self.base).netloc
        self.parent_group = connection.setting("parent_group")
        self.login = connection.setting("login")
        self.password = connection.secrets.read().get("password", "")

    def read(self, script: str, **parameters: str | Sequence[str]) -> Reply:
        """Ask something that changes nothing; raises Rejected for a refusal, Transient for what cannot be read."""
        response = self._exchanged(script, parameters, changes=False)
        with unreadable(self):
            reply = Reply(response.content)
        return self._accepted(reply)

    def send(self, script: str, **parameters: str | Sequence[str]) -> Reply:
        """Change something; raises Rejected, and UnreadableReply, which leaves open whether it was done."""
        return self._accepted(Reply(self._exchanged(script, parameters, changes=True).content))

    def pages(self, script: str, **parameters: str) -> Iterator[Element]:
        """Yield the stations of a list, page by page; raises Transient where it cannot be read."""
        page, last = 1, 1
        while page <= last:
            reply = self.read(script, **parameters, page=str(page), per_page=str(PER_PAGE))
            yield from reply.all("stations/station")
            with unreadable(self):
                last = number(reply.one("pages").get("total", ""), "pages")
            page += 1

    def _exchanged(self, script: str, parameters: Values, *, changes: bool) -> Response:
        # Names are written with hyphens; AV-Desk reads - and _ alike in names of scripts only.
        pairs: dict[str, Any] = {name.replace("_", "-"): value for name, value in parameters.items()}
        response = self.http.exchange(
            "GET",
            f"{self.base}/api/{script}.ds",
            changes=changes,
            own=_is_own,
            params=pairs,
            auth=(self.login.encode(), self.password.encode()),
        )
        status = response.status_code
        if status == 401:
            raise Misconfigured(WRONG_LOGIN, code="wrong_login", server=self.server)
        if status in BUSY:
            refusal = Rejected(REFUSED, code=str(status), reason=str(status))
            raise NotYet(BUSY_NOW, code=str(status), refusal=refusal, server=self.server)
        if status != 200:
            raise NotAnswering(NO_API, code=str(status), server=self.server, status=status)
        return response

    def _accepted(self, reply: Reply) -> Reply:
        if reply.refused:
            code, reason = reply.error
            raise Rejected(REFUSED, code=code, reason=reason)
        return reply


@contextmanager
def unreadable(desk: AvDesk) -> Iterator[None]:
    """Take a reply to a question that holds not what it must for no answer: it is asked again."""
    try:
        yield
    except UnreadableReply as fault:
        raise NotAnswering(NOT_READABLE, code="unreadable", server=desk.server) from fault


def _is_own(response: Response) -> bool:
    """Return whether a 4xx says that nothing was done: a question for the password, somebody else at work, a wait.

    Refusals of the Web API itself come with 200; what else answers with 4xx stands between us and it.
    """
    if response.status_code == 401:
        return "basic" in response.headers.get("WWW-Authenticate", "").lower()
    return response.status_code in BUSY | {TOO_MANY_REQUESTS}
