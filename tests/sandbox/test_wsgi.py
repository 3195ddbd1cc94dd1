"""The foundation of the pretend vendors: router, server, requests."""

import socket
from collections.abc import Callable, Iterable
from typing import Any

import pytest
import requests

from sandbox.wsgi import ConnectionDroppedError, Request, Response, Router, json_answer, mount, serve


def echo(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer with what was asked."""
    request = Request.from_environ(environ)
    if request.path == "/drop":
        raise ConnectionDroppedError
    if request.path == "/bug":
        raise ZeroDivisionError
    told = {"method": request.method, "path": request.path, "query": request.query, "mounted": request.mounted_at}
    told["body"] = request.body.decode()
    told["headers"] = {name: value for name, value in request.headers.items() if name.startswith("x-")}
    return json_answer(200, told)(environ, start_response)


def test_serve_answers_on_a_free_port_and_is_gone_afterwards() -> None:
    session = requests.Session()
    session.trust_env = False
    with serve(echo) as running:
        answer = session.post(
            f"{running.base_url}/Ä/b?Size=2&x=%20", data=b"hello", headers={"X-Locale": "ru"}, timeout=5
        )
        assert answer.json() == {
            "method": "POST",
            "path": "/Ä/b",
            "query": {"size": "2", "x": " "},
            "mounted": "",
            "body": "hello",
            "headers": {"x-locale": "ru"},
        }
    # The session still holds its kept-alive connection: a stopped vendor must not answer on it.
    with pytest.raises(requests.ConnectionError):
        session.get(f"{running.base_url}/again", timeout=5)


def test_two_servers_run_side_by_side() -> None:
    with serve(echo) as one, serve(echo) as two:
        assert one.base_url != two.base_url
        assert [requests.get(server.base_url, timeout=5).status_code for server in (one, two)] == [200, 200]


def test_dropped_connection_gives_the_client_no_answer() -> None:
    with serve(echo) as running, pytest.raises(requests.ConnectionError):
        requests.get(f"{running.base_url}/drop", timeout=5)


def test_bug_is_answered_with_500_and_shown(capfd: pytest.CaptureFixture[str]) -> None:
    with serve(echo) as running:
        assert requests.get(f"{running.base_url}/bug", timeout=5).status_code == 500
    assert "ZeroDivisionError" in capfd.readouterr().err


def test_head_is_answered_without_a_body() -> None:
    with serve(echo) as running:
        host, port = running.base_url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=5) as raw:
            raw.sendall(b"HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            received = b""
            while part := raw.recv(4096):
                received += part
    assert received.endswith(b"\r\n\r\n")


def test_mount_serves_each_app_below_its_prefix_and_a_health_check() -> None:
    with serve(mount({"/one": echo, "/two": echo})) as running:
        answer = requests.get(f"{running.base_url}/two/deep", timeout=5).json()
        assert (answer["path"], answer["mounted"]) == ("/deep", "/two")
        assert requests.get(f"{running.base_url}/health", timeout=5).json() == {
            "status": "ok",
            "vendors": ["/one", "/two"],
        }
        assert requests.get(f"{running.base_url}/three", timeout=5).status_code == 404


def test_router_matches_literals_in_any_case_and_gives_the_values() -> None:
    def handler() -> Response:
        return Response(200)

    router = Router([("GET", "/customers/{customer}/orders", handler)])
    assert router.find("GET", "/Customers/A-1/ORDERS") == (handler, {"customer": "A-1"})
    assert router.find("GET", "/customers/A-1/orders/") == (handler, {"customer": "A-1"})
    assert router.find("POST", "/customers/A-1/orders") is None
    assert router.find("GET", "/customers/A-1/orders/2") is None
