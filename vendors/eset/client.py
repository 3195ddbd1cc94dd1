"""The client of EMA 2: JSON over POST, and tokens whose end nobody computes: a 401 says that one is over."""

from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext_noop
from requests import Response

from vendors.base import JSON, Connection
from vendors.errors import LostAnswer, Misconfigured, NotAnswering, NotYet, Rejected, Transient, VendorError
from vendors.eset.refusals import REFUSED, is_numbered, lowered, refusal_of, words_of
from vendors.http import BUSY, TOO_MANY_REQUESTS

LIVE = "https://mspapi.eset.com"
WRONG_LOGIN = gettext_noop(
    "%(server)s does not accept the user name and the password of the API. Correct them in the connection."
)
NOT_ESET = gettext_noop("What answers at %(server)s is not ESET's API (%(status)s). It will be asked again.")
NOT_READABLE = gettext_noop("The answer of %(server)s cannot be read. It will be asked again.")
TOKEN_REFUSED = gettext_noop("%(server)s does not take the token that it has just given. It will be tried again.")
NO_RIGHTS = gettext_noop(
    "%(server)s lets our account in, but refuses “%(call)s” with error 500: so ESET answers an account without the"
    " right to it. Give the user of the API that right in ESET MSP Administrator, or ask ESET to trust the account."
)
BUSY_NOW = gettext_noop("%(server)s is busy with this object. It will be tried again by itself.")
WHO_AM_I = "User/Current"
UNAUTHORIZED = 401
PER_PAGE = 100
# Kept among the connection's secrets: the tokens, and a mark of whose they are.
ACCESS, REFRESH, WHOSE = "access_token", "refresh_token", "tokens_of"


class Ema:
    """The API over one connection. Members of replies are read in lower case."""

    def __init__(self, connection: Connection) -> None:
        self.connection, self.http = connection, connection.http
        self.base = connection.setting("base_url", LIVE).rstrip("/").removesuffix("/api")
        self.server = urlsplit(self.base).netloc
        self._token = ""

    def who_am_i(self) -> JSON:
        """Return the account that we sign in with, and its company."""
        return self._object(self._answered(WHO_AM_I, None, changes=False))

    def ask(self, call: str, **body: Any) -> JSON:
        """Ask something that changes nothing; raises Rejected for a refusal, Transient for what cannot be read."""
        return self._object(self._answered(call, body, changes=False))

    def send(self, call: str, **body: Any) -> Any:
        """Change something, and return what is answered, {} for nothing. Raises Rejected, LostAnswer.

        Raises ValueError for an answer that cannot be read, which leaves open whether it was done.
        """
        response = self._answered(call, body, changes=True)
        return lowered(response.json()) if response.content.strip() else {}

    def pages(self, call: str, member: str, **body: Any) -> Iterator[JSON]:
        """Yield the objects of a list, page by page."""
        skip = 0
        while True:
            rows = self.ask(call, **body, skip=skip, take=PER_PAGE).get(member)
            if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
                raise self.unreadable()
            yield from rows
            if len(rows) < PER_PAGE:
                return
            skip += PER_PAGE

    def unreadable(self) -> NotAnswering:
        """Return the trouble of an answer that holds not what it must: it is asked again."""
        return NotAnswering(NOT_READABLE, code="unreadable", server=self.server)

    # -- the calls

    def _answered(self, call: str, body: Mapping[str, Any] | None, *, changes: bool) -> Response:
        response = self._with_rights(call, body, changes=changes)
        status = response.status_code
        if status == 200:
            return response
        if status in BUSY:
            refusal = Rejected(REFUSED, code=str(status), reason=str(status))
            raise NotYet(BUSY_NOW, code=str(status), refusal=refusal, server=self.server)
        words = words_of(response)
        if words is None:
            raise NotAnswering(NOT_ESET, code=str(status), server=self.server, status=status)
        sought = "/".join((call, *(value for value in (body or {}).values() if isinstance(value, str))))
        raise refusal_of(words, status=status, server=self.server, sought=sought)

    def _with_rights(self, call: str, body: Mapping[str, Any] | None, *, changes: bool) -> Response:
        """Send a call; a 500 in ESET's own words, while it tells us who we are, says that we lack the right to it."""
        try:
            return self._signed_in(call, body, changes=changes)
        except (Transient, LostAnswer) as trouble:
            if call == WHO_AM_I or trouble.code != "500" or not is_numbered(trouble.response) or not self._knows_us():
                raise
            raise Misconfigured(NO_RIGHTS, code="no_rights", server=self.server, call=call) from trouble

    def _knows_us(self) -> bool:
        try:
            self.who_am_i()
        except VendorError:
            return False
        return True

    def _signed_in(self, call: str, body: Mapping[str, Any] | None, *, changes: bool) -> Response:
        """Send a call with a token; one that is over is renewed and the call, which was not carried out, repeated."""
        for _turn in range(2):
            token = self._token or self._kept().get(ACCESS) or self.sign_in()
            response = self.http.exchange(
                "GET" if body is None else "POST",
                f"{self.base}/api/{call}",
                changes=changes,
                own=_is_own,
                headers={"Authorization": f"Bearer {token}"},
                **({} if body is None else {"json": dict(body)}),
            )
            if response.status_code != UNAUTHORIZED:
                return response
            self._renew(token)
        raise Transient(TOKEN_REFUSED, code="token_refused", server=self.server)

    # -- the tokens

    def sign_in(self) -> str:
        """Begin a session with user name and password, and return its access token; raises Misconfigured."""
        response = self._about_tokens("Token/Get", **self._login())
        status = response.status_code
        if status == UNAUTHORIZED or (status in (400, 403) and words_of(response) is not None):
            raise Misconfigured(WRONG_LOGIN, code="wrong_login", server=self.server)
        if status != 200:
            raise NotAnswering(NOT_ESET, code=str(status), server=self.server, status=status)
        return self._keep(response)

    def _renew(self, used: str) -> None:
        """Have another token than the one that was used: another worker's, a renewed one, or one of a new session."""
        kept = self._kept()
        if kept.get(ACCESS) not in (None, used):
            self._token = kept[ACCESS]
            return
        if kept.get(REFRESH):
            response = self._about_tokens("Token/Renew", refreshToken=kept[REFRESH])
            if response.status_code == 200:
                self._keep(response)
                return
        self.sign_in()

    def _kept(self) -> Mapping[str, str]:
        """Return the tokens that are kept, unless they are of another account than the connection has by now."""
        secrets = self.connection.secrets.read()
        return secrets if secrets.get(WHOSE) == self._whose() else {}

    def _login(self) -> dict[str, str]:
        password = self.connection.secrets.read().get("password", "")
        return {"username": self.connection.setting("username"), "password": password}

    def _whose(self) -> str:
        return sha256("\n".join((self.base, *self._login().values())).encode()).hexdigest()

    def _about_tokens(self, call: str, **body: str) -> Response:
        return self.http.exchange("POST", f"{self.base}/api/{call}", changes=False, json=body)

    def _keep(self, response: Response) -> str:
        """Keep a pair of tokens; nobody says for how long they live."""
        told = self._object(response)
        pair = {ACCESS: told.get("accesstoken"), REFRESH: told.get("refreshtoken")}
        if not all(isinstance(token, str) and token for token in pair.values()):
            raise self.unreadable()
        kept = {ACCESS: str(pair[ACCESS]), REFRESH: str(pair[REFRESH]), WHOSE: self._whose()}
        self.connection.secrets.renew(kept, issued_at=self.connection.now, expires_on=None)
        self._token = kept[ACCESS]
        return self._token

    def _object(self, response: Response) -> JSON:
        try:
            told = lowered(response.json())
        except (ValueError, RecursionError) as fault:
            raise self.unreadable() from fault
        if not isinstance(told, dict):
            raise self.unreadable()
        return told


def _is_own(response: Response) -> bool:
    """Return whether a 4xx says that nothing was done: a token that is over, somebody at work, ESET's own words."""
    return response.status_code in BUSY | {UNAUTHORIZED, TOO_MANY_REQUESTS} or words_of(response) is not None
