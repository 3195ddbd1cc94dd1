"""What the pages are judged by hears of a faint text where something is styled as nothing before, and only there."""

from collections.abc import Iterator

import pytest
from django.http import HttpResponse
from playwright.sync_api import Browser

from tests.browser.shown import EVERYTHING, Showcase

pytestmark = pytest.mark.browser

PAGE = """<!doctype html><html lang="en" data-bs-theme="light"><head><title>Page</title><style>
p {{ color: #000 }} .faint {{ color: #ddd }} .grey {{ color: #333 }}
[data-bs-theme="dark"] body {{ background: #111; color: #eee }} </style><script>
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", change => {{
  document.documentElement.dataset.bsTheme = change.matches ? "dark" : "light"; }}); </script></head>
<body><main><h1>Page</h1><p{}>Some text</p></main></body></html>"""


@pytest.fixture
def showcase(chromium: Browser) -> Iterator[Showcase]:
    opened = Showcase(chromium)
    yield opened
    opened.close()


def found(showcase: Showcase, attributes: str) -> list[str]:
    """Return themes and rules of what is found on a page with a text that has these attributes."""
    troubles = showcase.violations("/page", HttpResponse(PAGE.format(attributes)))
    return [" ".join(trouble.split(" ")[:2]) for trouble in troubles]


def test_contrasts_are_judged_where_a_class_is_new(showcase: Showcase) -> None:
    light, dark = "light: color-contrast", "dark: color-contrast"
    assert found(showcase, "") == [dark]  # black on nearly black
    assert found(showcase, ' class="faint"') == [light]
    assert found(showcase, ' class="grey"') == [dark]
    if not EVERYTHING:
        assert found(showcase, ' class="faint"') == []  # judged before


def test_all_else_is_judged_on_every_page(showcase: Showcase) -> None:
    found(showcase, "")
    again = HttpResponse(PAGE.format("").replace(' lang="en"', "", 1))
    assert "html-has-lang" in showcase.violations("/page", again)[0]
