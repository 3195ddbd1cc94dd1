"""The database's limits by kind of process, and what a person hears who meets them."""

import subprocess
import sys

import pytest
from django.conf import settings
from django.db import connection

from brokerage import limits
from tests.conftest import database_url

SHOW = (
    "import {module}; from django.db import connection; cursor = connection.cursor();"
    "print([cursor.execute('SHOW ' + name) or cursor.fetchone()[0] for name in"
    " ('statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout')])"
)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("start", "shown"),
    [
        ("brokerage.wsgi", "['30s', '8s', '1min']"),
        ("brokerage.celery as c; import django; django.setup(); c.limit_worker()", "['10min', '1min', '15min']"),
        ("django, os; os.environ['DJANGO_SETTINGS_MODULE'] = 'brokerage.settings'; django.setup()", "['0', '0', '0']"),
    ],
)
def test_each_kind_of_process_has_its_limits(start, shown, monkeypatch):
    """Seen before: no limit anywhere: a page waited for a lock until the browser gave up."""
    monkeypatch.setenv("DATABASE_URL", database_url())
    answer = subprocess.run(
        [sys.executable, "-c", SHOW.format(module=start)],
        cwd=settings.BASE_DIR, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert answer.stdout.strip() == shown, answer.stderr


def test_options_of_the_address_win():
    facts = {"OPTIONS": {"options": "-c lock_timeout=1s"}}
    before = limits.connections.settings["default"]
    limits.connections.settings["default"] = facts
    try:
        limits.limit_database("web")
    finally:
        limits.connections.settings["default"] = before
    assert facts["OPTIONS"]["options"].endswith("-c lock_timeout=1s")
    assert "statement_timeout=30s" in facts["OPTIONS"]["options"]
    assert connection.settings_dict is before
