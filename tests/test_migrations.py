"""Migrations of a platform at work: an index on a table with many rows is made while people go on writing to it."""

import re

import pytest
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import connection
from django.db.migrations import AddConstraint, AddIndex, CreateModel, RunSQL
from django.db.migrations.loader import MigrationLoader
from django.db.models import UniqueConstraint

# Landed before the rule; a landed migration is never rewritten.
BEFORE = {
    ("accounts", "0001_initial"), ("accounts", "0002_used_links_are_forgotten"),
    ("billing", "0001_initial"), ("billing", "0002_charges_of_a_status_in_every_order"),
    ("lists", "0001_initial"), ("lists", "0002_words"), ("notifications", "0001_initial"),
    ("subscriptions", "0001_initial"), ("subscriptions", "0002_copied_names"), ("subscriptions", "0003_holds"),
    ("vendors", "0001_initial"),
}  # fmt: skip
# Few rows, whatever the platform's size.
SMALL = {
    "accounts.reseller", "accounts.accountclass", "accounts.accounttype", "vendors.vendorconnection",
    "brokerage.jobrun", "brokerage.heartbeat", "subscriptions.billingnight", "subscriptions.serviceterm",
    "subscriptions.plan", "subscriptions.product", "subscriptions.applicationtemplate",
}  # fmt: skip
OURS = {"accounts", "billing", "brokerage", "lists", "notifications", "subscriptions", "vendors"}
INDEX_BY_SQL = re.compile(r"CREATE\s+(?:UNIQUE\s+)?INDEX\s+(?!CONCURRENTLY).*?\bON\s+(\w+)", re.IGNORECASE | re.DOTALL)
TABLE_BY_SQL = re.compile(r"CREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?(\w+)", re.IGNORECASE)


def migrations():
    loader = MigrationLoader(None)
    return [(key, one) for key, one in sorted(loader.disk_migrations.items()) if key[0] in OURS and key not in BEFORE]


def blocking(key: tuple[str, str], migration) -> list[str]:
    """Return the operations of a migration that hold a large table still while an index is built."""
    made = {operation.name.lower() for operation in migration.operations if isinstance(operation, CreateModel)}
    sql = "\n".join(text for one in migration.operations if isinstance(one, RunSQL) for text in _statements(one.sql))
    made |= {table.lower() for table in TABLE_BY_SQL.findall(sql)}
    found = [f"{key}: an index on {table}" for table in INDEX_BY_SQL.findall(sql) if table.lower() not in made]
    for operation in migration.operations:
        model = getattr(operation, "model_name", "").lower()
        if model in made or f"{key[0]}.{model}" in SMALL:
            continue
        unique = isinstance(operation, AddConstraint) and isinstance(operation.constraint, UniqueConstraint)
        plain = isinstance(operation, AddIndex) and not isinstance(operation, AddIndexConcurrently)
        if unique or plain:
            found.append(f"{key}: {operation.describe()}")
    return found


def _statements(sql) -> list[str]:
    return [sql] if isinstance(sql, str) else [part if isinstance(part, str) else part[0] for part in sql]


def test_an_index_on_a_table_with_many_rows_is_built_concurrently():
    found = [fault for key, migration in migrations() for fault in blocking(key, migration)]
    if found:
        pytest.fail("use AddIndexConcurrently, in a migration with atomic = False:\n" + "\n".join(found), pytrace=False)


def test_a_migration_with_a_concurrent_index_is_not_atomic():
    for key, migration in migrations():
        if any(isinstance(operation, AddIndexConcurrently) for operation in migration.operations):
            assert migration.atomic is False, key


@pytest.mark.django_db
def test_no_index_was_left_half_built():
    """PostgreSQL keeps an index whose concurrent building failed, and does not use it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid")
        assert cursor.fetchall() == []


def test_the_rule_finds_what_it_is_for():
    """The landed ones before the rule would be refused by it."""
    key = ("billing", "0002_charges_of_a_status_in_every_order")
    assert blocking(key, MigrationLoader(None).disk_migrations[key])
