"""A browser without a window: signs in at the panels, presses buttons, fills in the forms of pages."""

import re
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urljoin

import requests

from core.panel.drawn import FIELD

SECONDS = 60


class PageFailed(Exception):
    """A page did not answer as it has to."""


class _FirstForm(HTMLParser):
    """Reads the action and the hidden fields of a page's first form."""

    def __init__(self) -> None:
        super().__init__()
        self.action = ""
        self.fields: dict[str, str] = {}
        self._inside = False
        self._done = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take the form's beginning and its hidden inputs."""
        values = {name: value or "" for name, value in attrs}
        if tag == "form" and not self._done:
            self._inside, self.action = True, values.get("action", "")
        elif tag == "input" and self._inside and values.get("type") == "hidden":
            self.fields[values.get("name", "")] = values.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        """Leave the form."""
        if tag == "form" and self._inside:
            self._inside, self._done = False, True


class Browser:
    """One person's session at the address of the panels."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.session = requests.Session()
        self.session.trust_env = False
        self._mark = ""  # of the page that was opened last: for whom its forms were drawn

    def sign_in(self, email: str, password: str) -> requests.Response:
        """Sign in and return the page on which one lands. Raises PageFailed for a refusal."""
        self.open("/accounts/login/")
        page = self.press("/accounts/login/", {"login": email, "password": password})
        if page.url.endswith("/accounts/login/") or page.status_code != requests.codes.ok:
            raise PageFailed(f"{email} cannot sign in: {page.status_code} at {page.url}")
        return self._seen(page)

    def open(self, path: str) -> requests.Response:
        """Open a page. Raises PageFailed unless it is there."""
        page = self.session.get(urljoin(self.address, path), timeout=SECONDS)
        if page.status_code != requests.codes.ok:
            raise PageFailed(f"{page.url} answers {page.status_code}")
        return self._seen(page)

    def press(self, path: str, fields: dict[str, str] | None = None) -> requests.Response:
        """Send a form of ours, as the page that was opened last drew it, and return the page that follows."""
        marks = {"csrfmiddlewaretoken": self.session.cookies.get("csrftoken", ""), FIELD: self._mark}
        page = self.session.post(urljoin(self.address, path), data={**marks, **(fields or {})}, timeout=SECONDS)
        leads_on = page.headers.get("Refresh", "").partition("url=")[2]
        return self.session.get(leads_on, timeout=SECONDS) if leads_on else page

    def _seen(self, page: requests.Response) -> requests.Response:
        found = re.search(rf'name="{FIELD}" value="([^"]+)"', page.text)
        self._mark = unescape(found[1]) if found else self._mark
        return page

    def answer(self, page: requests.Response, **choice: str) -> requests.Response:
        """Send the form of any page, as it stands, with a choice, and return the page that follows."""
        form = _FirstForm()
        form.feed(page.text)
        if not form.fields:
            raise PageFailed(f"there is no form at {page.url}")
        return self.session.post(urljoin(page.url, form.action), data={**form.fields, **choice}, timeout=SECONDS)
