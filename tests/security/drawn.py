"""The forms of a page as a browser sends them: read from the page, nothing added."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from django.test import Client
from django.utils.functional import cached_property


@dataclass
class DrawnForm:
    """A form of a page: where it goes, how, and what stands in its inputs and on its first button."""

    action: str
    method: str
    values: dict[str, list[str]] = field(default_factory=dict)

    def send(self, client: Client, **changes: Any) -> Any:
        """Send it from the browser, with some answers changed."""
        return client.post(self.action, {**self.values, **changes})


class _Forms(HTMLParser):
    def __init__(self, address: str) -> None:
        super().__init__()
        self.address, self.forms, self.select = address, [], ""
        self.open: DrawnForm | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = {name: value if value is not None else "" for name, value in attrs}
        if tag == "form":
            self.open = DrawnForm(facts.get("action") or self.address, facts.get("method", "get").lower())
            self.forms.append(self.open)
        elif self.open is not None:
            self._input(tag, facts)

    def _input(self, tag: str, facts: Mapping[str, str]) -> None:
        ticked = facts.get("type") not in ("checkbox", "radio") or "checked" in facts
        name = facts.get("name", "")
        if tag == "select":
            self.select = name
        elif tag == "option" and "selected" in facts and self.select:
            self.open.values.setdefault(self.select, []).append(facts.get("value", ""))
        elif tag == "input" and name and ticked:
            self.open.values.setdefault(name, []).append(facts.get("value", facts.get("data-typed", "")))
        elif tag == "textarea" and name:
            self.open.values.setdefault(name, [""])
        elif tag == "button" and name:
            self.open.values.setdefault(name, [facts.get("value", "")])

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.open = None

    @cached_property
    def posted(self) -> list[DrawnForm]:
        return [form for form in self.forms if form.method == "post"]


def forms_of(answer: Any, address: str) -> list[DrawnForm]:
    """Return the forms of a page that are posted, in their order."""
    page = _Forms(address)
    page.feed(answer.content.decode())
    return page.posted


def form_to(answer: Any, address: str) -> DrawnForm:
    """Return the page's form that goes to the address (by default: where the page came from)."""
    (found, *_more) = [form for form in forms_of(answer, address) if form.action.partition("?")[0] == address]
    return found
