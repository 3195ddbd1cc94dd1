"""What Celery's processes tell of themselves: the last run of each job, and that worker and beat live."""

import socket
import time
from typing import Any

import pghistory
from celery import signals
from django.db import DatabaseError, connection
from django.utils import timezone

from brokerage import alive, jobs
from brokerage.models import Heartbeat

# Signs of life come every two seconds; a row is written less often.
ROW_SECONDS = 10
_in_beat: list[bool] = []
_causes: dict[str, pghistory.context] = {}
_last_row = {"at": 0.0}


@signals.task_prerun.connect
def name_cause(task_id: str, sender: Any = None, **_: object) -> None:
    """Write into every audit row of a task which task it was."""
    if sender is not None:
        _causes[task_id] = pghistory.context(job=sender.name)
        _causes[task_id].__enter__()


@signals.task_postrun.connect
def name_cause_no_more(task_id: str, **_: object) -> None:
    """Leave the rows that follow to who writes them."""
    if task_id in _causes:
        _causes.pop(task_id).__exit__(None, None, None)


@signals.task_prerun.connect
def keep_beginning(sender: Any = None, **_: object) -> None:
    """Keep that a job of the schedule begins."""
    if sender is not None and sender.name in jobs.scheduled():
        jobs.began(sender.name, now=timezone.now())


@signals.task_postrun.connect
def keep_end(sender: Any = None, state: str = "", retval: object = None, **_: object) -> None:
    """Keep how a job of the schedule ended."""
    if sender is not None and sender.name in jobs.scheduled():
        jobs.ended(sender.name, now=timezone.now(), failure="" if state == "SUCCESS" else repr(retval) or state)


@signals.heartbeat_sent.connect
def worker_lives(**_: object) -> None:
    """Note that the worker's own loop turns and reaches the queue."""
    note_life("worker")


@signals.beat_init.connect
def beat_begins(**_: object) -> None:
    """Know from now on that this process is beat."""
    _in_beat.append(True)


@signals.after_task_publish.connect
def beat_lives(**_: object) -> None:
    """Note that beat has handed a task to the queue."""
    if _in_beat:
        note_life("beat")


def note_life(kind: str) -> None:
    """Leave a sign of life as a file, and now and then as a row; a database that is away does not stop the process."""
    alive.sign(kind)
    if time.monotonic() - _last_row["at"] < ROW_SECONDS:
        return
    _last_row["at"] = time.monotonic()
    try:
        Heartbeat.objects.update_or_create(kind=kind, name=socket.gethostname(), defaults={"at": timezone.now()})
    except DatabaseError:
        jobs.logger.warning("the sign of life of %s could not be kept: the database is away", kind)
    finally:
        connection.close()  # the processes that do the work are forked from here and have connections of their own
