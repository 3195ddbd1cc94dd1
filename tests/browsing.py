"""A person at a browser: a form is read from the page and sent back as it was drawn, with some answers changed."""

from dataclasses import dataclass, field
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone


@dataclass
class Form:
    """A form of a page that is posted: where to, and every input with what stands in it."""

    action: str
    values: dict[str, list[str]] = field(default_factory=dict)
    # Whether it has a button to press; a page that is only looked at has none.
    button: bool = False

    def send(self, client: Client, **answers: Any) -> Any:
        """Press its button."""
        return client.post(self.action, {**self.values, **answers})


class _Reader(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__()
        self.address, self.forms, self.select, self.text = address, [], "", ""
        self.inside: Form | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = {name: value or "" for name, value in attrs}
        name = facts.get("name", "")
        if tag == "form":
            self.inside = Form(facts.get("action") or self.address) if facts.get("method") == "post" else None
            self.forms += [self.inside] if self.inside else []
        elif self.inside is None:
            return
        elif tag == "button" and facts.get("type", "submit") == "submit":
            self.inside.button = True
        elif tag == "select":
            self.select = name
        elif tag == "option" and "selected" in dict(attrs):
            self.inside.values.setdefault(self.select, []).append(facts.get("value", ""))
        elif tag == "textarea":
            self.text = name
            self.inside.values[name] = [""]
        elif tag == "input" and name and (facts.get("type") not in ("checkbox", "radio") or "checked" in dict(attrs)):
            # What is lost for good is typed: the person reads its name beside the box.
            value = facts.get("value", "on" if facts.get("type") == "checkbox" else facts.get("data-typed", ""))
            self.inside.values.setdefault(name, []).append(value)

    def handle_data(self, data: str) -> None:
        if self.text and self.inside is not None:
            self.inside.values[self.text][0] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = None
        elif tag == "textarea" and self.inside is not None:
            self.inside.values[self.text] = [self.inside.values[self.text][0].removeprefix("\n")]
            self.text = ""


def forms_of(answer: Any) -> list[Form]:
    """Return the posted forms of a page, in its order."""
    address = answer.wsgi_request.get_full_path()
    reader = _Reader(address)
    reader.feed(answer.content.decode())
    return reader.forms


def form_of(answer: Any, holding: str = "", action: str = "") -> Form:
    """Return the page's form that holds an input, or goes to an address: by default the one of its content."""
    for form in forms_of(answer):
        wanted = form.action == action if action else holding in form.values if holding else True
        if wanted and not form.action.startswith(("/accounts/", "/appearance", "/i18n")):
            return form
    raise LookupError(f"no form with {holding or action} on {answer.wsgi_request.path}: {answer.status_code}")


def on_another_day(monkeypatch: pytest.MonkeyPatch, days: int = 1) -> None:
    """Let midnight pass for every page that reads the day from the clock; who is signed in stays so."""
    later, localdate = timezone.localdate() + timedelta(days=days), timezone.localdate
    monkeypatch.setattr(timezone, "localdate", lambda *given: localdate(*given) if given else later)


def confirmed(client: Client, address: str, answers: dict[str, Any] | None = None) -> Any:
    """Go through the confirmation of an operation and press its button; a refusal on the way is the answer."""
    asked = client.post(address, answers) if answers else client.get(address)
    if asked.status_code != 200:
        return asked
    return form_of(asked, holding="confirmed").send(client)
