"""The filters of a list as a person sees them: a chip for each, saying what it is set to, with its control inside."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import django_filters
from django.http import QueryDict
from django.utils.translation import gettext as _
from django_filters.widgets import SuffixedMultiWidget

from core.lists.filters import Visible
from core.lists.paging import Count, Sure
from core.panel import formats

# Longer lists of choices are typed, not ticked.
MOST_CHOICES = 300
WORDS_IN_A_CHIP = 2


@dataclass(frozen=True)
class Choice:
    """One value of a filter to tick."""

    value: str
    label: object
    chosen: bool


@dataclass(frozen=True)
class Input:
    """One thing of a filter to type."""

    name: str
    label: object
    type: str
    value: str


@dataclass(frozen=True)
class Chip:
    """A filter: its name in the address, its label, what it is set to, and how it is set."""

    name: str
    label: object
    parameters: tuple[str, ...]
    summary: str
    errors: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    inputs: tuple[Input, ...] = field(default=())
    several: bool = True
    more_choices: bool = False

    @property
    def active(self) -> bool:
        """Whether the filter narrows the list now."""
        return bool(self.summary)


def parameters_of(name: str, chosen: django_filters.Filter) -> tuple[str, ...]:
    """Return the names that the filter has in the address."""
    widget = chosen.extra.get("widget")
    if isinstance(widget, SuffixedMultiWidget):
        return tuple(f"{name}_{suffix}" for suffix in widget.suffixes)
    if isinstance(chosen, django_filters.DateFromToRangeFilter):
        return (f"{name}_after", f"{name}_before")
    if isinstance(chosen, django_filters.RangeFilter):
        return (f"{name}_min", f"{name}_max")
    return (name,)


def values_of(filters: Iterable[tuple[str, django_filters.Filter]], query: QueryDict) -> dict[str, Any]:
    """Return what the address says about the filters; a parameter given twice means both values."""
    values: dict[str, Any] = {}
    for name, chosen in filters:
        for parameter in parameters_of(name, chosen):
            given = [value for value in query.getlist(parameter) if value != ""]
            if given and isinstance(chosen, django_filters.BaseInFilter):
                values[parameter] = ",".join(given)
            elif given and isinstance(chosen, django_filters.MultipleChoiceFilter):
                values[parameter] = [value for one in given for value in one.split(",")]
            elif given:
                values[parameter] = given[-1]
    return values


def chip_of(
    name: str, chosen: django_filters.Filter, values: dict[str, Any], errors: Iterable[str], asker: object
) -> Chip:
    """Return the chip of one filter. A filter that offers objects reads them, once."""
    parameters = parameters_of(name, chosen)
    given = {parameter: values.get(parameter, "") for parameter in parameters}
    chip = {"name": name, "label": chosen.label, "parameters": parameters, "errors": tuple(errors)}
    offered, more = _offered(chosen, asker)
    if offered is not None:
        held = given[name]
        held = held.split(",") if isinstance(held, str) else list(held)
        choices = tuple(Choice(value, label, value in held) for value, label in offered)
        several = isinstance(chosen, django_filters.BaseInFilter | django_filters.MultipleChoiceFilter)
        words = [str(choice.label) for choice in choices if choice.chosen]
        # A value that is not offered (a page of an old address) is said as it stands.
        words += [value for value in held if value and value not in {choice.value for choice in choices}]
        return Chip(**chip, choices=choices, summary=_few(words), several=several, more_choices=more)
    inputs = tuple(_inputs(chosen, given))
    return Chip(**chip, inputs=inputs, summary=_said(given))


def _offered(chosen: django_filters.Filter, asker: object) -> tuple[list[tuple[str, object]] | None, bool]:
    if isinstance(chosen, Visible):
        rows = list(chosen.queryset(asker).order_by("pk")[: MOST_CHOICES + 1])
        offered = sorted(((str(row.pk), str(row)) for row in rows[:MOST_CHOICES]), key=lambda one: one[1].lower())
        return list(offered), len(rows) > MOST_CHOICES
    if isinstance(chosen, django_filters.BooleanFilter):
        return [("true", _("yes")), ("false", _("no"))], False
    if isinstance(chosen, django_filters.ChoiceFilter | django_filters.MultipleChoiceFilter):
        choices = chosen.extra.get("choices", ())
        return [(str(value), label) for value, label in (choices() if callable(choices) else choices)], False
    return None, False


def _inputs(chosen: django_filters.Filter, given: dict[str, str]) -> Iterable[Input]:
    if isinstance(chosen, django_filters.DateFilter | django_filters.DateFromToRangeFilter):
        kind = "date"
    elif isinstance(chosen, django_filters.NumberFilter | django_filters.RangeFilter) and not isinstance(
        chosen, django_filters.BaseInFilter
    ):
        kind = "number"
    else:
        kind = "text"
    labels = (_("From"), _("To")) if len(given) == 2 else (chosen.label,)
    for (parameter, value), label in zip(given.items(), labels, strict=True):
        yield Input(parameter, label, kind, value)


def _few(words: list[str]) -> str:
    shown = ", ".join(words[:WORDS_IN_A_CHIP])
    left = len(words) - WORDS_IN_A_CHIP
    return _("%(some)s and %(number)s more") % {"some": shown, "number": left} if left > 0 else shown


def _said(given: dict[str, str]) -> str:
    values = list(given.values())
    if len(values) == 1:
        return str(values[0])
    since, until = values
    if since and until:
        return f"{since} – {until}"
    if since:
        return _("from %(start)s") % {"start": since}
    return _("to %(end)s") % {"end": until} if until else ""


def said_number(count: Count) -> str:
    """Return a number of rows: as it was counted, else about, with two or three digits that mean something."""
    if count.sure == Sure.EXACT:
        return formats.number_text(count.rows)
    if count.sure == Sure.AT_LEAST:
        return formats.number_text(count.rows) + "+"
    step = 10 ** max(len(str(count.rows)) - 3, 0)
    return "≈ " + formats.number_text(round(count.rows / step) * step)
