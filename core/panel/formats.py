"""How values read in a panel: money, numbers, days, moments in the reader's language, statuses as words and a dot."""

import re
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal
from babel.units import format_unit
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from core.money import minor_units
from core.period import months_in

NOTHING = "—"
# Babel's English is American: amounts as $1,902.40. Days are written with the month's name, which no one misreads.
LOCALES = {"en": "en_US"}
DAY_PATTERN = "dd MMM y"
LETTER_THEN_DIGIT = re.compile(r"(?<=[^\W\d_])(?=\d)")

GOOD, BAD, BUSY, WAITING, QUIET = "green", "red", "blue", "orange", "secondary"
_TONES = {
    **dict.fromkeys(("active", "completed", "granted", "refunded", "paid_from_balance", "closed", "confirmed"), GOOD),
    **dict.fromkeys(("approved", "provided"), GOOD),
    **dict.fromkeys(
        ("stopped", "credit_hold", "administrative_hold", "regrant_needed", "misconfigured", "rejected", "expired"), BAD
    ),
    **dict.fromkeys(
        ("installing", "updating", "activating", "stopping", "deleting", "renewing", "provisioning", "sent"), BUSY
    ),
    **dict.fromkeys(("ordered", "graced", "new", "unknown", "opened", "blocked"), WAITING),
    **dict.fromkeys(("planned", "parked", "scheduled", "approval_required"), WAITING),
    **dict.fromkeys(("deleted", "cancelled", "inactive", "deactivated_by_provider", "declined", "revoked"), QUIET),
}


def tone_of(value: str) -> str:
    """Return the colour of a status; it only ever accompanies words."""
    if value.endswith("_failed"):
        return BAD
    if value.startswith("waiting_"):
        return WAITING
    return _TONES.get(value, QUIET)


def status_html(value: str, label: object, detail: object = "") -> SafeString:
    """Return a status as a dot and plain words: "stopped: funds short"."""
    return _status_html(value, str(label), str(detail))


@lru_cache(maxsize=1024)
def _status_html(value: str, label: str, detail: str) -> SafeString:
    words = label[:1].lower() + label[1:]
    if detail:
        words = f"{words}: {detail}"
    return mark_safe(f'<span class="state state-{tone_of(value)}">{escape(words)}</span>')  # noqa: S308 (escaped here)


def money_text(amount: Decimal | int, currency: str) -> str:
    """Return an amount with its currency as the reader's language writes it: $1,902.40."""
    return _currency_text(_in_minor_units(Decimal(amount), currency), minor_units(currency), currency)


def amount_text(amount: Decimal | int, currency: str) -> str:
    """Return an amount without its currency, for a column whose header or neighbour names it: 1,902.40."""
    return _decimal_text(_in_minor_units(Decimal(amount), currency), minor_units(currency), locale_code())


def unit_price_text(amount: Decimal, currency: str) -> str:
    """Return a price a unit: at least the currency's decimals, and no digit of a finer price lost."""
    return _decimal_text(amount, _decimals_of_price(amount, currency), locale_code())


def unit_money_text(amount: Decimal, currency: str) -> str:
    """Return a price a unit with its currency, no digit of a finer price lost: $0.0125."""
    return _currency_text(amount, _decimals_of_price(amount, currency), currency)


def _decimals_of_price(amount: Decimal, currency: str) -> int:
    exponent = amount.normalize().as_tuple().exponent
    return max(minor_units(currency), -exponent if isinstance(exponent, int) else 0)


@lru_cache(maxsize=4096)
def _number_text(value: int | Decimal, locale: str) -> str:
    return format_decimal(value, locale=locale, format=None if isinstance(value, int) else "#,##0.######")


def number_text(value: int | Decimal) -> str:
    """Return a number with the reader's separators, of a fraction up to six places."""
    return _number_text(value, locale_code())


def day_text(value: date | None) -> str:
    """Return a day as 01 Dec 2026, a dash for nothing. A moment is shown in the current time zone."""
    if value is None:
        return NOTHING
    if isinstance(value, datetime):
        value = timezone.localtime(value).date()
    return _day_text(value, locale_code())


def length_text(length: str) -> str:
    """Return a length of months or years (ISO 8601: P1Y) in words: 1 year, 3 months; what is none as it is."""
    months = months_in(length)
    if not months:
        return length
    years, rest = divmod(months, 12)
    return str(format_unit(months if rest else years, "month" if rest else "year", locale=locale_code()))


def last_day(end: date | None) -> date | None:
    """Return the last day of a period that ends before `end`: the books' periods are half-open, people's are not."""
    return end - timedelta(days=1) if end else None


def moment_text(value: datetime | None) -> str:
    """Return a moment as 01 Dec 2026, 14:05 in the current time zone, a dash for nothing."""
    if value is None:
        return NOTHING
    local = timezone.localtime(value)
    return f"{_day_text(local.date(), locale_code())}, {local:%H:%M}"


def locale_code() -> str:
    """Return Babel's name of the language that is active now."""
    language = get_language() or "en"
    return LOCALES.get(language, language.replace("-", "_"))


def plainly(price: Decimal | None, currency: str) -> Decimal | None:
    """Return a price without the zeros that only the column's width puts behind it: 12.500000 is 12.50."""
    if price is None:
        return None
    least, exponent = minor_units(currency), price.normalize().as_tuple().exponent
    decimals = max(least, -exponent if isinstance(exponent, int) else 0)
    return price.quantize(Decimal(1).scaleb(-decimals))


def _in_minor_units(amount: Decimal, currency: str) -> Decimal:
    # Plus nothing: minus nothing is written as nothing.
    return amount.quantize(Decimal(1).scaleb(-minor_units(currency)), rounding=ROUND_HALF_UP) + 0


def _currency_text(amount: Decimal, decimals: int, currency: str) -> str:
    pattern = _currency_pattern(locale_code(), decimals)
    text = format_currency(amount, currency, locale=locale_code(), currency_digits=False, format=pattern)
    # What CLDR calls currency spacing, which Babel leaves out: RUB 140.00, but $140.00.
    return LETTER_THEN_DIGIT.sub("\N{NO-BREAK SPACE}", text)


@lru_cache(maxsize=64)
def _currency_pattern(locale: str, decimals: int) -> str:
    pattern: str = Locale.parse(locale).currency_formats["standard"].pattern
    digits = "0." + "0" * decimals if decimals else "0"
    return pattern.replace("0.00", digits)


@lru_cache(maxsize=8192)
def _decimal_text(amount: Decimal, decimals: int, locale: str) -> str:
    return format_decimal(amount, format="#,##0" + ("." + "0" * decimals if decimals else ""), locale=locale)


@lru_cache(maxsize=8192)
def _day_text(value: date, locale: str) -> str:
    return format_date(value, DAY_PATTERN, locale=locale)
