"""All that the pretend OpenSRS knows: its resellers, its clock, its switches, and what was asked of it."""

import hashlib
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from sandbox.faults import KINDS
from sandbox.world import VendorWorld

DEMO_USERNAME = "sandbox-reseller"
DEMO_KEY = "0123456789abcdef" * 7  # as long as the vendor's own; public: it opens a pretend vendor only

# What its offices take for local time: both ways of writing a moment show an offset.
OFFICE = timezone(timedelta(hours=-5))


class World(VendorWorld):
    """The state of one pretend OpenSRS."""

    kinds_of_fault = {
        **KINDS,
        "refused": "an answer of the vendor's own, `code` (465) and `text`, before acting",
        "busy": "437, another request is waiting, before acting",
    }
    secret_headers = frozenset({"x-signature", "authorization"})
    switches_by_default = {
        "address_allowed": True,  # false: the caller's address is not on the reseller's list
        "commands_per_minute": None,  # more are answered with code 300
        "state_separator": "-",  # or "_": how words of states are written
        "date_style": "date",  # or "moment": 2010-09-14-05:00 or 2010-09-14T00:00:00.000-05:00; both are published
        "issuing_reads": 1,  # reads of its order during which an approved certificate is still being issued
        "approves_by_itself": None,  # after so many seconds an order is approved without anybody
    }

    def ensure_demo_reseller(self) -> None:
        """Register the demo's reseller where it is missing."""
        if self.reseller_key(DEMO_USERNAME) is None:
            self.register_reseller(DEMO_USERNAME, DEMO_KEY)

    def register_reseller(self, username: str, key: str) -> None:
        """Register a reseller, or give one another key."""
        self.store.put("reseller", username, {"username": username, "key": key})

    def reseller_key(self, username: str) -> str | None:
        """Return a reseller's key, None where there is no such reseller."""
        found = self.store.get("reseller", username)
        return None if found is None else str(found["key"])

    # numbers and moments

    def number(self, kind: str, first: int) -> str:
        """Return the next number of a kind; they count up."""
        count = (self.store.get("number", kind) or {"last": first})["last"] + 1
        self.store.put("number", kind, {"last": count})
        return str(count)

    def moment(self) -> datetime:
        """Return the sandbox's time."""
        return datetime.fromtimestamp(self.now(), UTC)

    def dated(self, seconds: float) -> str:
        """Return a moment as the vendor writes it, in the style that is switched on."""
        moment = datetime.fromtimestamp(seconds, OFFICE)
        if self.switch("date_style") == "moment":
            return moment.isoformat(timespec="milliseconds")
        return f"{moment:%Y-%m-%d}-05:00"

    def state(self, words: str) -> str:
        """Return a state, known by its words with spaces, as the vendor writes it."""
        return words.replace(" ", str(self.switch("state_separator")))

    def is_over_rate(self) -> bool:
        """Say whether the last minute's commands, this one among them, are more than are allowed."""
        limit = self.switch("commands_per_minute")
        if limit is None:
            return False
        since = self.now() - 60
        return sum(entry.get("at", 0) > since for entry in self._seen) >= int(limit)


def signature(body: bytes, key: str) -> str:
    """Return what X-Signature must be for exactly these bytes."""
    return _md5(_md5(body + key.encode()).encode() + key.encode())


def _md5(data: bytes) -> str:
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


Row = dict[str, Any]
