"""A small WSGI foundation for the pretend vendors: requests, answers, a router and a threaded HTTP server."""

import json
import re
import socket
import ssl
import sys
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from typing import Any
from urllib.parse import parse_qs, unquote

Environ = dict[str, Any]
WSGIApp = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

UTF8_BOM = b"\xef\xbb\xbf"
# How long a caller may take to show who it is.
HANDSHAKE_SECONDS = 10.0


class ConnectionDroppedError(ConnectionResetError):
    """Raised by an app that wants its client to lose the connection without an answer."""


class BadJsonError(ValueError):
    """The body is not the JSON document that was expected."""


@dataclass
class Request:
    """One request as an app sees it; header and query names are lower case, because vendors read them in any case."""

    method: str
    path: str
    query_string: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    mounted_at: str = ""
    fault: Any = None
    caller: dict[str, Any] = field(default_factory=dict)
    # The certificate (DER) that the caller has shown over TLS; None over plain HTTP, where nobody shows one.
    certificate: bytes | None = None

    @classmethod
    def from_environ(cls, environ: Environ) -> "Request":
        """Return the request that a WSGI environment describes, its body read to the end."""
        length = int(environ.get("CONTENT_LENGTH") or 0)
        query_string = environ.get("QUERY_STRING", "")
        headers = {name[5:].replace("_", "-").lower(): value for name, value in environ.items() if name[:5] == "HTTP_"}
        for name in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            if environ.get(name):
                headers[name.replace("_", "-").lower()] = environ[name]
        return cls(
            method=environ["REQUEST_METHOD"],
            path=environ.get("PATH_INFO", "").encode("latin-1").decode("utf-8", "replace") or "/",
            query_string=query_string,
            query={name.lower(): values[-1] for name, values in parse_qs(query_string, keep_blank_values=True).items()},
            headers=headers,
            body=environ["wsgi.input"].read(length) if length else b"",
            mounted_at=environ.get("SCRIPT_NAME", ""),
            certificate=environ.get("CLIENT_CERTIFICATE"),
        )

    def json(self) -> Any:
        """Return the decoded JSON body, None for an empty one; raise BadJsonError for anything else."""
        if not self.body:
            return None
        try:
            return json.loads(self.body.decode("utf-8-sig"))
        except (UnicodeDecodeError, json.JSONDecodeError) as error:
            raise BadJsonError(str(error)) from error

    def form(self) -> dict[str, str]:
        """Return the fields of a form-urlencoded body, the last value of each."""
        fields = parse_qs(self.body.decode("utf-8", "replace"), keep_blank_values=True)
        return {name: values[-1] for name, values in fields.items()}


@dataclass
class Response:
    """One answer: a status, headers in order, a body."""

    status: int
    body: bytes = b""
    headers: list[tuple[str, str]] = field(default_factory=list)

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        headers = [*self.headers, ("Content-Length", str(len(self.body)))]
        start_response(f"{self.status} {_reason(self.status)}", headers)
        return [b"" if environ["REQUEST_METHOD"] == "HEAD" else self.body]


@dataclass
class Stream:
    """An answer whose body comes in parts as it is sent, however long it is."""

    status: int
    parts: Iterable[bytes]
    headers: list[tuple[str, str]] = field(default_factory=list)

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        start_response(f"{self.status} {_reason(self.status)}", self.headers)
        return iter(()) if environ["REQUEST_METHOD"] == "HEAD" else self.parts


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


def json_answer(status: int, value: Any, *, bom: bool = False, content_type: str = "application/json") -> Response:
    """Return `value` as a compact JSON answer, with a byte order mark in front where the vendor sends one."""
    body = json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
    return Response(status, (UTF8_BOM if bom else b"") + body, [("Content-Type", f"{content_type}; charset=utf-8")])


def html_answer(status: int, page: str) -> Response:
    """Return an HTML page that no browser keeps."""
    headers = [("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "no-store")]
    return Response(status, page.encode(), headers)


class Router:
    """Finds the handler of a method and a path; `{name}` stands for one segment, literals match in any case."""

    def __init__(self, routes: Iterable[tuple[str, str, Callable[..., Any]]]) -> None:
        self._routes: dict[tuple[str, int], list[tuple[re.Pattern[str], Callable[..., Any]]]] = {}
        for method, template, handler in routes:
            pattern = re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(template)) + "/?", re.IGNORECASE)
            self._routes.setdefault((method, template.count("/")), []).append((pattern, handler))

    def find(self, method: str, path: str) -> tuple[Callable[..., Any], dict[str, str]] | None:
        """Return the handler and the path's values, or None where nothing is served there."""
        for pattern, handler in self._routes.get((method, path.rstrip("/").count("/")), ()):
            match = pattern.fullmatch(path)
            if match:
                return handler, match.groupdict()
        return None


def mount(apps: Mapping[str, WSGIApp]) -> WSGIApp:
    """Return one app that serves each of `apps` below its path prefix, and a health check at /health."""

    def mounted(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        for prefix, app in apps.items():
            if path == prefix or path.startswith(f"{prefix}/"):
                inner = {**environ, "SCRIPT_NAME": environ.get("SCRIPT_NAME", "") + prefix}
                inner["PATH_INFO"] = path[len(prefix) :]
                return app(inner, start_response)
        if path == "/health":
            return json_answer(200, {"status": "ok", "vendors": sorted(apps)})(environ, start_response)
        return json_answer(404, {"error": "nothing is served here", "vendors": sorted(apps)})(environ, start_response)

    return mounted


class _Handler(BaseHTTPRequestHandler):
    """Speaks HTTP/1.1 with kept-alive connections for one WSGI app."""

    protocol_version = "HTTP/1.1"
    server_version = "Sandbox"
    sys_version = ""
    disable_nagle_algorithm = True
    wbufsize = -1
    server: "_Server"

    def _answer(self) -> None:
        started: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], _exc_info: Any = None) -> None:
            started.extend([status, headers])

        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            parts = self.server.app(self._environ(body), start_response)
            if not any(name.lower() == "content-length" for name, _ in started[1]):
                self._stream(started, parts)
                return
            payload = b"".join(parts)
        except ConnectionDroppedError:
            self.close_connection = True
            return
        except Exception:  # noqa: BLE001 (a bug of the sandbox is shown to its developer and answered like any crash)
            traceback.print_exc(file=sys.stderr)
            started, payload = ["500 Internal Server Error", [("Content-Length", "0")]], b""
        code, _, reason = started[0].partition(" ")
        self.send_response(int(code), reason)
        for name, value in started[1]:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(payload)
        self.wfile.flush()

    def _stream(self, started: list[Any], parts: Iterable[bytes]) -> None:
        """Send a body of unknown length in chunks; one that breaks off is not ended, so that its reader notices."""
        code, _, reason = started[0].partition(" ")
        self.send_response(int(code), reason)
        for name, value in [*started[1], ("Transfer-Encoding", "chunked")]:
            self.send_header(name, value)
        self.end_headers()
        for part in parts:
            if part:
                self.wfile.write(b"%X\r\n%b\r\n" % (len(part), part))
        self.wfile.write(b"0\r\n\r\n")
        self.wfile.flush()

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _answer  # noqa: N815 (names of the base)

    def _environ(self, body: bytes) -> Environ:
        path, _, query = self.path.partition("?")
        environ: Environ = {
            "REQUEST_METHOD": self.command,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote(path, "latin-1"),
            "QUERY_STRING": query,
            "SERVER_NAME": self.server.server_address[0],
            "SERVER_PORT": str(self.server.server_address[1]),
            "SERVER_PROTOCOL": self.request_version,
            "wsgi.input": BytesIO(body),
            "wsgi.url_scheme": "http" if self.server.tls is None else "https",
            "wsgi.errors": sys.stderr,
            "CONTENT_LENGTH": str(len(body)),
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
        }
        if isinstance(self.connection, ssl.SSLSocket):
            environ["CLIENT_CERTIFICATE"] = self.connection.getpeercert(binary_form=True) or b""
        for name, value in self.headers.items():
            environ.setdefault("HTTP_" + name.upper().replace("-", "_"), value)
        return environ

    def log_message(self, format: str, *args: Any) -> None:
        """Keep quiet: what was asked is read from the control endpoint."""


class _Server(ThreadingHTTPServer):
    """A threaded server that closes kept-alive connections when it stops, so that a stopped vendor is really gone."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], app: WSGIApp, tls: ssl.SSLContext | None = None) -> None:
        self.app = app
        self.tls = tls
        self._open: set[socket.socket] = set()
        self._guard = threading.Lock()
        super().__init__(address, _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._guard:
            self._open.add(request)
        super().process_request(request, client_address)

    def finish_request(self, request: Any, client_address: Any) -> None:
        if self.tls is None:
            super().finish_request(request, client_address)
            return
        secured = self._secured(self.tls, request)
        with self._guard:
            self._open.add(secured)
        try:
            super().finish_request(secured, client_address)
        finally:
            with self._guard:
                self._open.discard(secured)
            secured.close()

    def _secured(self, tls: ssl.SSLContext, request: socket.socket) -> ssl.SSLSocket:
        """Return the connection over TLS; a caller who is turned away gets to read why."""
        request.settimeout(HANDSHAKE_SECONDS)
        line = request.dup()
        try:
            secured = tls.wrap_socket(request, server_side=True)
        except ssl.SSLError:
            # Hear the caller out: what is closed with something unread takes the alert back.
            with suppress(OSError):
                line.shutdown(socket.SHUT_WR)
                while line.recv(4096):
                    pass
            raise
        finally:
            line.close()
        secured.settimeout(None)
        return secured

    def shutdown_request(self, request: Any) -> None:
        with self._guard:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)

    def server_close(self) -> None:
        super().server_close()
        with self._guard:
            still_open = list(self._open)
        for connection in still_open:
            with suppress(OSError):  # its client was faster
                # socket's own: that of TLS would first take the object that another thread reads from
                socket.socket.shutdown(connection, socket.SHUT_RDWR)


@dataclass
class Running:
    """A server at work: where it is, and how to stop it."""

    base_url: str
    server: _Server

    def stop(self) -> None:
        """Stop answering and close every connection."""
        self.server.shutdown()
        self.server.server_close()


def start(app: WSGIApp, *, host: str = "127.0.0.1", port: int = 0, tls: ssl.SSLContext | None = None) -> Running:
    """Serve `app` from a thread of its own and return where; port 0 takes any free one, `tls` makes it https."""
    server = _Server((host, port), app, tls)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    scheme = "http" if tls is None else "https"
    return Running(base_url=f"{scheme}://{host}:{server.server_address[1]}", server=server)


@contextmanager
def serve(
    app: WSGIApp, *, host: str = "127.0.0.1", port: int = 0, tls: ssl.SSLContext | None = None
) -> Iterator[Running]:
    """Serve `app` for the length of a with block; `base_url` of what it gives says where."""
    running = start(app, host=host, port=port, tls=tls)
    try:
        yield running
    finally:
        running.stop()
