"""How a charge is described: in the operator's default language, for everybody (CR-502)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache

from django.utils.translation import gettext, gettext_noop, override

from accounts.models import Reseller
from billing.engine.lines import Line, LineType, Source
from core.cleaning import shortened
from core.panel.formats import day_text, number_text
from core.period import Period
from core.prepared import Prepared

ONE_DAY = timedelta(days=1)
_RECURRING = gettext_noop("%(name)s: %(quantity)s, %(from)s – %(to)s")
_USED = gettext_noop("%(name)s: %(quantity)s unit-hours, %(from)s – %(to)s")
_TEXTS = {
    LineType.SETUP_FEE: gettext_noop("Setup of %(name)s: %(quantity)s"),
    LineType.CONSUMPTION: gettext_noop("%(name)s: %(from)s – %(to)s"),
    LineType.RENEWAL_FEE: gettext_noop("Renewal of %(name)s: %(quantity)s, %(from)s – %(to)s"),
}


def operators_language() -> str:
    """Return the operator's default language, in which charges are described for everybody (CR-502)."""
    return next(iter(_OPERATORS_LANGUAGE()), "") or "en"


_OPERATORS_LANGUAGE = Prepared(
    lambda: Reseller.objects.filter(parent=None).order_by("pk").values_list("default_language", flat=True)[:1]
)


@contextmanager
def operators_language_in_use() -> Iterator[str]:
    """Speak the operator's default language for the length of the block, and yield it."""
    language = operators_language()
    with override(language):
        yield language


def describe(name: str, line: Line, language: str) -> str:
    """Return the charge's description: what, how many, for which days (the last included).

    `language` is the active one: texts are kept by it, because the night writes the same ones over and over.
    """
    by_hours = line.source is Source.USAGE and line.type is LineType.RECURRING_FEE
    return _described(
        _USED if by_hours else _TEXTS.get(line.type, _RECURRING), name, line.quantity, line.period, language
    )


@lru_cache(maxsize=1000, typed=True)
def _described(text: str, name: str, quantity: int | Decimal, days: Period, language: str) -> str:
    return gettext(text) % {
        "name": shortened(name, 200),
        "quantity": quantity if isinstance(quantity, int) else number_text(quantity),
        "from": _day_text(days.start, language),
        "to": _day_text(days.end - ONE_DAY, language),
    }


@lru_cache(maxsize=1000)
def _day_text(day: date, _language: str) -> str:
    return day_text(day)
