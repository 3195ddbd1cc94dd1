"""manage.py demo: the main job against the sandbox, told step by step; then the panels, until Ctrl-C."""

import fcntl
import signal
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from datetime import date
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from accounts.models import Reseller
from brokerage import local_services
from brokerage.demo import (
    antivirus,
    cast,
    catalogue,
    certificates,
    endpoints,
    mailboxes,
    new_commerce,
    programs,
    state,
)
from brokerage.demo.amounts import days_before
from brokerage.demo.browser import Browser, PageFailed
from brokerage.demo.crowd import Crowd
from brokerage.demo.programs import Addresses
from brokerage.demo.story import Story
from brokerage.demo.supervisor import ProgramFailed, Supervisor
from brokerage.demo.telling import Teller
from brokerage.demo.waiting import TookTooLong
from core.errors import Refused
from subscriptions.models import Plan
from subscriptions.night.renewals import run_billing_day


class Command(BaseCommand):
    help = "Carry the main job out against the sandbox, step by step, then serve the panels until Ctrl-C."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take whether to stop after the job."""
        parser.add_argument("--once", action="store_true", help="end after the job: 0 when every amount is right")

    def handle(self, *_args: Any, once: bool, **_options: Any) -> None:
        """Build the demo, or go on with the one there is; serve unless once."""
        if settings.PRODUCTION:
            raise CommandError("The demo does not run in production: unset BROKERAGE_ENV.")
        self.folder = settings.VAR_DIR / "demo"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.began = time.monotonic()
        for number in (signal.SIGTERM, signal.SIGINT):  # a shell's background job is born deaf to SIGINT
            signal.signal(number, _interrupt)
        try:
            with self._alone(), _servers_in_use(), Supervisor(self.folder / "logs", settings.BASE_DIR) as supervisor:
                right = self._run(supervisor, once=once)
        except KeyboardInterrupt:
            self.stdout.write("\nThe demo has ended. make demo starts it again on the same data.")
            return
        except (ProgramFailed, TookTooLong, PageFailed, state.NotADemo, Refused, OSError) as trouble:
            raise CommandError(str(trouble)) from trouble
        if not right:
            raise CommandError("The demo's numbers are wrong.")

    def _run(self, supervisor: Supervisor, *, once: bool) -> bool:
        addresses = programs.free_addresses()
        settings.BASE_URL = addresses.web  # the letters of the story say where the panels are, too
        if addresses.web_port != programs.WEB_PORT:
            self._write(f"Port {programs.WEB_PORT} is taken: the panels are at {addresses.web}.")
        before = state.found()
        if before != state.READY:
            self._start_over(interrupted=before == state.BUILDING)
        # They come up beside the migration; nothing is asked of them before `wait`.
        supervisor.start(programs.sandbox(addresses, self.folder / "sandbox"), programs.web(addresses))
        self._write("Preparing the database, and starting sandbox and web ...")
        call_command("migrate", verbosity=0)
        right = True
        teller = Teller(self._write)
        today = timezone.localdate()
        if before == state.READY and not once:
            self._go_on(supervisor, addresses, today)
        else:
            right = self._tell(supervisor, addresses, teller, today, crowd=before != state.READY)
        self._check_doors(addresses)
        if once:
            return right
        # Not before: a worker acts today, the story in its own days (brokerage/demo/waiting.py).
        supervisor.start(programs.worker(addresses), programs.beat(addresses, self.folder))
        supervisor.wait()
        self._show(addresses)
        supervisor.keep_running(self._write, lambda: local_services.start_for(settings))
        return right

    def _start_over(self, *, interrupted: bool) -> None:
        if interrupted:
            self._write("An earlier demo was interrupted while it was built: starting anew.")
            state.wipe()
        programs.forget(self.folder / "sandbox")
        (self.folder / "beat-schedule").unlink(missing_ok=True)

    def _tell(self, supervisor: Supervisor, addresses: Addresses, teller: Teller, today: date, *, crowd: bool) -> bool:
        """Tell the main job, with a crowd around it where there is none yet; return whether all is right."""
        days = days_before(today)
        teller.heading(f"The main job, from {days.ordered:%d %B %Y} to today, {today:%d %B %Y}")
        operator = cast.make_operator(days.ordered) if crowd else Reseller.objects.get(parent=None)
        supervisor.wait()
        story = Story(days=days, addresses=addresses, teller=teller, check=supervisor.check)
        plan = story.tell_of_operator(operator)
        afterwards = None
        if crowd:
            afterwards = Crowd(days, addresses, supervisor.check).gather(operator, Plan.objects.get(pk=plan.parent_id))
            teller.step(f"And company for the lists: {state.summary()}")
        story.tell_of_customer(plan)
        if afterwards is not None:
            afterwards.tell(teller)
        story.tell_the_end()
        if crowd:
            now = timezone.now()
            protected = endpoints.protect(
                endpoints.sell(addresses, day=days.ordered, now=now), story.account, day=today, now=now
            )
            teller.step(f"“{protected}” shows its owner the activation code", day=today)
            plan = certificates.sell(addresses, day=days.ordered, now=now)
            waiting = certificates.leave_one_waiting(plan, story.account, day=today, now=now)
            new_commerce.show(addresses, supervisor.check, teller, sold_on=days.ordered, now=now)
            teller.step(
                f"“{waiting}” waits for its approver, whose mail stands at {addresses.opensrs}/mails", day=today
            )
            starter = mailboxes.sell(addresses, day=days.ordered, now=now)
            waiting = mailboxes.leave_one_waiting(starter, story.account, day=today, now=now)
            teller.step(
                f"“{waiting}” waits for Google's terms to be accepted, at {addresses.google}/console", day=today
            )
        state.note(state.READY)
        return teller.verdict()

    def _go_on(self, supervisor: Supervisor, addresses: Addresses, today: date) -> None:
        """Serve the data of the earlier demo: Microsoft may answer elsewhere now, and nights may have been missed."""
        supervisor.wait()
        catalogue.lead_to(addresses)
        antivirus.lead_to(addresses)
        certificates.lead_to(addresses)
        endpoints.lead_to(addresses)
        mailboxes.lead_to(addresses)
        night = run_billing_day(today=today)
        self._write(f"The demo goes on where it was: {state.summary()}; {night.subscriptions} missed renewals done.")

    def _check_doors(self, addresses: Addresses) -> None:
        """Sign everybody in over HTTP and open their first page."""
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda person: Browser(addresses.web).sign_in(person.email, cast.PASSWORD), cast.EVERYBODY))

    def _show(self, addresses: Addresses) -> None:
        self._write("\nOpen it")
        self._write(f"  {addresses.web}/operator/   the operator's and resellers' panel")
        self._write(f"  {addresses.web}/            the customers' panel")
        self._write(f"  {addresses.web}/api/v3/     the resellers' API")
        self._write(f"\nSign in with one of these, password: {cast.PASSWORD}")
        for person in cast.EVERYBODY:
            self._write(f"  {person.email:<28}{person.what}")
        seconds = time.monotonic() - self.began
        self._write(f"\nUp after {seconds:.0f} s; logs are in {self.folder / 'logs'}. Ctrl-C ends everything.")

    def _write(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Hold this checkout's demo: the kernel lets go of it however we end."""
        with open(self.folder / "lock", "w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise CommandError("A demo of this checkout is running already: end it with Ctrl-C first.") from None
            yield


def _servers_in_use() -> Any:
    """Mark this checkout's own PostgreSQL and Redis as used, so that nobody stops them under the demo."""
    return local_services.in_use(settings.SERVICES_PLACE) if settings.SERVICES_PLACE else nullcontext()


def _interrupt(number: int, _frame: object) -> None:
    """End in order, once: further signals of the kind do not disturb the ending."""
    signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt
