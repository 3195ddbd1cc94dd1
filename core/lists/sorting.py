"""The expressions that lists are sorted by: never NULL, so that a position in the list is one comparison."""

from datetime import UTC, date, datetime

from django.db import models
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Lower

TEXT, DAY, MOMENT, PLAIN = "text", "day", "moment", "plain"
_FIRST_AND_LAST = {
    DAY: (date(1, 1, 1), date(9999, 12, 31), models.DateField()),
    MOMENT: (datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC), models.DateTimeField()),
}


def sort_expressions(field: str, kind: str) -> tuple[Combinable, Combinable]:
    """Return what the field is sorted by upwards and downwards.

    Text ignores case. What is empty (days, moments) stands last in both directions.
    """
    if kind == TEXT:
        return Lower(field), Lower(field)
    if kind == PLAIN:
        return models.F(field), models.F(field)
    first, last, output = _FIRST_AND_LAST[kind]
    return (
        Coalesce(models.F(field), models.Value(last, output_field=output)),
        Coalesce(models.F(field), models.Value(first, output_field=output)),
    )


def kind_of(field: models.Field) -> str:
    """Return how the model field sorts."""
    if isinstance(field, models.CharField | models.TextField):
        return TEXT
    if field.null and isinstance(field, models.DateTimeField):
        return MOMENT
    if field.null and isinstance(field, models.DateField):
        return DAY
    return PLAIN
