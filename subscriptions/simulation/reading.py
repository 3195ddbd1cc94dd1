"""Values of a billing history's JSON: read, or refused with the path of the field that is wrong."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from core.fitting import is_text

# The books keep so many decimals of a price, and of a percentage.
PRICE_DECIMALS = 6
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,4})?", re.ASCII)


class BadHistory(ValueError):
    """The history is not in the format; the text begins with the field's path."""


def members(given: Any, path: str, known: Iterable[str]) -> Mapping[str, Any]:
    if not isinstance(given, dict):
        raise BadHistory(f"{path}: must be an object")
    for name in given:
        if name not in known:
            where = name if path == "history" else f"{path}.{name}"
            raise BadHistory(f"{where}: is not known here, only {', '.join(sorted(known))}")
    return given


def required(given: Mapping[str, Any], name: str, path: str) -> Any:
    if name not in given:
        raise BadHistory(f"{path}: is missing, and has to be given")
    return given[name]


def one_of(given: Any, choices: tuple[str, ...], path: str) -> str:
    if given not in choices:
        raise BadHistory(f"{path}: must be one of {', '.join(choices)}")
    return str(given)


def whole(given: Any, path: str, lowest: int, highest: int, *, under: str = "") -> int:
    """Return a number in a range, both ends included; `under` says what allows no other. Raises BadHistory."""
    if not isinstance(given, int) or isinstance(given, bool) or not lowest <= given <= highest:
        allowed = f"{lowest}" if lowest == highest else f"a whole number from {lowest} to {highest}"
        raise BadHistory(f"{path}: must be {allowed}{under}")
    return given


def flag(given: Any, path: str) -> bool:
    if not isinstance(given, bool):
        raise BadHistory(f"{path}: must be true or false")
    return given


def name_of(given: Any, path: str, longest: int) -> str:
    if not isinstance(given, str) or not 0 < len(given) <= longest or not is_text(given):
        raise BadHistory(f"{path}: must be a name of 1 to {longest} characters")
    return given


def listed(given: Any, path: str, of: str, *, at_least: int = 0) -> list[Any]:
    if not isinstance(given, list):
        raise BadHistory(f"{path}: must be a list of {of}")
    if len(given) < at_least:
        raise BadHistory(f"{path}: must be a list of at least one {of.removesuffix('s')}")
    return given


def day_of(given: Any, path: str) -> date:
    try:
        day = date.fromisoformat(given)
    except (TypeError, ValueError):
        raise BadHistory(f"{path}: must be a day such as 2018-08-20") from None
    if not 1900 <= day.year <= 2999:
        raise BadHistory(f"{path}: must lie between 1900 and 2999")
    return day


def amount_of(given: Any, path: str, decimals: int) -> Decimal:
    try:
        amount = Decimal(given) if isinstance(given, str) and _NUMBER.fullmatch(given) else None
    except InvalidOperation:
        amount = None
    if amount is None or not 0 <= amount < Decimal(10) ** 10:
        raise BadHistory(f'{path}: must be a decimal number in quotes, not negative, such as "10.00"')
    if amount != round(amount, decimals):
        raise BadHistory(f"{path}: must have at most {decimals} decimals")
    return amount


def percent_of(given: Any, path: str, most: int = 100) -> Decimal:
    percent = amount_of(given, path, PRICE_DECIMALS)
    if percent > most:
        raise BadHistory(f'{path}: must be a percentage in quotes from "0" to "{most}"')
    return percent
