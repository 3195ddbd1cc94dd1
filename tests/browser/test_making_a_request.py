"""A key and a request for a certificate, made in the browser: another library reads both, and only one is sent."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from django.template.loader import render_to_string
from playwright.sync_api import Browser, Page

import vendors.opensrs
from sandbox.wsgi import Request, Response, html_answer, serve
from vendors.opensrs.csr import read

FOLDER = Path(vendors.opensrs.__file__).parent
SCRIPT = FOLDER / "static" / "opensrs" / "make_csr.js"
FORM = '<!DOCTYPE html><form><textarea id="csr" name="csr"></textarea>%s<input name="kept"></form>'


def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Serve the form with the plugin's own part in it, under the panels' rule for scripts."""
    request = Request.from_environ(environ)
    if request.path.endswith(".js"):
        found = Response(200, SCRIPT.read_bytes(), [("Content-Type", "text/javascript")])
    else:
        part = render_to_string("opensrs/make_csr.html", {"field": {"id_for_label": "csr"}})
        found = html_answer(200, FORM % part)
        found.headers.append(("Content-Security-Policy", "script-src 'self'"))
    return found(environ, start_response)


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """The form in a browser."""
    with serve(answer) as running:
        context = chromium.new_context(base_url=running.base_url.replace("127.0.0.1", "localhost"))
        opened = context.new_page()
        opened.goto("/")
        yield opened
        context.close()


def test_key_and_request_belong_together_and_the_key_stays_in_the_browser(page: Page, tmp_path: Path) -> None:
    page.click("summary")
    page.click("[data-csr=make]")
    assert "Type the domain first" in (page.text_content("[data-csr=said]") or "")
    page.fill("[data-csr=domain]", "Магазин.example.com")
    page.fill("[data-csr=organization]", "Рога и Копыта")
    page.fill("[data-csr=country]", "by")
    page.click("[data-csr=make]")
    page.wait_for_selector("[data-csr=key]:not([hidden])")
    text = page.input_value("#csr")
    assert read(text).domain == "xn--80aairftm.example.com"
    request = x509.load_pem_x509_csr(text.encode())
    assert request.subject.rfc4514_string() == "CN=xn--80aairftm.example.com,O=Рога и Копыта,C=BY"
    with page.expect_download() as saved:
        page.click("[data-csr=key]")
    assert saved.value.suggested_filename == "xn--80aairftm.example.com.key.pem"
    saved.value.save_as(tmp_path / "key.pem")
    key = load_pem_private_key((tmp_path / "key.pem").read_bytes(), None)
    assert key.public_key() == request.public_key()
    names = page.eval_on_selector_all("input, textarea", "all => all.map(one => one.name).filter(Boolean)")
    assert names == ["csr", "kept"], "what has no name is not sent"


def test_without_the_browsers_cryptography_nothing_is_offered(chromium: Browser) -> None:
    with serve(answer) as running:
        context = chromium.new_context(base_url=running.base_url.replace("127.0.0.1", "localhost"))
        context.add_init_script("Object.defineProperty(window.crypto, 'subtle', {value: undefined});")
        opened = context.new_page()
        opened.goto("/")
        assert not opened.is_visible("summary")
        context.close()
