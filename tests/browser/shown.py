"""Pages that Django's test client has fetched, shown in Chromium with their styles and scripts, and judged by axe.

A small server tells the browser only what the test client was told, so that the rows of a transaction that is never
committed can be shown; styles, scripts and fonts it sends once, and the browser keeps them.
"""

import mimetypes
import os
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.http import HttpResponseBase
from playwright.sync_api import Browser, expect

from sandbox.wsgi import start

AXE = settings.BASE_DIR / "node_modules" / "axe-core" / "axe.min.js"
EVERYTHING = bool(os.environ.get("PROVE"))
CONTRAST = "color-contrast"
ELEMENT = re.compile(rb"<([a-z][a-z0-9]*)([^<>]*)")
# What styles hang on: classes, states, and the kind of an input.
LOOKS = re.compile(rb' (?:class|type|aria-current|aria-selected)="[^"]*"| (?:disabled|checked|readonly)\b')
DESK, PHONE = {"width": 1380, "height": 900}, {"width": 390, "height": 844}
# Set by the server for a whole page at once; read here from the answer that is shown.
SHOWN_HEADERS = ("Content-Type", "Content-Security-Policy")
RUN = """async (rules) => {
  const only = Array.isArray(rules) ? {runOnly: {type: "rule", values: rules}} : {rules};
  const options = {resultTypes: ["violations"], ...only};
  const found = await axe.run(document, options);
  const why = node => [...node.any, ...node.all].map(check => check.message).join("; ");
  return found.violations.map(one => (
    [one.id, one.impact, one.help, one.nodes.slice(0, 3).map(node => `${node.html} (${why(node)})`)]
  ));
}"""


class Showcase:
    """A browser tab in which answers of the platform are shown at an address that only this browser knows."""

    def __init__(self, chromium: Browser) -> None:
        self.shown: HttpResponseBase | None = None
        self.judged: set[tuple[bytes, ...]] = set()
        self.server = start(self._answer)
        self.context = chromium.new_context(base_url=self.server.base_url, reduced_motion="reduce", viewport=DESK)
        self.context.add_init_script(path=AXE)
        self.page = self.context.new_page()

    def show(self, address: str, answer: HttpResponseBase) -> None:
        """Show the answer as the browser would show what it had fetched at the address."""
        self.shown = answer
        self.page.emulate_media(color_scheme="light")
        self.page.goto(address, wait_until="load")

    def violations(self, address: str, answer: HttpResponseBase) -> list[str]:
        """Show the answer; return what axe finds in light, the contrasts in dark, and what is too wide for a phone."""
        self.show(address, answer)
        colours = self.has_other_colours(answer)
        found = [("light", *one) for one in self.page.evaluate(RUN, {} if colours else {CONTRAST: {"enabled": False}})]
        if colours:
            self.page.emulate_media(color_scheme="dark")
            expect(self.page.locator("html")).to_have_attribute("data-bs-theme", "dark")
            found += [("dark", *one) for one in self.page.evaluate(RUN, [CONTRAST])]
        self.page.set_viewport_size(PHONE)
        over = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if over > 0:
            found.append(("phone", "sideways", "serious", f"the page is {over} pixels wider than a phone", []))
        self.page.set_viewport_size(DESK)
        return [f"{theme}: {rule} ({impact}): {text}\n    " + "\n    ".join(nodes)
                for theme, rule, impact, text, nodes in found]  # fmt: skip

    def has_other_colours(self, answer: HttpResponseBase) -> bool:
        """Return whether an element of the page is styled as none of those was whose contrasts were judged before.

        Contrasts are half of axe's work, and colours come from classes and attributes: what is drawn as before, as most
        of a page is, has them as before. With PROVE=1 those of each page are judged.
        """
        drawn = {(tag, *LOOKS.findall(rest)) for tag, rest in ELEMENT.findall(answer.content)} - self.judged
        self.judged |= drawn
        return EVERYTHING or bool(drawn)

    def close(self) -> None:
        """Close the tab, and the server behind it."""
        self.context.close()
        self.server.stop()

    def _answer(self, environ: dict[str, Any], begin: Callable[..., Any]) -> Iterable[bytes]:
        """Answer the tab: the page that is shown, a static file, or nothing for what scripts ask for later."""
        path = environ["PATH_INFO"]
        status, headers, body = "204 No Content", {}, b""
        if path.startswith(settings.STATIC_URL):
            status, headers, body = _static(path.removeprefix(settings.STATIC_URL))
        elif self.shown is not None and environ.get("HTTP_SEC_FETCH_MODE") == "navigate":
            status, body = "200 OK", self.shown.content
            headers = {name: self.shown.headers[name] for name in SHOWN_HEADERS if name in self.shown.headers}
        begin(status, [*headers.items(), ("Content-Length", str(len(body)))])
        return [body]


def _static(name: str) -> tuple[str, dict[str, str], bytes]:
    found: Any = finders.find(name)
    if not found:
        return "404 Not Found", {}, b""
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return "200 OK", {"Content-Type": kind, "Cache-Control": "max-age=86400, immutable"}, Path(found).read_bytes()
