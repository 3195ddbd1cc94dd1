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
# What styles and scripts hang on: classes, kinds, roles and states; of the rest of what scripts read, that it is there.
LOOKS = re.compile(
    rb' (?:class|type|role|aria-current|aria-selected|aria-expanded)="[^"]*"| (?:aria|data|hx)-[a-z-]+'
    rb"| (?:disabled|checked|readonly|hidden|required|open)\b"
)
# The styles and scripts of a page's head: pages that have the same can be shown one after the other in one document.
DRESS = re.compile(rb"<link[^>]*stylesheet[^>]*>|<style.*?</style>|<script[^>]*>", re.DOTALL)
DESK, PHONE = {"width": 1380, "height": 900}, {"width": 390, "height": 844}
# Set by the server for a whole page at once; read here from the answer that is shown.
SHOWN_HEADERS = ("Content-Type", "Content-Security-Policy")
RUN = """async (rules) => {
  const only = rules ? {runOnly: {type: "rule", values: rules}} : {};
  const options = {resultTypes: ["violations"], ...only};
  const found = await axe.run(document, options);
  const why = node => [...node.any, ...node.all].map(check => check.message).join("; ");
  return found.violations.map(one => (
    [one.id, one.impact, one.help, one.nodes.slice(0, 3).map(node => `${node.html} (${why(node)})`)]
  ));
}"""
# What words, ids and order can break where every shape was judged before, looked for without axe, which takes long.
LOOK = """() => {
  const all = selector => [...document.querySelectorAll(selector)]
    .filter(one => !one.closest("[hidden], [aria-hidden=true], template, noscript"));
  const texts = one => (one.getAttribute("aria-labelledby") || "").split(/\\s+/)
    .map(id => id && document.getElementById(id)?.textContent).join("");
  const said = one => [one.textContent, one.getAttribute("aria-label"), one.title, texts(one),
    ...[...one.querySelectorAll("img")].map(image => image.alt)].join("").trim();
  const labelled = one => [...one.labels].map(label => label.textContent).join("").trim() || said(
    Object.assign(one.cloneNode(), {textContent: ""}));
  const ids = all("[id]").map(one => one.id), places = `main, section[aria-label],
    section[aria-labelledby], header, nav, footer, aside, dialog, [role=status],
    [role=alert], [role=dialog], [role=alertdialog], [aria-live], a[href^="#"], [hidden],
    [aria-hidden=true], script, style, template, noscript`;
  const outside = one => one.matches(places) ? [] : [...one.childNodes].flatMap(
    node => node.nodeType === 1 ? outside(node) : node.nodeType === 3 && node.data.trim() ? [one] : []);
  const unnamed = ["hidden", "submit", "button", "reset", "image"].map(type => `[type=${type}]`);
  const controls = `input:not(${unnamed}), select, textarea`;
  const refers = one => ["aria-labelledby", "aria-describedby"].flatMap(
    name => (one.getAttribute(name) || "").split(/\\s+/)).every(id => !id || document.getElementById(id));
  const wrong = {
    "html-has-lang": document.documentElement.lang ? [] : [document.documentElement],
    "document-title": document.title.trim() ? [] : [document.head],
    "landmark-no-duplicate-main": all("main").length === 1 ? [] : all("main, body").slice(0, 2),
    "page-has-heading-one": all("h1").length ? [] : [document.body],
    "empty-heading": all("h1, h2, h3, h4, h5, h6").filter(one => !said(one)),
    "label": all(controls).filter(one => !labelled(one)),
    "link-name": all("a[href]").filter(one => !said(one)),
    "button-name": all("button").filter(one => !said(one)),
    "image-alt": all("img:not([alt])"),
    "duplicate-id": all("[id]").filter(one => ids.indexOf(one.id) !== ids.lastIndexOf(one.id)),
    "aria-valid-attr-value": all("[aria-labelledby], [aria-describedby]").filter(one => !refers(one)),
    "region": outside(document.body),
  };
  return Object.entries(wrong).filter(([, found]) => found.length).map(([rule, found]) => (
    [rule, "serious", "seen without axe", found.slice(0, 3).map(one => one.outerHTML.slice(0, 200))]));
}"""
# Puts a page into the document that is there: all of it but the styles and scripts of its head, which are the same.
REPLACE = """html => {
  const page = new DOMParser().parseFromString(html, "text/html"), root = document.documentElement;
  const kept = "link[rel=stylesheet], style, script, noscript";
  for (const old of [...root.attributes]) root.removeAttribute(old.name);
  for (const own of page.documentElement.attributes) root.setAttribute(own.name, own.value);
  for (const old of [...document.head.children]) if (!old.matches(kept)) old.remove();
  for (const own of [...page.head.children]) if (!own.matches(kept)) document.head.append(document.adoptNode(own));
  root.replaceChild(document.adoptNode(page.body), document.body);
}"""
BEYOND_THE_EDGE = "document.documentElement.scrollWidth - window.innerWidth"


class Tab:
    """A browser tab, and the head of the page that it has opened last."""

    def __init__(self, showcase: "Showcase", size: dict[str, int], script: Path | None = None) -> None:
        self.showcase = showcase
        self.context = showcase.chromium.new_context(
            base_url=showcase.server.base_url, reduced_motion="reduce", viewport=size
        )
        if script:
            self.context.add_init_script(path=script)
        self.page = self.context.new_page()
        self.dress: list[bytes] | None = None

    def open(self, address: str, answer: HttpResponseBase) -> None:
        """Show the answer as the browser shows what it has fetched at the address; its scripts run."""
        self.showcase.shown = answer
        self.page.emulate_media(color_scheme="light")
        self.page.goto(address, wait_until="load")
        self.dress = dress_of(answer)

    def put(self, address: str, answer: HttpResponseBase, html: str) -> None:
        """Show the HTML, the answer's or what scripts have made of it, in the document that is open.

        A new document has to be opened only where the head has other styles or scripts. Axe, in a document that it has
        judged before, takes a third of the time that it takes in a new one.
        """
        if self.dress != dress_of(answer):
            self.open(address, answer)
        self.page.evaluate(REPLACE, html)


def dress_of(answer: HttpResponseBase) -> list[bytes]:
    """Return the styles and scripts that the head of a page names."""
    return DRESS.findall(answer.content.partition(b"</head>")[0])


class Showcase:
    """Browser tabs in which answers of the platform are shown at an address that only this browser knows.

    In `page` an answer is opened, and its scripts run. What they have made of it is put into a document that stays open
    to be judged, and into one of the size of a phone to be measured.
    """

    def __init__(self, chromium: Browser) -> None:
        self.chromium = chromium
        self.shown: HttpResponseBase | None = None
        self.judged: set[tuple[bytes, ...]] = set()
        self.server = start(self._answer)
        self.opened, self.judge, self.phone = Tab(self, DESK), Tab(self, DESK, AXE), Tab(self, PHONE)
        self.page = self.opened.page

    def show(self, address: str, answer: HttpResponseBase) -> None:
        """Show the answer as the browser would show what it had fetched at the address."""
        self.opened.open(address, answer)

    def violations(self, address: str, answer: HttpResponseBase) -> list[str]:
        """Show the answer; return what axe finds in light, the contrasts in dark, and what is too wide for a phone.

        Axe judges a page that has a shape which was not judged before; of another a quick look is taken.
        """
        html, found = answer.content.decode(), []
        if new := self.has_something_new(answer):
            self.show(address, answer)
            html = self.page.evaluate("document.documentElement.outerHTML")
            self.judge.put(address, answer, html)
            page = self.judge.page
            found = [("light", *one) for one in page.evaluate(RUN)]
            page.emulate_media(color_scheme="dark")
            expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
            found += [("dark", *one) for one in page.evaluate(RUN, [CONTRAST])]
            page.emulate_media(color_scheme="light")
        self.phone.put(address, answer, html)
        if not new:
            found += [("look", *one) for one in self.phone.page.evaluate(LOOK)]
        over = self.phone.page.evaluate(BEYOND_THE_EDGE)
        if over > 0:
            found.append(("phone", "sideways", "serious", f"the page is {over} pixels wider than a phone", []))
        return [f"{theme}: {rule} ({impact}): {text}\n    " + "\n    ".join(nodes)
                for theme, rule, impact, text, nodes in found]  # fmt: skip

    def has_something_new(self, answer: HttpResponseBase) -> bool:
        """Return whether an element of the page is of a shape that none had which was judged before.

        Colours, roles and states come from classes and attributes: what is drawn as before, as most of a page is, has
        them as before. So it is with what scripts do. With PROVE=1 each page counts as new.
        """
        drawn = {(tag, *LOOKS.findall(rest)) for tag, rest in ELEMENT.findall(answer.content)} - self.judged
        self.judged |= drawn
        return EVERYTHING or bool(drawn)

    def close(self) -> None:
        """Close the tabs, and the server behind them."""
        for tab in (self.opened, self.judge, self.phone):
            tab.context.close()
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
