"""manage.py services: the embedded PostgreSQL and Redis of this checkout."""

import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from brokerage import local_services
from brokerage.local_services import Place

TITLES = {"postgres": "PostgreSQL", "redis": "Redis"}
WATCH_SECONDS = 2


class Command(BaseCommand):
    help = "Show, start, watch or stop the PostgreSQL and Redis that this checkout runs where no address was given."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take what to do, and for which of the two clusters."""
        parser.add_argument("verb", choices=["status", "start", "watch", "stop"])
        parser.add_argument("--tests", action="store_true", help="the servers of the tests, not those of the demo")
        parser.add_argument("--unless-used", action="store_true", help="stop: leave servers that a test run uses")

    def handle(self, *_args: Any, verb: str, tests: bool, unless_used: bool, **_options: Any) -> None:
        """Do it, one line per server."""
        if not settings.SERVICES_PLACE:
            self.stdout.write("DATABASE_URL and REDIS_URL are set: this checkout runs no servers of its own.")
            return
        place = settings.SERVICES_PLACE
        if tests:
            place = local_services.place_for(var=settings.VAR_DIR, name="test-services", disposable=True)
        try:
            self._do(verb, place, unless_used=unless_used)
        except local_services.ServiceError as error:
            raise CommandError(str(error)) from error

    def _do(self, verb: str, place: Place, *, unless_used: bool) -> None:
        if verb == "stop":
            stopped = local_services.stop_if_unused(place) if unless_used else local_services.stop(place)
            self.stdout.write(
                ", ".join(TITLES[name] for name in stopped) + " stopped" if stopped else "nothing to stop"
            )
            return
        if verb in ("start", "watch"):
            local_services.start(place, settings.LOCAL_SERVICES)
        for name, answers in local_services.status(place).items():
            ours = name in settings.LOCAL_SERVICES
            state = ("running" if answers else "stopped") if ours else "not ours: its address was given"
            self.stdout.write(f"{TITLES[name]:<11} {state:<8} {place.home}")
        while verb == "watch":  # until a signal ends it: a killed server comes back
            time.sleep(WATCH_SECONDS)
            local_services.start(place, settings.LOCAL_SERVICES)
