"""A small HTTP proxy between the worker and the pretend Microsoft that kills the worker at a chosen moment."""

import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

# What concerns one connection only is not passed on.
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}
SECONDS = 30


class Moment(StrEnum):
    """When the worker dies, seen from one of its calls."""

    BEFORE = "before it reaches Microsoft"
    COMMITTED = "after Microsoft has committed, before the answer arrives"
    ANSWERED = "right after the answer"


@dataclass(frozen=True)
class Trap:
    """Kills at the `nth` call from now whose "METHOD /path" fits the pattern."""

    pattern: str
    moment: Moment
    nth: int = 1


@dataclass
class Watch:
    """The calls seen, and the traps still to be sprung, one after the other."""

    kill: Callable[[], None]
    calls: list[str] = field(default_factory=list)
    traps: list[Trap] = field(default_factory=list)
    kills: int = 0
    _matched: int = 0
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def arm(self, *traps: Trap) -> None:
        """Forget the calls seen and set traps; the second waits until the first has killed."""
        with self._guard:
            self.calls.clear()
            self.traps, self.kills, self._matched = list(traps), 0, 0

    def disarm(self) -> None:
        """Let every call through."""
        with self._guard:
            self.traps = []

    def meet(self, call: str) -> Moment | None:
        """Note a call; return the moment at which it is to kill, None for most."""
        with self._guard:
            self.calls.append(call)
            if not self.traps or not re.search(self.traps[0].pattern, call):
                return None
            self._matched += 1
            if self._matched < self.traps[0].nth:
                return None
            self._matched = 0
            return self.traps.pop(0).moment

    def spring(self) -> None:
        """Kill the worker."""
        self.kill()
        with self._guard:
            self.kills += 1


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: "Proxy"

    def _pass_on(self) -> None:
        watch = self.server.watch
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        moment = watch.meet(f"{self.command} {self.path}")
        if moment is Moment.BEFORE:
            watch.spring()
            self.close_connection = True
            return
        status, headers, answer = self._forward(body)
        if moment is Moment.COMMITTED:
            watch.spring()
            self.close_connection = True
            return
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer if self.command != "HEAD" else b"")
        self.wfile.flush()
        if moment is Moment.ANSWERED:
            watch.spring()
            self.close_connection = True

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = do_HEAD = _pass_on  # noqa: N815 - http.server's names

    def _forward(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        upstream = HTTPConnection(self.server.upstream, timeout=SECONDS)
        try:
            headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP}
            upstream.request(self.command, self.path, body=body or None, headers=headers)
            reply = upstream.getresponse()
            kept = [pair for pair in reply.getheaders() if pair[0].lower() not in {*HOP_BY_HOP, "date", "server"}]
            return reply.status, kept, reply.read()
        finally:
            upstream.close()

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


class Proxy(ThreadingHTTPServer):
    """Passes everything on to `upstream` (host:port) until one of the watch's traps is met."""

    daemon_threads = True

    def __init__(self, upstream: str, watch: Watch) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.upstream = upstream
        self.watch = watch
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def base_url(self) -> str:
        """Where the proxy listens."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, *_args: object) -> None:
        """Be content: a killed client leaves its connection behind."""

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.shutdown()
        self.server_close()
