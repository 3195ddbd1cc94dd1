"""A list of objects (CR-496), declared once per object: rows, columns, filters, quick filters, search."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from typing import Any

import django_filters
from django.db.models import Q, QuerySet

from core.lists.columns import Column
from core.lists.search import FieldSearch, RelatedSearch, WordSearch
from core.lists.sorting import kind_of, sort_expressions

PAGE_SIZES = (25, 50, 100)


class UnknownListing(LookupError):
    """No list of this name is declared: the export is older than the program."""


@dataclass(frozen=True)
class Asker:
    """What filters see in place of a request: who asks, and on which day."""

    actor: Any
    today: date


@dataclass(frozen=True)
class Quick:
    """A quick filter: a name, a label, and a condition, or a function from the asker to one."""

    name: str
    label: object
    condition: Q | Callable[[Asker], Q]

    def q(self, asker: Asker) -> Q:
        """Return the condition for who asks."""
        return self.condition(asker) if callable(self.condition) else self.condition


@dataclass(frozen=True)
class Hidden:
    """Rows that stay out of the list until the filter `unless` is used or they are asked for: deleted ones."""

    condition: Q
    label: object
    unless: str


@dataclass(frozen=True, kw_only=True)
class Listing:
    """One list. Its name is the key of people's choices and of exports; keep it."""

    name: str
    title: object
    right: str
    rows: Callable[[Any], QuerySet[Any]]
    columns: tuple[Column, ...]
    # The person and what it acted for -> the actor again, for an export in the background.
    actor_of: Callable[..., Any]
    filterset: type[django_filters.FilterSet] | None = None
    filters_shown: tuple[str, ...] = ("status",)
    quick: tuple[Quick, ...] = ()
    search: FieldSearch | RelatedSearch | WordSearch | None = None
    search_hint: object = ""
    sort: str = "-id"
    hidden: Hidden | None = None
    related: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    # More about the rows of one page in a fixed number of statements, for example balances by account.
    enrich: Callable[[list[Any]], None] | None = None
    row_link: Callable[[Any], str] | None = None
    empty: object = ""
    export_right: str = "exports.use"
    # Whether it has an address of its own, called as the list: one that is only a tab of objects has none.
    own_page: bool = True

    def __post_init__(self) -> None:
        """Make the list known by its name."""
        if self.column_of_sort(self.sort) is None:
            raise ValueError(f"{self.name} is sorted by {self.sort}, which is no column to sort by")
        LISTINGS[self.name] = self

    def column(self, name: str) -> Column | None:
        """Return the column of this name."""
        return next((column for column in self.columns if column.name == name), None)

    def column_of_sort(self, sort: str) -> Column | None:
        """Return the column that "-name" or "name" sorts by; None where that column is not sorted by."""
        column = self.column(sort.removeprefix("-"))
        return column if column is not None and column.sort else None

    def columns_for(self, names: list[str]) -> list[Column]:
        """Return the columns of a person's choice in its order; the default where nothing (that still is) is chosen."""
        chosen = [column for name in names if (column := self.column(name)) is not None]
        return chosen or [column for column in self.columns if column.shown]

    def sort_expression(self, sort: str, rows: QuerySet[Any]) -> Any:
        """Return what the rows are ordered by: never NULL, and there is an index on it."""
        column = self.column_of_sort(sort)
        if column is None:
            raise ValueError(f"{self.name} is not sorted by {sort}")
        upwards, downwards = sort_expressions(column.sort, kind_of(rows.model._meta.get_field(column.sort)))
        return downwards if sort.startswith("-") else upwards

    @property
    def link_of_row(self) -> Callable[[Any], str] | None:
        """Where a row leads: what is declared, else where its first linked column leads."""
        return self.row_link or next((column.link for column in self.columns if column.link), None)


LISTINGS: dict[str, Listing] = {}


def declared_in(package: str, *, panel: str) -> dict[str, Listing]:
    """Import every module of the package and return the panel's lists by their names without the panel."""
    found = import_module(package)
    for module in pkgutil.iter_modules(found.__path__):
        import_module(f"{found.__name__}.{module.name}")
    return {name.removeprefix(f"{panel}."): LISTINGS[name] for name in sorted(LISTINGS) if name.startswith(f"{panel}.")}


def narrowed_by(conditions: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the conditions that keep a list to the rows of one object.

    They go into the row of an export and are asked again by a worker and at each fetch: plain values only, or lists of
    them. Raises TypeError for anything else, a queryset above all, as soon as the list is shown.
    """
    for name, value in (conditions or {}).items():
        values = value if isinstance(value, list | tuple) else [value]
        if not all(one is None or isinstance(one, str | int) for one in values):
            raise TypeError(
                f"{name}: a list is narrowed by plain values, which a background export can keep. Follow the relation"
                ' instead of handing a queryset: {"charge__subscription_id": 7}.'
            )
    return dict(conditions or {})


def listing_named(name: str) -> Listing:
    """Return the list declared under the name. Raises UnknownListing."""
    try:
        return LISTINGS[name]
    except KeyError:
        raise UnknownListing(name) from None
