"""Books of any size for the audit: some accounts' histories of every billing type, and their rows many times over.

The histories are carried out by the real verbs and nights (subscriptions/simulation), so that their books are what the
platform itself writes; the copies are made by one INSERT … SELECT for each table. Whatever hangs on an account is
copied, found by its foreign keys: a table that comes to be is copied too.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from random import Random
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction
from pghistory.models import Event

from accounts.models import Account, Reseller
from billing.charging import take_all_back
from billing.engine.lines import FEES
from billing.models import Charge, CreditNote, LedgerEntry, Payment
from subscriptions.simulation.history import read_history
from subscriptions.simulation.playing import play

STARTED, UNTIL = date(2024, 1, 10), date(2025, 2, 20)
# Of a hundred histories so many of each billing type; those of a term have its months.
SHARES = {
    "csp_monthly": 40, "csp_annual": 14, "payg_internal": 12, "reservation": 10, "gsuite": 8, "payg_external": 6,
    "pay_in_full": 6, "non_refund": 4,
}  # fmt: skip
MONTHS = {"csp_annual": 12, "reservation": 12, "pay_in_full": 6, "non_refund": 12, "gsuite": 1}
POSTPAY = ("csp_monthly", "csp_annual", "reservation", "payg_internal", "payg_external")
# How what was used is told.
USED = {"payg_internal": {"units": "3", "hours": "40.5"}, "payg_external": {"cost": "12.3456"}}
HISTORIES = {"small": 16, "full": 24}
CHARGES = {"small": 50_000, "full": 1_000_000}
APPS = ("accounts", "billing", "subscriptions")
# Numbers of documents and keys of requests, which no copy can have.
ONCE = ("serial", "idempotency_key")


def histories(number: int) -> Iterator[dict[str, Any]]:
    """Yield some `number` of histories of a year, the same each time: every billing type by its share."""
    rng = Random(9)  # noqa: S311 - the same histories in every run are wanted
    types = [name for name, share in SHARES.items() for _ in range(max(1, share * number // 100))]
    for at, billing_type in enumerate(types):
        yield _history(rng, billing_type, at)


def _history(rng: Random, billing_type: str, at: int) -> dict[str, Any]:
    months = MONTHS.get(billing_type)
    postpay = billing_type in POSTPAY and at % 4 == 3
    history: dict[str, Any] = {
        "currency": rng.choice(["USD", "USD", "EUR", "JPY"]),
        "billing_type": billing_type,
        "payment_model": "postpay" if postpay else "prepay",
        "billing_day": 1 if billing_type == "pay_in_full" else rng.choice([1, 1, 15]),
        "period": {"months": months} if months else "endless",
        "resources": [{"key": key, "price": rng.choice(["10", "7", "19"])} for key in ("seats", "space")],
        "service_term": {"grace_days": 7, "stop_days": 60},
        "until": UNTIL.isoformat(),
    }
    if billing_type == "reservation":
        history["plan"] = {"setup_fee": "25", "recurring_fee": "4", "renewal_fee": "10"}
    if billing_type == "payg_external":
        history["plan"] = {"markup": "15"}
    if months:
        history["auto_renew"] = True
    if at % 5 == 1:
        history["discount"] = {"percent": "10"}
    if at % 3 == 0:
        history["taxes"] = {"rate": "20", "inclusive": False}
    if at % 4 == 2:
        history["chain"] = [
            {"reseller": "distributor", "retail": {"seats": "4", "space": "3"}, "net_cost": {"seats": "2"}},
            {"reseller": "country", "retail": {"seats": "5", "space": "4"}, "discount": "20"},
        ]
    opening = [] if postpay else [{"day": STARTED.isoformat(), "do": "top_up", "amount": "900000"}]
    lives = [event for name in ("main", "second") for event in _life(rng, name, USED.get(billing_type))]
    history["events"] = [*opening, *lives, *_payments(postpay=postpay, late=at % 8 == 3)]
    return history


def _life(rng: Random, name: str, use: dict[str, str] | None) -> Iterator[dict[str, Any]]:
    """Yield what happens to one subscription; what its billing type does not allow is refused, and passes by."""
    day = STARTED + timedelta(days=rng.randrange(60))
    yield _event(day, "order", name, quantities={"seats": rng.randint(1, 30), "space": rng.randint(0, 9)})
    while (day := day + timedelta(days=rng.randint(40, 100))) < UNTIL:
        if use:
            for key in ("seats", "space"):
                yield _event(day, "usage", name, resource=key, **use)
        match rng.randrange(10):
            case 0:
                yield _event(day, "stop", name)
                yield _event(day + timedelta(days=rng.randint(0, 40)), "activate", name)
            case 1:
                yield _event(day, "price", prices={"seats": rng.choice(["11", "9.5"])})
            case 2:
                yield _event(day, "renew", name)
            case _:
                yield _event(day, "change", name, quantities={"seats": rng.randint(1, 30)})
    if rng.randrange(6) == 0:
        yield _event(UNTIL - timedelta(days=rng.randrange(90)), "delete", name)


def _event(day: date, do: str, subscription: str = "", **members: Any) -> dict[str, Any]:
    return {"day": day.isoformat(), "do": do, **({"subscription": subscription} if subscription else {}), **members}


def _payments(*, postpay: bool, late: bool) -> Iterator[dict[str, Any]]:
    """Yield the money that comes in for invoices, where there are any to pay: a week later, or after too long."""
    for month in range(1, 13) if postpay else ():
        first = date(STARTED.year + (STARTED.month + month - 1) // 12, (STARTED.month + month - 1) % 12 + 1, 1)
        yield _event(first + timedelta(days=22 if late else 7), "pay_invoice")


def fill(charges: int, number: int) -> int:
    """Carry out the histories and copy their accounts until there are so many charges; return how many there are."""
    begun = time.perf_counter()
    Reseller.objects.create(name="Operator", currency="USD", email="operator@bench.example")
    played = carry_out(number)
    print(f"   {played:,} charges of {Account.objects.count()} accounts written in {time.perf_counter() - begun:.0f} s")
    copies = -(-charges // played) - 1
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # no triggers, no checks of foreign keys
        cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
        with without_indexes(cursor, [Charge, LedgerEntry, Payment]):
            copy_rows(cursor, copies)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    made = Charge.objects.count()
    print(f"   {made:,} after {copies} copies, made in {time.perf_counter() - begun:.0f} s", flush=True)
    return made


def carry_out(number: int) -> int:
    """Carry out so many histories; return how many charges they leave."""
    for given in histories(number):
        with transaction.atomic():
            account = play(read_history(given)).account
            # Every other fee is taken back by a counter posting, and a credit note where it was invoiced.
            fees = Charge.objects.filter(account=account, status="closed").exclude(type="recurring_fee")
            take_all_back([fee for fee in fees.order_by("pk") if fee.type in FEES][::2], day=UNTIL)
    return Charge.objects.count()


def copy_rows(cursor: Any, copies: int) -> None:
    """Copy every row that hangs on an account so many times, each copy's keys a stride further."""
    copied = of_accounts()
    strides = {model: model._base_manager.aggregate(last=models.Max("pk"))["last"] or 0 for model in copied}
    for model in copied:
        fields = [field for field in model._meta.concrete_fields if not field.generated]
        table, columns = model._meta.db_table, ", ".join(f'"{field.column}"' for field in fields)
        values = ", ".join(_value(field, strides) for field in fields)
        # Copies of a row stand together, so that an account's rows lie as far apart as years of nights leave them.
        cursor.execute(
            f"INSERT INTO {table} ({columns}) SELECT {values} FROM {table} seed"
            f" CROSS JOIN generate_series(1, %s) copy ORDER BY seed.ctid, copy",
            [copies],
        )
        if isinstance(model._meta.pk, models.AutoField | models.BigAutoField):
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT MAX(id) FROM {table}))")


def _value(field: Any, strides: dict[Any, int]) -> str:
    """Return the expression that a copy has in a column."""
    column = f'seed."{field.column}"'
    model: Any = field.related_model if field.is_relation else field.model if field.primary_key else None
    if model in strides:
        while model._meta.pk.is_relation:
            model = model._meta.pk.related_model
        return f"{column} + copy * {strides[model]}::bigint"
    if field.name in ONCE:
        return "NULL"
    if field.model is LedgerEntry and field.name == "posting":
        return f"md5({column}::text || copy)::uuid"
    if field.model is LedgerEntry and field.name == "key":
        # "charge:17:reversed" is of charge 17, "credit_note:3:tax" of credit note 3, all others of payments.
        return (
            f"regexp_replace({column}, '\\d+', ((substring({column} from '\\d+'))::bigint + copy * CASE"
            f" WHEN {column} LIKE 'charge:%%' THEN {strides[Charge]}"
            f" WHEN {column} LIKE 'credit_note:%%' THEN {strides[CreditNote]} ELSE {strides[Payment]} END)::text)"
        )
    return column


def of_accounts() -> list[Any]:
    """Return the models whose rows hang on an account, that first: all of them but what happened to the rows."""
    found: list[Any] = [Account]
    candidates = [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in APPS and not issubclass(model, Event) and not model._meta.proxy
    ]
    while more := [model for model in candidates if model not in found and _hangs_on(model, found)]:
        found += more
    return found


def _hangs_on(model: Any, found: Sequence[Any]) -> bool:
    return any(field.is_relation and field.related_model in found for field in model._meta.concrete_fields)


@contextmanager
def without_indexes(cursor: Any, tables: Sequence[Any]) -> Iterator[None]:
    """Take indexes and exclusion constraints of the models' tables away for the block; each is made again in one pass."""
    again = []
    for table in (model._meta.db_table for model in tables):
        cursor.execute(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE conrelid = %s::regclass AND contype = 'x'",
            [table],
        )
        constraints = cursor.fetchall()
        again += [f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}" for name, definition in constraints]
        for name, _definition in constraints:
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        cursor.execute(
            "SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index"
            " WHERE indrelid = %s::regclass AND NOT indisunique",
            [table],
        )
        indexes = cursor.fetchall()
        again += [definition for _name, definition in indexes]
        for name, _definition in indexes:
            cursor.execute(f"DROP INDEX {name}")
    yield
    for definition in again:
        cursor.execute(definition)
