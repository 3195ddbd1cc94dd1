"""Filters that lists and the API share: declared once in a FilterSet, shown as chips in a panel."""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters.fields import IsoDateTimeField, RangeField
from django_filters.widgets import DateRangeWidget, RangeWidget

from core.lists.folding import digits_of
from core.lists.paging import LARGEST_ID

# A name that so many rows have in common narrows nothing down; the sentence of the list says so.
MOST_NAMESAKES = 1_000


# How an amount is written in a filter: digits and a point. No exponent: PostgreSQL would refuse to compare 1e200000.
PLAIN_DECIMAL = r"-?[0-9]{1,21}(\.[0-9]{1,6})?"


class PlainDecimalField(forms.DecimalField):
    """A number of digits and a point, that every column of numbers can be compared with."""

    def to_python(self, value: object) -> Decimal | None:  # type: ignore[override]  # the stubs say int
        """Return the number; nothing for none. Raises ValidationError for an exponent, a plus, NaN, many digits."""
        text = str(value).strip() if value is not None else ""
        if not text:
            return None
        if not re.fullmatch(PLAIN_DECIMAL, text):
            raise ValidationError(_("Enter a number such as 12.50: digits, without an exponent."), code="invalid")
        return Decimal(text) + 0  # minus nothing is nothing


class Number(django_filters.NumberFilter):
    """One number, compared with."""

    field_class = PlainDecimalField


class BetweenField(RangeField):
    """Two numbers."""

    def __init__(self, *given: Any, **more: Any) -> None:
        super().__init__((PlainDecimalField(), PlainDecimalField()), *given, **more)


class Numbers(django_filters.BaseInFilter, django_filters.NumberFilter):
    """One id or several, separated by commas."""

    field_class = forms.IntegerField

    def __init__(self, **given: Any) -> None:
        super().__init__(**{"min_value": 0, "max_value": LARGEST_ID, **given})

    def get_max_validator(self) -> None:
        """Return none beside the field's own: the bound of decimals is too high for ids."""


class MomentField(IsoDateTimeField):
    """A moment with its offset, as UTC: PostgreSQL takes no offset beyond sixteen hours."""

    def to_python(self, value: object) -> datetime | None:
        """Return the moment in UTC. Raises ValidationError for one that UTC has no year for."""
        try:
            moment = super().to_python(value)
            return None if moment is None else moment.astimezone(UTC)
        except OverflowError:
            raise ValidationError(_("Enter a moment between the years 1 and 9999.")) from None


class Moment(django_filters.IsoDateTimeFilter):
    """A moment in ISO 8601, with an offset or in the operator's time zone."""

    field_class = MomentField


class OnDay(django_filters.DateFilter):
    """One day, asked for as a range of days.

    Of a list ordered by the day PostgreSQL would see that the day is always the same one, and walk the index of
    whatever else it is ordered by; the rows of that day may begin a million entries on.
    """

    def filter(self, qs: QuerySet[Any], value: date | None) -> QuerySet[Any]:
        """Return the rows of the day."""
        return qs.filter(**{f"{self.field_name}__range": (value, value)}) if value else qs


class OneOf(django_filters.BaseInFilter, django_filters.ChoiceFilter):
    """One value or several of a list of choices, separated by commas."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**{"lookup_expr": "in", **given})


class Days(django_filters.DateFromToRangeFilter):
    """From a day to a day, both included: `name_after`, `name_before`."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**{"widget": DateRangeWidget(attrs={"type": "date"}), **given})


class Between(django_filters.RangeFilter):
    """From a number to a number, both included: `name_min`, `name_max`."""

    field_class = BetweenField

    def __init__(self, **given: Any) -> None:
        super().__init__(**{"widget": RangeWidget(attrs={"type": "number", "step": "any"}), **given})


class YesNo(django_filters.BooleanFilter):
    """Yes or no."""

    def __init__(self, **given: Any) -> None:
        choices = [("", _("any")), ("true", _("yes")), ("false", _("no"))]
        super().__init__(**{"widget": forms.Select(choices=choices), **given})


class Containing(django_filters.CharFilter):
    """A part of a text, whatever the case and whether ё or е."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**{"lookup_expr": "folded", **given})


class PhoneLike(django_filters.CharFilter):
    """A part of a phone, however it is written: the digits count."""

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        """Return the rows whose phone has the digits; all where nothing was typed, none where no digit was."""
        if not (value or "").strip():
            return qs
        digits = digits_of(value) or "".join(re.findall(r"[0-9]", value))
        return qs.filter(**{f"{self.field_name}__digits": digits}) if digits else qs.none()


class Visible(django_filters.ModelMultipleChoiceFilter):
    """Some of the objects that the asker may see: `queryset` is an `…_visible_to` function of the actor."""

    def __init__(self, *, queryset: Callable[[Any], QuerySet[Any]], **given: Any) -> None:
        super().__init__(**{"queryset": _for_asker(queryset), "distinct": False, **given})

    def filter(self, qs: QuerySet[Any], value: Iterable[Any]) -> QuerySet[Any]:
        """Return the rows that belong to one of the chosen objects."""
        chosen = [one.pk for one in value]
        return qs.filter(**{f"{self.field_name}__in": chosen}) if chosen else qs


class Named(django_filters.CharFilter):
    """The beginning of any word of the name of a related object that the asker may see; its id where it is a number.

    The objects are found first and by themselves, so that a million rows are filtered by an index and not by a join.
    """

    def __init__(
        self, *, queryset: Callable[[Any], QuerySet[Any]], names: tuple[str, ...] = ("name",), **given: Any
    ) -> None:
        super().__init__(**given)
        self.visible, self.names = queryset, names

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        """Return the rows whose related object is called like that."""
        value = (value or "").replace("\0", "").strip()
        if not value:
            return qs
        objects = self.visible(self.parent.request.actor)
        wanted = objects.none()
        for name in self.names:
            wanted |= objects.filter(**{f"{name}__folded": value})
        if value.isdecimal() and len(value) < 19:
            wanted |= objects.filter(pk=int(value))
        found = list(wanted.order_by().values_list("pk", flat=True)[:MOST_NAMESAKES])
        return qs.filter(**{f"{self.field_name}__in": found})


def _for_asker(queryset: Callable[[Any], QuerySet[Any]]) -> Callable[[Any], QuerySet[Any]]:
    return lambda request: queryset(request.actor)
