"""How Microsoft writes what is not plain JSON: moments with up to seven decimals, numbers as texts."""

import re
from datetime import datetime

_MOMENT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)?")


def moment_of(told: object) -> datetime | None:
    """Return a moment as Microsoft tells it (up to seven decimals); None for what is none."""
    whole = _MOMENT.fullmatch(str(told or "").strip())
    if whole is None:
        return None
    return datetime.fromisoformat(whole[1] + (whole[3] or "Z").replace("Z", "+00:00"))


def number_of(told: object) -> int | None:
    """Return a whole number as Microsoft tells it, as a number or as its text; None where it tells none."""
    return None if told is None else int(str(told))
