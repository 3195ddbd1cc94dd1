"""All that the pretend AV-Desk knows: administrators, tariffs, groups, stations, and how many are licensed."""

import hashlib
from typing import Any
from uuid import UUID, uuid4, uuid5

from sandbox.store import Store
from sandbox.world import VendorWorld

DEMO_LOGIN = "admin"
DEMO_PASSWORD = "sandbox-secret"  # noqa: S105 (public: it opens a pretend vendor only)
SERVER_UUID = "f014c311-66f1-4157-be32-4b0545f77c92"
EVERYONE = "20e27d73-d21d-b211-a788-85419c46f0e6"
TARIFFS_ROOT = "994992e8-be71-4d31-a1f5-5b7786262611"
# The base tariffs, whose ids are the same on every server (Doctor Web's help).
BASE_TARIFFS = {
    "2888b7ff-3625-465e-bcb8-957de17f6458": "Dr.Web Classic",
    "ebe76ffc-69e1-4757-b2b3-41506832bc9b": "Dr.Web Standard",
    "91644cc3-1dc1-42dc-a41e-5ea001f5538d": "Dr.Web Premium",
    "01fe9e60-6570-11de-b827-0002a5d5c51b": "Dr.Web Premium Server",
    "2c213cd2-eba1-4a0e-9f76-95e5e756d48c": "Dr.Web Free",
    "4e87fd11-4a35-4ec1-bedd-29669b357e35": "Dr.Web Mobile",
    "673b0574-d11d-b211-9b4e-de33edc4ef1b": "Dr.Web Classic for business",
    "800af701-d21d-b211-9b54-de33edc4ef1b": "Dr.Web Standard for business",
    "382a6f16-d21d-b211-9b56-de33edc4ef1b": "Dr.Web Premium for business",
}
Document = dict[str, Any]


class DrWebWorld(VendorWorld):
    """The state of one pretend AV-Desk server."""

    switches_by_default = {
        "licensed": 10_000,  # how many stations the server's key allows; what is deleted is free again
        "list_lag_seconds": 0,  # by how much lists of stations are behind; read by its id a station is there at once
        "shows_blocks": True,  # whether info.ds tells the blocking period (the help does not say)
        "parent_group_required": False,  # a group administrator may not make what stands nowhere
    }

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self.ensure_base()

    def ensure_base(self) -> None:
        """Have the demo's administrator and what every server comes with."""
        if self.store.get("administrator", DEMO_LOGIN) is None:
            self.set_password(DEMO_LOGIN, DEMO_PASSWORD)
        for identity, name in BASE_TARIFFS.items():
            if self.store.get("tariff", identity) is None:
                self.store.put("tariff", identity, {"id": identity, "name": name, "base": True, "grace_period": 30})

    # administrators

    def set_password(self, login: str, password: str) -> None:
        """Make an administrator, or give one another password; it is kept as a hash."""
        self.store.put("administrator", login, {"sha256": hashlib.sha256(password.encode()).hexdigest()})

    def knows(self, login: str, password: str) -> bool:
        """Say whether an administrator signs in with this."""
        known = self.store.get("administrator", login)
        return known is not None and known["sha256"] == hashlib.sha256(password.encode()).hexdigest()

    # stations

    def station(self, identity: str) -> Document | None:
        """Return a station, also a deleted one, or None; ids are read in any case."""
        return self.store.get("station", identity.lower())

    def stations(self, *, deleted: bool = False) -> list[Document]:
        """Return the stations that there are, or those that were deleted, the oldest first."""
        return [row for row in self.store.all("station") if (row["deleted"] is not None) is deleted]

    def listed_stations(self) -> list[Document]:
        """Return the stations as lists show them: one that was made a moment ago may not be among them."""
        return [row for row in self.stations() if self.is_listed(row["made"])]

    def keep_station(self, station: Document) -> Document:
        """Keep a station, new or changed."""
        return self.store.put("station", station["id"].lower(), station)

    def available(self) -> int:
        """Return how many more stations the licence allows."""
        return int(self.switch("licensed")) - len(self.stations())

    def is_blocked(self, station: Document) -> bool:
        """Say whether a station is in its blocking period now."""
        begin, end = station["block_begin"], station["block_end"]
        return bool(begin and end and begin <= self.now() <= end)


def fresh_id() -> str:
    """Return an id for what comes without one."""
    return str(uuid4())


def config_code(station_id: str) -> str:
    """Return the code by which a station's configuration file is downloaded: the same as long as it lives."""
    return uuid5(UUID(SERVER_UUID), station_id.lower()).hex
