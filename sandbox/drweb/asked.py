"""What a call asks: parameters that may be repeated, names with - or _ alike, dates and flags as the help has them."""

import re
from calendar import timegm
from time import strptime
from urllib.parse import parse_qs

from sandbox.drweb.answers import ApiError

# The help publishes no list of error numbers: these are the sandbox's own, and no client may lean on them.
WRONG_PARAMETER, NO_SUCH, EXISTS, NO_LICENCE, NOT_ALLOWED = 2, 36, 37, 41, 52
DATE = re.compile(r"\d{8}(\d{6})?")


class Asked:
    """The parameters of one call."""

    def __init__(self, query: str) -> None:
        pairs = parse_qs(query, keep_blank_values=True)
        self._values = {name.lower().replace("_", "-"): values for name, values in pairs.items()}

    def all(self, name: str) -> list[str]:
        """Return every value of a parameter that may be repeated."""
        return self._values.get(name, [])

    def get(self, name: str, default: str = "") -> str:
        """Return the last value of a parameter."""
        return self._values.get(name, [default])[-1]

    def has(self, name: str) -> bool:
        """Say whether the parameter was given."""
        return name in self._values

    def required(self, name: str) -> str:
        """Return a parameter that must be there."""
        if not self.get(name):
            raise ApiError(WRONG_PARAMETER, f"The required parameter {name} is not specified")
        return self.get(name)

    def number(self, name: str, default: int) -> int:
        """Return a whole number above nought."""
        value = self.get(name, str(default))
        if not value.isdigit() or int(value) < 1:
            raise ApiError(WRONG_PARAMETER, f"Invalid value of the parameter {name}")
        return int(value)

    def flag(self, name: str) -> bool:
        """Return a flag: yes or no only, no by default."""
        value = self.get(name, "no")
        if value not in ("yes", "no"):
            raise ApiError(WRONG_PARAMETER, f"Invalid value of the parameter {name}")
        return value == "yes"

    def moment(self, name: str) -> int:
        """Return a date (YYYYMMDD or YYYYMMDDHHmmss) as a timestamp; 0 stands for none."""
        value = self.get(name, "0")
        if value == "0":
            return 0
        if not DATE.fullmatch(value):
            raise ApiError(WRONG_PARAMETER, f"Invalid value of the parameter {name}")
        try:
            return timegm(strptime(value, "%Y%m%d" if len(value) == 8 else "%Y%m%d%H%M%S"))
        except ValueError:
            raise ApiError(WRONG_PARAMETER, f"Invalid value of the parameter {name}") from None
