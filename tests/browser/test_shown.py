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
WHOLE = PAGE.format("").replace(
    "</main>",
    """<h2>Part</h2><p id="hint">Hint</p><p id="more">More</p>
<label for="name">Name</label><input id="name" aria-describedby="hint"><label for="town">Town</label><input id="town">
<a href="/there">There</a></main>""",
)
# What is broken, and the rule that says so: nothing of it is of a shape that was not there before.
BREAKS = {
    "label": ('for="name"', 'for="nobody"'),
    "empty-heading": ("<h2>Part</h2>", "<h2></h2>"),
    "landmark-no-duplicate-main": ("<h2>Part</h2>", "</main><main><h2>Part</h2>"),
    "region": ("<h2>Part</h2>", "</main><h2>Part</h2>"),
    "link-name": (">There<", "><"),
    "document-title": ("<title>Page</title>", "<title></title>"),
    "html-has-lang": (' lang="en"', ""),
    "sideways": ("More", "M" + 60 * "o" + "re"),
}


@pytest.fixture(scope="module")
def opened(chromium: Browser) -> Iterator[Showcase]:
    opened = Showcase(chromium)
    yield opened
    opened.close()


@pytest.fixture
def showcase(opened: Showcase) -> Showcase:
    """Tabs that have judged nothing yet."""
    opened.judged.clear()
    return opened


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


@pytest.mark.parametrize("rule", BREAKS)
def test_all_else_is_judged_on_every_page(showcase: Showcase, rule: str) -> None:
    whole, broken = HttpResponse(WHOLE), HttpResponse(WHOLE.replace(*BREAKS[rule]))
    assert rule not in "".join(showcase.violations("/page", whole))
    assert broken.content != whole.content
    assert showcase.has_something_new(broken) == EVERYTHING
    assert f": {rule} (" in "".join(showcase.violations("/page", broken))
    assert rule not in "".join(showcase.violations("/page", whole))


def test_what_scripts_make_of_a_page_is_judged(showcase: Showcase) -> None:
    script = '<script>addEventListener("load", () => document.querySelector("h2").textContent = "");</script>'
    assert "empty-heading" in "".join(showcase.violations("/page", HttpResponse(WHOLE + script)))
