"""An empty migrated database, made once, of which the database of every test process is a copy.

The migrations take twenty seconds of work and a copy takes one. It is kept for as long as the migrations stay as they
are; `python -m tests.template_database` makes it (the check does so beside its other preparations), and who comes
meanwhile waits. What a copy lacks, the migrations that run over it anyway add.
"""

import hashlib
import os
import subprocess
import sys
import zlib
from contextlib import closing
from inspect import getsourcefile
from pathlib import Path
from typing import Any

import psycopg2
from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from psycopg2.sql import SQL, Identifier

PREFIX = "template_brokerage_"


def template_name() -> str:
    """Return the name of the database that these migrations make: it changes when any of them does."""
    files = {f"{type(one).__module__}": getsourcefile(type(one)) for one in _migrations()}
    content = hashlib.sha256()
    for module, path in sorted(files.items()):
        content.update(module.encode() + Path(path).read_bytes())
    return f"{PREFIX}{content.hexdigest()[:16]}"


def ready() -> str:
    """Return the name of the template, made by a process of its own where it is not there yet."""
    name = template_name()
    with closing(_maintenance()) as server:
        if name not in _templates(server):
            subprocess.run([sys.executable, "-m", "tests.template_database"], cwd=settings.BASE_DIR, check=True)
    return name


def make() -> None:
    """Make the template unless it is there, one process at a time; it gets its name when it is whole."""
    name = template_name()
    with closing(_maintenance()) as server, server.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [zlib.crc32(PREFIX.encode())])
        there = _templates(server)
        if name in there:
            return
        half = f"{PREFIX}half"
        connection.settings_dict["TEST"]["NAME"] = half
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        connection.close()
        for old in there:
            if old != half:
                cursor.execute(SQL("DROP DATABASE {}").format(Identifier(old)))
        cursor.execute(SQL("ALTER DATABASE {} RENAME TO {}").format(Identifier(half), Identifier(name)))


def _migrations() -> list[Any]:
    return list(MigrationLoader(None).disk_migrations.values())


def _maintenance() -> Any:
    facts = connection.get_connection_params() | {"dbname": "postgres"}
    known = {"dbname", "user", "password", "host", "port", "sslmode"}
    server = psycopg2.connect(**{name: value for name, value in facts.items() if name in known})
    server.autocommit = True
    return server


def _templates(server: Any) -> list[str]:
    with server.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{PREFIX}%"])
        return [name for (name,) in cursor.fetchall()]


if __name__ == "__main__":
    import django

    from brokerage import local_services

    os.environ |= {"BROKERAGE_ENV": "test", "DJANGO_SETTINGS_MODULE": "brokerage.settings"}
    django.setup()
    local_services.start_for(settings)
    make()
