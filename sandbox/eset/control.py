"""The switchboard of the pretend ESET: what its people and the customer's computers may do beside the API."""

from sandbox.control import Switchboard
from sandbox.eset.world import ANOTHER_MSP, FULL, Document, EsetWorld


class Control(Switchboard):
    """What a test may do to the pretend ESET, and ask of it."""

    _world: EsetWorld

    def set_password(self, *, username: str, password: str) -> None:
        """Make an account, or give one another password."""
        self._world.set_password(username, password)

    def end_sessions(self) -> None:
        """Void every token, as a restart of the vendor's sign-in does."""
        for session in self._world.store.all("access"):
            self._world.store.delete("access", session["access"])
        for session in self._world.store.all("refresh"):
            self._world.store.delete("refresh", session["refresh"])

    def use(self, *, units: int, key: str = "") -> None:
        """Let so many units of a licence, or of every one, be activated by computers."""
        for licence in self._licences(key):
            self._world.keep_licence({**licence, "usage": units})

    def remove_licences(self, *, key: str = "") -> int:
        """Remove a licence, or every one, as only the vendor's own people can; return how many."""
        gone = self._licences(key)
        for licence in gone:
            self._world.store.delete("licence", licence["key"])
        return len(gone)

    def move_customers(self, *, company: str = "") -> int:
        """Let a customer, or every one, go over to another MSP with its licences; return how many."""
        gone = [row for row in self._world.store.all("company") if company in ("", row["id"])]
        for row in gone:
            self._world.keep_company({**row, "parent": ANOTHER_MSP})
        return len(gone)

    def billed(self, *, day: str = "") -> list[Document]:
        """Return what is billed to us, of one day or of all: full licences by day, product and seats."""
        self._world.take_snapshots()
        return [
            {"day": snapshot["day"], "key": row["key"], "product": row["product"], "seats": row["quantity"]}
            for snapshot in self._world.billed()
            for row in snapshot["rows"]
            if row["type"] == FULL and day in ("", snapshot["day"])
        ]

    def counts(self) -> dict[str, int]:
        """Return how many companies and licences there are, how many of these are suspended, and their seats."""
        rows = self._world.licences()
        return {
            "companies": len(self._world.store.all("company")),
            "licences": len(rows),
            "suspended": sum(row["suspended_at"] is not None for row in rows),
            "seats": sum(row["quantity"] for row in rows if row["suspended_at"] is None),
        }

    def advance(self, *, days: float = 0, seconds: float = 0) -> None:
        """Move the clock forward; the snapshots that are due are taken of what stood before."""
        self._world.take_snapshots()
        super().advance(days=days, seconds=seconds)
        self._world.take_snapshots()

    def reset(self) -> None:
        """Forget everything; the demo's account is there anew."""
        super().reset()
        self._world.ensure_base()

    def _licences(self, key: str) -> list[Document]:
        self._world.take_snapshots()
        return [row for row in self._world.licences() if key in ("", row["key"])]
