"""manage.py audit_books: exit code 1 where the books do not agree, with a line for each finding."""

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from billing.audit import CHECKS, findings


class Command(BaseCommand):
    help = "Check that charges, payments, the ledger and the subscriptions agree."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--day", type=date.fromisoformat, help="the day up to which the night was carried out")

    def handle(self, *_args: Any, day: date | None, **_options: Any) -> None:
        found = 0
        for finding in findings(today=day or timezone.localdate()):
            found += 1
            self.stdout.write(str(finding))
        self.stdout.write(f"{len(CHECKS)} checks, {found} findings")
        if found:
            raise SystemExit(1)
