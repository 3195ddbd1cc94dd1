"""The attack of tests/crash/chaos.py: the platform that is built, and the blows while people (people.py) work at it."""

import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import redis
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from accounts.actors import SYSTEM
from accounts.models import Account, AccountType, Role
from accounts.registration import open_account
from billing.payments import complete_payment, open_top_up
from brokerage import local_services
from brokerage.demo import cast, catalogue, programs
from brokerage.demo.supervisor import Supervisor
from brokerage.server_processes import own_pid
from subscriptions.models import BillingNight, Subscription, SubscriptionStatus
from tests.crash.people import Person, customers_round, managers_round
from tests.crash.verdict import settle, verdict

ROOT = Path(__file__).resolve().parent.parent.parent
CUSTOMERS = 4
ROWS = 9_000  # more than a browser waits for: exports go to the worker
PAUSE = (1.5, 8.0)  # seconds between two blows
REST_SECONDS = 20  # how long the same is left alone: else nothing would ever be under way when it is struck
WARM_SECONDS = 120
TARGETS = ("worker", "web", "postgres", "redis", "flush", "beat")


class Stage:
    """The platform under attack."""

    def __init__(
        self, folder: Path, place: local_services.Place, addresses: programs.Addresses, seed: int,
        tell: Callable[[str], None],
    ) -> None:  # fmt: skip
        self.folder, self.place, self.tell = folder, place, tell
        self.random = random.Random(seed)
        self.over, self.gone = threading.Event(), threading.Event()
        self.seed = seed
        self.blows: Counter[str] = Counter()
        self._struck: dict[str, float] = {}
        # What people did, what they met without an answer, each answer's status, and each answer that is our fault.
        self.deeds: Counter[str] = Counter()
        self.troubles: Counter[str] = Counter()
        self.answers: Counter[int] = Counter()
        self.broken: list[str] = []
        self.plan, self.period = 0, 0
        self.addresses = addresses
        self.web = addresses.web
        self.supervisor: Any = None

    # -- the attack -------------------------------------------------------------------------------------------------

    def strike(self) -> None:
        """Kill one program by SIGKILL, with its children, or empty Redis."""
        rested = [name for name in TARGETS if time.monotonic() - self._struck.get(name, 0) > REST_SECONDS]
        if not rested:
            return
        target = self.random.choice(rested)
        self._struck[target] = time.monotonic()
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
                self.troubles[f"{target} was gone already"] += 1

    def _redis(self, command: str) -> None:
        try:
            redis.Redis.from_url(self.place.redis_url, socket_timeout=2).execute_command(command)
        except redis.RedisError:
            self.troubles["Redis was gone already"] += 1

    def tend(self) -> None:
        """Bring back what is dead, as containers' restarts do."""
        try:
            local_services.start(self.place)
        except local_services.ServiceError as trouble:
            self.tell(str(trouble)[:300])
        self.supervisor.tend(lambda _line: None)


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


# --- the attack itself ---------------------------------------------------------------------------------------------


def attack(stage: Stage, people: list[Person], seconds: float) -> None:
    """Strike at random for so long while people work; begin when there is something to change and to stop."""
    for person in people:
        person.start()
    warm = time.monotonic() + WARM_SECONDS
    while time.monotonic() < warm and Subscription.objects.filter(status=SubscriptionStatus.ACTIVE).count() < CUSTOMERS:
        time.sleep(0.5)
    stage.tell(f"{seconds:.0f} s of blows begin")
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
        stage.tell(f"ready at {stage.web}")
        attack(stage, people, seconds)
        took = settle(stage, people[:CUSTOMERS], quiet)
        return verdict(stage, today, took)
