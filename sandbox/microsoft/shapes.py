"""How Microsoft writes things down: links, collections, moments, etags, and the casing of member names."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

Json = dict[str, Any]


def link(uri: str, method: str = "GET") -> Json:
    """Return a link as Partner Center writes it."""
    return {"uri": uri, "method": method, "headers": []}


def collection(items: list[Json], *, links: Json | None = None, **more: Any) -> Json:
    """Return a collection of one page; totalCount counts this page, as in the published utilization page."""
    answer: Json = {"totalCount": len(items), "items": items, **more}
    if links:
        answer["links"] = links
    return {**answer, "attributes": {"objectType": "Collection"}}


def stamp(moment: float, *, digits: int = 3, zone: str = "Z") -> str:
    """Return seconds since 1970 as Microsoft prints a UTC moment, with that many digits of a second (0 to 7)."""
    text = datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%S.%f") + "0"
    return (text[: 20 + digits] if digits else text[:19]) + zone


def midnight(moment: float) -> float:
    """Return the beginning of the UTC day of a moment, both in seconds since 1970."""
    return moment - moment % 86400


def add_months(moment: float, months: int) -> float:
    """Return the same day of the month that many months later, or that month's last day, in seconds since 1970."""
    day = datetime.fromtimestamp(moment, UTC)
    years, month = divmod(day.month - 1 + months, 12)
    first = day.replace(year=day.year + years, month=month + 1, day=1)
    last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return first.replace(day=min(day.day, last.day)).timestamp()


def read_moment(text: Any) -> float | None:
    """Return seconds since 1970 for an ISO 8601 moment or day (UTC where it names no zone), None for anything else."""
    if not isinstance(text, str):
        return None
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def etag(identity: str, version: int) -> str:
    """Return the etag of a subscription or order: base64 of its lower-case id and version, as in recorded answers."""
    text = json.dumps({"id": identity.lower(), "version": version}, separators=(",", ":"))
    return base64.b64encode(text.encode()).decode()


def without_nulls(value: Any) -> Any:
    """Return the value without the members that are null: Partner Center omits them."""
    if isinstance(value, dict):
        return {name: without_nulls(member) for name, member in value.items() if member is not None}
    if isinstance(value, list):
        return [without_nulls(item) for item in value]
    return value


def camel_case(value: Any) -> Any:
    """Return the value with camelCase member names, for parts of a request that the answer repeats."""
    if isinstance(value, dict):
        return {name[:1].lower() + name[1:]: camel_case(member) for name, member in value.items()}
    if isinstance(value, list):
        return [camel_case(item) for item in value]
    return value


def pascal_case(value: Any) -> Any:
    """Return the value with PascalCase member names, as the PATCH pages of the manual print answers."""
    if isinstance(value, dict):
        return {name[:1].upper() + name[1:]: pascal_case(member) for name, member in value.items()}
    if isinstance(value, list):
        return [pascal_case(item) for item in value]
    return value


class Fields(dict[str, Any]):
    """A JSON object of a request whose member names may come in any case; a null member counts as absent."""

    @classmethod
    def of(cls, value: Any) -> "Fields":
        """Return the object read without regard to case; empty for anything that is not an object."""
        if not isinstance(value, dict):
            return cls()
        return cls({name.lower(): _loosen(member) for name, member in value.items() if member is not None})

    def text(self, name: str) -> str:
        """Return a member as text without surrounding blanks, empty where it is absent."""
        return str(self.get(name.lower(), "")).strip()

    def part(self, name: str) -> "Fields":
        """Return a member that is an object, empty where it is not."""
        found = self.get(name.lower())
        return found if isinstance(found, Fields) else Fields()

    def parts(self, name: str) -> list["Fields"]:
        """Return the objects of a member that is a list, none where it is not."""
        found = self.get(name.lower())
        return [item for item in found if isinstance(item, Fields)] if isinstance(found, list) else []

    def number(self, name: str) -> int | None:
        """Return a whole number, also where it came as text; None for anything else."""
        found = self.get(name.lower())
        if isinstance(found, bool):
            return None
        try:
            return int(str(found))
        except ValueError:
            return None


def _loosen(value: Any) -> Any:
    if isinstance(value, dict):
        return Fields.of(value)
    if isinstance(value, list):
        return [_loosen(item) for item in value]
    return value
