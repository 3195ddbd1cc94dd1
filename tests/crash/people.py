"""People at the panels, for tests/crash/chaos.py: they order, change, stop, activate, delete, pay and export.

All over HTTP, again and again. What nobody answers is sent again as it was; the form's key makes it one deed.
"""

import re
import threading
import time
from collections import Counter
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any, Protocol

import requests
from django.db import connection
from django.db.models import QuerySet

from brokerage.demo import cast
from brokerage.demo.browser import Browser, PageFailed
from subscriptions.models import Order, OrderStatus, Subscription, SubscriptionStatus

LONGEST_ANSWER = 30  # seconds
TRIES = 200
EXPORT_SECONDS = 8  # between two exports: one takes a busy worker nearly as long
# The vendor allows a customer two subscriptions of the offer at a time (27006).
MOST_LIVE = 2
CHANGE, STOP = ("change", "quantity changes"), ("stop", "stops")
ACTIVATE, DELETE = ("activate", "activations"), ("delete", "deletions")
# What is done to a subscription in each state, the frequent more than once.
VERBS = {
    SubscriptionStatus.ACTIVE: (CHANGE, CHANGE, CHANGE, STOP, STOP),
    SubscriptionStatus.STOPPED: (ACTIVATE, ACTIVATE, DELETE),
}


class Stage(Protocol):
    """What people need to know of the platform under attack."""

    web: str
    random: Any
    over: threading.Event
    gone: threading.Event
    deeds: Counter[str]
    troubles: Counter[str]
    answers: Counter[int]
    broken: list[str]
    plan: int
    period: int


class Forms(HTMLParser):
    """The forms of a page: action and the values that a browser would send, buttons aside."""

    def __init__(self, page: requests.Response) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.feed(page.text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take a form's beginning, and the values inside it."""
        facts = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.found.append((facts.get("action", ""), {}))
        elif tag == "input" and self.found and facts.get("name"):
            kind = facts.get("type", "text")
            if kind not in ("checkbox", "radio", "submit") or "checked" in facts:
                self.found[-1][1][facts["name"]] = facts.get(
                    "value", "on" if kind == "checkbox" else facts.get("data-typed", "")
                )

    def with_field(self, name: str) -> dict[str, str]:
        """Return the values of the form that has the field; nothing where none has."""
        return next((values for _action, values in self.found if name in values), {})

    def of_page(self) -> dict[str, str]:
        """Return the values of the form that is sent to its own page; nothing where there is none."""
        return next((values for action, values in self.found if not action), {})


class Person(threading.Thread):
    """Somebody at the panels, who does the same again and again until told to go home."""

    def __init__(self, stage: Stage, email: str, rounds: Callable[["Person", int], None]) -> None:
        super().__init__(daemon=True)
        self.stage, self.email, self.rounds = stage, email, rounds
        self.browser: Any = None
        self.account = 0

    def run(self) -> None:
        """Go on over every trouble: it is what the platform has to stand."""
        number = 0
        while not self.stage.over.is_set():
            try:
                self.sign_in()
                number += 1
                self.rounds(self, number)
            except Exception as trouble:  # noqa: BLE001 - dead servers show in many ways
                self.stage.troubles[type(trouble).__name__] += 1
                connection.close()  # of this thread: Django renews one between requests only
                if isinstance(trouble, PageFailed):
                    self.browser = None
                time.sleep(0.3)

    def sign_in(self) -> None:
        """Sign in where the person is not; every answer that ever comes is counted. Raises PageFailed."""
        if self.browser is None:
            browser = Browser(self.stage.web)
            browser.session.hooks["response"].append(self._count)
            browser.sign_in(self.email, cast.PASSWORD)
            self.browser = browser

    def get(self, path: str) -> requests.Response:
        """Open a page, again while the server is away."""
        return self._until_answered(lambda: self.browser.session.get(self.stage.web + path, timeout=LONGEST_ANSWER))

    def send(self, path: str, values: dict[str, str]) -> requests.Response:
        """Send a form, the same again while nobody answers: its key makes it one deed."""
        return self._until_answered(
            lambda: self.browser.session.post(self.stage.web + path, data=values, timeout=LONGEST_ANSWER)
        )

    def deed(self, path: str, what: str, **answers: str) -> None:
        """Go through an operation's steps: its questions where it has any, what it costs, the deed."""
        page = self.get(path)
        confirmed = Forms(page).with_field("confirmed")
        if page.status_code == requests.codes.ok and not confirmed:
            confirmed = Forms(self.send(path, {**Forms(page).of_page(), **answers})).with_field("confirmed")
        if not confirmed:
            self.stage.deeds[f"{what}: not offered"] += 1
            return
        done = self.send(path, confirmed)
        self.stage.deeds[f"{what}: {'sent' if done.history else f'refused ({done.status_code})'}"] += 1

    def _until_answered(self, ask: Callable[[], requests.Response]) -> requests.Response:
        for _ in range(TRIES):
            try:
                answer = ask()
            except requests.RequestException as trouble:
                self.stage.troubles[type(trouble).__name__] += 1
            else:
                if answer.status_code < requests.codes.server_error:
                    return answer
            if self.stage.gone.is_set():
                break
            time.sleep(0.3)
        raise TimeoutError("nobody answers")

    def _count(self, answer: requests.Response, **_: object) -> None:
        self.stage.answers[answer.status_code] += 1
        away = requests.codes.service_unavailable
        if answer.status_code >= requests.codes.server_error and answer.status_code != away:
            asked = answer.request
            self.stage.broken.append(f"HTTP {answer.status_code}: {asked.method} {asked.path_url}")


def customers_round(person: Person, number: int) -> None:
    """Order three seats where there is room, pay something in, or change, stop, activate or delete what is there."""
    if number % 8 == 4:
        person.stage.deeds["top-ups: " + _topped_up(person)] += 1
    elif number % 2 and _live(person).count() < MOST_LIVE:
        _order(person, number)
    else:
        _work_on_one(person)
    pay_what_waits(person)


def _live(person: Person) -> QuerySet[Subscription]:
    return Subscription.objects.filter(account=person.account).exclude(status=SubscriptionStatus.DELETED)


def _order(person: Person, number: int) -> None:
    stage = person.stage
    prefix = f"chaos{person.account}x{number}x{stage.random.randint(0, 10**6)}"
    wish = f"period={stage.period}&quantities.seats=3&parameters.domain_prefix={prefix}"
    path = f"/order/{stage.plan}/check/?{wish}"
    values = Forms(person.get(path)).with_field("key")
    if not values:
        stage.deeds["orders: not offered"] += 1
        return
    done = person.send(path, values)
    found = re.search(r"/orders/(\d+)/$", done.url)
    stage.deeds["orders: sent" if found else f"orders: refused ({done.status_code})"] += 1


def _topped_up(person: Person) -> str:
    path = "/payments/top-up/"
    done = person.send(path, {**Forms(person.get(path)).of_page(), "amount": str(person.stage.random.randint(5, 99))})
    return "sent" if done.history else f"refused ({done.status_code})"


def _work_on_one(person: Person) -> None:
    there = list(_live(person).filter(status__in=VERBS).order_by("pk").values_list("pk", "status"))
    if not there:
        time.sleep(0.5)
        return
    chance = person.stage.random
    pk, status = chance.choice(there)
    verb, plural = chance.choice(VERBS[status])
    answers = {"stop": {"comment": "chaos"}, "change": {"quantities.seats": str(chance.randint(1, 9))}}.get(verb, {})
    person.deed(f"/subscriptions/{pk}/{verb}/", plural, **answers)


def pay_what_waits(person: Person) -> None:
    """Have the demo's bank pay every payment that is awaited: of orders on their pages, of the balance on its own."""
    waiting = Order.objects.filter(account=person.account, status=OrderStatus.WAITING_FOR_PAYMENT)
    pages = [f"/orders/{pk}/" for pk in waiting.values_list("pk", flat=True)]
    for page in [*pages, "/payments/"]:
        for action, values in Forms(person.get(page)).found:
            if action.endswith("/demo-bank/"):
                person.send(action, values)
                person.stage.deeds["payments: sent"] += 1


def managers_round(person: Person, number: int) -> None:
    """Export the accounts, which a worker writes."""
    page = Forms(person.get("/operator/accounts/"))
    values = next(values for _action, values in page.found if values.get("do") == "export")
    done = person.send("/operator/accounts/", {**values, "format": ("csv", "xlsx")[number % 2]})
    begun = "/lists/exports/" in done.url
    person.stage.deeds["exports: " + ("sent" if begun else f"refused ({done.status_code})")] += 1
    time.sleep(EXPORT_SECONDS)
