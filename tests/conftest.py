"""The playing field of every test: this checkout's own PostgreSQL and Redis, and a worker. No cast, no mocks."""

import gc
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from pytest_django.plugin import DjangoDbBlocker

from brokerage import local_services
from brokerage.celery import app as celery_app
from tests import remembering, template_database
from vendors import http

# Many tests ask a vendor that is not there; they do not stand and wait before they ask again.
http.PAUSE = 0


# A busy machine is no finding. Before it draws, hypothesis reads all our modules for numbers worth a try.
hypothesis_settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("suite")

_truncate = DatabaseOperations.sql_flush
# What every migrated database has.
OF_THE_MODELS = {"django_content_type", "auth_permission"}


def _flush(self: Any, style: Any, tables: list[str], **wanted: Any) -> list[str]:
    """Delete the rows that a test has committed: to truncate each of the tables takes files anew for all indexes.

    Triggers and foreign keys rest meanwhile, which needs a superuser; anybody else's tables are truncated.
    """
    if not tables:
        return []
    with self.connection.cursor() as cursor:
        cursor.execute("SHOW is_superuser")
        if cursor.fetchone() != ("on",):
            return _truncate(self, style, tables, **wanted)
        quoted = [self.quote_name(name) for name in tables if name not in OF_THE_MODELS]
        cursor.execute(" UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (TABLE {name})" for name in quoted))
        deleted = [f"DELETE FROM {name};" for (name,) in cursor.fetchall()]  # noqa: S608 - our own tables
    return ["SET LOCAL session_replication_role = replica;", *deleted]


DatabaseOperations.sql_flush = _flush


def pytest_collection_finish() -> None:
    """Leave modules, models and tests out of the search for garbage: they stay to the end."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def local_servers() -> Iterator[None]:
    """The servers that the environment does not name, up and marked as in use until the session ends."""
    if not settings.SERVICES_PLACE:
        yield
        return
    local_services.start_for(settings)
    with local_services.in_use(settings.SERVICES_PLACE):
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(local_servers: None, django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Make sure that PostgreSQL is up, and that tasks queued by this process stay among its own workers.

    The test database becomes a copy of the one that the migrations have made.
    """
    name = settings.DATABASES["default"]["TEST"]["NAME"]
    settings.DATABASES["default"]["TEST"]["TEMPLATE"] = template_database.ready()
    settings.CELERY_BROKER_TRANSPORT_OPTIONS["global_keyprefix"] = f"{name}:"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """The test database, which tells what was written."""
    with django_db_blocker.unblock():
        remembering.prepare()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: Any) -> None:
    """Have each test begin with the rows of its base."""
    remembering.begin(commits=commits(item))


@pytest.fixture
def monkeypatch(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """pytest's own, which the factories heed."""
    remembering.heed(monkeypatch)
    return monkeypatch


def database_url() -> str:
    """Return the address of the test database in use, for a process that a test starts."""
    facts = connection.settings_dict
    user, password, name = (quote(str(facts[key]), safe="") for key in ("USER", "PASSWORD", "NAME"))
    host = quote(facts["HOST"], safe="")
    return f"postgresql://{user}{':' if password else ''}{password}@/{name}?host={host}&port={facts['PORT'] or 5432}"


def start_process(*arguments: str, log: Path, **environment: str) -> subprocess.Popen[bytes]:
    """Start `python arguments…` on the test database and the test's Redis; its output goes to the file `log`."""
    variables = {**os.environ, "DATABASE_URL": database_url(), "REDIS_URL": settings.REDIS_URL, **environment}
    with open(log, "ab") as output:
        return subprocess.Popen(
            [sys.executable, *arguments], cwd=settings.BASE_DIR, env=variables, stdout=output, stderr=output
        )


def wait_for_line(log: Path, words: str, process: subprocess.Popen[bytes], seconds: float = 120) -> None:
    """Wait until the log of a started process says `words`; fail with the log where it ends or takes longer."""
    deadline = time.monotonic() + seconds
    while words not in log.read_text(errors="replace"):
        if process.poll() is not None or time.monotonic() > deadline:
            pytest.fail(f"no {words!r} in {log}:\n{log.read_text(errors='replace')[-4000:]}")
        time.sleep(0.05)


@pytest.fixture
def live_worker(transactional_db: None, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A real Celery worker in a process of its own on the test database; its log is worker.log in tmp_path."""
    celery_app.control.purge()
    log = tmp_path / "worker.log"
    worker = start_process(
        "-m", "celery", "-A", "brokerage.celery", "worker", "--pool", "prefork", "--concurrency", "1",
        "--without-gossip", "--without-mingle", "--loglevel", "INFO", log=log,
    )  # fmt: skip
    try:
        wait_for_line(log, " ready.", worker)
        yield worker
    finally:
        worker.terminate()
        try:
            worker.wait(10)
        except subprocess.TimeoutExpired:
            worker.kill()
            worker.wait()
        celery_app.control.purge()


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items: list[Any]) -> Iterator[None]:
    """Run what takes longest first, and last what commits, so that two processes end at about the same time.

    pytest-django puts what commits behind all that a rollback ends, as it empties the tables, and before what asks no
    database. xdist hands out a quarter of what is left at a time: there, one process got all of the crashes and of the
    people in a browser, and went on alone for minutes after the other had ended. At the end, a quarter is little.
    """
    items.sort(key=lambda item: 0 if item.get_closest_marker("slow") or item.get_closest_marker("browser") else 1)
    yield
    items.sort(key=commits)


def commits(item: Any) -> bool:
    """Return whether a test commits what it writes, as pytest-django tells it."""
    marker = item.get_closest_marker("django_db")
    return "transactional_db" in item.fixturenames or (marker is not None and bool(marker.kwargs.get("transaction")))
