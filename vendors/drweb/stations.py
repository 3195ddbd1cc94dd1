"""The stations of one service: found by the user id that we gave them, made under ids of our own."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid5
from xml.etree.ElementTree import Element

from vendors.base import JSON, Party, Steps
from vendors.drweb.client import AvDesk, unreadable
from vendors.drweb.replies import UnreadableReply, same_id
from vendors.errors import Rejected

AT_ONCE = timedelta(0)
# What "for good" is called where a period must have an end (the vendor's own habit).
FAR_FUTURE = "20991231"
# So many stations are deleted by one call, whose address names each.
DELETED_AT_ONCE = 50
FARTHEST = int(datetime(9999, 12, 31, tzinfo=UTC).timestamp())
LAST_NUMBER = re.compile(r"(\d{1,18})\s*$", re.ASCII)


@dataclass(frozen=True)
class Station:
    """A station as lists show it."""

    id: str
    name: str

    @property
    def number(self) -> int:
        """The number at the end of its name, by which the newest is known."""
        found = LAST_NUMBER.search(self.name)
        return int(found[1]) if found else 0


@dataclass(frozen=True)
class Wanted:
    """A station that is to be made."""

    id: str
    name: str
    tariff: str
    key: str


class Stations:
    """The stations and the group of one service. `group_id` is ours: it marks all that belongs to the service."""

    def __init__(self, desk: AvDesk, group_id: str) -> None:
        self.desk = desk
        self.group_id = group_id

    # -- what is there

    def of(self, key: str) -> list[Station]:
        """Return the stations of a resource, the oldest first; deleted ones are not among them."""
        user = self._user(key)
        found = [
            Station(node.get("id", ""), node.get("name", ""))
            for node in self.desk.pages("stations/list-by-user-id", user_id=user)
            if same_id(node.get("user_id", user), user)
        ]
        return sorted(found, key=lambda station: station.number)

    def seen(self, keys: Iterable[str], steps: Steps) -> dict[str, list[Station]]:
        """Return what was there when the operation began: kept, so that every attempt starts from the same."""

        def look(_request_id: str = "") -> JSON:
            return {key: [[station.id, station.name] for station in self.of(key)] for key in sorted(keys)}

        kept = steps.once("seen", send=look, find=look, visible_after=AT_ONCE)
        return {key: [Station(*pair) for pair in pairs] for key, pairs in kept.items()}

    def has_group(self) -> bool:
        """Return whether the service's group is there; "not found" is believed of the list only."""
        try:
            return bool(self.desk.read("groups/info", id=self.group_id).all("groups/group"))
        except Rejected:
            groups = self.desk.read("groups/list").root.iter("group")
            return any(same_id(group.get("id", ""), self.group_id) for group in groups)

    def info(self, identity: str) -> Element | None:
        """Return what the server tells of a station, None where it is not there (any more)."""
        try:
            reply = self.desk.read("stations/info", id=identity)
        except Rejected:
            return None
        with unreadable(self.desk):
            station = reply.one("stations/station")
        if not same_id(station.get("id", ""), identity) or _moment(station, "deleted"):
            return None
        return station

    def is_blocked(self, identity: str, now: datetime) -> bool:
        """Return whether a station is known to be in its blocking period."""
        station = self.info(identity)
        if station is None:
            return False
        begin, end = _moment(station, "block_begin"), _moment(station, "block_end")
        return begin is not None and end is not None and begin <= now <= end

    # -- what is changed

    def make_group(self, name: str, steps: Steps) -> None:
        """Make the service's group."""
        parent = {"parent_group": self.desk.parent_group} if self.desk.parent_group else {}

        def send(_request_id: str) -> JSON:
            reply = self.desk.send("groups/add", id=self.group_id, name=name, **parent)
            return {"id": _about(reply.one("group"), self.group_id)}

        def find() -> JSON | None:
            return {"id": self.group_id} if self.has_group() else None

        self._made("group", send, find, steps)

    def make(self, wanted: Wanted, account: Mapping[str, str], steps: Steps) -> None:
        """Make one station under the id that was chosen for it; made once, however often it is sent."""
        place = {"parent_group": self.desk.parent_group} if self.desk.parent_group else {}

        def send(_request_id: str) -> JSON:
            reply = self.desk.send(
                "stations/add",
                id=wanted.id,
                name=wanted.name,
                rate=wanted.tariff,
                group=self.group_id,
                user_id=self._user(wanted.key),
                **place,
                **account,
            )
            return {"id": _about(reply.one("station"), wanted.id)}

        def find() -> JSON | None:
            return {"id": wanted.id} if self.info(wanted.id) is not None else None

        self._made(f"station-{wanted.id}", send, find, steps)

    def _made(self, name: str, send: Callable[[str], JSON], find: Callable[[], JSON | None], steps: Steps) -> None:
        """Make what has an id of ours. A refusal may mean that it is there already: no error number says so."""
        try:
            steps.once(name, send=send, find=find, visible_after=AT_ONCE)
        except Rejected:
            if find() is None:
                raise
            steps.once(name, send=send, find=find, visible_after=AT_ONCE)

    def block(self, stations: Iterable[Station], now: datetime, steps: Steps) -> None:
        """Block stations; from the day before, so that it holds at once in whatever zone the server counts."""
        period = {"block_begin": (now - timedelta(days=1)).strftime("%Y%m%d"), "block_end": FAR_FUTURE}
        for station in stations:
            self._change(station, period, lambda one: self.is_blocked(one, now), steps)

    def unblock(self, stations: Iterable[Station], now: datetime, steps: Steps) -> None:
        """Take the blocking period from stations."""
        for station in stations:
            none = {"block_begin": "0", "block_end": "0"}
            self._change(station, none, lambda one: self.is_running(one, now), steps)

    def is_running(self, identity: str, now: datetime) -> bool:
        """Return whether a station is there and known not to be blocked."""
        station = self.info(identity)
        told = station is not None and station.get("block_begin") is not None
        return told and not self.is_blocked(identity, now)

    def _change(self, station: Station, values: dict[str, str], done: Callable[[str], bool], steps: Steps) -> None:
        """Set absolute values of one station, so that setting them twice does no harm; one that is gone is left."""

        def send(_request_id: str) -> JSON:
            reply = self.desk.send("stations/change", id=station.id, **values)
            return {"id": _about(reply.one("station"), station.id)}

        def find() -> JSON | None:
            return {"id": station.id} if done(station.id) else None

        try:
            steps.once(f"station-{station.id}", send=send, find=find, visible_after=AT_ONCE)
        except Rejected:
            if self.info(station.id) is not None:
                raise

    def delete(self, stations: Iterable[Station], steps: Steps) -> None:
        """Delete stations, some at a time; those that are gone already are as good as deleted."""
        ids = [station.id for station in stations]
        for first in range(0, len(ids), DELETED_AT_ONCE):
            self._delete(ids[first : first + DELETED_AT_ONCE], steps)

    def _delete(self, ids: list[str], steps: Steps) -> None:
        def send(_request_id: str) -> JSON:
            gone = [node.get("id", "") for node in self.desk.send("stations/delete", id=ids).all("stations/station")]
            if not gone or not all(any(same_id(one, asked) for asked in ids) for one in gone):
                raise UnreadableReply("The reply names none of the stations, or others.")
            return {"ids": ids}

        def find() -> JSON | None:
            return None if any(self.info(one) is not None for one in ids) else {"ids": ids}

        try:
            steps.once(f"delete-{ids[0]}", send=send, find=find, visible_after=AT_ONCE)
        except Rejected:
            if find() is None:
                raise

    def delete_group(self, steps: Steps) -> None:
        """Delete the service's group, where it is there."""

        def send(_request_id: str) -> JSON:
            reply = self.desk.send("groups/delete", id=self.group_id)
            return {"id": _about(reply.one("groups/group"), self.group_id)}

        def find() -> JSON | None:
            return None if self.has_group() else {"id": self.group_id}

        try:
            steps.once("group", send=send, find=find, visible_after=AT_ONCE)
        except Rejected:
            if self.has_group():
                raise

    # -- names

    def wanted(self, key: str, tariff: str, count: int, *, label: str, after: int, reference: str) -> list[Wanted]:
        """Return stations to make for an operation: their ids are the same in every attempt, and nobody else's."""
        ids = [str(uuid5(UUID(self.group_id), f"{reference}:{key}:{number}")) for number in range(count)]
        return [Wanted(one, f"{label} {after + turn}", tariff, key) for turn, one in enumerate(ids, start=1)]

    def _user(self, key: str) -> str:
        """Return the user id that the stations of a resource carry: by it they are found, whatever became of them."""
        return f"{self.group_id}.{key}"


def account_values(account: Party) -> dict[str, str]:
    """Return what AV-Desk keeps of a station's owner; what is not known is left out."""
    known = {
        "email": account.contact.email or account.email,
        "organization": account.company,
        "country": account.country,
        "city": account.city,
        "street": account.address1,
    }
    return {name: value for name, value in known.items() if value}


def _about(node: Element, wanted: str) -> str:
    """Return the id that an answer is about; raises UnreadableReply where it is somebody else's."""
    if not same_id(node.get("id", ""), wanted):
        raise UnreadableReply(f"The reply is about {node.get('id')!r}, not {wanted!r}.")
    return wanted


def _moment(node: Element, name: str) -> datetime | None:
    """Return a moment that an attribute tells as a timestamp; None where it tells none, or nought."""
    value = node.get(name, "")
    # Further than a calendar reaches is as good as for good.
    seconds = int(value[:20]) if value.isdecimal() else 0
    return datetime.fromtimestamp(min(seconds, FARTHEST), UTC) if seconds else None
