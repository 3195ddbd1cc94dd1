"""A stage for killing workers: a real worker kept alive by its supervisor, real beat, Microsoft behind a proxy."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
import requests
from django.utils import timezone

from accounts.actors import SYSTEM, actor_of
from accounts.models import Account
from brokerage.celery import app as celery_app
from core.secrets import decrypt, encrypt
from sandbox.microsoft import Microsoft
from sandbox.microsoft.world import DEMO_SECRET
from sandbox.wsgi import serve
from subscriptions.models import BillingNight, Order, OrderStatus, Plan, Subscription
from subscriptions.people.ordering import place_order
from tests import module_database
from tests.conftest import start_process, wait_for_line
from tests.crash.proxy import Proxy, Trap, Watch
from tests.factories import accounts as cast
from tests.factories.billing import pay
from tests.factories.subscriptions import plan as make_plan
from tests.vendors.office365.bench import settings_of
from vendors.connections import add_connection, begin_consent, complete_consent
from vendors.models import ConnectionState, VendorConnection

STANDARD = "031C9E47-4802-4248-838E-778FB1D2CC05"
REPLY_ADDRESS = "http://127.0.0.1:8000/vendors/office365/consent/callback"
# The worker reads the real clock, and what is provided on a later day than it was paid is charged from that day.
DAY = timezone.localdate()
SECONDS = 40
# The pretend Microsoft's lists are right at once here: "not there" is believed after this long and two looks.
LAG_SECONDS = 1


@dataclass
class Stage:
    """Where one order after the other is provisioned while the worker is killed."""

    microsoft: Microsoft
    watch: Watch
    plan: Plan
    log: Path
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def ordered(self) -> Order:
        """Return an order of five seats that a new account has placed and not paid."""
        number = next(self._numbers)
        account = _account(number)
        return place_order(
            actor=SYSTEM,
            account=account,
            plan=self.plan,
            period=self.plan.periods.get(),
            quantities={"seats": 5},
            parameters={"domain_prefix": f"crash{number}"},
            today=DAY,
            now=datetime.now(UTC),
        )

    def expire_token(self) -> None:
        """Let the worker have no access token left: its next call has to renew it."""
        connection = VendorConnection.objects.get()
        secrets = decrypt(connection.secrets)
        del secrets["access_token"]
        connection.secrets = encrypt(secrets)
        connection.save(update_fields=["secrets"])

    def provision(self, order: Order, *traps: Trap) -> Order:
        """Pay the order with the traps set; return it when it is completed by worker, supervisor and beat alone."""
        self.watch.arm(*traps)
        pay(order=order, today=DAY)
        return self.until_completed(order)

    def until_completed(self, order: Order) -> Order:
        """Return the order when it is completed."""
        completed = Order.objects.filter(pk=order.pk, status=OrderStatus.COMPLETED)
        self.until(completed.exists, f"order {order} is completed")
        return completed.get()

    def until(self, done: Callable[[], bool], what: str) -> None:
        """Wait until it is done; fail with the calls seen and the worker's log where that takes too long."""
        deadline = time.monotonic() + SECONDS
        while not done():
            if time.monotonic() > deadline:
                calls = "\n".join(self.watch.calls)
                pytest.fail(f"not in time: {what}\n{calls}\n{self.log.read_text(errors='replace')[-4000:]}")
            time.sleep(0.02)
        self.watch.disarm()

    def subscription(self, order: Order) -> Subscription:
        """Return the order's subscription as it is now."""
        return Subscription.objects.get(pk=order.subscription_id)


def _account(number: int) -> Account:
    return cast.account(
        primary_name=f"Crash {number}",
        name=f"Crash {number}",
        country="US",
        region="WA",
        city="Redmond",
        street="Main street",
        zip="98052",
        phone="4255550100",
        contact_phone="4255550101",
    )


transactional_db = module_database.transactional_db


@pytest.fixture(scope="module")
def stage(transactional_db: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The stage with a granted connection, a worker kept alive by its supervisor, and beat."""
    folder = tmp_path_factory.mktemp("crash")
    pid_file, log = folder / "worker.pid", folder / "worker.log"
    watch = Watch(kill=lambda: _kill(pid_file))
    microsoft = Microsoft()
    with serve(microsoft) as running, Proxy(urlsplit(running.base_url).netloc, watch) as proxy:
        connection = _granted(proxy.base_url)
        # Tonight's night has been.
        BillingNight.objects.create(day=timezone.localdate(), started_at=timezone.now(), finished_at=timezone.now())
        with _worker_and_beat(folder, pid_file, log):
            yield Stage(microsoft, watch, make_plan(connection=connection, offer=STANDARD), log)
    celery_app.control.purge()


@contextmanager
def _worker_and_beat(folder: Path, pid_file: Path, log: Path) -> Iterator[None]:
    celery_app.control.purge()
    beat_log = folder / "beat.log"
    keeper = start_process(
        "-m", "tests.crash.keeper", str(pid_file), log=log, CELERY_SKIP_CHECKS="1",
        VENDOR_VISIBLE_AFTER=f"office365={LAG_SECONDS}",
    )  # fmt: skip
    beat = start_process(
        "-m", "celery", "-A", "brokerage.celery", "beat", "--schedule", str(folder / "beat"), "--pidfile", "",
        "--loglevel", "INFO", log=beat_log, SWEEP_SECONDS="1",
    )  # fmt: skip
    try:
        wait_for_line(log, " ready.", keeper)
        wait_for_line(beat_log, "beat: Starting", beat)
        yield
    finally:
        for process in (beat, keeper):
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _kill(pid_file: Path) -> None:
    """Kill the worker and its children by SIGKILL, and return when they are gone."""
    pid = int(pid_file.read_text())
    os.killpg(pid, signal.SIGKILL)
    deadline = time.monotonic() + 5
    while pid_file.read_text() == str(pid) and time.monotonic() < deadline:
        time.sleep(0.005)


def _granted(base_url: str) -> VendorConnection:
    """Return a connection to Microsoft behind the proxy, granted in the consent page."""
    admin = actor_of(cast.manager())
    connection = add_connection(
        actor=admin,
        reseller=cast.operator(),
        plugin="office365",
        name="Office 365",
        values=settings_of(base_url, client_secret=DEMO_SECRET),
    )
    now = datetime.now(UTC)
    asked = begin_consent(actor=admin, connection=connection, redirect_uri=REPLY_ADDRESS, now=now)
    target = urlsplit(asked.url)
    form = {**dict(parse_qsl(target.query)), "decision": "accept"}
    reply = requests.post(
        f"{target.scheme}://{target.netloc}{target.path}",
        data=urlencode(form),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
        allow_redirects=False,
        timeout=10,
    )
    answer = dict(parse_qsl(urlsplit(reply.headers["Location"]).query))
    granted = complete_consent(actor=admin, connection=connection, flow=asked.flow, answer=answer, now=now)
    assert granted.state == ConnectionState.GRANTED, granted.last_error
    return granted
