"""Marks in every text and every id of a tenant's rows, so that a leak shows wherever it comes out."""

import re
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

import pgtrigger
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction

# Columns that steer the program, hold secrets or are told apart by constraints: a mark there breaks the page.
STEERING = {
    "accounts.User": {"password"},
    "accounts.ApiToken": {"token_hash"},
    "accounts.AccountType": {"name_pattern"},
    "notifications.Notification": {"key", "event", "path", "last_error"},
    "lists.ListExport": {"listing", "query", "file", "failure", "sight"},
    "lists.ListPreference": {"listing"},
    "lists.SavedView": {"listing", "query"},
    "subscriptions.ApplicationTemplate": {"plugin"},
    "subscriptions.Subscription": {"awaited_operation", "subscription_name_template"},
    "subscriptions.SubscriptionSecret": {"key", "value"},
    "subscriptions.Plan": {"subscription_name_template"},
    "billing.PaymentGateway": {"plugin", "secrets"},
    "vendors.VendorConnection": {"plugin", "secrets", "last_error_code"},
    "vendors.VendorOperation": {"key", "subject", "service", "sealed", "last_error_code"},
    "vendors.VendorCall": {"name"},
}
# Apps whose rows belong to no tenant.
OTHERS = {"pghistory", "contenttypes", "sessions", "axes", "mfa", "auth"}
SHORTEST = 24
# Everybody's ids have nine digits and begin far from all others': 770000000 is North's first.
SPAN = 10_000_000


class Tenant:
    """Whose rows they are: the word of the mark, and the first two digits of the ids."""

    def __init__(self, word: str, digits: int) -> None:
        self.word, self.first = word, digits * SPAN
        # Not the digits inside a token or a number with a fraction.
        self.found = re.compile(rf"{word}-\w+|(?<![\da-fA-F.]){digits}0\d{{6}}(?![\da-fA-F])")

    def seen_in(self, text: str) -> set[str]:
        """Return the marks and ids of this tenant that stand in the text."""
        return set(self.found.findall(text))


@contextmanager
def numbered(tenant: Tenant) -> Iterator[None]:
    """Give every row that is made inside an id of the tenant's, no two tables the same."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sequencename FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1")
        for place, (name,) in enumerate(cursor.fetchall()):
            cursor.execute(f'ALTER SEQUENCE "{name}" RESTART WITH {tenant.first + place * 1000}')
    yield


def mark(tenant: Tenant) -> int:
    """Write the tenant's mark into every text of its rows and return how many columns were marked."""
    done = 0
    for model in apps.get_models():
        fields = [field for field in model._meta.local_concrete_fields if _takes_a_mark(model, field)]
        if not fields or not isinstance(model._meta.pk, models.AutoField):
            continue
        table, pk = model._meta.db_table, model._meta.pk.column
        values = ", ".join(f'"{field.column}" = {_marked(tenant, field, pk)}' for field in fields)
        statement = f'UPDATE "{table}" SET {values} WHERE "{pk}" >= {tenant.first} AND "{pk}" < {tenant.first + SPAN}'  # noqa: S608 - names are ours
        done += len(fields) if _updated(statement) else 0
    return done


def _updated(statement: str) -> int:
    """Carry the statement out, also over rows that may never change (the ledger's): their names might leak too."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.rowcount
    except DatabaseError:
        with pgtrigger.ignore(), connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.rowcount


def _takes_a_mark(model: type[models.Model], field: models.Field) -> bool:
    if model._meta.app_label in OTHERS:
        return False
    if field.name in STEERING.get(model._meta.label, set()) or field.choices or field.primary_key:
        return False
    if not isinstance(field, models.CharField | models.TextField) or model.__name__.endswith(("Event", "Word")):
        return False
    return field.max_length is None or field.max_length >= SHORTEST


def _marked(tenant: Tenant, field: models.Field, pk: str) -> str:
    text = f"'{tenant.word}-' || \"{pk}\""
    if isinstance(field, models.EmailField):
        return f"{text} || '@{tenant.word}.example'"
    if isinstance(field, models.URLField):
        return f"'https://{tenant.word}.example/' || {text}"
    return f"{text} || '{field.name[:4].strip('_')}'"


# A table's rows as one hash, whatever their order.
HASHED = "md5(coalesce(string_agg(md5(t::text), '' ORDER BY md5(t::text)), ''))"


def _told(questions: dict[str, str]) -> dict[str, Any]:
    """Return the answer of each question, a SELECT of one value: all asked in one statement, as there are hundreds."""
    if not questions:
        return {}
    with connection.cursor() as cursor:
        asked = (f"SELECT '{name}', ({question})::text" for name, question in questions.items())
        cursor.execute(" UNION ALL ".join(asked))
        return dict(cursor.fetchall())


def fingerprint() -> dict[str, str]:
    """Return a hash of each table's rows, without those that every visit writes (sessions, attempts, choices).

    What a request reckons with in temporary tables is gone with its transaction.
    """
    left_out = ("django_", "axes_", "lists_listpreference", "mfa_")
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename")
        tables = [table for (table,) in cursor.fetchall() if not table.startswith(left_out)]
    return _told({table: f'SELECT {HASHED} FROM "{table}" t' for table in tables})  # noqa: S608 - names are ours


# What every visit writes: sessions, attempts, choices, and when somebody was last seen.
OF_A_VISIT = ("django_", "axes_", "lists_listpreference", "mfa_", "accounts_signedin")


def written(*, with_visits: bool = False) -> dict[str, int]:
    """Return how many rows were written by now, by table, without those that every visit writes.

    PostgreSQL counts them, also those of a request that was rolled back, of which a fingerprint cannot tell anything.
    A preview is rolled back too: this is for requests that come to none.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname, n_tup_ins + n_tup_upd + n_tup_del FROM pg_stat_xact_user_tables")
        return {
            table: rows
            for table, rows in cursor.fetchall()
            if rows and (with_visits or not table.startswith(OF_A_VISIT))
        }


def rows_of(tenant: Tenant, tables: Collection[str] | None = None) -> dict[str, str]:
    """Return a hash of the tenant's own rows, by table: of all tables, or of some."""
    questions = {}
    for model in apps.get_models():
        if not isinstance(model._meta.pk, models.AutoField) or model._meta.app_label in OTHERS:
            continue
        table, pk = model._meta.db_table, model._meta.pk.column
        if tables is not None and table not in tables:
            continue
        mine = f'"{pk}" >= {tenant.first} AND "{pk}" < {tenant.first + SPAN}'
        questions[table] = f'SELECT {HASHED} FROM "{table}" t WHERE {mine}'  # noqa: S608 - names are ours
    return _told(questions)


def links_to(tenant: Tenant, tables: Collection[str] | None = None) -> dict[str, str]:
    """Return how many rows point at the tenant's rows, by column: a new link from elsewhere raises one of them."""
    questions = {}
    for model in apps.get_models():
        for field in model._meta.local_concrete_fields:
            if not isinstance(field, models.ForeignKey) or model._meta.app_label in OTHERS:
                continue
            table, column = model._meta.db_table, field.column
            if not isinstance(field.target_field, models.AutoField) or (tables is not None and table not in tables):
                continue
            mine = f'"{column}" >= {tenant.first} AND "{column}" < {tenant.first + SPAN}'
            questions[f"{table}.{column}"] = f'SELECT count(*) FROM "{table}" WHERE {mine}'  # noqa: S608 - names are ours
    return _told(questions)
