"""The nights themselves: each leaves a row, one that did not run is noticed and run, and what went wrong is told."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F

from accounts.models import Reseller
from core.only_one import only_one
from notifications.announce import announce
from subscriptions.models import BillingNight
from subscriptions.night.ahead import accounts_waiting
from subscriptions.night.renewals import run_billing_day

# What is left of a night that failed for some accounts is tried again after so long, until the day ends.
TRIED_AGAIN = timedelta(hours=1)


def carry_out_night(
    *, today: date, now: datetime, late: bool = False, go_on: Callable[[], bool] = lambda: True
) -> BillingNight | None:
    """Run the night of `today` and keep what came of it; None where another process is at it.

    `late` says that the night's own time has passed: the operator's administrators are told that it was caught up.
    They are told of accounts that failed in any case. May be killed at any line and run again: the row stays unfinished
    until the night has been through all accounts, for which `go_on` may give too little time.
    """
    with only_one("the night") as ours:
        if not ours:
            return None
        night, _new = BillingNight.objects.get_or_create(day=today, defaults={"started_at": now})
        finished_before = night.finished_at is not None
        BillingNight.objects.filter(pk=night.pk).update(runs=F("runs") + 1, last_run_at=now, late=night.late or late)
        done = run_billing_day(today=today, go_on=go_on)
        with transaction.atomic():
            BillingNight.objects.filter(pk=night.pk).update(
                finished_at=now if done.through else None,
                accounts=F("accounts") + done.accounts,
                failed_accounts=sorted(done.failed_accounts),
            )
            night.refresh_from_db()
            if late and done.through and not finished_before:
                _tell("night_caught_up", night, accounts=night.accounts)
            if night.failed_accounts:
                _tell("night_failed", night, accounts=len(night.failed_accounts), ids=_list_of(night.failed_accounts))
    return night


def run_if_missed(*, today: date, now: datetime, go_on: Callable[[], bool] = lambda: True) -> BillingNight | None:
    """Run the night of `today`, whose time has passed, unless it is through; return its row where it was run.

    A platform that has never had a night, and on which nothing is due, has missed none.
    """
    night = BillingNight.objects.filter(day=today).first()
    if night is not None and night.finished_at is not None:
        if not night.failed_accounts or night.last_run_at > now - TRIED_AGAIN:
            return None
        return carry_out_night(today=today, now=now, late=night.late, go_on=go_on)
    missed = BillingNight.objects.exists() or accounts_waiting(today).exists()
    return carry_out_night(today=today, now=now, late=missed, go_on=go_on)


def _tell(event: str, night: BillingNight, **facts: object) -> None:
    operator = Reseller.objects.filter(parent=None).first()
    if operator is not None:
        announce(event, reseller=operator, key=f"{night.day}", context={"day": night.day, **facts})


def _list_of(ids: list[int], shown: int = 20) -> str:
    return ", ".join(str(pk) for pk in ids[:shown]) + (" …" if len(ids) > shown else "")
