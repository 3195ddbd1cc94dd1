"""Pages of a long list in a time that does not depend on its length: by position, not by counting."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.core.exceptions import EmptyResultSet, ValidationError
from django.db import connection
from django.db.models import BooleanField, F, Func, QuerySet, Value

from core.fitting import is_text

# How many rows are looked at in the order of the list before the filters lead the search instead.
WINDOW = 3_000
# So many rows are found by the filters and sorted; more are not.
MANY = 300_000
# Counted exactly below, estimated above.
COUNTED = 2_000
# Larger ids are in no table, and PostgreSQL would refuse to compare them.
LARGEST_ID = 2**63 - 1
# A page this near is found from the front; farther ones by the database's OFFSET over the keys alone.
NEAR_ROWS = 600

Sql = tuple[str, tuple[Any, ...]]


@dataclass(frozen=True)
class Position:
    """A place in the list: the sort value and the id of a row; the page lies behind it, or before it."""

    key: str
    pk: int
    backwards: bool = False


@dataclass(frozen=True)
class Order:
    """What the list is ordered by: an expression that is never NULL, then the id, both in one direction."""

    expression: Any
    downwards: bool

    def of(self, rows: QuerySet[Any], *, reverse: bool = False) -> QuerySet[Any]:
        """Return the rows with their sort value as `list_key`, in this order or its reverse."""
        down = self.downwards != reverse
        rows = rows.annotate(list_key=self.expression)
        return rows.order_by(*[F(name).desc() if down else F(name).asc() for name in ("list_key", "pk")])


class Sure(StrEnum):
    """How far a number of rows may be believed."""

    EXACT = "exact"
    AT_LEAST = "at_least"
    ABOUT = "about"


@dataclass(frozen=True)
class Count:
    """A number of rows."""

    rows: int
    sure: Sure = Sure.EXACT


@dataclass(frozen=True)
class Wanted:
    """Which page: so many rows behind or before a position, or from the offset on."""

    size: int
    offset: int = 0
    position: Position | None = None


@dataclass(frozen=True)
class Keys:
    """The ids of one page with their sort values, whether more follow, and the number of all where it came for free."""

    pairs: list[tuple[Any, int]]
    more: bool
    total: Count | None = None


class IsBeyond(Func):
    """(sort value, id) > (given value, given id) as one comparison, which an index answers."""

    output_field = BooleanField()

    def as_sql(self, compiler: Any, connection: Any, *_parts: Any, **extra_context: Any) -> tuple[str, Any]:
        """Return the row comparison."""
        parts, params = [], []
        for expression in self.get_source_expressions():
            sql, part_params = compiler.compile(expression)
            parts.append(sql)
            params += part_params
        return f"({parts[0]}, {parts[1]}) {self.extra['operator']} ({parts[2]}, {parts[3]})", tuple(params)


def keys_of_page(rows: QuerySet[Any], order: Order, page: Wanted, *, easy: bool, many: int = MANY) -> Keys:
    """Return the keys of one page. One statement.

    `easy` says that (nearly) every row of the table belongs to the list, so that the order's index alone serves.
    `many` is less than MANY where each filter has indexes in the list's orders: then fewer rows are worth sorting.
    """
    position = page.position
    backwards = position is not None and position.backwards
    last = page.offset + page.size + 1
    bounded = rows if position is None else _beyond(rows, order, position)
    if easy or last > NEAR_ROWS:
        pairs, total = (
            list(order.of(bounded, reverse=backwards).values_list("list_key", "pk")[page.offset : last]),
            None,
        )
    else:
        pairs, total = _near_or_far(bounded, order, position, last, many)
        pairs = pairs[page.offset :]
    more = len(pairs) > page.size
    pairs = pairs[: page.size]
    return Keys(pairs[::-1] if backwards else pairs, more, total if position is None else None)


def guess(query: QuerySet[Any]) -> int:
    """Return how many rows the planner expects; one statement, which reads no table."""
    sql = _compiled(query.order_by().values("pk"))
    return _planned_rows([sql])[0] if sql else 0


def estimates(queries: list[QuerySet[Any]], *, guess_only: QuerySet[Any] | None = None) -> list[Count]:
    """Return for each query how many rows it has: counted where few, the planner's guess where many.

    Two statements at most, whatever the number of queries: the guesses of all, a count of the small ones. A guess may
    be wrong by far where conditions go together, so that no count goes beyond COUNTED rows either. `guess_only` is one
    of the queries that is not counted in any case.
    """
    asked = {n: sql for n, query in enumerate(queries) if (sql := _compiled(query.order_by().values("pk")))}
    guesses = dict(zip(asked, _planned_rows(list(asked.values())), strict=True))
    small = {n: asked[n] for n, rows in guesses.items() if rows < COUNTED and queries[n] is not guess_only}
    counted = dict(zip(small, _counted(list(small.values())), strict=True))
    counts = []
    for n in range(len(queries)):
        if n in counted:
            counts.append(Count(counted[n], Sure.AT_LEAST if counted[n] >= COUNTED else Sure.EXACT))
        else:
            counts.append(Count(guesses[n], Sure.ABOUT) if n in guesses else Count(0))
    return counts


def cursor_of(pair: tuple[Any, int]) -> str:
    """Return a position as text for the address."""
    key, pk = pair
    return json.dumps([key.isoformat() if hasattr(key, "isoformat") else str(key), pk], ensure_ascii=False)


def position_of(text: str, rows: QuerySet[Any], order: Order, *, backwards: bool) -> Position | None:
    """Return the position that a cursor names; None for one that somebody made up, whatever it is made of."""
    try:
        key, pk = json.loads(text)
        output = rows.annotate(list_key=order.expression).query.annotations["list_key"].output_field
        if not isinstance(key, str) or not is_text(key):
            return None
        if not isinstance(pk, int) or isinstance(pk, bool) or not 0 <= pk <= LARGEST_ID:
            return None
        return Position(_comparable(output.to_python(key)), pk, backwards)
    except (ValueError, TypeError, ArithmeticError, RecursionError, ValidationError):
        return None


def _comparable(value: Any) -> str:
    """Return a sort value as text that PostgreSQL can compare. Raises ValueError for what no row could have."""
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("a moment without an offset")
        return value.astimezone(UTC).isoformat()  # it takes no offset beyond sixteen hours
    if isinstance(value, Decimal) and (not value.is_finite() or (value and not -50 < value.adjusted() < 50)):
        raise ValueError("a number that no column holds")
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > LARGEST_ID:
        raise ValueError("a number that no column holds")
    return value.isoformat() if isinstance(value, date) else str(value)


def _beyond(rows: QuerySet[Any], order: Order, position: Position) -> QuerySet[Any]:
    """Return the rows behind the position (before it, where it looks backwards)."""
    operator = "<" if order.downwards != position.backwards else ">"
    annotated = rows.annotate(list_key=order.expression)
    output = annotated.query.annotations["list_key"].output_field
    key = Value(output.to_python(position.key), output_field=output)
    beyond: QuerySet[Any] = annotated.filter(
        IsBeyond(F("list_key"), F("pk"), key, Value(position.pk), operator=operator)
    )
    return beyond


# The window, the rows near in it, the rows that the filters find, the rows as an index sorts them: each is looked for
# only where the ones before are not enough.
NEAR_OR_FAR = """
    WITH list_window AS MATERIALIZED ({}),
         near (list_key, pk) AS MATERIALIZED ({}),
         in_near (number) AS MATERIALIZED (SELECT count(*) FROM near),
         far (list_key, pk) AS MATERIALIZED ({}),
         in_far (number) AS MATERIALIZED (SELECT count(*) FROM far),
         sorted_by_index (list_key, pk) AS MATERIALIZED ({})
    (SELECT list_key, pk, (SELECT number FROM in_near), (SELECT count(*) FROM list_window) < {window:d}
       FROM near WHERE (SELECT number FROM in_near) >= {count:d} {in_order})
    UNION ALL
    (SELECT list_key, pk, (SELECT number FROM in_far), true
       FROM far WHERE (SELECT number FROM in_far) <= {many:d} {in_order})
    UNION ALL
    (SELECT list_key, pk, {many:d}, false FROM sorted_by_index {in_order})
"""


def _near_or_far(
    rows: QuerySet[Any], order: Order, position: Position | None, count: int, many: int
) -> tuple[list[tuple[Any, int]], Count | None]:
    """Return the first `count` keys, and the number of all rows as far as it fell out. One statement.

    Filters and order pull a planner in two directions, and its guess is sometimes wrong by a thousand times. So: look
    through the next WINDOW rows of the whole table in the list's order; if they hold enough, that is the page. If not,
    find the rows by the filters, up to `many`, and sort them. Where there are more than that, the planner has its way:
    so many rows are found in their order by an index, or by nothing.
    """
    reverse = position is not None and position.backwards
    near = _within(rows, order, reverse=reverse)
    # Each search is begun only where the one before was not enough: a condition on no row is asked once, and first.
    keys = order.of(rows, reverse=reverse)
    far = keys.order_by().extra(where=["(SELECT number FROM in_near) < %s"], params=[count])
    sorted_by_index = keys.extra(where=["(SELECT number FROM in_far) > %s"], params=[many])
    compiled = _compiled(far.values_list("list_key", "pk")[: many + 1])
    compiled_last = _compiled(sorted_by_index.values_list("list_key", "pk")[:count])
    if near is None or compiled is None or compiled_last is None:
        return [], Count(0)
    parts = [_window(rows, order, position, near), near, compiled, compiled_last]
    way = "DESC" if order.downwards != reverse else "ASC"
    in_order = f"ORDER BY list_key {way}, pk {way} LIMIT {count:d}"
    sql = NEAR_OR_FAR.format(
        *[part for part, _params in parts], count=count, window=WINDOW, many=many, in_order=in_order
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [value for _sql, params in parts for value in params])
        found = cursor.fetchall()
    if not found:
        return [], Count(0)
    _key, _pk, number, all_of_them = found[0]
    return [row[:2] for row in found], Count(number, Sure.EXACT if all_of_them else Sure.AT_LEAST)


def _window(rows: QuerySet[Any], order: Order, position: Position | None, near: Sql) -> Sql:
    """Return the next WINDOW rows of the whole table in the list's order, with the columns that `near` reads of them.

    No others: of a wide row it costs more to copy it than to find it.
    """
    everything = rows.model._default_manager.all()
    if position is not None:
        everything = _beyond(everything, order, position)
    reverse = position is not None and position.backwards
    prefix = f"{connection.ops.quote_name(rows.model._meta.db_table)}."
    fields = rows.model._meta.concrete_fields
    read = [field.attname for field in fields if prefix + connection.ops.quote_name(field.column) in near[0]]
    sql: Sql = order.of(everything, reverse=reverse).values_list(*read)[:WINDOW].query.sql_with_params()
    return sql


def _within(rows: QuerySet[Any], order: Order, *, reverse: bool) -> Sql | None:
    """Return the keys of the rows that lie in the window; None where nothing can match.

    The window stands in the place of the table: as a condition (pk IN …) the planner would be free to begin elsewhere.
    """
    compiled = _compiled(order.of(rows, reverse=reverse).order_by().values_list("list_key", "pk"))
    if compiled is None:
        return None
    table = connection.ops.quote_name(rows.model._meta.db_table)
    before, found, after = compiled[0].partition(f" FROM {table}")
    if not found:
        raise ValueError(f"no table {table} in {compiled[0]}")
    return f"{before} FROM list_window AS {table}{after}", compiled[1]


def _compiled(query: QuerySet[Any]) -> Sql | None:
    """Return the query's SQL; None where Django knows that nothing can match."""
    try:
        return query.query.sql_with_params()
    except EmptyResultSet:
        return None


def _planned_rows(queries: list[Sql]) -> list[int]:
    """Return how many rows the planner expects of each query; one statement, which reads no table."""
    if not queries:
        return []
    # Materialized, each query keeps a plan of its own under its own name, even one that can return nothing.
    named = ", ".join(f"q{n} AS MATERIALIZED ({sql})" for n, (sql, _params) in enumerate(queries))
    used = ", ".join(f"(SELECT 1 FROM q{n} LIMIT 1)" for n in range(len(queries)))  # noqa: S608 (names of our own)
    sql = f"EXPLAIN (FORMAT JSON) WITH {named} SELECT {used}"
    with connection.cursor() as cursor:
        cursor.execute(sql, [value for _sql, params in queries for value in params])
        plan = cursor.fetchone()[0]
    plan = (json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]
    rows = {part.get("Subplan Name", ""): part["Plan Rows"] for part in plan["Plans"]}
    return [rows[f"CTE q{n}"] for n in range(len(queries))]


def _counted(queries: list[Sql]) -> list[int]:
    if not queries:
        return []
    some = [f"(SELECT count(*) FROM ({sql} LIMIT {COUNTED}) AS counted)" for sql, _params in queries]  # noqa: S608 (compiled)
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(some), [value for _sql, params in queries for value in params])
        return list(cursor.fetchone())
