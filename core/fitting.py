"""What does not fit a column is refused by name before a statement is sent, wherever a row is written.

Rows pass here in save(), bulk_create() and update(); statements written by hand ask `refuse_unfit` themselves. So no
form, verb, command or method of the API has to know how wide a column is, and none ends in an error of the database.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db import connection, models
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from core.cleaning import clean_email, clean_text
from core.errors import Refusals, Refused

# A payment, a credit limit or a limit of a filter that somebody types: far above any bill, far below what sums hold.
LARGEST_TYPED = Decimal(10) ** 15
# How wide every column of money is: what a price with 12 places before the point makes of a million units, a hundred
# thousand times over. A balance of sums as large as may be typed stays below it too.
MONEY = {"max_digits": 24, "decimal_places": 3}


# Kept letter by letter: not written by people.
AS_GIVEN = frozenset({"password", "file", "key", "idempotency_key", "awaited_operation", "path"})


class DoesNotFit(Refused):
    """A number, a sum or a text is larger than what is kept of it; `field` is the name of the column."""

    code = "does_not_fit"


class Rows(models.QuerySet[Any]):
    """Rows that are checked before many of them are written at once."""

    def bulk_create(self, objs: Iterable[Any], *args: Any, **options: Any) -> list[Any]:
        """Insert the rows in one statement. Raises DoesNotFit before anything is sent."""
        rows = list(objs)
        for row in rows:
            refuse_row(row)
        return super().bulk_create(rows, *args, **options)

    def update(self, **values: Any) -> int:
        """Change the rows in one statement. Raises DoesNotFit before anything is sent."""
        fields = {field.name: field for field in self.model._meta.concrete_fields}
        values = {name: _cleaned(fields[name], value) if name in fields else value for name, value in values.items()}
        refuse_unfit(self.model, values)
        return super().update(**values)


class Fitting(models.Model):
    """A row that refuses to be written where one of its values does not fit its column."""

    objects = Rows.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **options: Any) -> None:
        """Write the row. Raises DoesNotFit, which names every field that does not fit, before anything is sent."""
        refuse_row(self, options.get("update_fields"))
        super().save(*args, **options)


def refuse_row(row: models.Model, names: Iterable[str] | None = None) -> None:
    """Do nothing where the row's values fit (those of the named fields, where given), else raise DoesNotFit."""
    _clean(row, names)
    wanted = None if names is None else set(names)
    values = {
        field.name: row.__dict__[field.attname]
        for field in row._meta.concrete_fields
        if field.attname in row.__dict__ and (wanted is None or field.name in wanted or field.attname in wanted)
    }
    refuse_unfit(type(row), values)


def _clean(row: models.Model, names: Iterable[str] | None) -> None:
    """Give names and addresses their one spelling. Raises DoesNotFit where nothing is left of one."""
    for field in row._meta.concrete_fields:
        value = row.__dict__.get(field.attname)
        if isinstance(value, str) and (names is None or field.name in names):
            cleaned = _cleaned(field, value)
            if value and not cleaned and not field.blank:
                label = capfirst(str(field.verbose_name))
                raise DoesNotFit(f"{label}: {_('there is nothing in it that can be read.')}", field=field.name)
            if cleaned != value:
                setattr(row, field.attname, cleaned)


def _cleaned(field: Any, value: Any) -> Any:
    """Return what a column of names or addresses keeps of a text; anything else as it is."""
    if not isinstance(value, str) or not isinstance(field, models.CharField) or field.choices or field.name in AS_GIVEN:
        return value
    return clean_email(value) if isinstance(field, models.EmailField) else clean_text(value)


def refuse_unfit(model: type[models.Model], values: Mapping[str, Any]) -> None:
    """Do nothing where each value fits the model's column of that name, else raise DoesNotFit with all that do not."""
    refusals = Refusals()
    for name, value in values.items():
        if value is None or hasattr(value, "resolve_expression"):
            continue
        field = model._meta.get_field(name) if name != "pk" else model._meta.pk
        sentence = _unfit(field, value)
        if sentence:
            label = capfirst(str(getattr(field, "verbose_name", name)))
            refusals.add(DoesNotFit(f"{label}: {sentence}", field=name))
    refusals.raise_any()


def _unfit(field: Any, value: Any) -> str:
    """Return what is wrong with the value, nothing where it fits."""
    if field.is_relation:
        return ""
    if isinstance(field, models.DecimalField):
        return _number(field, value)
    if isinstance(field, models.IntegerField) and isinstance(value, int):
        lowest, highest = connection.ops.integer_field_range(field.get_internal_type())
        if not (lowest if lowest is not None else value) <= value <= (highest if highest is not None else value):
            return _("enter a whole number from %(lowest)s to %(highest)s.") % {"lowest": lowest, "highest": highest}
    if isinstance(field, models.CharField | models.TextField) and isinstance(value, str):
        return _text(field.max_length, value)
    if isinstance(field, models.JSONField):
        return next((sentence for part in _strings(value) if (sentence := _text(None, part))), "")
    return ""


def _number(field: Any, value: Any) -> str:
    number = value if isinstance(value, Decimal) else Decimal(value)
    if not number.is_finite():
        return str(_("enter a number."))
    whole = field.max_digits - field.decimal_places
    if number and number.adjusted() >= whole:
        return _("the number has more than %(digits)s digits before the point, and cannot be kept. Enter less.") % {
            "digits": whole
        }
    return ""


def _text(most: int | None, value: str) -> str:
    if most is not None and len(value) > most:
        return _("at most %(most)s characters can be kept, and there are %(count)s. Shorten it.") % {
            "most": most,
            "count": len(value),
        }
    if not is_text(value):
        return str(_("there is a character in it that is no text. Type it anew."))
    return ""


def is_text(value: str) -> bool:
    """Return whether every character can be kept: none is NUL or half of one (a lone surrogate)."""
    if "\0" in value:
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _strings(value: Any) -> Iterable[str]:
    """Yield every text of a JSON value, however deep it is."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, Mapping):
            waiting += [*one.keys(), *one.values()]
        elif isinstance(one, list | tuple):
            waiting += one
