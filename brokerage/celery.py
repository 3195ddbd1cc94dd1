"""The Celery app: celery -A brokerage.celery worker, celery -A brokerage.celery beat."""

import os
from contextvars import Token

from celery import Celery, signals
from django.conf import settings

from brokerage import limits, local_services
from brokerage.request_id import current_id
from brokerage.schedule import night_and_day

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "brokerage.settings")

_before: dict[str, Token[str]] = {}

app = Celery("brokerage")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@app.on_after_configure.connect
def set_schedule(sender: Celery, **_: object) -> None:
    """Hand the schedule to beat once settings can be read."""
    sender.conf.beat_schedule = night_and_day(sweep_seconds=settings.SWEEP_SECONDS)


@signals.celeryd_init.connect
@signals.beat_init.connect
def start_local_servers(**_: object) -> None:
    """Start this checkout's own PostgreSQL and Redis where the environment names none."""
    local_services.start_for(settings)


@signals.celeryd_init.connect
def limit_worker(**_: object) -> None:
    """Bound the statements and locks of the worker, whose processes are forked afterwards."""
    limits.limit_database("worker")


@signals.beat_init.connect
def limit_beat(**_: object) -> None:
    """Bound the statements and locks of beat."""
    limits.limit_database("beat")


@signals.setup_logging.connect
def keep_django_logging(**_: object) -> None:
    """Leave logging as settings.LOGGING has it: Celery configures nothing where this signal has a receiver."""


@signals.task_prerun.connect
def name_log_lines(task_id: str, **_: object) -> None:
    """Write the task's id into every log line that it causes."""
    _before[task_id] = current_id.set(task_id)


@signals.task_postrun.connect
def name_log_lines_no_more(task_id: str, **_: object) -> None:
    """Leave the id as it was before the task: what the process logs next is not the task's."""
    if task_id in _before:
        current_id.reset(_before.pop(task_id))
