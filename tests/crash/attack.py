"""The attack of tests/crash/chaos.py: what people do at the panels, the blows, and what has to be true afterwards."""

import os
import random
import re
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import redis
import requests
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from accounts.actors import SYSTEM
from accounts.models import Account, AccountType, Role
from accounts.registration import open_account
from billing.audit import audit
from billing.payments import complete_payment, open_top_up
from brokerage import local_services
from brokerage.demo import cast, catalogue, programs
from brokerage.demo.browser import Browser, PageFailed
from brokerage.demo.supervisor import Supervisor
from brokerage.server_processes import own_pid
from core.lists.models import ListExport
from notifications.models import Notification, NotificationStatus
from subscriptions.models import BillingNight, Order, OrderStatus, OrderType, Subscription, SubscriptionStatus
from vendors.models import UNFINISHED, VendorOperation

ROOT = Path(__file__).resolve().parent.parent.parent
CUSTOMERS = 4
ROWS = 9_000  # more than a browser waits for: exports go to the worker
PAUSE = (1.5, 4.5)  # seconds between two blows


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
                self.found[-1][1][facts["name"]] = facts.get("value", "on" if kind == "checkbox" else "")

    def with_field(self, name: str) -> dict[str, str]:
        """Return the values of the form that has the field; nothing where none has."""
        return next((values for _action, values in self.found if name in values), {})

    def at(self, action: str) -> dict[str, str]:
        """Return the values of the form that is sent to the address."""
        return next((values for where, values in self.found if where == action), {})


class Person(threading.Thread):
    """Somebody at the panels, who does the same again and again until told to go home."""

    def __init__(self, stage: "Stage", email: str, rounds: Callable[["Person", int], None]) -> None:
        super().__init__(daemon=True)
        self.stage, self.email, self.rounds = stage, email, rounds
        self.browser: Any = None
        self.account = 0

    def run(self) -> None:
        """Go on over every trouble: it is what the platform has to stand."""
        number = 0
        while not self.stage.over.is_set():
            try:
                if self.browser is None:
                    self.browser = self.stage.signed_in(self.email)
                number += 1
                self.rounds(self, number)
            except Exception as trouble:  # noqa: BLE001 - dead servers show in many ways
                self.stage.met[type(trouble).__name__] += 1
                connection.close()  # of this thread: Django renews one between requests only
                if isinstance(trouble, PageFailed):
                    self.browser = None
                time.sleep(0.3)

    def get(self, path: str) -> requests.Response:
        """Open a page, again while the server is away."""
        return self._until_answered(lambda: self.browser.session.get(self.stage.web + path, timeout=30))

    def send(self, path: str, values: dict[str, str]) -> requests.Response:
        """Send a form, the same again while nobody answers: its key makes it one deed."""
        return self._until_answered(lambda: self.browser.session.post(self.stage.web + path, data=values, timeout=30))

    def _until_answered(self, ask: Callable[[], requests.Response]) -> requests.Response:
        for _ in range(200):
            try:
                answer = ask()
            except requests.RequestException as trouble:
                self.stage.met[type(trouble).__name__] += 1
            else:
                if answer.status_code < 500:
                    return answer
                self.stage.met[f"HTTP {answer.status_code}"] += 1
            if self.stage.gone.is_set():
                break
            time.sleep(0.3)
        raise TimeoutError("nobody answers")


class Stage:
    """The platform under attack."""

    def __init__(
        self, folder: Path, place: local_services.Place, addresses: programs.Addresses, seed: int,
        tell: Callable[[str], None],
    ) -> None:  # fmt: skip
        self.folder, self.place, self.tell = folder, place, tell
        self.random = random.Random(seed)
        self.over, self.gone = threading.Event(), threading.Event()
        self.met: Counter[str] = Counter()
        self.blows: Counter[str] = Counter()
        self.plan, self.period = 0, 0
        self.addresses = addresses
        self.web = addresses.web
        self.supervisor: Any = None

    def signed_in(self, email: str) -> Any:
        """Return a browser in which the person is signed in."""

        browser = Browser(self.web)
        browser.sign_in(email, cast.PASSWORD)
        return browser

    # -- the attack -------------------------------------------------------------------------------------------------

    def strike(self) -> None:
        """Kill one program by SIGKILL, with its children, or empty Redis."""
        target = self.random.choice(["worker", "worker", "web", "postgres", "redis", "flush", "beat"])
        self.blows[target] += 1
        if target == "flush":
            self._redis("FLUSHALL")
        elif target in ("postgres", "redis"):
            files = {"postgres": self.place.postgres_data / "postmaster.pid", "redis": self.place.run / "redis.pid"}
            pid = own_pid(files[target], self.place.home, self.place.run)
            if pid:
                os.kill(pid, signal.SIGKILL)
        else:
            _program, process = self.supervisor._running[target]
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                self.met[f"{target} was gone already"] += 1

    def _redis(self, command: str) -> None:

        try:
            redis.Redis.from_url(self.place.redis_url, socket_timeout=2).execute_command(command)
        except redis.RedisError:
            self.met["Redis was gone already"] += 1

    def tend(self) -> None:
        """Bring back what is dead, as containers' restarts do."""
        try:
            local_services.start(self.place)
        except local_services.ServiceError as trouble:
            self.tell(str(trouble)[:300])
        self.supervisor.tend(lambda _line: None)


# --- what people do ------------------------------------------------------------------------------------------------


def customers_round(person: Person, number: int) -> None:
    """Order three seats and pay by the bank; every other time change the units of something Active instead."""

    stage = person.stage
    mine = Subscription.objects.filter(account=person.account, status=SubscriptionStatus.ACTIVE)
    running = list(mine.values_list("pk", flat=True))
    if running and number % 2:
        _change(person, stage.random.choice(running), stage.random.randint(1, 9))
        return
    prefix = f"chaos{person.account}x{number}x{stage.random.randint(0, 10**6)}"
    wish = f"period={stage.period}&quantities.seats=3&parameters.domain_prefix={prefix}"
    path = f"/order/{stage.plan}/check/?{wish}"
    values = Forms(person.get(path)).with_field("key")
    if not values:
        stage.met["an order was not offered"] += 1
        return
    done = person.send(path, values)
    found = re.search(r"/orders/(\d+)/$", done.url)
    stage.met["orders placed" if found else f"orders refused ({done.status_code})"] += 1
    pay_what_waits(person)


def _change(person: Person, pk: int, seats: int) -> None:
    path = f"/subscriptions/{pk}/change/"
    asked = Forms(person.get(path)).with_field("quantities.seats")
    if not asked:
        person.stage.met["a change was not offered"] += 1
        return
    shown = person.send(path, {**asked, "quantities.seats": str(seats), "pay_from_balance": "on"})
    confirmed = Forms(shown).with_field("confirmed")
    if not confirmed:
        person.stage.met["changes refused"] += 1
        return
    person.send(path, confirmed)
    person.stage.met["changes sent"] += 1


def pay_what_waits(person: Person) -> None:
    """Have the demo's bank pay every payment that is awaited."""
    waiting = Order.objects.filter(account=person.account, status=OrderStatus.WAITING_FOR_PAYMENT)
    for pk in list(waiting.values_list("pk", flat=True)):
        for action, values in Forms(person.get(f"/orders/{pk}/")).found:
            if action.endswith("/demo-bank/"):
                person.send(action, values)
                person.stage.met["payments sent"] += 1


def managers_round(person: Person, number: int) -> None:
    """Export the accounts, which a worker writes."""
    page = Forms(person.get("/operator/accounts/"))
    values = next(values for _action, values in page.found if values.get("do") == "export")
    done = person.send("/operator/accounts/", {**values, "format": ("csv", "xlsx")[number % 2]})
    person.stage.met[
        "exports begun" if "/lists/exports/" in done.url else f"exports not begun ({done.status_code})"
    ] += 1
    time.sleep(2)


# --- setting up ----------------------------------------------------------------------------------------------------


def prepare(stage: Stage, today: date) -> list[Person]:
    """Build operator, vendor, reseller, plan and customers by the real verbs; return who will work."""

    operator = cast.make_operator(today)
    BillingNight.objects.create(day=today, started_at=timezone.now(), finished_at=timezone.now())
    stage.supervisor.wait()
    plan = catalogue.make_office(catalogue.grant(stage.addresses, catalogue.connect(stage.addresses)), today)
    north = cast.make_reseller(parent=operator, name="North", admin=cast.NORTH_ADMIN, day=today)
    sold = catalogue.delegate(plan, north, Decimal("12.00"), today)
    stage.plan, stage.period = sold.pk, sold.periods.get(endless=True).pk
    people = []
    for number in range(1, CUSTOMERS + 1):
        email = f"owner{number}@chaos.example"
        account = open_account(
            actor=cast.actor(cast.NORTH_ADMIN), reseller=north, account_type=AccountType.objects.get(key="business"),
            account_class=north.account_classes.get(is_default=True), owner_email=email, owner_name=f"Owner {number}",
            values={
                "primary_name": f"Chaos {number}", "email": email, "phone": "2125550100", "country": "US",
                "region": "NY", "city": "New York", "street": "Broadway", "building": "100", "zip": "10001",
                "contact_first_name": "Ann", "contact_last_name": "Owner", "contact_email": email,
                "contact_phone": "2125550101",
            },
            now=cast.moment(today),
        )  # fmt: skip
        cast.accept(email, f"Owner {number}", today)
        top_up = open_top_up(actor=SYSTEM, account=account, amount=Decimal(50_000), today=today)
        complete_payment(actor=SYSTEM, payment=top_up, today=today, method="bank_transfer")
        person = Person(stage, email, customers_round)
        person.account = account.pk
        people.append(person)
    _fill()
    return [*people, Person(stage, cast.OPERATOR_STAFF[Role.ADMIN].email, managers_round)]


def _fill() -> None:
    """Add accounts by the thousand, so that their list is exported by a worker."""

    like = Account.objects.earliest("pk")
    names = [field.attname for field in Account._meta.concrete_fields if not field.primary_key]
    known = {name: getattr(like, name) for name in names}
    Account.objects.bulk_create(
        [Account(**{**known, "primary_name": f"Row {at}", "name": f"Row {at}"}) for at in range(ROWS)], batch_size=1000
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


# --- the end -------------------------------------------------------------------------------------------------------


def unsettled() -> dict[str, list[str]]:
    """Return what has not come to its end."""

    ended = (OrderStatus.COMPLETED, OrderStatus.CANCELLED, OrderStatus.PROVISIONING_FAILED)
    orders = Order.objects.exclude(status__in=ended)
    operations = VendorOperation.objects.filter(state__in=UNFINISHED)
    left = {
        "orders": [f"{order} {order.status}" for order in orders],
        "operations": [f"{operation} {operation.state} {operation.last_error_code}" for operation in operations],
        "exports": [f"{export} {export.state}" for export in ListExport.objects.exclude(state__in=["ready", "failed"])],
        "messages": [str(row) for row in Notification.objects.exclude(status=NotificationStatus.SENT)],
    }
    return {what: rows for what, rows in left.items() if rows}


def faults(stage: Stage, today: date) -> list[str]:
    """Return everything that is not as it has to be once all is quiet."""

    found = [f"{what} without an end: {rows[:5]} ({len(rows)})" for what, rows in unsettled().items()]
    found += [f"audit: {finding}" for finding in audit(today=today)]
    sales = Order.objects.filter(type=OrderType.SALES)
    failed = Order.objects.filter(status=OrderStatus.PROVISIONING_FAILED)
    found += [f"order {order} failed without a sentence" for order in failed if not order.failure]
    found += [f"order {order} failed: {order.failure}" for order in failed]
    completed = sales.filter(status=OrderStatus.COMPLETED).count()
    counts = requests.get(stage.addresses.control, timeout=30).json()["counts"]
    if counts["subscriptions"] != completed or counts["orders"] != completed:
        found.append(f"{completed} orders completed, and at the vendor {counts}")
    found += [f"export {export} failed: {export.failure}" for export in ListExport.objects.filter(state="failed")]
    stage.tell(f"orders {dict(Counter(Order.objects.values_list('type', 'status')))}; at the vendor {counts}")
    stage.tell(f"exports {dict(Counter(ListExport.objects.values_list('state', flat=True)))}")
    return found


def settle(stage: Stage, people: list[Person], quiet: float) -> float:
    """Wait until all has come to its end, at most `quiet` seconds; return how long it took."""
    began, asked = time.monotonic(), 0.0
    while time.monotonic() - began < quiet:
        stage.tend()
        try:
            if time.monotonic() - asked > 10:
                asked = time.monotonic()
                for person in people[:CUSTOMERS]:
                    person.browser = person.browser or stage.signed_in(person.email)
                    pay_what_waits(person)
            if not unsettled():
                break
        except Exception as trouble:  # noqa: BLE001 - the last blow may still be felt
            stage.met[f"in the quiet: {type(trouble).__name__}"] += 1
            connection.close()
        time.sleep(0.5)
    return time.monotonic() - began


def attack(stage: Stage, people: list[Person], seconds: float) -> None:
    """Strike at random for so long while people work."""
    for person in people:
        person.start()
    end = time.monotonic() + seconds
    blow = time.monotonic() + 3
    while time.monotonic() < end:
        if time.monotonic() > blow:
            stage.strike()
            blow = time.monotonic() + stage.random.uniform(*PAUSE)
        stage.tend()
        time.sleep(0.2)
    stage.over.set()
    for person in people:
        person.join(90)


def perform(stage: Stage, *, seconds: float, quiet: float) -> list[str]:
    """Build the platform, attack it, let it settle, and return what is wrong."""
    today = timezone.localdate()
    call_command("migrate", verbosity=0)
    with Supervisor(stage.folder / "logs", ROOT) as supervisor:
        stage.supervisor = supervisor
        supervisor.start(
            programs.sandbox(stage.addresses, stage.folder / "sandbox"), programs.web(stage.addresses),
            programs.worker(stage.addresses), programs.beat(stage.addresses, stage.folder),
        )  # fmt: skip
        people = prepare(stage, today)
        stage.tell(f"ready at {stage.web}; {seconds:.0f} s of blows begin")
        attack(stage, people, seconds)
        took = settle(stage, people, quiet)
        stage.tell(f"blows {dict(stage.blows)}; people met {dict(stage.met)}; quiet after {took:.0f} s")
        return faults(stage, today)
