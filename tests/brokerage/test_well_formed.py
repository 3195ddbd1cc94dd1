"""Charsets, addresses and cookies that nothing of ours sends; and the errors of Django itself, in both shapes."""

import pytest
from django.test import Client, RequestFactory

from brokerage.wsgi import application
from tests.factories import accounts as cast

pytestmark = pytest.mark.django_db
JSON_API = "application/vnd.api+json"
BOTH = ("/operator/accounts/", "/api/v3/resellers/1/charges")


@pytest.fixture
def browser() -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(cast.manager())
    return client


def shape(path: str) -> str:
    return JSON_API if path.startswith("/api/") else "text/html"


@pytest.mark.parametrize("path", BOTH)
@pytest.mark.parametrize("charset", ["utf-16", "utf-7", "x-unknown", "unicode_escape", "9" * 300])
def test_another_charset_is_refused(browser: Client, path: str, charset: str) -> None:
    """Seen before: `?q=a` in UTF-16 was another parameter; a form in it lost its token."""
    answer = browser.get(
        f"{path}?q=a",
        content_type=f"text/plain; charset={charset}",
        headers={"Content-Type": f"text/plain; charset={charset}"},
    )
    assert (answer.status_code, answer["Content-Type"].split(";")[0]) == (415, shape(path))
    posted = browser.generic("POST", path, b"a=b", f"application/x-www-form-urlencoded; charset={charset}")
    assert posted.status_code == 415


@pytest.mark.parametrize("charset", ["utf-8", '"UTF-8"', "US-ASCII", "utf8"])
def test_utf_8_is_taken_however_it_is_spelled(browser: Client, charset: str) -> None:
    answer = browser.get(BOTH[0], headers={"Content-Type": f"text/plain; charset={charset}"})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "path", ["/operator/accounts/%00/", "/api/v3/resellers/%00", "/vendors/%00/", "/%ff%fe/", "/%ed%a0%80/"]
)
def test_an_address_that_is_no_text_is_not_here(browser: Client, path: str) -> None:
    answer = browser.get(path)
    assert (answer.status_code, answer["Content-Type"].split(";")[0]) == (404, shape(path))


@pytest.mark.parametrize("name", ["sessionid", "csrftoken", "messages", "django_language", "anything"])
def test_a_cookie_with_a_nul_is_forgotten(browser: Client, name: str) -> None:
    """`"\\000"` in a quoted cookie is a NUL: a session of that name ended in an error page."""
    browser.cookies[name] = "abcdefgh\0ijkl"
    assert browser.get("/operator/").status_code in (200, 302)


@pytest.mark.parametrize("path", BOTH)
def test_a_foreign_host_is_refused_in_the_shape_of_the_address(browser: Client, path: str) -> None:
    for host in ("evil.example", "a b", "", "[::1"):
        answer = browser.get(path, headers={"Host": host})
        assert (answer.status_code, answer["Content-Type"].split(";")[0]) == (400, shape(path)), host


def test_what_is_too_large_is_said_to_be(browser: Client) -> None:
    many = browser.post("/operator/accounts/", {f"a{n}": "b" for n in range(1_001)})
    assert many.status_code == 413
    large = browser.post(
        "/operator/accounts/", "a=" + "b" * 3_000_000, content_type="application/x-www-form-urlencoded"
    )
    assert large.status_code == 413
    assert "Send less at a time" in large.content.decode()


@pytest.mark.parametrize("path", ["/api/", "/api/v2/charges", "/api/v3/nothing", "/api/v4"])
def test_no_address_of_the_api_is_answered_with_a_page(browser: Client, path: str) -> None:
    answer = browser.get(path)
    assert (answer.status_code, answer["Content-Type"].split(";")[0]) == (404, JSON_API)
    assert answer.json()["errors"][0]["status"] == "404"


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options", "trace"])
def test_no_method_of_the_api_is_answered_with_a_page(browser: Client, method: str) -> None:
    answer = browser.generic(
        method.upper(), "/api/v3/resellers/1/charges", b"{" * 5_000, content_type="application/json"
    )
    assert answer.status_code in (401, 405)
    assert answer.json()["errors"]


@pytest.mark.parametrize("charset", ["rot13", "a\0b", "idna", "utf-16"])
def test_a_charset_that_breaks_the_making_of_a_request_is_refused(charset: str) -> None:
    """Django reads the query while it makes the request, before any middleware: `rot13` ended the process's answer."""
    environ = RequestFactory().get("/api/v3/x?q=a").environ | {"CONTENT_TYPE": f"text/plain; charset={charset}"}
    statuses: list[str] = []
    body = b"".join(application(environ, lambda status, _headers: statuses.append(status)))
    assert (statuses, b'"status": "415"' in body) == (["415 Unsupported Media Type"], True)
