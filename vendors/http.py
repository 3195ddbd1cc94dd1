"""The one HTTP session to vendors: timeouts, retries of reads, a masked journal, trouble as VendorError."""

import json
import re
import ssl
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, BinaryIO, Protocol
from urllib.parse import urlsplit

import requests
from django.utils.translation import gettext_noop
from urllib3.exceptions import HTTPError, MaxRetryError, NewConnectionError

from vendors import budget
from vendors.base import JSON, Sent
from vendors.certificates import refused_certificate
from vendors.errors import LostAnswer, Misconfigured, Transient, VendorError, bounded_wait
from vendors.masking import Masking

CONNECT_TIMEOUT = 10.0
READ_TIMEOUT = 100.0
READ_ATTEMPTS = 3
# How many seconds pass before a read is sent for the second time; before the third, thrice as many.
PAUSE = 0.5
# So many bytes of a download are in memory at once.
PART = 65_536
OK, CLIENT_ERROR, SERVER_ERROR = 200, 400, 500
REQUEST_TIMEOUT, TOO_MANY_REQUESTS = 408, 429
# Somebody else is at work on the object, or it is locked, or the request came too early: passes if it passes at all.
BUSY = frozenset({409, 423, 425})
# What a throttled call waits, in seconds, where the vendor names no time that makes sense.
USUAL_WAIT = 60.0
SECONDS = re.compile(r"[0-9]{1,20}(\.[0-9]{1,20})?")

UNREACHABLE = gettext_noop("%(server)s cannot be reached. It will be tried again; check the address and the network.")
THROTTLED = gettext_noop("%(server)s asks to wait %(seconds)s seconds. It will be tried again by itself.")
SERVER_TROUBLE = gettext_noop("%(server)s reports an error of its own (%(status)s). It will be tried again by itself.")
NOT_LET_IN = gettext_noop("%(server)s does not accept our certificate. Upload one that it knows, in the connection.")
TOO_LONG = gettext_noop("%(server)s sends more than %(most)s bytes. Nothing of it was taken; it will be tried again.")
NO_ANSWER = gettext_noop("%(server)s did not answer in full. Whether the request was carried out will be looked up.")


@dataclass(frozen=True)
class Exchange:
    """One request and what came of it, secrets already masked."""

    method: str
    url: str
    status: int | None
    milliseconds: int
    error: str = ""
    request_id: str = ""
    request_headers: dict[str, str] = field(default_factory=dict)
    request_body: str = ""
    response_headers: dict[str, str] = field(default_factory=dict)
    response_body: str = ""


def _may_refuse(status: int) -> bool:
    """Return whether the status can be a refusal: a time-out is none, whoever tells it."""
    return CLIENT_ERROR <= status < SERVER_ERROR and status != REQUEST_TIMEOUT


def reads_as_refusal(response: requests.Response) -> bool:
    """Return whether an answer is a JSON object, as vendors' own errors are and those of gateways seldom."""
    return json_object(response) is not None


def json_object(response: requests.Response) -> JSON | None:
    """Return the JSON object that was answered, with or without a byte-order mark; None for anything else."""
    try:
        told = json.loads(response.content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) else None


class Journal(Protocol):
    """Where exchanges are written; writing may not fail because a transaction around it does."""

    def write(self, exchange: Exchange) -> None:
        """Keep the exchange."""


class VendorSession(requests.Session):
    """A requests.Session that never waits for ever, follows no redirect, and journals every exchange."""

    def __init__(
        self,
        journal: Journal,
        *,
        hide: Iterable[str] = (),
        secret_names: Iterable[str] = (),
        pause: float | None = None,
        tls: Callable[[], ssl.SSLContext] | None = None,
    ) -> None:
        super().__init__()
        self.journal = journal
        self.hidden = set(hide)
        self.masked = Masking(secret_names)
        self.pause = PAUSE if pause is None else pause
        for scheme in ("http://", "https://"):
            self.mount(scheme, budget.WatchedAdapter())
        self.sent = Sent()
        # Makes the TLS of the vendor's when it is needed: the certificate's file is a secret, which is opened then.
        self.tls = tls

    def hide(self, values: Iterable[str]) -> None:
        """Mask these values wherever they occur from now on, whatever they are called."""
        self.hidden.update(values)

    def request(self, method: str, url: str, **options: Any) -> requests.Response:  # type: ignore[override]  # narrower on purpose
        """Send a request with a timeout and without following redirects; raises what `requests` raises.

        Raises Misconfigured where our certificate for the vendor cannot be used.
        """
        self._show_certificate()
        if options.get("timeout") is None:
            options["timeout"] = _timeouts()
        options["allow_redirects"] = False
        return super().request(method, url, **options)

    def _show_certificate(self) -> None:
        if self.tls is not None:
            self.mount("https://", budget.WatchedAdapter(self.tls()))
            self.tls = None

    def resolve_redirects(self, *_given: Any, **_options: Any) -> Iterator[Any]:  # type: ignore[override]  # yields none
        """Look at no redirect: `requests` prepares the next request of one, and breaks on an address that is none."""
        yield from ()

    def send(self, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        """Send a prepared request and journal it, also when it fails."""
        began = time.monotonic()
        response, error = None, ""
        try:
            response = super().send(request, **options)
            return response
        except requests.RequestException as trouble:
            error = type(trouble).__name__
            raise
        finally:
            body = b"" if response is None or (options.get("stream") and response.ok) else response.content
            milliseconds = round((time.monotonic() - began) * 1000)
            self.journal.write(self._exchange(request, response, body, error, milliseconds))

    def exchange(
        self,
        method: str,
        url: str,
        *,
        changes: bool,
        own: Callable[[requests.Response], bool] = reads_as_refusal,
        **options: Any,
    ) -> requests.Response:
        """Send a request and return the vendor's answer to it.

        Reads are repeated READ_ATTEMPTS times on server errors and lost connections, with growing pauses; calls that
        change something never are. Of the answers to a change only 2xx and a 4xx that `own` reads as the vendor's own
        refusal say what happened: everything else (a redirect, a page of a gateway, a time-out told as 408) is a
        LostAnswer. Raises Transient when nothing can have happened.
        """
        server = urlsplit(url).netloc

        def send() -> requests.Response:
            response = self._attempt(method, url, changes=changes, **options)
            return self._judged(response, server, own if changes else None)

        return self._repeated(send, 1 if changes else READ_ATTEMPTS)

    def download(self, url: str, into: BinaryIO, *, most: int, **options: Any) -> requests.Response:
        """GET what is too large for memory: of a 200 the bytes as they come are written into a file, the only ones.

        Not decoded, and journalled without them. Repeated as a read is; what breaks off begins anew. Raises Transient,
        also for what is longer than `most` bytes.
        """
        server = urlsplit(url).netloc

        def send() -> requests.Response:
            response = self._attempt("GET", url, changes=False, stream=True, **options)
            if response.status_code == OK:
                _write(response, into, most, server)
            return self._judged(response, server, None)

        return self._repeated(send, READ_ATTEMPTS)

    def _repeated(self, send: Callable[[], requests.Response], attempts: int) -> requests.Response:
        """Return what sending came to, which is tried so often while trouble passes and the vendor names no time."""
        for attempt in range(1, attempts + 1):
            try:
                return send()
            except Transient as trouble:
                if attempt == attempts or trouble.retry_after is not None:
                    raise
            _wait(self.pause * (2**attempt - 1))
        raise AssertionError("the loop either returns or raises")

    def _attempt(self, method: str, url: str, *, changes: bool, **options: Any) -> requests.Response:
        server = urlsplit(url).netloc
        self._show_certificate()
        self.sent.leaves(changes=changes)
        try:
            response = self.request(method, url, **options)
        except requests.RequestException as trouble:
            if refused_certificate(trouble):
                if changes:
                    self.sent.never_left()
                raise Misconfigured(NOT_LET_IN, code="certificate_refused", server=server) from trouble
            if changes and not never_sent(trouble):
                raise LostAnswer(NO_ANSWER, server=server) from trouble
            if changes:
                self.sent.never_left()
            raise Transient(UNREACHABLE, code="unreachable", server=server) from trouble
        if response.status_code >= SERVER_ERROR and not changes:
            status = response.status_code
            raise _with(response, Transient(SERVER_TROUBLE, code=str(status), server=server, status=status))
        return response

    def _judged(
        self, response: requests.Response, server: str, own: Callable[[requests.Response], bool] | None
    ) -> requests.Response:
        """Return an answer that says what happened. `own` is None for a read, whose every answer does."""
        status = response.status_code
        if own is not None and 200 <= status < 300:
            self.sent.accepted = True
        elif own is not None and not (_may_refuse(status) and own(response)):
            raise _with(response, LostAnswer(NO_ANSWER, code=str(status), answered=True, server=server))
        if status == TOO_MANY_REQUESTS:
            seconds = retry_after(response) or USUAL_WAIT
            raise Transient(THROTTLED, code="throttled", retry_after=seconds, server=server, seconds=round(seconds))
        return response

    def _exchange(
        self,
        request: requests.PreparedRequest,
        response: requests.Response | None,
        body: bytes,
        error: str,
        milliseconds: int,
    ) -> Exchange:
        sent_type = request.headers.get("Content-Type") or ""
        common = {
            "method": request.method or "",
            "url": self.masked.url(request.url or "", self.hidden),
            "milliseconds": milliseconds,
            "request_id": request.headers.get("MS-RequestId", ""),
            "request_headers": self.masked.headers(request.headers, self.hidden),
            "request_body": self.masked.body(request.body, sent_type, self.hidden),  # type: ignore[arg-type]  # never a stream
        }
        if response is None:
            return Exchange(**common, status=None, error=self.masked.text(error, self.hidden))
        return Exchange(
            **common,
            status=response.status_code,
            response_headers=self.masked.headers(response.headers, self.hidden),
            response_body=self.masked.body(body, response.headers.get("Content-Type", ""), self.hidden),
        )


def _with(response: requests.Response, trouble: VendorError) -> VendorError:
    """Return trouble that an answer brought, with the answer: some vendors say in a 500 what is wrong."""
    trouble.response = response
    return trouble


def _write(response: requests.Response, into: BinaryIO, most: int, server: str) -> None:
    """Write what is answered into a file, in the place of what is there."""
    into.seek(0)
    into.truncate()
    try:
        for part in response.raw.stream(PART, decode_content=False):
            if into.tell() + len(part) > most:
                raise Transient(TOO_LONG, code="too_long", server=server, most=most)
            into.write(part)
    except HTTPError as trouble:
        raise Transient(UNREACHABLE, code="unreachable", server=server) from trouble
    finally:
        response.close()


def _timeouts() -> tuple[float, float]:
    """Return the seconds to connect and to read: what a person's budget leaves of the usual ones."""
    patience = budget.current()
    if patience is None:
        return CONNECT_TIMEOUT, READ_TIMEOUT
    if patience.left <= 0:
        raise budget.out_of_time()
    return min(CONNECT_TIMEOUT, patience.left), min(READ_TIMEOUT, patience.left)


def _wait(seconds: float) -> None:
    patience = budget.current()
    if patience is not None and patience.left <= seconds:
        raise budget.out_of_time()
    time.sleep(seconds)


def never_sent(trouble: requests.RequestException) -> bool:
    """Return whether the failure happened before the request left: nobody listened, or it could not be built."""
    if isinstance(
        trouble, requests.ConnectTimeout | requests.exceptions.InvalidURL | requests.exceptions.MissingSchema
    ):
        return True
    reason = trouble.args[0] if trouble.args else None
    return isinstance(reason, MaxRetryError) and isinstance(reason.reason, NewConnectionError)


def retry_after(response: requests.Response) -> float | None:
    """Return how many seconds a vendor asks to wait: Retry-After is seconds or a date (Partner Center uses both).

    A date is compared with the server's own Date header, so that no clock of ours is involved. The header is foreign:
    what cannot be read is None, and what can is kept within bounds (vendors/errors.py).
    """
    wanted = response.headers.get("Retry-After", "").strip()
    if SECONDS.fullmatch(wanted):
        return bounded_wait(float(wanted))
    until, at = _moment(wanted), _moment(response.headers.get("Date", ""))
    return bounded_wait((until - at).total_seconds()) if until and at else None


def _moment(header: str) -> datetime | None:
    """Return the moment that a date header names; one without a zone, or in -0000, is UTC (RFC 5322, 3.3)."""
    try:
        moment = parsedate_to_datetime(header)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (TypeError, ValueError, OverflowError, IndexError):
        return None
