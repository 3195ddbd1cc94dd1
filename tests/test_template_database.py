"""The database that every test process copies: made of the migrations as they are, whole or not at all."""

import subprocess
import sys
from contextlib import closing

import pytest
from django.conf import settings
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tests import template_database

pytestmark = pytest.mark.django_db


def test_the_test_database_is_a_copy_that_lacks_no_migration() -> None:
    executor = MigrationExecutor(connection)
    assert executor.migration_plan(executor.loader.graph.leaf_nodes()) == []
    with closing(template_database._maintenance()) as server:
        assert settings.DATABASES["default"]["TEST"]["TEMPLATE"] in template_database._templates(server)


def test_another_migration_needs_another_template(monkeypatch: pytest.MonkeyPatch) -> None:
    before, known = template_database.template_name(), template_database._migrations()
    monkeypatch.setattr(template_database, "_migrations", lambda: known[:-1])
    assert template_database.template_name() != before


def test_a_template_that_is_there_is_not_made_again() -> None:
    command = [sys.executable, "-m", "tests.template_database"]
    subprocess.run(command, cwd=settings.BASE_DIR, check=True)
    assert template_database.ready() == template_database.template_name()


def test_a_template_tells_of_which_migrations_it_was_made() -> None:
    """What another was begun with is a copy of it while none of its migrations has changed since."""
    with closing(template_database._maintenance()) as server:
        made_of = template_database._templates(server)[template_database.template_name()]
    assert set(made_of) == {type(one).__module__ for one in template_database._migrations()}
