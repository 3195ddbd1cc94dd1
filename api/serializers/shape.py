"""How a row becomes a JSON:API record: attributes declared once, for the answer and for the OpenAPI document.

Plain functions instead of framework serializers: those spent a hundred times the statement's time on a page (0010).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from django.utils import timezone

from core.money import minor_units, round_half_up

Json = dict[str, Any]
Reader = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute: how it is read from a row, as JSON has it, and its schema."""

    read: Reader
    schema: Json


@dataclass(frozen=True, slots=True)
class Link:
    """A relation to one record of another kind, by its id; the row itself is only read for `include`."""

    kind: str
    id_of: Reader
    row_of: Reader


@dataclass(frozen=True, slots=True)
class Shape:
    """The record of one kind. `included` gives the shapes of the relations that `include` may name."""

    kind: str
    attributes: Mapping[str, Attribute]
    links: Mapping[str, Link] = field(default_factory=dict)
    included: Mapping[str, "Shape"] = field(default_factory=dict)

    def record(self, row: Any) -> Json:
        """Return the row as a JSON:API record."""
        attributes = {name: attribute.read(row) for name, attribute in self.attributes.items()}
        record: Json = {"type": self.kind, "id": str(row.pk), "attributes": attributes}
        if self.links:
            record["relationships"] = {
                name: {"data": {"type": link.kind, "id": str(link.id_of(row))}} for name, link in self.links.items()
            }
        return record

    def included_with(self, rows: Sequence[Any], names: list[str]) -> list[Json]:
        """Return the records that the rows point at, each once, in the order of the names."""
        found: dict[tuple[str, int], Json] = {}
        for name in names:
            link, shape = self.links[name], self.included[name]
            for row in rows:
                related = link.row_of(row)
                if (link.kind, related.pk) not in found:
                    found[link.kind, related.pk] = shape.record(related)
        return list(found.values())


def text(path: str) -> Attribute:
    """Return a text attribute."""
    return Attribute(attrgetter(path), {"type": "string"})


def integer(path: str, *, nullable: bool = False) -> Attribute:
    """Return a whole number; foreign keys are numbers among the attributes (api-and-panels.md 1.4)."""
    return Attribute(attrgetter(path), {"type": "integer", **({"nullable": True} if nullable else {})})


def flag(path: str) -> Attribute:
    """Return a yes or no."""
    return Attribute(attrgetter(path), {"type": "boolean"})


def choice(path: str, values: list[str]) -> Attribute:
    """Return one of a list of snake_case values."""
    return Attribute(attrgetter(path), {"type": "string", "enum": list(values)})


def day(path: str) -> Attribute:
    """Return a day, YYYY-MM-DD, or null."""
    read = attrgetter(path)

    def shown(row: Any) -> str | None:
        value = read(row)
        return None if value is None else value.isoformat()

    return Attribute(shown, {"type": "string", "format": "date", "nullable": True})


def moment(path: str) -> Attribute:
    """Return a moment with milliseconds and offset, in the operator's time zone."""
    read = attrgetter(path)

    def shown(row: Any) -> str:
        return timezone.localtime(read(row)).isoformat(timespec="milliseconds")

    return Attribute(shown, {"type": "string", "format": "date-time"})


def money(path: str, currency: str = "currency") -> Attribute:
    """Return an amount as a decimal string with the decimals of its currency."""
    read, read_currency = attrgetter(path), attrgetter(currency)

    def shown(row: Any) -> str:
        # Plus nothing: minus nothing is written as nothing.
        return f"{round_half_up(read(row), read_currency(row)) + 0:.{minor_units(read_currency(row))}f}"

    return Attribute(shown, {"type": "string", "format": "decimal", "pattern": r"^-?[0-9]{1,21}(\.[0-9]{1,3})?$"})


def decimal(path: str) -> Attribute:
    """Return a decimal as a string, with all its places."""
    read = attrgetter(path)
    return Attribute(
        lambda row: f"{read(row) + 0:f}",
        {"type": "string", "format": "decimal", "pattern": r"^-?[0-9]{1,12}(\.[0-9]{1,6})?$"},
    )


def computed(read: Reader, schema: Json) -> Attribute:
    """Return what a function makes of the row."""
    return Attribute(read, schema)


def one(kind: str, path: str, id_path: str = "") -> Link:
    """Return the relation at `path`; its id is read from the row's own column where it has one."""
    return Link(kind, attrgetter(id_path or f"{path}_id"), attrgetter(path))
