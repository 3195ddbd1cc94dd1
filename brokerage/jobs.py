"""The jobs of brokerage/schedule.py keep their last run, and one that was missed is noticed and run."""

import logging
from copy import copy
from datetime import datetime, timedelta
from typing import Any

from celery.schedules import crontab
from django.conf import settings
from django.utils import timezone

from brokerage.models import JobRun
from brokerage.schedule import night_and_day

logger = logging.getLogger(__name__)

# So long after its time a job is run by whoever notices; until then it is on its way.
OVERDUE = timedelta(minutes=30)
# It has a row and a message of its own: subscriptions/night/nights.py.
CAUGHT_UP_ELSEWHERE = {"subscriptions.tasks.run_billing_day"}


def scheduled() -> dict[str, Any]:
    """Return, by the task's name, the time table of every job."""
    jobs = night_and_day(sweep_seconds=settings.SWEEP_SECONDS)
    return {entry["task"]: entry["schedule"] for entry in jobs.values()}


def began(task: str, *, now: datetime) -> None:
    """Keep that a job began."""
    JobRun.objects.update_or_create(task=task, defaults={"started_at": now})


def ended(task: str, *, now: datetime, failure: str = "") -> None:
    """Keep how a job ended."""
    JobRun.objects.filter(task=task).update(failure=failure[:200], **({} if failure else {"succeeded_at": now}))


def missed(*, now: datetime) -> list[str]:
    """Return the daily jobs whose time came more than OVERDUE ago and that have not begun since, by celery's own rule.

    A job that has never run counts from the first look at it: a new platform has missed nothing.
    """
    at = {name: table for name, table in scheduled().items() if isinstance(table, crontab)}
    known = {run.task: run.started_at for run in JobRun.objects.filter(task__in=at)}
    new = [JobRun(task=name, started_at=now) for name in at if name not in known]
    JobRun.objects.bulk_create(new, ignore_conflicts=True)
    return [name for name, last in known.items() if _was_due(at[name], last, now - OVERDUE)]


def to_catch_up(*, now: datetime) -> list[str]:
    """Return the missed jobs that are to be run now, each noted as begun so that it is run once."""
    names = [name for name in missed(now=now) if name not in CAUGHT_UP_ELSEWHERE]
    for name in names:
        logger.warning("%s did not run at its time: it is run now", name)
    JobRun.objects.filter(task__in=names).update(started_at=now)
    return names


def _was_due(table: crontab, last: datetime, until: datetime) -> bool:
    """Return whether the table has a moment after `last` and not after `until`."""
    if last >= until:
        return False
    at = copy(table)
    at.nowfun = lambda: timezone.localtime(until)
    return bool(at.is_due(timezone.localtime(last)).is_due)
