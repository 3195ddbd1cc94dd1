"""The Celery app as production runs it: a worker process, Redis between, JSON only, no task lost."""

import time

import pytest
from django.conf import settings

from brokerage.celery import app
from brokerage.request_id import current_id
from brokerage.schedule import night_and_day


@pytest.mark.django_db(transaction=True)
def test_a_task_runs_in_a_worker_and_its_log_line_names_it(live_worker, tmp_path):
    queued = app.send_task("celery.backend_cleanup")
    log = tmp_path / "worker.log"
    deadline = time.monotonic() + 20
    while f"[{queued.id}] succeeded" not in log.read_text() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert [line for line in log.read_text().splitlines() if f"[{queued.id}] succeeded" in line]


def test_a_killed_workers_task_is_given_to_another():
    assert app.conf.task_acks_late is True
    assert app.conf.task_reject_on_worker_lost is True
    assert app.conf.worker_prefetch_multiplier == 1
    assert app.conf.accept_content == ["json"]
    assert app.conf.broker_transport_options["visibility_timeout"] == 900


def test_every_scheduled_task_exists():
    app.loader.import_default_modules()
    scheduled = {entry["task"] for entry in night_and_day(sweep_seconds=settings.SWEEP_SECONDS).values()}
    assert scheduled - set(app.tasks) == set()


def test_what_is_logged_after_a_task_does_not_carry_its_id():
    app.loader.import_default_modules()
    before = current_id.get()
    app.tasks["celery.backend_cleanup"].apply()
    assert current_id.get() == before
