"""What the browser is told: nothing inline, no frames, closed cookies; and that production is closed."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from tests.security.addresses import routes
from tests.security.world import ROLES, World

pytestmark = pytest.mark.django_db

ROOT = Path(settings.BASE_DIR)
TEMPLATES = sorted(
    path
    for place in ("templates", "core", "operator_panel", "customer_panel", "accounts", "vendors")
    for path in (ROOT / place).rglob("*.html")
    if "emails" not in path.parts and "static" not in path.parts
)
INLINE = {
    "a script": re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")", re.IGNORECASE),
    "a style": re.compile(r"<style\b", re.IGNORECASE),
    "a style attribute": re.compile(r"\sstyle\s*=", re.IGNORECASE),
    "a handler": re.compile(r"\son[a-z]+\s*=\s*[\"']", re.IGNORECASE),
    "a handler of htmx": re.compile(r"\bhx-on[:-]", re.IGNORECASE),
    "an address that is a script": re.compile(r"(?:href|src|action)\s*=\s*[\"']javascript:", re.IGNORECASE),
    "a file of another host": re.compile(r"(?:src|href)\s*=\s*[\"'](?:https?:)?//(?!www\.w3\.org)", re.IGNORECASE),
}


def test_there_are_templates() -> None:
    assert len(TEMPLATES) > 60


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_template_has_nothing_inline(path: Path) -> None:
    """The policy would stop it anyway: then the page would be broken."""
    text = re.sub(r"{#.*?#}|{% comment %}.*?{% endcomment %}", "", path.read_text(), flags=re.DOTALL)
    assert [what for what, pattern in INLINE.items() if pattern.search(text)] == []


def test_templates_trust_no_text() -> None:
    """What people type is escaped: no filter or tag switches that off."""
    trusting = [str(path) for path in TEMPLATES if re.search(r"\|\s*safe\b|{%\s*autoescape off", path.read_text())]
    assert trusting == []


def pages(world: World) -> list[str]:
    return [
        route.addresses({})[0]
        for route in routes()
        if route.name and not route.parameters and route.name not in {"account_logout", "sign_in_as_end"}
    ]


@pytest.fixture(scope="module")
def answers(world: World) -> dict[str, Any]:
    """What each page, two that are not there and the API answer, asked once for all that is looked for in them."""
    person = world.north.managers[ROLES[0]]
    elsewhere = ("/no-such-page/", "/api/v3/no-such-page", "/api/v3/resellers/0/charges")
    return {address: person.client.get(address) for address in (*pages(world), *elsewhere)}


def test_every_answer_has_the_policy(answers: dict[str, Any]) -> None:
    """Pages, errors, files and the API: nothing inline, no frame around them, no foreign referrer."""
    for address, answer in answers.items():
        headers = answer.headers
        policy = dict(part.strip().partition(" ")[::2] for part in headers["Content-Security-Policy"].split(";"))
        assert policy["default-src"] == policy["script-src"] == policy["style-src"] == "'self'", address
        assert policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'", address
        assert "unsafe" not in headers["Content-Security-Policy"], address
        assert headers["X-Frame-Options"] == "DENY", address
        assert headers["X-Content-Type-Options"] == "nosniff", address
        assert headers["Referrer-Policy"] == "same-origin", address
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin", address


def test_an_error_page_has_the_policy_too(world: World) -> None:
    answer = world.north.managers[ROLES[0]].client.get("/operator/accounts/0/")
    assert answer.status_code == 404
    assert "'self'" in answer["Content-Security-Policy"]


def test_pages_load_nothing_from_elsewhere(answers: dict[str, Any]) -> None:
    """The rendered pages, not only their templates: nothing inline that a widget or a library brought in."""
    for address, answer in answers.items():
        if not answer["Content-Type"].startswith("text/html"):
            continue
        text = answer.content.decode()
        assert [what for what, pattern in INLINE.items() if pattern.search(text)] == [], address


def test_cookies_are_closed() -> None:
    assert settings.SESSION_COOKIE_HTTPONLY
    assert settings.CSRF_COOKIE_HTTPONLY
    assert (settings.SESSION_COOKIE_SAMESITE, settings.CSRF_COOKIE_SAMESITE) == ("Lax", "Lax")
    assert settings.SESSION_COOKIE_DOMAIN is None
    assert settings.SESSION_ENGINE == "accounts.sessions"


def test_no_answer_is_kept(world: World, answers: dict[str, Any]) -> None:
    """Neither a cache on the way nor the browser keeps an answer: Back shows the next person nothing after sign-out."""
    for address, answer in answers.items():
        kept = {part.strip() for part in answer["Cache-Control"].split(",")}
        assert {"no-store", "private"} <= kept, address
    customer = next(iter(world.north.customers.values())).client.get("/")
    assert "no-store" in customer["Cache-Control"]
    assert "Cookie" in customer["Vary"]
