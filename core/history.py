"""What happened to a row, read back from its audit rows (django-pghistory): the Log tab of every object."""

import re
from collections.abc import Callable, Iterable, Sequence
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
# How many versions back the author of what stands there is looked for.
LOOKED_AT = 100


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a Log tab: created, subject, description, user."""

    at: datetime
    title: str
    text: str
    who: str
    via_api: bool = False
    url: str = ""
    # What made it happen: what the person did then, or that nobody did anything.
    cause: str = ""


@dataclass(frozen=True, kw_only=True)
class Saying:
    """How the log speaks of one kind of object, in sentences with %(name)s; `became` also has %(old)s and %(new)s."""

    created: object
    changed: object
    became: object
    # Of kinds whose rows are deleted, which few are.
    removed: object = ""
    name: Callable[[Any], str] = str
    url: Callable[[Any], str] = lambda _version: ""


@dataclass(frozen=True)
class Source:
    """A part of a log of many objects: those of a tracked model that meet the conditions, and the words for them."""

    model: type[models.Model]
    where: dict[str, Any]
    saying: Saying
    # What the sentences read of other rows.
    related: tuple[str, ...] = ()


def history_of(
    row: models.Model, *, limit: int = 100, saying: Saying | None = None, causes: Callable[[str], str] | None = None
) -> list[Entry]:
    """Return the newest `limit` entries of a row's log, newest first, in the active language.

    An entry says which fields changed from what to what, by whom, whether through the API and on whose behalf. The
    values of secrets are never shown. Statements: one, one for the people, one for each kind of row referred to.
    `causes` says of an address what is done there. Raises ValueError for a row that is not tracked.
    """
    events = getattr(row, "events", None)
    if events is None or not hasattr(events, "model") or not hasattr(events.model, "pgh_tracked_model"):
        raise ValueError(f"{type(row).__name__} is not tracked")
    versions = list(events.select_related("pgh_context").order_by("-pgh_id")[: limit + 1])
    for version in versions:
        version.pgh_obj = row
    older = [*versions[1:], None]
    pairs = list(zip(versions, older, strict=True))[:limit]
    names, people = _Names(events.model, pairs), _people(versions)
    return [_entry(newer, before, names, people, saying, causes) for newer, before in pairs]


def happened(sources: Iterable[Source], *, upto: int, causes: Callable[[str], str] | None = None) -> list[Entry]:
    """Return the newest `upto` entries of many objects together, newest first, in the active language.

    Two statements a source, one for the people, one for each kind of row that a change refers to: none a row.
    """
    found = [(source, pairs) for source in sources if (pairs := _pairs_of(source, upto))]
    people = _people([newer for _source, pairs in found for newer, _before in pairs])
    entries = []
    for source, pairs in found:
        names = _Names(type(pairs[0][0]), pairs)
        entries += [_entry(newer, before, names, people, source.saying, causes) for newer, before in pairs]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)[:upto]


def _pairs_of(source: Source, upto: int) -> list[tuple[Any, Any]]:
    """Return the newest versions of a source, each with the version before it."""
    tracked: Any = source.model
    events = tracked._meta.get_field("events").related_model._base_manager
    before = events.filter(pgh_obj_id=models.OuterRef("pgh_obj_id"), pgh_id__lt=models.OuterRef("pgh_id"))
    newest = events.filter(**source.where).select_related("pgh_context", *source.related).order_by("-pgh_id")
    versions = list(newest.annotate(before_id=before.order_by("-pgh_id").values("pgh_id")[:1])[:upto])
    older = {one.pgh_id: one for one in versions}
    missing = {version.before_id for version in versions} - older.keys() - {None}
    older |= {one.pgh_id: one for one in events.filter(pgh_id__in=missing)}
    return [(version, older.get(version.before_id)) for version in versions]


def author_of(row: models.Model, field: str) -> str:
    """Return who wrote what stands in a field of a tracked row now; "" where its history does not reach back so far."""
    events: Any = row.events  # type: ignore[attr-defined]  # every tracked row has them
    author = None
    for version in events.select_related("pgh_context").order_by("-pgh_id")[:LOOKED_AT]:
        if getattr(version, field) != getattr(row, field):
            break
        author = version
    if author is None or author.pgh_context is None:
        return ""
    return _who(author.pgh_context.metadata, _people([author]), bool(author.pgh_context.metadata.get("api")))


def _entry(
    newer: Any,
    before: Any,
    names: "_Names",
    people: dict[int, str],
    saying: Saying | None,
    causes: Callable[[str], str] | None,
) -> Entry:
    label = newer.pgh_label
    metadata = newer.pgh_context.metadata if newer.pgh_context else {}
    text = "" if before is None or label in ("insert", "delete") else "; ".join(_changes(newer, before, names))
    via_api = bool(metadata.get("api"))
    return Entry(
        at=newer.pgh_created_at,
        title=_title(newer, before, names, saying),
        text=text,
        who=_who(metadata, people, via_api),
        via_api=via_api,
        url=saying.url(newer) if saying else "",
        cause=_cause(metadata, causes),
    )


def _title(newer: Any, before: Any, names: "_Names", saying: Saying | None) -> str:
    label = newer.pgh_label
    if saying is None:
        return str(_TITLES.get(label, label))
    name = saying.name(newer)
    if label == "delete":
        return str(saying.removed or _TITLES[label]) % {"name": name}
    if before is None or label == "insert":
        return str(saying.created) % {"name": name}
    old, new = getattr(before, "status", None), getattr(newer, "status", None)
    if old == new:
        return str(saying.changed) % {"name": name}
    field = newer._meta.get_field("status")
    return str(saying.became) % {"name": name, "old": names.words(field, old), "new": names.words(field, new)}


def _cause(metadata: dict[str, Any], causes: Callable[[str], str] | None) -> str:
    if not causes:
        return ""
    if not metadata:
        return _("of itself: a day that came, or a vendor's answer")
    # What a request hands to a job that runs within it is the request's.
    return causes(metadata.get("url") or metadata.get("job", ""))


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

    def __init__(self, model: type[models.Model], pairs: Sequence[tuple[Any, Any]]) -> None:
        self.fields = [
            field
            for field in model._meta.concrete_fields
            # A column that was given no name for people is a note of the program to itself.
            if not field.name.startswith("pgh_") and (field.is_relation or isinstance(field.verbose_name, Promise))
        ]
        self._referred: dict[str, dict[Any, models.Model]] = {}
        for field in self.fields:
            if field.is_relation:
                changed = {(getattr(old, field.attname), getattr(new, field.attname)) for new, old in pairs if old}
                values = {value for old, new in changed if old != new for value in (old, new)} - {None}
                if values:
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
