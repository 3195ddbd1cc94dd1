"""Documents' numbers: given when a document is committed, one after the other and without gaps.

A preview, a refusal and a crash give theirs back, as the counter is a row of the same transaction. It is locked when
the transaction commits (a deferred trigger), or when somebody asks for the number before: orders do not wait for each
other (decision 33).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import ClassVar

import pgtrigger
from django.db import connection, models

from core.fitting import Fitting
from core.timestamps import Timestamped

_given: ContextVar[bool] = ContextVar("numbers_are_given", default=True)

# Of all rows of the transaction at once: rows of others without a number are not committed and cannot be seen. Whoever
# gives the first number of a transaction has the numbers of all kinds to itself until it ends: two that give them in
# another order, payments and orders, would wait for each other for ever.
GIVE_NUMBERS = """
    IF NOT EXISTS (SELECT FROM {table} WHERE id = NEW.id AND serial IS NULL) THEN RETURN NULL; END IF;
    PERFORM pg_advisory_xact_lock(hashtext('billing_documentcounter'));
    INSERT INTO billing_documentcounter (kind, last) VALUES ('{kind}', 0) ON CONFLICT (kind) DO NOTHING;
    UPDATE billing_documentcounter SET last = last + (SELECT COUNT(*) FROM {table} WHERE serial IS NULL)
     WHERE kind = '{kind}' RETURNING last INTO newest;
    UPDATE {table} document SET serial = newest - counted.place
      FROM (SELECT id, ROW_NUMBER() OVER (ORDER BY id DESC) - 1 AS place FROM {table} WHERE serial IS NULL) counted
     WHERE document.id = counted.id;
    RETURN NULL;
"""


class DocumentCounter(Fitting):
    """The last number that was given to a kind of document; locked by whoever gives the next one."""

    kind = models.CharField(max_length=10, primary_key=True)
    last = models.PositiveBigIntegerField()

    def __str__(self) -> str:
        return f"{self.kind}: {self.last}"


class Document(Timestamped):
    """A row that is numbered as a document is: SO000329. Its number is of its kind, not of its seller."""

    PREFIX: ClassVar[str]

    # Empty until the transaction that made the row commits, or its number is asked for.
    serial = models.PositiveBigIntegerField(null=True, editable=False)

    class Meta(Timestamped.Meta):
        abstract = True

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """The document's number, for example SO000329; what is only tried out (`unnumbered`) has none: SO."""
        if self.serial is None and self.pk and _given.get():
            self.serial = _serial_of(self)
        return self.PREFIX if self.serial is None else f"{self.PREFIX}{self.serial:06d}"


@contextmanager
def unnumbered() -> Iterator[None]:
    """Give no numbers to those who ask for them: what is done inside is rolled back, and should hold nobody up."""
    before = _given.set(False)
    try:
        yield
    finally:
        _given.reset(before)


def document_triggers(table: str, kind: str) -> list[pgtrigger.Trigger]:
    """Return the triggers of a kind of document: its numbers, and a moment of change that a number does not move."""
    return [
        pgtrigger.Trigger(
            name="touch_updated_at",
            when=pgtrigger.Before,
            operation=pgtrigger.Update,
            condition=pgtrigger.AnyChange(exclude=["updated_at", "serial"]),
            func="NEW.updated_at = statement_timestamp(); RETURN NEW;",
        ),
        pgtrigger.Trigger(
            name="give_number",
            when=pgtrigger.After,
            operation=pgtrigger.Insert,
            timing=pgtrigger.Deferred,
            condition=pgtrigger.Q(new__serial__isnull=True),
            declare=[("newest", "bigint")],
            func=GIVE_NUMBERS.format(table=table, kind=kind),
        ),
        # A number that was given stays.
        pgtrigger.Trigger(
            name="number_stays",
            when=pgtrigger.Before,
            operation=pgtrigger.UpdateOf("serial"),
            condition=pgtrigger.Q(old__serial__isnull=False) & pgtrigger.Q(new__serial__df=pgtrigger.F("old__serial")),
            func="RAISE EXCEPTION 'the number of a document stays';",
        ),
    ]


def _serial_of(document: Document) -> int | None:
    """Return the number of a row that was read without one; within a transaction it is given now."""
    if connection.in_atomic_block:
        name = f"{document._meta.label}:give_number"
        pgtrigger.constraints(pgtrigger.Immediate, name)
        pgtrigger.constraints(pgtrigger.Deferred, name)
    rows = type(document)._base_manager.filter(pk=document.pk)
    found: int | None = rows.values_list("serial", flat=True).first()
    return found
