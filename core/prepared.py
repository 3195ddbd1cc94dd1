"""Queries that are asked over and over with other values: Django works their SQL out once, not each time.

Working out the SQL of a query with a few joins takes Django longer than PostgreSQL takes to answer it (decision 64).
"""

import threading
from collections.abc import Callable, Mapping
from typing import Any, Generic, TypeVar

from django.db import connections, models
from django.db.models import QuerySet
from django.db.models.sql.compiler import SQLCompiler
from django.db.transaction import TransactionManagementError

Row = TypeVar("Row")


class Asked(models.Expression):
    """A value that a prepared query is told when it is asked: `filter(pk=Asked("pk"))`, `Among("pk", Asked("ids"))`."""

    def __init__(self, name: str) -> None:
        super().__init__(output_field=models.Field())
        self.name = name

    def as_sql(self, _compiler: Any, _connection: Any) -> tuple[str, Any]:
        """Return a place for the value, which stands for itself until it is told."""
        return "%s", (self,)


class Prepared(Generic[Row]):
    """A query that is built and worked out once in each thread, and asked with the values that it names.

    `build` makes the queryset, with `Asked` in place of what differs from call to call. The values go to PostgreSQL as
    psycopg adapts them: numbers, texts, dates, and lists for arrays. What is prefetched is not.
    """

    def __init__(self, build: Callable[[], QuerySet[Any, Row]]) -> None:
        self._build = build
        self._kept = threading.local()

    def __call__(self, **values: Any) -> list[Row]:
        """Return the rows for these values. One statement."""
        frozen: _Frozen[Row] | None = getattr(self._kept, "frozen", None)
        if frozen is None or frozen.is_of_another_connection:
            frozen = self._work_out()
        return frozen.rows(values)

    def _work_out(self) -> "_Frozen[Row]":
        frozen = self._kept.frozen = _Frozen(self._build())
        return frozen


class _Frozen(Generic[Row]):
    """A queryset whose compiler gives the same SQL again."""

    def __init__(self, queryset: QuerySet[Any, Row]) -> None:
        self.queryset = queryset
        self.alias = queryset.db
        self.connection = connections[self.alias]
        compiler: SQLCompiler = queryset.query.get_compiler(queryset.db)
        self.sql, params = compiler.as_sql()
        self.params: tuple[Any, ...] = tuple(params)
        self.told: Mapping[str, Any] = {}
        converters = compiler.get_converters([column[0] for column in compiler.select or ()])
        # What iterates over rows asks the query for a compiler, and that for its SQL and for the types of its columns.
        vars(compiler).update(as_sql=self._as_sql, get_converters=lambda _columns: converters)
        vars(queryset.query).update(get_compiler=lambda *_args, **_options: compiler)

    @property
    def is_of_another_connection(self) -> bool:
        """Return whether Django has another connection by now, as where a loop of events runs: another transaction."""
        return connections[self.alias] is not self.connection

    def rows(self, values: Mapping[str, Any]) -> list[Row]:
        """Ask once."""
        if self.queryset.query.select_for_update and self.connection.get_autocommit():
            raise TransactionManagementError("rows are locked in a transaction only")
        self.told = values
        try:
            iterable: Any = self.queryset._iterable_class
            return list(iterable(self.queryset))
        finally:
            self.told = {}

    def _as_sql(self, *_args: Any, **_options: Any) -> tuple[str, tuple[Any, ...]]:
        params = (self.told[one.name] if isinstance(one, Asked) else one for one in self.params)
        return self.sql, tuple(params)
