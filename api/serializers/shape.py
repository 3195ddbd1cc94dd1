"""How a row becomes a JSON:API record: attributes and relations declared once, for the answer and for the document.

Plain functions instead of framework serializers: those spent a hundred times the statement's time on a page (0010).

A path says where a value stands: "name" is the row's own, "subscription.plan" follows rows that `include` reads, and
"plan__sku" is of another table and read beside the row, in the same statement.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from django.db.models import F, QuerySet
from django.utils import timezone

from core.money import minor_units, round_half_up

Json = dict[str, Any]
Reader = Callable[[Any], Any]
LOOKUP = "__"
NULLABLE: Json = {"nullable": True}


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute: how it is read from a row, as JSON has it, its schema, and the paths that it is read at."""

    read: Reader
    schema: Json
    paths: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Relation:
    """What a record points at: named once, with the shape of the other record and the path to its row."""

    shape: "Shape"
    path: str
    nullable: bool = False

    @property
    def column(self) -> str:
        """Where the other record's id stands: in a column of the row, or at the end of a way over other rows."""
        return f"{self.path.replace('.', LOOKUP)}_id"

    def id_of(self, row: Any) -> int | None:
        """Return the other record's id, None where the row points at nothing."""
        found: int | None = _own(self.column)(row)
        return found

    def row_of(self, row: Any) -> Any:
        """Return the other row, None where there is none."""
        for name in self.path.split("."):
            row = None if row is None else getattr(row, name)
        return row

    @property
    def schema(self) -> Json:
        """The schema of the linkage: kind and id, or null."""
        kind = {"type": "string", "enum": [self.shape.kind]}
        linkage = object_of({"type": kind, "id": {"type": "string"}})
        return object_of({"data": {**linkage, **(NULLABLE if self.nullable else {})}})


@dataclass(frozen=True, slots=True)
class Shape:
    """The record of one kind; what `include` may name are its relations. `meta` is answered to who asks `meta=true`."""

    kind: str
    attributes: Mapping[str, Attribute]
    relations: Mapping[str, Relation] = field(default_factory=dict)
    meta: Mapping[str, Attribute] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Raise ValueError for a relation to a record that needs more than its own row: `include` reads no more."""
        for name, relation in self.relations.items():
            if list(relation.shape.read_beside(meta=False)):
                raise ValueError(f"{self.kind}.{name}: {relation.shape.kind} reads more than its own row")

    def record(self, row: Any, *, meta: bool = False) -> Json:
        """Return the row as a JSON:API record."""
        record: Json = {"type": self.kind, "id": str(row.pk), "attributes": _values(self.attributes, row)}
        if self.relations:
            record["relationships"] = {name: {"data": _linkage(one, row)} for name, one in self.relations.items()}
        if meta:
            record["meta"] = _values(self.meta, row)
        return record

    def included_with(self, rows: Sequence[Any], names: Sequence[str]) -> list[Json]:
        """Return the records that the rows point at, each once, in the order of the names."""
        found: dict[tuple[str, int], Json] = {}
        for name in names:
            relation = self.relations[name]
            for row in rows:
                related = relation.row_of(row)
                if related is not None and (relation.shape.kind, related.pk) not in found:
                    found[relation.shape.kind, related.pk] = relation.shape.record(related)
        return list(found.values())

    def read(self, rows: QuerySet, *, include: Sequence[str] = (), meta: bool = False) -> QuerySet:
        """Return the rows with all that `record` and `included_with` read, in the statement of the rows themselves."""
        rows = rows.annotate(**{_alias(path): F(path) for path in self.read_beside(meta=meta)})
        paths = [self.relations[name].path.replace(".", LOOKUP) for name in include]
        return rows.select_related(*paths) if paths else rows  # without a name Django would read every relation

    def read_beside(self, *, meta: bool) -> Iterator[str]:
        """Yield the paths of other tables that a record reads."""
        paths = [relation.column for relation in self.relations.values()]
        for attribute in (*self.attributes.values(), *(self.meta.values() if meta else ())):
            paths += attribute.paths
        yield from (path for path in paths if LOOKUP in path)


def _values(attributes: Mapping[str, Attribute], row: Any) -> Json:
    return {name: attribute.read(row) for name, attribute in attributes.items()}


def _linkage(relation: Relation, row: Any) -> Json | None:
    found = relation.id_of(row)
    return None if found is None else {"type": relation.shape.kind, "id": str(found)}


def _alias(path: str) -> str:
    return f"beside_{path.replace(LOOKUP, '_')}"


def _own(path: str) -> Reader:
    """Return what reads the path of a row that `Shape.read` has read."""
    return attrgetter(_alias(path) if LOOKUP in path else path)


def _one(path: str, schema: Json, show: Callable[[Any], Any] | None = None, *, nullable: bool = False) -> Attribute:
    """Return the attribute at a path; nothing is shown as null."""
    read = _own(path)

    def shown(row: Any) -> Any:
        value = read(row)
        return value if show is None or value is None else show(value)

    return Attribute(read if show is None else shown, {**schema, **(NULLABLE if nullable else {})}, (path,))


def text(path: str, *, nullable: bool = False) -> Attribute:
    """Return a text attribute."""
    return _one(path, {"type": "string"}, nullable=nullable)


def integer(path: str, *, nullable: bool = False) -> Attribute:
    """Return a whole number; foreign keys are numbers among the attributes (api-and-panels.md 1.4)."""
    return _one(path, {"type": "integer"}, nullable=nullable)


def flag(path: str, *, nullable: bool = False) -> Attribute:
    """Return a yes or no."""
    return _one(path, {"type": "boolean"}, nullable=nullable)


def choice(path: str, values: Sequence[str], *, nullable: bool = False) -> Attribute:
    """Return one of a list of snake_case values."""
    return _one(path, {"type": "string", "enum": [*values, *([None] if nullable else [])]}, nullable=nullable)


def day(path: str) -> Attribute:
    """Return a day, YYYY-MM-DD, or null."""
    return _one(path, {"type": "string", "format": "date"}, lambda value: value.isoformat(), nullable=True)


def moment(path: str, *, nullable: bool = False) -> Attribute:
    """Return a moment with milliseconds and offset, in the operator's time zone."""
    return _one(path, {"type": "string", "format": "date-time"}, _with_offset, nullable=nullable)


def _with_offset(value: Any) -> str:
    return timezone.localtime(value).isoformat(timespec="milliseconds")


def money(path: str, currency: str = "currency", *, nullable: bool = False) -> Attribute:
    """Return an amount as a decimal string with the decimals of its currency; nullable where a row has none."""
    read, read_currency = _own(path), _own(currency)

    def shown(row: Any) -> str | None:
        amount = read(row)
        if amount is None:
            return None
        # Plus nothing: minus nothing is written as nothing.
        return f"{round_half_up(amount, read_currency(row)) + 0:.{minor_units(read_currency(row))}f}"

    schema = {"type": "string", "format": "decimal", "pattern": r"^-?[0-9]{1,21}(\.[0-9]{1,3})?$"}
    return Attribute(shown, {**schema, **(NULLABLE if nullable else {})}, (path, currency))


def decimal(path: str, *, nullable: bool = False) -> Attribute:
    """Return a decimal as a string, with all its places."""
    schema = {"type": "string", "format": "decimal", "pattern": r"^-?[0-9]{1,12}(\.[0-9]{1,6})?$"}
    return _one(path, schema, lambda value: f"{value + 0:f}", nullable=nullable)


def computed(read: Reader, schema: Json) -> Attribute:
    """Return what a function makes of the row."""
    return Attribute(read, schema)


def group(attributes: Mapping[str, Attribute]) -> Attribute:
    """Return a group of attributes, an object of its own in the record; groups may stand in groups."""
    schema = object_of({name: attribute.schema for name, attribute in attributes.items()})
    paths = tuple(path for attribute in attributes.values() for path in attribute.paths)
    return Attribute(lambda row: _values(attributes, row), schema, paths)


def many(attributes: Mapping[str, Attribute], read: Callable[[Any], Iterable[Any]]) -> Attribute:
    """Return a list of groups, one for each of what a function finds in the row."""
    schema = {"type": "array", "items": object_of({name: attribute.schema for name, attribute in attributes.items()})}
    return Attribute(lambda row: [_values(attributes, found) for found in read(row)], schema)


def one(shape: Shape, path: str, *, nullable: bool = False) -> Relation:
    """Return the relation to one record, whose row is found at `path`; nullable where a row may point at nothing."""
    return Relation(shape, path, nullable)


def object_of(properties: Json) -> Json:
    """Return the schema of an object that has all these members and no others."""
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}
