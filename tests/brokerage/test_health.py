"""/health/live depends on nothing; /health/ready names each dependency, 503 where one is down, in bounded time."""

import socket
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.db import connections
from django.test import Client
from django.utils import timezone

from brokerage import health, jobs
from brokerage.models import Heartbeat, JobRun
from subscriptions.models import BillingNight

NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)


@pytest.fixture
def at_work(transactional_db):
    """Worker and beat alive, tonight's night through, no job missed."""
    now = timezone.now()
    for kind in ("worker", "beat"):
        Heartbeat.objects.create(kind=kind, name="here", at=now)
    BillingNight.objects.create(day=timezone.localdate(), started_at=now, finished_at=now)
    JobRun.objects.bulk_create(JobRun(task=name, started_at=now) for name in jobs.scheduled())


def ready() -> tuple[int, dict]:
    answer = Client().get("/health/ready")
    return answer.status_code, answer.json()


def test_live_depends_on_nothing(settings):
    """Without database access in this test, from a host that is not ours, over http where https is demanded."""
    settings.SECURE_SSL_REDIRECT, settings.ALLOWED_HOSTS = True, ["panel.example.com"]
    answer = Client().get("/health/live", headers={"host": "10.1.2.3:8000"})
    assert (answer.status_code, answer.json(), answer["Cache-Control"]) == (200, {"state": "ok"}, "no-store")


def test_ready_names_each_dependency(at_work):
    status, found = ready()
    assert set(found["checks"]) == {"database", "redis", "files", *health.OF_DATABASE}
    assert {name: facts["state"] for name, facts in found["checks"].items()} == dict.fromkeys(found["checks"], "ok")
    assert (status, found["state"]) == (200, "ok")
    assert "PostgreSQL" in found["checks"]["time zones"]["release"]


@pytest.mark.parametrize("kind", ["worker", "beat"])
def test_a_process_that_is_silent_is_down(at_work, kind):
    Heartbeat.objects.filter(kind=kind).update(at=timezone.now() - timedelta(hours=1))
    status, found = ready()
    assert (status, found["state"], found["checks"][kind]["state"]) == (503, "down", "down")
    assert found["checks"][kind]["why"].startswith("silent for 36")


def test_redis_and_files_that_are_away_are_down(at_work, settings, tmp_path):
    settings.REDIS_URL = "redis://127.0.0.1:9/0"
    (tmp_path / "file").write_text("")
    settings.MEDIA_ROOT = tmp_path / "file" / "media"
    status, found = ready()
    assert (status, found["checks"]["redis"]["state"], found["checks"]["files"]["state"]) == (503, "down", "down")


def test_a_database_that_is_away_leaves_the_rest_answered_in_time(at_work, monkeypatch):
    """A server that takes the connection and says nothing is the worst of the kind."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        for name, value in {"HOST": "127.0.0.1", "PORT": str(silent.getsockname()[1])}.items():
            monkeypatch.setitem(connections.settings["default"], name, value)
        began = time.monotonic()
        status, found = ready()
        assert time.monotonic() - began < health.SECONDS + 1
    assert (status, found["checks"]["database"]["state"], found["checks"]["redis"]["state"]) == (503, "down", "ok")
    assert found["checks"]["worker"] == {"state": "unknown", "why": "the database is away"}
    assert health._running["database"].result(10)["database"]["state"] == "down"  # ends with its connection


def test_a_migration_that_is_not_applied_is_down(at_work, monkeypatch):
    monkeypatch.setattr(health.MigrationLoader, "applied_migrations", {}, raising=False)
    monkeypatch.setattr(health.MigrationLoader, "build_graph", _graph)
    status, found = ready()
    assert (status, found["checks"]["migrations"]["why"]) == (503, "1 not applied")


def _graph(loader):
    loader.applied_migrations = {}
    loader.graph = type("Graph", (), {"nodes": {("lists", "9999_new"): None}})()


@pytest.mark.django_db
def test_a_night_that_is_not_through_by_half_past_one_is_a_warning():
    midnight = NOW.replace(hour=0)
    BillingNight.objects.create(day=midnight.date() - timedelta(days=1), started_at=NOW, finished_at=NOW)
    assert health._night(midnight + timedelta(minutes=94)) == health.GOOD
    assert "2026-11-28" in health._night(midnight + timedelta(minutes=96))["why"]
    BillingNight.objects.create(day=midnight.date(), started_at=NOW, finished_at=NOW, failed_accounts=[7])
    assert "1 accounts failed" in health._night(NOW)["why"]


@pytest.mark.django_db
def test_zones_in_which_postgresql_and_python_cut_days_differently_are_named():
    """EET has summer time in Python and none in PostgreSQL's AT TIME ZONE; Kyiv has it in both."""
    assert health.time_zones([settings.TIME_ZONE, "Europe/Kyiv", "Europe/Berlin"], NOW)["state"] == "ok"
    found = health.time_zones(["Europe/Kyiv", "EET"], NOW)
    assert (found["state"], found["why"]) == ("warning", "PostgreSQL and Python differ in EET")


def test_nothing_else_is_answered_here():
    assert set(health.GOOD) == {"state"}
    assert Client().get("/health/secrets").status_code in (404, 302)
