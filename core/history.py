"""What happened to a row, read back from its audit rows (django-pghistory): the Log tab of every object."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeGuard

from django.contrib.auth import get_user_model
from django.db import models
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core.panel.formats import NOTHING, day_text, moment_text

_SECRET = re.compile(r"secret|password|token|hash|sealed", re.IGNORECASE)
_TITLES = {
    "insert": gettext_lazy("Created"),
    "update": gettext_lazy("Changed"),
    "delete": pgettext_lazy("history", "Deleted"),
}
LONGEST_VALUE = 200


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a Log tab: created, subject, description, user."""

    at: datetime
    title: str
    text: str
    who: str
    via_api: bool = False
    url: str = ""


def history_of(row: models.Model, *, limit: int = 100) -> list[Entry]:
    """Return the newest `limit` entries of a row's log, newest first, in the active language.

    An entry says which fields changed from what to what, by whom, whether through the API and on whose behalf. The
    values of secrets are never shown. Statements: one, one for the people, one for each kind of row referred to.
    Raises ValueError for a row that is not tracked.
    """
    events = getattr(row, "events", None)
    if events is None or not hasattr(events, "model") or not hasattr(events.model, "pgh_tracked_model"):
        raise ValueError(f"{type(row).__name__} is not tracked")
    versions = list(events.select_related("pgh_context").order_by("-pgh_id")[: limit + 1])
    older = [*versions[1:], None]
    pairs = list(zip(versions, older, strict=True))[:limit]
    names = _Names(events.model, versions)
    people = _people(versions)
    return [_entry(newer, before, names, people) for newer, before in pairs]


def _entry(newer: Any, before: Any, names: "_Names", people: dict[int, str]) -> Entry:
    label = newer.pgh_label
    metadata = newer.pgh_context.metadata if newer.pgh_context else {}
    title = str(_TITLES.get(label, label))
    text = "" if before is None or label == "insert" else "; ".join(_changes(newer, before, names))
    via_api = bool(metadata.get("api"))
    return Entry(at=newer.pgh_created_at, title=title, text=text, who=_who(metadata, people, via_api), via_api=via_api)


def _changes(newer: Any, before: Any, names: "_Names") -> Iterable[str]:
    for field in names.fields:
        old, new = getattr(before, field.attname), getattr(newer, field.attname)
        if old == new:
            continue
        # The name of a field that was given none of its own is English until it is looked up here.
        label = _(capfirst(str(field.verbose_name)))
        if _SECRET.search(field.name):
            yield _("%(field)s: changed") % {"field": label}
        else:
            if isinstance(old, dict) and isinstance(new, dict):
                old, new = _differing(old, new), _differing(new, old)
            yield _("%(field)s: %(old)s → %(new)s") % {
                "field": label,
                "old": names.words(field, old),
                "new": names.words(field, new),
            }


def _people(versions: Sequence[Any]) -> dict[int, str]:
    wanted = {
        version.pgh_context.metadata.get(part)
        for version in versions
        if version.pgh_context
        for part in ("user", "impersonator")
    } - {None}
    rows = get_user_model()._base_manager.in_bulk(wanted) if wanted else {}
    return {pk: str(person) for pk, person in rows.items()}


def _who(metadata: dict[str, Any], people: dict[int, str], via_api: bool) -> str:
    user = people.get(metadata.get("user", 0), "") or _("System")
    impersonator = people.get(metadata.get("impersonator", 0))
    if impersonator:
        user = _("%(manager)s, signed in as %(user)s") % {"manager": impersonator, "user": user}
    return f"{user} (API)" if via_api else user


class _Names:
    """Turns the values of an event model's fields into words; rows referred to are read once for all versions."""

    def __init__(self, model: type[models.Model], versions: Sequence[models.Model]) -> None:
        self.fields = [
            field
            for field in model._meta.concrete_fields
            # A column that was given no name for people is a note of the program to itself.
            if not field.name.startswith("pgh_") and (field.is_relation or isinstance(field.verbose_name, Promise))
        ]
        self._referred: dict[str, dict[Any, models.Model]] = {}
        for field in self.fields:
            if field.is_relation:
                values = {getattr(version, field.attname) for version in versions} - {None}
                if len(values) > 1 or any(getattr(version, field.attname) is None for version in versions):
                    referred: Any = field.related_model
                    self._referred[field.name] = referred._base_manager.in_bulk(values)

    def words(self, field: models.Field, value: Any) -> str:
        """Return one value as a person reads it."""
        if value is None or value in ("", {}):
            return NOTHING
        if field.is_relation:
            return str(self._referred.get(field.name, {}).get(value, value))
        if field.choices:
            return str(dict(field.flatchoices).get(value, value))
        return _value_in_words(value)


def _value_in_words(value: Any) -> str:
    match value:
        case bool():
            words = _("yes") if value else _("no")
        case datetime():
            words = moment_text(value)
        case date():
            words = day_text(value)
        case dict():
            words = ", ".join(_part_in_words(key, part) for key, part in sorted(value.items()))
        case _:
            words = str(value)
    return _shortened(words)


def _part_in_words(key: str, part: object) -> str:
    label, value = (_(part["label"]), part["value"]) if _is_labelled(part) else (key, part)
    return f"{label}: {'•••' if _SECRET.search(key) else value}"


def _is_labelled(part: object) -> TypeGuard[dict[str, Any]]:
    return isinstance(part, dict) and part.keys() == {"label", "value"}


def _differing(some: dict[str, Any], others: dict[str, Any]) -> dict[str, Any]:
    return {key: part for key, part in some.items() if key not in others or others[key] != part}


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"
