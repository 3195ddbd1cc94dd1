"""The switchboard of the pretend AV-Desk: what its administrators and its operator may do beside the Web API."""

from sandbox.control import Switchboard
from sandbox.drweb.world import DrWebWorld


class Control(Switchboard):
    """What a test may do to the pretend AV-Desk, and ask of it."""

    _world: DrWebWorld

    def set_password(self, *, login: str, password: str) -> None:
        """Make an administrator, or give one another password."""
        self._world.set_password(login, password)

    def delete_stations(self, *, user: str = "", keep: int = 0) -> int:
        """Delete stations in the console, of one user or all, but the `keep` oldest of each; return how many."""
        gone = self._of(user)[keep:]
        for station in gone:
            self._world.keep_station({**station, "deleted": int(self._world.now())})
        return len(gone)

    def forget_stations(self, *, user: str = "") -> int:
        """Purge stations from the database: nothing is known of them any more; return how many."""
        gone = self._of(user)
        for station in gone:
            self._world.store.delete("station", station["id"].lower())
        return len(gone)

    def add_station(self, *, user: str, name: str = "by hand") -> str:
        """Make a station in the console for a user, as a careless administrator does; return its id."""
        fellow = self._of(user)[0]
        identity = f"{fellow['id']}-{len(self._world.store.all('station'))}"
        self._world.keep_station({**fellow, "id": identity, "name": name})
        return identity

    def connect(self, *, station: str) -> None:
        """Let a station come online: its agent was installed."""
        found = self._world.station(station)
        if found is None:
            raise ValueError(f"no station has the id {station}")
        self._world.keep_station({**found, "state": 1})

    def counts(self) -> dict[str, int]:
        """Return how many groups and stations there are, and how many of these are blocked or were deleted."""
        stations = self._world.stations()
        return {
            "groups": len(self._world.store.all("group")),
            "stations": len(stations),
            "blocked": sum(self._world.is_blocked(station) for station in stations),
            "deleted": len(self._world.stations(deleted=True)),
        }

    def reset(self) -> None:
        """Forget everything; the demo's administrator and the base tariffs are there anew."""
        super().reset()
        self._world.ensure_base()

    def _of(self, user: str) -> list[dict[str, object]]:
        return [row for row in self._world.stations() if not user or row.get("user_id") == user]
