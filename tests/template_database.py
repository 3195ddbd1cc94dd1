"""An empty migrated database, made once, of which the database of every test process is a copy.

The migrations take a minute of work and a copy takes a second. It is kept for as long as the migrations stay as they
are, and what was added to them is added to a copy of it; `python -m tests.template_database` makes it (the check does
so beside its other preparations), and who comes meanwhile waits. What a copy lacks, the migrations
that run over it anyway add.
"""

import hashlib
import json
import os
import subprocess
import sys
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from inspect import getsourcefile
from pathlib import Path
from typing import Any

import psycopg2
from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from pgtrigger.migrations import AddTrigger, RemoveTrigger
from psycopg2.sql import SQL, Identifier, Literal

PREFIX = "template_brokerage_"


def template_name() -> str:
    """Return the name of the database that these migrations make: it changes when any of them does."""
    content = hashlib.sha256()
    for module, source in sorted(_sources().items()):
        content.update(module.encode() + source)
    return f"{PREFIX}{content.hexdigest()[:16]}"


def ready() -> str:
    """Return the name of the template, made by a process of its own where it is not there yet."""
    name = template_name()
    with closing(_maintenance()) as server:
        if name not in _templates(server):
            subprocess.run([sys.executable, "-m", "tests.template_database"], cwd=settings.BASE_DIR, check=True)
    return name


def make() -> None:
    """Make the template unless it is there, one process at a time; it gets its name when it is whole.

    It begins as a copy of the one that was there where migrations were only added since.
    """
    name = template_name()
    made_of = {module: hashlib.sha256(source).hexdigest()[:16] for module, source in _sources().items()}
    with closing(_maintenance()) as server, server.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [zlib.crc32(PREFIX.encode())])
        there = _templates(server)
        if name in there:
            return
        half = f"{PREFIX}half"
        begun = [old for old, its in there.items() if old != half and its and its.items() <= made_of.items()]
        connection.settings_dict["TEST"] |= {
            "NAME": half,
            "TEMPLATE": max(begun, key=lambda old: len(there[old]), default=None),
        }
        with _models_kept():
            connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        connection.close()
        for old in there:
            if old != half:
                cursor.execute(SQL("DROP DATABASE {}").format(Identifier(old)))
        cursor.execute(SQL("COMMENT ON DATABASE {} IS {}").format(Identifier(half), Literal(json.dumps(made_of))))
        cursor.execute(SQL("ALTER DATABASE {} RENAME TO {}").format(Identifier(half), Identifier(name)))


@contextmanager
def _models_kept() -> Iterator[None]:
    """Let a trigger change no model: migrations make all related ones anew for each, and read triggers of none.

    Of our operations two fifths are of this kind. What the database is told, they carry themselves.
    """
    plain = {kind: kind.state_forwards for kind in (AddTrigger, RemoveTrigger)}
    for kind, forwards in plain.items():
        kind.state_forwards = _without_models(forwards)
    try:
        yield
    finally:
        for kind, forwards in plain.items():
            kind.state_forwards = forwards


def _without_models(forwards: Any) -> Any:
    def state_forwards(operation: Any, app_label: str, state: Any) -> None:
        state.reload_model = lambda *_model, **_delay: None
        forwards(operation, app_label, state)
        del state.reload_model

    return state_forwards


def _sources() -> dict[str, bytes]:
    files = {type(one).__module__: getsourcefile(type(one)) for one in _migrations()}
    return {module: Path(path).read_bytes() for module, path in files.items()}


def _migrations() -> list[Any]:
    return list(MigrationLoader(None).disk_migrations.values())


def _maintenance() -> Any:
    facts = connection.get_connection_params() | {"dbname": "postgres"}
    known = {"dbname", "user", "password", "host", "port", "sslmode"}
    server = psycopg2.connect(**{name: value for name, value in facts.items() if name in known})
    server.autocommit = True
    return server


def _templates(server: Any) -> dict[str, dict[str, str]]:
    """Return the templates that are there, each with the migrations that it was made of."""
    with server.cursor() as cursor:
        cursor.execute(
            "SELECT datname, shobj_description(oid, 'pg_database') FROM pg_database WHERE datname LIKE %s",
            [f"{PREFIX}%"],
        )
        return {name: json.loads(said or "{}") for name, said in cursor.fetchall()}


if __name__ == "__main__":
    import django

    from brokerage import local_services

    os.environ |= {"BROKERAGE_ENV": "test", "DJANGO_SETTINGS_MODULE": "brokerage.settings"}
    django.setup()
    local_services.start_for(settings)
    make()
