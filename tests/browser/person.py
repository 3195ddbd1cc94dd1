"""Somebody at the panels: finds things by role and by the words of their language, inputs by their names."""

import re
import time
from types import TracebackType
from typing import Self

from django.db.models import Choices
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext, pgettext
from playwright.sync_api import Browser, Locator, Page, expect

MILLISECONDS = 60_000


class Person:
    """A person with a browser window of their own, reading in one language."""

    def __init__(self, chromium: Browser, web: str, language: str) -> None:
        self.web = web
        self.language = language
        self.context = chromium.new_context(base_url=web, locale={"en": "en-US", "ru": "ru-RU"}[language])
        self.context.set_default_timeout(MILLISECONDS)
        self.page: Page = self.context.new_page()
        self.troubles: list[str] = []
        self.page.on("pageerror", lambda error: self.troubles.append(f"{self.page.url}: {error}"))
        self.page.on("console", self._noted)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            print(f"{self.page.url}\n{self.page.locator('body').aria_snapshot()}\n{self.troubles}")
        self.context.close()
        if error is None:
            assert self.troubles == [], self.troubles

    # -- words --------------------------------------------------------------------------------------------------

    def said(self, text: str, context: str = "", **values: object) -> str:
        """Return a text of the platform in the person's language; in Russian it has to be another one."""
        with translation.override(self.language):
            found = pgettext(context, text) if context else gettext(text)
        if self.language == "ru":
            assert re.search("[а-яё]", found, re.IGNORECASE), f"{text!r} is not in Russian: {found!r}"
        return found % values if values else found

    # -- deeds --------------------------------------------------------------------------------------------------

    def sign_in(self, email: str, password: str) -> None:
        """Sign in."""
        self.page.goto("/accounts/login/")
        self.fill(login=email, password=password)
        self.press("Sign in")
        expect(self.page.get_by_role("button", name=self.said("Sign out"))).to_be_visible()

    def accept_invitation(self, token: str, password: str) -> None:
        """Follow the link of an invitation and choose a password."""
        self.page.goto(reverse("accept_invitation", args=[token]))
        self.fill(password=password, repeated=password)
        self.page.locator("main form button").click()
        expect(self.page.get_by_role("button", name=self.said("Sign out"))).to_be_visible()

    def go(self, name: str, *arguments: object) -> None:
        """Open a page of the panels by its name."""
        answer = self.page.goto(reverse(name, args=arguments))
        assert answer is not None
        assert answer.status == 200, f"{name}: {answer.status}"

    def press(self, text: str, context: str = "", *, within: str = "body", **values: object) -> None:
        """Press the button or follow the link of that name."""
        name = self.said(text, context, **values)
        place = self.page.locator(within)
        found = place.get_by_role("button", name=name, exact=True).or_(place.get_by_role("link", name=name, exact=True))
        found.first.click()

    def follow(self, text: str) -> None:
        """Follow the link of a name that somebody gave."""
        self.page.get_by_role("main").get_by_role("link", name=text).first.click()

    def fill(self, **values: object) -> None:
        """Fill in inputs by their names ("__" stands for "."): text, a choice by its label, or a tick."""
        for name, value in values.items():
            control = self.page.locator(f'[name="{name.replace("__", ".")}"]').first
            kind = control.evaluate("control => control.type || control.localName")
            if isinstance(value, bool):
                control.set_checked(value)
            elif kind == "select-one":
                control.select_option(str(value))
            else:
                control.fill(str(value))

    def send(self) -> None:
        """Press the main button of the page's form."""
        self.page.locator("main form .btn-primary, main form .btn-danger").last.click()

    # -- sights -------------------------------------------------------------------------------------------------

    def sees(self, *texts: str) -> None:
        """Wait until the page's content shows each text."""
        for text in texts:
            expect(self.content).to_contain_text(text, timeout=MILLISECONDS)

    def sees_status(self, status: Choices) -> None:
        """Wait until the page's heading shows the status, opening the page again until it does."""
        with translation.override(self.language):
            label = str(status.label)
        heading = self.page.get_by_role("heading", level=1)
        deadline = time.monotonic() + MILLISECONDS / 1000
        while not re.search(re.escape(label), heading.inner_text(), re.IGNORECASE):
            assert time.monotonic() < deadline, f"{heading.inner_text()!r} instead of {label!r} at {self.page.url}"
            self.page.wait_for_timeout(300)
            self.page.reload()

    def sees_amounts(self, *amounts: object) -> None:
        """Wait until the page's content shows each amount as the language writes it."""
        for amount in amounts:
            self.sees(self.amount(amount))

    def amount(self, amount: object) -> str:
        """Return an amount without currency as the language writes it: 1,234.56 or 1 234,56."""
        text = f"{amount:,.2f}"
        return text if self.language == "en" else text.replace(",", "\N{NO-BREAK SPACE}").replace(".", ",")

    @property
    def content(self) -> Locator:
        """Everything beside the menu: head, messages and content of the page."""
        return self.page.locator(".work")

    def _noted(self, message: object) -> None:
        if message.type == "error" and self.page.url.startswith(self.web):
            self.troubles.append(f"{self.page.url}: {message.text}")
