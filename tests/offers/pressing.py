"""A person who opens every page that is offered and presses every button on it; whatever came of it is undone."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

from django.contrib.messages import ERROR
from django.db import transaction
from django.urls import Resolver404, resolve

from tests.browsing import Form, forms_of
from tests.security.forms import filled
from tests.security.world import Person
from vendors.questions import VendorUnavailable

# What an answer is drawn with that asks for a deed or its confirmation: it is pressed on, for every object.
DEEDS = {
    "components/questions.html", "components/confirm.html", "components/correcting.html", "operator_panel/editing.html",
    "operator_panel/plan_step.html", "customer_panel/top_up.html", "customer_panel/account_edit.html",
}  # fmt: skip
# The answers to these questions go into the address of the confirmation.
ORDER = "customer_panel/order_details.html"
# Not part of a panel's page: the frame's own forms.
FRAME = ("/accounts/logout", "/appearance", "/i18n", "/choose", "/sign-in-as/end", "/operator/messages")
MOST_STEPS = 4
# What a person says of two questions of which one has to be answered.
SAID = {"primary_name": "Somebody Ltd"}


@dataclass
class Found:
    """What a walk came by: names of addresses that were opened, of those pressed, and what was refused where."""

    opened: set[str] = field(default_factory=set)
    pressed: set[str] = field(default_factory=set)
    refused: list[str] = field(default_factory=list)
    # What was carried out (and undone) by somebody of the same panel and account: another role opens it, which previews
    # the same verb, and does not press on.
    done: set[tuple[object, ...]] = field(default_factory=set)


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.links.append(dict(attrs).get("href") or "")


def walk(person: Person, seeds: list[str], found: Found) -> None:
    """Open the seeds and every page that they lead to: of each name one, of deeds each; press what is offered.

    Seeds that the person does not see are passed by.
    """
    waiting, seen, names = list(seeds), set(seeds), set()
    tried, offered = set(seeds), set()
    standing = (person.actor.kind, person.actor.account.pk if person.actor.account else 0)
    while waiting:
        address = waiting.pop(0)
        answer = person.ask(address)
        if answer.status_code != 200 and address in tried - offered:
            tried.discard(address)
            seen.discard(address)  # to be opened where somebody is led to it
            continue
        assert answer.status_code in (200, 302, 422), (str(person), address, answer.status_code)
        name = _name(address)
        found.opened.add(name)
        if answer.status_code == 302:
            assert not answer.url.startswith("/accounts/login"), f"{person} is signed in no more, at {address}"
            _judge(person, address, answer, found)
            if answer.url not in seen and _name(answer.url).startswith(("operator:", "customer:")):
                seen.add(answer.url)
                waiting.insert(0, answer.url)
            continue
        if ORDER in _drawn_with(answer):
            found.pressed.add(name)
            found.opened.add(_name(answer.context["action"]))
            with _undone(person):
                asked = person.client.get(answer.context["action"], filled(answer.context["form"]))
                _follow(person, address, asked, found)
            continue
        if _drawn_with(answer) & DEEDS:
            found.pressed.add(name)
            _judge(person, address, answer, found)
            if (*standing, address) not in found.done:
                found.done.add((*standing, address))
                _press_on(person, address, answer, found)
            continue
        for form in _buttons(answer, address):
            target = _name(form.action)
            found.opened.add(target)
            found.pressed.add(target)
            with _undone(person):
                _follow(person, form.action, form.send(person.client), found)
        for link in _links(answer):
            target = _name(link)
            offered.add(link)
            if not target or link in seen or not target.startswith(("operator:", "customer:")):
                continue
            if target in names and target not in found.pressed:
                continue  # a page of which one was seen; a deed is pressed on every object
            seen.add(link)
            names.add(target)
            waiting.insert(0, link)  # at once: so that a deed is known for one before the next object offers it


@contextmanager
def _undone(person: Person) -> Iterator[None]:
    """Roll back what is done: rows, and who is signed in."""
    cookies = deepcopy(person.client.cookies)
    with transaction.atomic():
        yield
        transaction.set_rollback(True)
    person.client.cookies = cookies


def _press_on(person: Person, address: str, answer: Any, found: Found) -> None:
    with _undone(person):
        _follow(person, address, answer, found)


def _follow(person: Person, address: str, answer: Any, found: Found) -> None:
    """Answer the questions and confirm, as far as the page leads."""
    for _step in range(MOST_STEPS):
        _judge(person, address, answer, found)
        if answer.status_code != 200 or not (_drawn_with(answer) & DEEDS):
            return
        form = _deed_of(answer)
        if form is None:
            return
        questions = answer.context.get("form")
        if questions is not None and "confirmed" not in form.values:
            said = {name: text for name, text in SAID.items() if name in questions.fields} | filled(questions)
            form.values |= {name: one if isinstance(one, list) else [one] for name, one in said.items()}
        answer = form.send(person.client)


def _judge(person: Person, address: str, answer: Any, found: Found) -> None:
    """Note a refusal: above the form, at a field, or told on the next page."""
    said = []
    form = answer.context.get("form") if answer.context is not None else None
    # What only the vendor knows, no page asks before it is drawn.
    refusals = [one for refusal in getattr(form, "refusals", ()) for one in refusal.problems]
    if refusals and all(isinstance(one, VendorUnavailable) for one in refusals):
        return
    if answer.status_code in (409, 422) and form is not None:
        said += [f"{name}: {' '.join(map(str, errors))}" for name, errors in form.errors.items()] or ["nothing"]
    elif answer.status_code not in (200, 302):
        said.append(f"answered by {answer.status_code}")
    queued = getattr(getattr(answer.wsgi_request, "_messages", None), "_queued_messages", ())
    said += [str(message) for message in queued if message.level >= ERROR]
    if said:
        found.refused.append(f"{person}: {address}: {'; '.join(said)}")


def _drawn_with(answer: Any) -> set[str]:
    return {template.name for template in answer.templates if template.name}


def _buttons(answer: Any, address: str) -> Iterator[Form]:
    for form in forms_of(answer):
        if form.button and form.action != address and not form.action.startswith(FRAME) and "?" not in form.action:
            yield form


def _deed_of(answer: Any) -> Form | None:
    own = [form for form in forms_of(answer) if form.button and not form.action.startswith(FRAME)]
    return next((form for form in own if "confirmed" in form.values), own[0] if own else None)


def _links(answer: Any) -> list[str]:
    reader = _Links()
    reader.feed(answer.content.decode())
    base = answer.wsgi_request.path
    return [base + link if link.startswith("?") else link for link in reader.links if link.startswith(("/", "?"))]


def _name(address: str) -> str:
    try:
        return resolve(urlsplit(address).path).view_name
    except Resolver404:
        return ""
