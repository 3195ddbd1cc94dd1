"""Each job of the schedule keeps its last run, and a daily one that was missed is run."""

from datetime import UTC, datetime, timedelta

import pytest

from brokerage import jobs
from brokerage.celery import app
from brokerage.models import JobRun

pytestmark = pytest.mark.django_db
DAILY = {
    "subscriptions.tasks.run_billing_day",
    "vendors.tasks.check_connections",
    "subscriptions.tasks.observe_services",
    "subscriptions.tasks.refresh_commitments",
    "subscriptions.tasks.compare_with_vendors",
    "subscriptions.tasks.audit_books",
    "core.panel.tasks.forget_old_forms",
    "core.lists.tasks.forget_old_exports",
    "vendors.tasks.forget_old_exchanges",
    "accounts.tasks.forget_old_sign_ins",
    "subscriptions.tasks.tell_of_commitments",
    "subscriptions.tasks.remind_of_billing_day",
}
NINE = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)


def ran(task: str, at: datetime) -> None:
    JobRun.objects.update_or_create(task=task, defaults={"started_at": at})


def test_every_job_keeps_its_last_run_whoever_runs_it():
    app.loader.import_default_modules()
    for name in jobs.scheduled():
        if name != "vendors.tasks.check_connections":
            app.tasks[name].apply()
    kept = JobRun.objects.exclude(succeeded_at=None).values_list("task", flat=True)
    assert set(kept) == set(jobs.scheduled()) - {"vendors.tasks.check_connections"}


def test_a_job_that_fails_says_so(monkeypatch):
    monkeypatch.setattr("core.lists.tasks.forget", lambda **_: 1 / 0)
    app.tasks["core.lists.tasks.forget_old_exports"].apply()
    run = JobRun.objects.get(task="core.lists.tasks.forget_old_exports")
    assert (run.succeeded_at, "ZeroDivisionError" in run.failure) == (None, True)


def test_a_daily_job_that_was_missed_is_noticed_half_an_hour_later_and_run_once():
    for name in DAILY:
        ran(name, NINE - timedelta(hours=1))
    ran("subscriptions.tasks.remind_of_billing_day", NINE - timedelta(days=1))
    assert jobs.missed(now=NINE + timedelta(minutes=29)) == []
    assert jobs.missed(now=NINE + timedelta(minutes=31)) == ["subscriptions.tasks.remind_of_billing_day"]
    assert jobs.to_catch_up(now=NINE + timedelta(minutes=31)) == ["subscriptions.tasks.remind_of_billing_day"]
    assert jobs.to_catch_up(now=NINE + timedelta(minutes=32)) == []


def test_every_daily_job_is_caught_up_after_a_day_away():
    for name in DAILY:
        ran(name, NINE - timedelta(days=3))
    assert set(jobs.missed(now=NINE)) == DAILY
    # the night has a row and a message of its own
    assert set(jobs.to_catch_up(now=NINE)) == DAILY - {"subscriptions.tasks.run_billing_day"}


def test_a_new_platform_has_missed_nothing():
    assert jobs.to_catch_up(now=NINE) == []
    assert set(JobRun.objects.values_list("task", flat=True)) == DAILY
    assert "subscriptions.tasks.remind_of_billing_day" in jobs.missed(now=NINE + timedelta(days=1, minutes=31))


def test_a_missed_job_is_handed_to_the_queue(monkeypatch):
    for name in DAILY:
        ran(name, NINE)
    ran("core.lists.tasks.forget_old_exports", NINE - timedelta(days=400))
    sent = []
    monkeypatch.setattr(app, "send_task", sent.append)
    app.tasks["brokerage.tasks.run_missed_jobs"].run()
    assert "core.lists.tasks.forget_old_exports" in sent
