"""What a vendor told of a service: kept in the order in which it was told, and read as lines for people."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext

from core.panel.formats import day_text
from vendors.values import JSON, Fact

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_ADDRESS = ("https://", "http://")


@dataclass(frozen=True)
class Item:
    """One value as it is shown; a link where it has an address."""

    text: str
    url: str = ""


@dataclass(frozen=True)
class Line:
    """A label with its value, or all that was told of one thing (a station) behind its name."""

    label: str
    items: tuple[Item, ...]


def told_over(known: Mapping[str, JSON], told: Iterable[JSON]) -> dict[str, JSON]:
    """Return the kept facts by name with those told over them; what is told empty is forgotten.

    Each has its place in what was told: the database keeps the members of an object in an order of its own.
    """
    new = {
        fact["name"]: {name: value for name, value in fact.items() if name != "name"}
        | ({"place": place} if place else {})
        for place, fact in enumerate(told)
    }
    return {name: fact for name, fact in ({**known, **new}).items() if fact["value"] != ""}


def in_order(kept: Mapping[str, JSON]) -> tuple[Fact, ...]:
    """Return the kept facts in the order of their telling."""
    return tuple(Fact.from_kept(fact) for fact in sorted(kept.values(), key=lambda fact: fact.get("place", 0)))


def lines_of(facts: Iterable[Fact]) -> list[Line]:
    """Return facts as lines in the reader's language: those of one thing together, a day as days are written."""
    lines: dict[str, Line] = {}
    for number, fact in enumerate(facts):
        label, value = gettext(fact.label), str(fact.value)
        is_address = value.startswith(_ADDRESS)
        if not fact.of:
            lines[f"fact {number}"] = Line(label, (Item(_shown(value), value if is_address else ""),))
            continue
        item = Item(label, value) if is_address else Item(f"{label}: {_shown(value)}")
        before = lines[fact.of].items if fact.of in lines else ()
        lines[fact.of] = Line(fact.of, (*before, item))
    return list(lines.values())


def _shown(value: str) -> str:
    try:
        return day_text(date.fromisoformat(value)) if _DAY.fullmatch(value) else value
    except ValueError:
        return value
