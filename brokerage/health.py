"""/health/live and /health/ready: whether this process answers, and whether everything that it needs does.

Answered before any other middleware: without sign-in, session, redirect to https and allowed hosts, so that a check of
a container by its own address works, and while database or Redis is away. Names and states only, nothing secret.
"""

import contextlib
import importlib.metadata
import shutil
import tempfile
import zoneinfo
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, TimeoutError
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Any

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from redis.backoff import NoBackoff
from redis.retry import Retry

from brokerage import jobs
from brokerage.alive import longest_silence
from brokerage.models import Heartbeat
from subscriptions.models import BillingNight

SECONDS = 3  # for all checks together
FREE_BYTES = 100 * 2**20
NIGHT_IS_LATE = timedelta(hours=1, minutes=35)
ZONES_AHEAD = 13  # months whose offsets are compared

# "ok"; "warning": works, and a person should look; "down": this process cannot do its work.
State = dict[str, str]
GOOD: State = {"state": "ok"}


class HealthMiddleware:
    """Answers the two addresses of health before anything else looks at the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or pass the request on."""
        answer = {"/health/live": live, "/health/ready": ready}.get(request.path_info.rstrip("/"))
        return answer() if answer else self.get_response(request)


def live() -> HttpResponse:
    """Answer that this process answers; depends on nothing."""
    return _answered({"state": "ok"}, 200)


def ready() -> HttpResponse:
    """Answer with the state of each dependency; 503 where one is down. Takes SECONDS at most."""
    found = states(now=timezone.now())
    down = [name for name, facts in found.items() if facts["state"] == "down"]
    troubled = [name for name, facts in found.items() if facts["state"] != "ok"]
    whole = "down" if down else "warning" if troubled else "ok"
    return _answered({"state": whole, "checks": found}, 503 if down else 200)


def states(*, now: datetime) -> dict[str, State]:
    """Return the state of each dependency at the aware moment `now`."""
    asked = {
        "database": lambda: _database(now),
        "redis": lambda: {"redis": _redis()},
        "files": lambda: {"files": _files()},
    }
    futures = {name: _asked(name, check) for name, check in asked.items()}
    found: dict[str, State] = {}
    end = timezone.now() + timedelta(seconds=SECONDS)
    for name, future in futures.items():
        left = max((end - timezone.now()).total_seconds(), 0.01)
        try:
            found |= future.result(timeout=left)
        except TimeoutError:
            found[name] = _down(f"no answer within {SECONDS} s")
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the answer
            jobs.logger.warning("health: %s: %s", name, error)
            found[name] = _down(type(error).__name__)
    for name in OF_DATABASE:
        found.setdefault(name, {"state": "unknown", "why": "the database is away"})
    return found


# --- asked beside each other ---------------------------------------------------------------------------------------
OF_DATABASE = ("migrations", "worker", "beat", "jobs", "night", "time zones")
_pool = ThreadPoolExecutor(max_workers=4, thread_name_prefix="health")
_running: dict[str, "Future[dict[str, State]]"] = {}
_guard = Lock()


def _asked(name: str, check: Callable[[], dict[str, State]]) -> "Future[dict[str, State]]":
    """Return the answer to come; a check that still hangs is not begun a second time."""
    with _guard:
        running = _running.get(name)
        if running is None or running.done():
            running = _running[name] = _pool.submit(check)
        return running


def _database(now: datetime) -> dict[str, State]:
    """Ask the database for itself and for what it knows of the others, through a connection of this check's own."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"SET statement_timeout = '{SECONDS}s'")
        found = {"database": GOOD, "migrations": _migrations()}
        if found["migrations"]["state"] != "ok":
            return found
        found |= {kind: _alive(kind, now) for kind in ("worker", "beat")}
        return found | {"jobs": _jobs(now), "night": _night(now), "time zones": time_zones([settings.TIME_ZONE], now)}
    except DatabaseError as error:
        return {"database": _down(type(error).__name__)}
    finally:
        connection.close()


def _migrations() -> State:
    loader = MigrationLoader(connection)
    missing = [key for key in loader.graph.nodes if key not in loader.applied_migrations]
    return _down(f"{len(missing)} not applied") if missing else GOOD


def _alive(kind: str, now: datetime) -> State:
    last = Heartbeat.objects.filter(kind=kind).order_by("-at").values_list("at", flat=True).first()
    if last is None:
        return _down("no sign of life yet")
    silent = (now - last).total_seconds()
    return GOOD if silent < longest_silence(kind) else _down(f"silent for {silent:.0f} s")


def _jobs(now: datetime) -> State:
    late = jobs.missed(now=now)
    return {"state": "warning", "why": "not run at their time: " + ", ".join(late)} if late else GOOD


def _night(now: datetime) -> State:
    """Look at tonight's billing day, from NIGHT_IS_LATE after midnight on; before that, at the night before."""
    day = (timezone.localtime(now) - NIGHT_IS_LATE).date()
    night = BillingNight.objects.filter(day__gte=day).order_by("day").first()
    if night is None or night.finished_at is None:
        return {"state": "warning", "why": f"the billing day of {day} is not carried out"}
    if night.failed_accounts:
        return {"state": "warning", "why": f"the billing day of {day}: {len(night.failed_accounts)} accounts failed"}
    return GOOD


def time_zones(names: list[str], now: datetime) -> State:
    """Return whether PostgreSQL and Python cut days alike in these zones, now and in the months ahead.

    Each carries time-zone data of its own, of its own release: where they differ, a report and a bill do.
    """
    first = now.astimezone(UTC).replace(day=15, hour=12, minute=0, second=0, microsecond=0)
    moments = [now, *(first + timedelta(days=30 * month) for month in range(ZONES_AHEAD))]
    ask = "SELECT extract(epoch FROM (moment AT TIME ZONE %s) - (moment AT TIME ZONE 'UTC')) FROM unnest(%s) AS moment"
    differing = []
    for name in names:
        with connection.cursor() as cursor:
            cursor.execute(ask, [name, moments])
            there = [int(seconds) for (seconds,) in cursor.fetchall()]
        zone = zoneinfo.ZoneInfo(name)
        here = [round((moment.astimezone(zone).utcoffset() or timedelta()).total_seconds()) for moment in moments]
        differing += [name] * (here != there)
    release = {"release": f"Python's data {tz_release()}, PostgreSQL {connection.pg_version / 10000:.2f}"}
    if differing:
        return {"state": "warning", "why": "PostgreSQL and Python differ in " + ", ".join(differing), **release}
    return {"state": "ok", **release}


def tz_release() -> str:
    """Return the release of the time-zone data that Python reads: the system's if asked, else the package's."""
    for folder in zoneinfo.TZPATH:
        with contextlib.suppress(OSError), open(Path(folder) / "tzdata.zi") as file:
            return file.readline().removeprefix("# version").strip()
    return importlib.metadata.version("tzdata")


def _redis() -> State:
    client = redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=SECONDS - 1, socket_connect_timeout=SECONDS - 1, retry=Retry(NoBackoff(), 0)
    )
    try:
        client.ping()
    except redis.RedisError as error:
        return _down(type(error).__name__)
    finally:
        client.close()
    return GOOD


def _files() -> State:
    folder = Path(settings.MEDIA_ROOT)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"x")
        free = shutil.disk_usage(folder).free
    except OSError as error:
        return _down(error.strerror or type(error).__name__)
    return GOOD if free > FREE_BYTES else _down(f"{free // 2**20} MiB free")


def _down(why: str) -> State:
    return {"state": "down", "why": why}


def _answered(content: dict[str, Any], status: int) -> HttpResponse:
    answer = JsonResponse(content, status=status)
    answer["Cache-Control"] = "no-store"
    return answer
