"""The one session: what is repeated, what is lost, what is waited for, what is written down."""

import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
import requests

from sandbox.wsgi import ConnectionDroppedError, Environ, Request, Response, Running, json_answer, start
from tests.vendors.memory import MemoryJournal, stopped_soon
from vendors import http
from vendors.errors import LostAnswer, Transient
from vendors.http import VendorSession, retry_after


class Server:
    """Answers as its script says, the last line for ever; counts."""

    def __init__(self) -> None:
        self.script: list[Response | None] = [json_answer(200, {"password": "canary"})]
        self.requests: list[Request] = []

    def __call__(self, environ: Environ, start_response: object) -> object:
        self.requests.append(Request.from_environ(environ))
        answer = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        if answer is None:
            raise ConnectionDroppedError
        return answer(environ, start_response)


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def running(server: Server) -> Iterator[Running]:
    running = start(server)
    yield running
    stopped_soon(running)


@pytest.fixture
def session() -> VendorSession:
    return VendorSession(MemoryJournal(), pause=0)


OK = json_answer(200, {})


def test_read_is_repeated_after_a_server_error_and_a_lost_connection(
    server: Server, running: Running, session: VendorSession
) -> None:
    server.script = [json_answer(503, {}), None, OK]
    assert session.exchange("GET", running.base_url, changes=False).status_code == 200
    assert len(server.requests) == 3


def test_read_that_fails_three_times_is_trouble_that_passes(
    server: Server, running: Running, session: VendorSession
) -> None:
    server.script = [json_answer(500, {})]
    with pytest.raises(Transient) as trouble:
        session.exchange("GET", running.base_url, changes=False)
    host = running.base_url.removeprefix("http://")
    assert str(trouble.value) == f"{host} reports an error of its own (500). It will be tried again by itself."
    assert len(server.requests) == 3


def test_between_two_reads_it_pauses_longer_each_time(
    server: Server, running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "PAUSE", 0.02)
    server.script = [json_answer(500, {})]
    began = time.monotonic()
    with pytest.raises(Transient):
        VendorSession(MemoryJournal()).exchange("GET", running.base_url, changes=False)
    assert time.monotonic() - began >= 0.02 + 0.06


@pytest.mark.parametrize(("answer", "answered"), [(None, False), (json_answer(500, {}), True)])
def test_change_without_an_answer_that_says_something_is_lost_and_not_repeated(
    server: Server, running: Running, session: VendorSession, answer: Response | None, answered: bool
) -> None:
    server.script = [answer]
    with pytest.raises(LostAnswer) as trouble:
        session.exchange("POST", running.base_url, changes=True)
    assert trouble.value.answered is answered
    assert len(server.requests) == 1


@pytest.mark.parametrize(("changes", "kind"), [(True, LostAnswer), (False, Transient)])
def test_trouble_that_an_answer_brought_has_it_with_it(
    server: Server, running: Running, session: VendorSession, changes: bool, kind: type[Transient | LostAnswer]
) -> None:
    """Some vendors say in a 500 what is wrong."""
    server.script = [json_answer(500, {"code": 1})]
    with pytest.raises(kind) as trouble:
        session.exchange("GET", running.base_url, changes=changes)
    assert trouble.value.response.json() == {"code": 1}
    server.script = [None]
    with pytest.raises(kind) as silent:
        session.exchange("GET", running.base_url, changes=changes)
    assert silent.value.response is None


def test_change_that_never_left_is_trouble_that_passes(session: VendorSession) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(Transient) as trouble:
        session.exchange("POST", f"http://127.0.0.1:{port}/", changes=True)
    assert trouble.value.code == "unreachable"
    assert session.sent.changes == 0


@pytest.mark.parametrize("changes", [True, False])
def test_throttling_is_not_repeated_but_waited_for(
    server: Server, running: Running, session: VendorSession, changes: bool
) -> None:
    answer = json_answer(429, {"statusCode": 429, "message": "Rate limit is exceeded."})
    answer.headers.append(("Retry-After", "57"))
    server.script = [answer]
    with pytest.raises(Transient) as trouble:
        session.exchange("GET", running.base_url, changes=changes)
    assert trouble.value.retry_after == 57
    assert len(server.requests) == 1


REFUSALS = [400, 401, 402, 403, 404, 405, 409, 410, 412, 413, 415, 422, 423, 425, 451]


@pytest.mark.parametrize("status", [200, 201, 202, 204, 302, *REFUSALS])
def test_every_other_answer_to_a_read_is_returned_as_it_is(
    server: Server, running: Running, session: VendorSession, status: int
) -> None:
    server.script = [Response(status, headers=[("Location", "/elsewhere")])]
    assert session.exchange("GET", running.base_url, changes=False).status_code == status
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [200, 201, 202, 204, *REFUSALS])
def test_success_and_a_refusal_of_the_vendors_own_are_returned_to_a_change(
    server: Server, running: Running, session: VendorSession, status: int
) -> None:
    server.script = [json_answer(status, {"error": "no"})]
    assert session.exchange("POST", running.base_url, changes=True).status_code == status
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [301, 302, 307, 408, 429, 499, *REFUSALS])
@pytest.mark.parametrize("body", [b"", b"<html>blocked</html>", b"[]", b'{"error": ', b"\xff"])
def test_change_that_something_else_answers_is_lost(
    server: Server, running: Running, session: VendorSession, status: int, body: bytes
) -> None:
    server.script = [Response(status, body, headers=[("Location", "/elsewhere"), ("Retry-After", "7")])]
    with pytest.raises(LostAnswer) as trouble:
        session.exchange("POST", running.base_url, changes=True)
    assert (trouble.value.answered, trouble.value.code) == (True, str(status))
    assert len(server.requests) == 1


def test_timeout_is_no_refusal_whoever_tells_it(server: Server, running: Running, session: VendorSession) -> None:
    server.script = [json_answer(408, {"error": "too slow"})]
    with pytest.raises(LostAnswer):
        session.exchange("POST", running.base_url, changes=True)


def test_what_a_refusal_of_the_vendors_own_looks_like_is_the_plugins_word(
    server: Server, running: Running, session: VendorSession
) -> None:
    def own(response: requests.Response) -> bool:
        return response.text.startswith("<OPS_envelope>")

    server.script = [Response(403, b"<OPS_envelope>no</OPS_envelope>"), json_answer(403, {"error": "no"})]
    assert session.exchange("POST", running.base_url, changes=True, own=own).status_code == 403
    with pytest.raises(LostAnswer):
        session.exchange("POST", running.base_url, changes=True, own=own)


def test_session_keeps_count_of_what_left_and_of_looks_at_what_was_accepted(
    server: Server, running: Running, session: VendorSession
) -> None:
    server.script = [OK]
    session.exchange("GET", running.base_url, changes=False)
    assert (session.sent.changes, session.sent.looked_on) == (0, False)
    session.exchange("POST", running.base_url, changes=True)
    assert (session.sent.changes, session.sent.looked_on) == (1, False)
    session.exchange("GET", running.base_url, changes=False)
    assert session.sent.looked_on is True


def test_read_that_takes_too_long_is_given_up(server: Server, running: Running, session: VendorSession) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        with pytest.raises(requests.ReadTimeout):
            session.request("GET", address, timeout=0.05)
    assert [exchange.error for exchange in session.journal.exchanges] == ["ReadTimeout"]


def test_every_exchange_is_written_down_without_its_secrets(running: Running, session: VendorSession) -> None:
    session.hide(["canary-by-value"])
    session.exchange(
        "POST",
        f"{running.base_url}/token?code=canary",
        changes=True,
        headers={"Authorization": "Bearer canary", "MS-RequestId": "7"},
        data={"client_secret": "canary", "text": "canary-by-value"},
    )
    (exchange,) = session.journal.exchanges
    assert (exchange.method, exchange.status, exchange.request_id) == ("POST", 200, "7")
    assert exchange.url == f"{running.base_url}/token?code=***"
    assert exchange.request_body == "client_secret=***&text=***"
    assert exchange.response_body == '{"password":"***"}'
    assert "canary" not in repr(exchange)


@pytest.mark.parametrize(
    ("wanted", "seconds"),
    [
        ("57", 57.0),
        (format_datetime(datetime(2019, 1, 1, 0, 15, tzinfo=UTC), usegmt=True), 900.0),
        (format_datetime(datetime(2018, 12, 31, tzinfo=UTC), usegmt=True), 1.0),
        ("Tue, 01 Jan 2019 00:15:00 -0000", 900.0),
        ("Tue, 01 Jan 2019 00:15:00", 900.0),
        ("Tue, 01 Jan 2019 03:15:00 +0300", 900.0),
        ("Wed, 01 Jan 2020 00:00:00 GMT", 3600.0),
        ("Fri, 31 Dec 9999 23:59:59 -2359", None),
        ("Tue, 01 Jan 2019 00:15:00 +99999999999999", None),
        ("Tue, 99 Jan 2019 00:15:00 GMT", None),
        ("Tue, 01 Jan 99999 00:15:00 GMT", None),
        ("20190101001500", 3600.0),
        ("99999999999999", 3600.0),
        ("0", 1.0),
        ("0.5", 1.0),
        ("57.5", 57.5),
        ("-5", None),
        ("NaN", None),
        ("inf", None),
        ("1e9", None),
        ("9" * 400, None),
        ("²", None),
        ("٣", None),
        ("57, 57", None),
        ("soon", None),
        ("", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_as_a_date(wanted: str, seconds: float | None) -> None:
    response = requests.Response()
    now = datetime(2019, 1, 1, tzinfo=UTC) + timedelta()
    response.headers.update({"Retry-After": wanted, "Date": format_datetime(now, usegmt=True)})
    assert retry_after(response) == seconds


@pytest.mark.parametrize("date", ["", "yesterday", "Tue, 01 Jan 99999 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 -2359"])
def test_date_to_wait_for_says_nothing_beside_a_broken_date_of_the_server(date: str) -> None:
    response = requests.Response()
    response.headers.update({"Retry-After": "Tue, 01 Jan 2019 00:15:00 GMT", "Date": date})
    assert retry_after(response) is None


@pytest.mark.parametrize("location", ["http://", "http://[::1/x", "https://exa mple:99999/", "mailto:a@b", ""])
def test_redirect_to_no_address_is_a_lost_answer_and_nothing_is_followed(
    location: str, server: Server, running: Running, session: VendorSession
) -> None:
    """`requests` prepares the next request though none is followed: a ValueError for the address in brackets."""
    server.script = [Response(302, b"", [("Location", location)])]
    with pytest.raises(LostAnswer):
        session.exchange("POST", running.base_url, changes=True)
    assert session.exchange("GET", running.base_url, changes=False).status_code == 302
    assert len(server.requests) == 2


def test_answer_nested_deeper_than_anybody_reads_is_journalled(
    server: Server, running: Running, session: VendorSession
) -> None:
    """The journal broke on it, after the call was carried out."""
    server.script = [Response(200, b"[" * 50_000 + b"]" * 50_000)]
    assert session.exchange("POST", running.base_url, changes=True).status_code == 200
    assert session.journal.exchanges[0].status == 200
