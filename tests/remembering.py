"""What factories make is made by the verbs once, and put back as rows where another test begins in the same way.

A test begins with the rows of its base: none, or those of a kept world. From there each remembered call leads from
one known state of the database to the next, and so do the calls of the next test that begins alike: they get the rows
that the first wrote, in one statement, and a copy of what it returned. Whatever else writes in between makes the state
unknown to the end of the test (or of the savepoint), and calls are made as they stand; so they are where settings or
anything else is patched or audit rows have a context, where rows are committed, and with REMEMBER=0 in the environment.

Numbers of rows come from sequences, which no rollback takes back: rows that are put back never meet the number of
another. When rows were written is told as of the first time, which is forgotten after some minutes (decision 79).
"""

import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum
from functools import wraps
from pathlib import Path
from time import monotonic
from typing import Any, ParamSpec, TypeVar

import pytest
from django.conf import UserSettingsHolder, settings
from django.db import connection
from django.db.models import Model
from django.utils.translation import get_language

P = ParamSpec("P")
T = TypeVar("T")

READING = ("SELECT", "(SELECT", "SHOW", "EXPLAIN", "SET CONSTRAINTS", "RELEASE")
PLAIN = (str, bytes, int, float, Decimal, date, time, timedelta, Enum, Path, type, type(None))  # a datetime is a date
# A test that makes so many things is a long walk of its own, which no other takes.
MOST = 100
# Seconds for which rows count as written just now: what the product looks at, it looks at for minutes.
LASTING = 180
# What every migrated database has.
OF_THE_MODELS = ("django_content_type", "auth_permission", "django_migrations")
# Each table with its primary key and its columns, but those that PostgreSQL fills in.
TABLES = """
    SELECT quote_ident(relname), min(quote_ident(attname)) FILTER (WHERE attnum = indkey[0]),
        array_agg(quote_ident(attname) ORDER BY attnum)
    FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid JOIN pg_index ON indrelid = pg_class.oid
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND indisprimary AND attnum > 0
        AND NOT attisdropped AND attgenerated = '' AND relname <> ALL(%s)
    GROUP BY relname
"""


class UnlikeError(Exception):
    """An argument of which nobody can tell whether it equals another."""


@dataclass
class State:
    """Rows that are known, and where each remembered call leads from them."""

    calls: dict[Any, "Call"] = field(default_factory=dict)
    depth: int = 0
    since: float = field(default_factory=monotonic)


@dataclass
class Call:
    """What a call did: rows written, columns of its arguments changed, work left for the commit, and its result."""

    rows: str
    arguments: list[dict[str, Any]]
    for_the_commit: list[tuple[Any, ...]]
    result: Any
    after: State


@dataclass
class Memory:
    """Where the test at work is: `now` is None where the rows are not known."""

    database: str = ""
    tables: list[str] = field(default_factory=list)
    bases: list[State] = field(default_factory=lambda: [State()])
    now: State | None = None
    savepoints: dict[str, State | None] = field(default_factory=dict)
    patch: pytest.MonkeyPatch | None = None
    at_work: bool = False


_memory = Memory()


def prepare() -> None:
    """Have the test database tell what was written since a mark; nothing where we may not write without triggers."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW is_superuser")
        if cursor.fetchone() != ("on",) or os.environ.get("REMEMBER") == "0":
            return
        cursor.execute(TABLES, [list(OF_THE_MODELS)])
        tables = cursor.fetchall()
        cursor.execute(_functions(tables))
    _memory.tables = [table for table, _key, _columns in tables]
    _memory.database = connection.settings_dict["NAME"]
    _follow()


def _follow() -> None:
    """Have the connection's statements watched: while Playwright's loop runs, Django has another one."""
    if _watch not in connection.execute_wrappers:
        connection.execute_wrappers.insert(0, _watch)


def _functions(tables: list[tuple[str, str, list[str]]]) -> str:
    """Return what tells how many rows of each table were deleted in this transaction, and the rows written, as text.

    Written since a mark, the number of the savepoint in which they were written; of the tables named all rows are told.
    """
    deleted = ", ".join(f"pg_stat_get_xact_tuples_deleted('{table}'::regclass)" for table, _key, _columns in tables)
    written = "".join(
        f"RETURN QUERY SELECT '{table}', '{', '.join(columns)}', '{key}', quote_literal({key}::text),"  # noqa: S608 - names
        f" concat_ws(', ', {', '.join(f'quote_nullable({column}::text)' for column in columns)})"
        f" FROM {table} WHERE xmin::text::bigint >= $1 OR '{table}' = ANY ($2);"
        for table, key, columns in tables
    )
    return f"""
        DROP SCHEMA IF EXISTS remembering CASCADE;
        CREATE SCHEMA remembering;
        CREATE UNLOGGED TABLE remembering.marks ();
        CREATE FUNCTION remembering.deleted() RETURNS bigint[] LANGUAGE plpgsql
            AS $$ BEGIN RETURN ARRAY[{deleted}]; END $$;
        CREATE FUNCTION remembering.written(bigint, text[]) RETURNS TABLE (a text, b text, c text, d text, e text)
            LANGUAGE plpgsql AS $$ BEGIN {written} END $$;
    """


def begin(*, commits: bool) -> None:
    """Begin a test with the rows of its base."""
    if _memory.database:
        _follow()
    if commits or monotonic() - _memory.bases[0].since > LASTING:
        _memory.bases[0] = State()
    _memory.now = None if commits else _memory.bases[-1]
    _memory.patch = None
    _memory.savepoints.clear()


def heed(patch: pytest.MonkeyPatch) -> None:
    """Remember nothing of what the test does with the patch in use."""
    _memory.patch = patch


@contextmanager
def another_base() -> Iterator[None]:
    """Have the tests that follow begin with rows that are kept for them."""
    _memory.bases.append(State())
    try:
        yield
    finally:
        _memory.bases.pop()


def remembered(make: Callable[P, T]) -> Callable[P, T]:
    """Have a function that writes nothing but rows, and returns what deepcopy copies, called once for equal states."""

    @wraps(make)
    def made(*args: P.args, **kwargs: P.kwargs) -> T:
        if _memory.at_work or _memory.now is None:
            return make(*args, **kwargs)
        given = [*args, *kwargs.values()]
        try:
            asked = (make, len(args), tuple(kwargs), get_language(), tuple(map(_like, given)))
        except UnlikeError:
            asked = None
        if asked is None or _patched() or not _usable():
            _memory.now = None
            return make(*args, **kwargs)
        known = _memory.now.calls.get(asked)
        if known is None:
            return _recorded(_memory.now, asked, given, lambda: make(*args, **kwargs))
        _replay(known, given)
        return deepcopy(known.result)

    return made


def _recorded(state: State, asked: Any, given: list[Any], make: Callable[[], T]) -> T:
    """Make the call, and keep what it did."""
    _memory.now, _memory.at_work = None, True
    callbacks = len(connection.run_on_commit)
    try:
        with connection.connection.cursor() as cursor:
            cursor.execute(
                "SAVEPOINT remembering; WITH mark AS (INSERT INTO remembering.marks DEFAULT VALUES RETURNING xmin)"
                " SELECT xmin::text::bigint, remembering.deleted() FROM mark"
            )
            mark, before = cursor.fetchone()
            result = make()
            cursor.execute("RELEASE remembering; SELECT remembering.deleted()")
            counts = zip(_memory.tables, before, cursor.fetchone()[0], strict=True)
            whole = [table for table, gone, now_gone in counts if gone != now_gone]
            cursor.execute("SELECT * FROM remembering.written(%s, %s)", [mark, whole])
            rows = _putting_back(cursor.fetchall(), whole)
        after = State(depth=state.depth + 1)
        state.calls[asked] = Call(
            rows, [_columns(one) for one in given], connection.run_on_commit[callbacks:], deepcopy(result), after
        )
        _memory.now = after if after.depth < MOST else None
    finally:
        _memory.at_work = False
    return result


def _putting_back(written: list[tuple[str, str, str, str, str]], whole: list[str]) -> str:
    """Return the statements that write the rows in place of their old versions; of the tables named, of all rows."""
    lines: dict[tuple[str, str, str], list[tuple[str, str]]] = {}
    for table, columns, key, number, line in written:
        lines.setdefault((table, columns, key), []).append((number, f"({line})"))
    statements = [f"DELETE FROM {table}" for table in whole]  # noqa: S608 - names of our tables
    for (table, columns, key), rows in lines.items():
        numbers, values = (", ".join(texts) for texts in zip(*rows, strict=True))
        statements.append(f"DELETE FROM {table} WHERE {key} IN ({numbers})")  # noqa: S608 - as PostgreSQL has quoted it
        statements.append(f"INSERT INTO {table} ({columns}) VALUES {values}")  # noqa: S608 - as PostgreSQL has quoted them
    if not statements:
        return ""
    role = "SET LOCAL session_replication_role = "
    return ";".join([f"{role}replica", *statements, f"{role}origin"])


def _replay(known: Call, given: list[Any]) -> None:
    """Do what the call did."""
    if known.rows:
        with connection.connection.cursor() as cursor:
            cursor.execute(known.rows)
    for one, columns in zip(given, known.arguments, strict=True):
        if columns:
            one.__dict__.update(deepcopy(columns))
    connection.run_on_commit += [(set(connection.savepoint_ids), *rest) for _savepoints, *rest in known.for_the_commit]
    _memory.now = known.after if known.after.depth < MOST else None


def _columns(one: Any) -> dict[str, Any]:
    """Return what a row has in its columns, in memory; of anything else nothing."""
    if not isinstance(one, Model):
        return {}
    return {name: deepcopy(value) for name, value in vars(one).items() if not name.startswith("_")}


def _like(one: Any) -> Any:
    """Return what equals that of another argument only if the two are alike; raise UnlikeError where nobody knows."""
    parts: Iterable[Any]
    if isinstance(one, PLAIN):
        return type(one), one if isinstance(one, int) else repr(one)  # a number may be too long to be written
    if isinstance(one, Model):
        parts = sorted(_columns(one).items())
    elif isinstance(one, Mapping):
        parts = one.items()
    elif isinstance(one, (set, frozenset)):
        parts = sorted(one, key=repr)
    elif isinstance(one, (list, tuple)):
        parts = one
    elif is_dataclass(one):
        parts = [getattr(one, part.name) for part in fields(one)]
    else:
        raise UnlikeError(one)
    return type(one), tuple(map(_like, parts))


def _usable() -> bool:
    """Return whether rows of this thread's connection are those that are remembered."""
    return (
        threading.current_thread() is threading.main_thread()
        and connection.in_atomic_block
        and not connection.needs_rollback
        and connection.settings_dict["NAME"] == _memory.database
    )


def _patched() -> bool:
    """Return whether settings or, with pytest's fixture, anything else is unusual, or audit rows have a context."""
    patch = _memory.patch
    return (
        isinstance(settings._wrapped, UserSettingsHolder)
        or bool(patch and (patch._setattr or patch._setitem))
        or connection.execute_wrappers != [_watch]  # pghistory hands its context over by one
    )


def _watch(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
    """Follow the statements of others: what writes makes the state unknown, what ends a savepoint brings it back."""
    if _memory.at_work:
        return execute(sql, params, many, context)
    said = str(sql).lstrip()
    if said.startswith("SAVEPOINT "):
        _memory.savepoints[said[10:]] = _memory.now
    elif said.startswith("ROLLBACK TO SAVEPOINT "):
        _memory.now = _memory.savepoints.get(said[22:])
    elif _memory.now is not None and not said.startswith(READING):
        _memory.now = None
    return execute(sql, params, many, context)
