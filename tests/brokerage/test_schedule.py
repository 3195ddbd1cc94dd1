"""The time table on celery's own schedule: each daily job once a night, also when clocks change."""

import ast
from copy import copy
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from celery.schedules import crontab, schedule
from django.conf import settings

from brokerage.celery import app
from brokerage.schedule import night_and_day
from tests.test_architecture import PACKAGES, modules, name, tree

TABLE = night_and_day(sweep_seconds=60)
DAILY = {title: entry["schedule"] for title, entry in TABLE.items() if isinstance(entry["schedule"], crontab)}


def runs(table: crontab, zone: ZoneInfo, begin: datetime, hours: int) -> list[datetime]:
    """Return when beat would run the job, asking every ten minutes as celery asks, remembering the last run."""
    at, last, found = begin, begin, []
    asked = copy(table)
    asked.app = app
    asked.nowfun = lambda: at.astimezone(zone)
    asked.tz = zone
    while at < begin + timedelta(hours=hours):
        at += timedelta(minutes=10)
        if asked.is_due(last.astimezone(zone)).is_due:
            found.append(at)
            last = at
    return found


@pytest.mark.parametrize("night", ["2027-03-28", "2027-10-31", "2027-07-01"])
@pytest.mark.parametrize("title", sorted(DAILY))
def test_each_daily_job_runs_once_in_the_nights_in_which_clocks_change(title, night):
    """celery 5.7: 02:30 runs at 03:30 local in the night without 02:30; a repeated hour runs once."""
    zone = ZoneInfo("Europe/Berlin")
    noon_before = datetime.fromisoformat(f"{night}T12:00").replace(tzinfo=zone) - timedelta(days=1)
    begin = noon_before.astimezone(ZoneInfo("UTC"))
    found = runs(DAILY[title], zone, begin, 24)
    assert len(found) == 1, [at.astimezone(zone).isoformat() for at in found]
    following = runs(DAILY[title], zone, begin + timedelta(hours=24), 24)
    assert len(following) == 1


def test_what_is_not_daily_is_a_sweep_every_so_many_seconds():
    """An hourly crontab would pause for two hours in the night that repeats one."""
    sweeps = {title: entry["schedule"] for title, entry in TABLE.items() if title not in DAILY}
    assert {type(table) for table in sweeps.values()} <= {timedelta, schedule}
    assert len(sweeps) >= 5


def test_sweeps_that_nobody_took_do_not_pile_up():
    for title, entry in TABLE.items():
        assert title in DAILY or entry["options"]["expires"] == entry["schedule"].total_seconds(), title


def test_no_task_waits_in_the_queue_for_a_later_hour():
    """celery 5.7 with Redis gives what waits beyond visibility_timeout to a second worker: later work is a row."""
    found = []
    for path in modules(*PACKAGES):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call):
                later = {word.arg for word in node.keywords} & {"countdown", "eta"}
                found += [f"{name(path)}:{node.lineno}: {word}" for word in later]
            if isinstance(node, ast.Attribute) and node.attr == "retry" and isinstance(node.value, ast.Name):
                found += [f"{name(path)}:{node.lineno}: self.retry"] * (node.value.id == "self")
    assert found == []
    app.loader.import_default_modules()
    waiting = [task for task in app.tasks.values() if getattr(task, "autoretry_for", ())]
    assert waiting == []
    assert settings.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"] == 900
