"""manage.py renew_subscriptions: the billing day by hand, as the night runs it."""

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from subscriptions.night.renewals import BATCH, run_billing_day


class Command(BaseCommand):
    help = "Carry out all billing days up to a day; repeating it changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--day", type=date.fromisoformat, help="the last day to carry out; today by default")
        parser.add_argument("--batch-size", type=int, default=BATCH, help="accounts in one transaction")

    def handle(self, *_args: Any, day: date | None, batch_size: int, **_options: Any) -> None:
        night = run_billing_day(today=day or timezone.localdate(), batch_size=batch_size)
        self.stdout.write(f"{night.accounts} accounts, {night.subscriptions} steps")
        if night.failed_accounts:
            raise CommandError(f"these accounts failed (see the log): {sorted(night.failed_accounts)}")
