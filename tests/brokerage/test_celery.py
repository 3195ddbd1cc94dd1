"""The Celery app as production runs it: a worker process, Redis between, JSON only, no task lost."""

import gc
import time

import pytest
from django.conf import settings
from django.db import connection

from accounts.models import Account
from brokerage.celery import app
from brokerage.request_id import current_id
from brokerage.schedule import night_and_day
from core.history import history_of
from operator_panel.log_words import cause_of
from tests.factories import accounts as cast


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


@pytest.mark.django_db
def test_audit_rows_name_the_task_that_wrote_them_and_those_after_it_do_not():
    """Seen before: no context, so that the log said "of itself" of what a night or a vendor's answer did."""
    account = cast.account()

    def write() -> None:
        Account.objects.filter(pk=account.pk).update(city="Mogilev")
        raise RuntimeError("failed half way")

    task = app.task(write, name="subscriptions.tasks.run_trial")
    try:
        assert task.apply().state == "FAILURE"
        with connection.cursor() as cursor:  # which the end of the task's own transaction does
            cursor.execute("SELECT set_config('pghistory.context_id', '', true)")
        Account.objects.filter(pk=account.pk).update(city="Gomel")
    finally:
        app.tasks.unregister("subscriptions.tasks.run_trial")
    after, during, _made = account.events.order_by("-pgh_id").select_related("pgh_context")
    assert during.pgh_context.metadata == {"job": "subscriptions.tasks.run_trial"}
    assert after.pgh_context is None
    after, during, _made = history_of(account, causes=cause_of)
    assert (during.cause, after.cause) == ("the billing night", "of itself: a day that came, or a vendor's answer")


def test_what_is_logged_after_a_task_does_not_carry_its_id():
    app.loader.import_default_modules()
    before = current_id.get()
    app.tasks["celery.backend_cleanup"].apply()
    assert current_id.get() == before


def test_garbage_is_searched_for_seldom():
    """Of 390,000 objects that stay for good, an eighth of each start was the search after every 700 new ones."""
    assert gc.get_threshold()[0] >= 50_000
