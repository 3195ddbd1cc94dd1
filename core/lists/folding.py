"""How what is typed meets what is written: case and ё do not matter, phones are their digits, amounts their value."""

import re
from decimal import Decimal
from typing import Any

from django.contrib.postgres.indexes import GinIndex
from django.db import models

# Fewer digits are no phone that somebody looks for.
FEWEST_DIGITS = 5
_PHONE = re.compile(r"\+?[\d\s().\-–/]+")
_MARK = r"(?:[$€£₽₸₴]|[a-zа-я]{2,4}\.?)"
_AMOUNT = re.compile(rf"(?:{_MARK}\s*[-−]?|[-−]\s*{_MARK}?)?\s*(\d[\d\s'’.,]*)\s*{_MARK}?", re.IGNORECASE)
_MOST_DIGITS = 15


def folded(text: str) -> str:
    """Return the text in lower case with ё as е, as `__folded` compares it."""
    return text.lower().replace("ё", "е").replace("\0", "")


def digits_of(text: str) -> str:
    """Return the digits of what looks like a phone, without the 8 or +7 it may begin with; "" for anything else."""
    if not _PHONE.fullmatch(text.strip()):
        return ""
    digits = re.sub(r"\D", "", text)
    if len(digits) == 11 and digits[0] in "78":
        digits = digits[1:]  # 8 999 … and +7 999 … are one number
    return digits if FEWEST_DIGITS <= len(digits) <= _MOST_DIGITS and digits.isascii() else ""


def amounts_of(text: str) -> list[Decimal]:
    """Return what an amount may mean as it is written in either language, with both signs; nothing for other texts.

    1,234.56 and 1 234,56 mean one amount; 1,234 may be over a thousand or a little over one.
    """
    found = _AMOUNT.fullmatch(text.strip())
    if found is None:
        return []
    digits = re.sub(r"[\s'’]", "", found[1]).rstrip(".,")
    meanings = set()
    for point, group in ((".", ","), (",", ".")):
        whole, _point, part = digits.partition(point)
        if point in part or group in part or not re.fullmatch(rf"\d+|\d{{1,3}}(?:{re.escape(group)}\d{{3}})+", whole):
            continue
        plain = whole.replace(group, "")
        if plain.isascii() and len(plain) <= _MOST_DIGITS and len(part) <= 6 and (part.isascii() or not part):
            meanings.add(Decimal(f"{plain}.{part or '0'}"))
    return sorted({sign * meant for meant in meanings for sign in (1, -1)})


class Folded(models.Lookup):
    """`name__folded="елка"`: the words stand somewhere in the text, whatever the case and whether ё or е."""

    lookup_name = "folded"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """Return the comparison."""
        left, params = self.process_lhs(compiler, connection)
        wanted = re.sub(r"([\\%_])", r"\\\1", folded(str(self.rhs)))
        return f"translate(lower({left}::text), 'Ёё', 'ее') LIKE %s", (*params, f"%{wanted}%")


class Digits(models.Lookup):
    """`phone__digits="9991234567"`: the digits follow each other in the phone, however it is written."""

    lookup_name = "digits"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """Return the comparison."""
        left, params = self.process_lhs(compiler, connection)
        wanted = re.sub(r"\D", "", str(self.rhs))
        return rf"regexp_replace({left}::text, '\D', '', 'g') LIKE %s", (*params, f"%{wanted}%")


class Words(models.Lookup):
    """`description__words=query_of(words)`: the text has the words; `words_index` makes it quick."""

    lookup_name = "words"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """Return the match."""
        left, params = self.process_lhs(compiler, connection)
        return f"array_to_tsvector(list_words({left}::text)) @@ %s::tsquery", (*params, self.rhs)


for _field in (models.CharField, models.TextField):
    for _lookup in (Folded, Digits, Words):
        _field.register_lookup(_lookup)


class DocumentOf(models.Func):
    """The words of a text as a tsvector, as triggers keep them for subscriptions."""

    function = "array_to_tsvector"
    template = "%(function)s(list_words(%(expressions)s::text))"


def words_index(field: str, name: str) -> GinIndex:
    """Return the index of the words of a text that is written once: rows of today have it as soon as it is built."""
    return GinIndex(DocumentOf(models.F(field)), name=name)
