"""The switchboard of the pretend Kaspersky: besides what every vendor's can, what its own people do and see."""

from sandbox.control import Switchboard
from sandbox.kaspersky.subscriptions import ACTIVE
from sandbox.kaspersky.world import Row, World


class Control(Switchboard):
    """What a test may do to the pretend Kaspersky, and ask of it."""

    _world: World

    def register_partner(self, *, fingerprint: str) -> None:
        """Register a partner by the SHA-256 of its certificate, in small hexadecimal digits."""
        self._world.register_partner(fingerprint)

    def forget_partner(self, *, fingerprint: str) -> None:
        """Know a partner no more: its certificate is still one of the authority's."""
        self._world.store.delete("partner", fingerprint)

    def forget_subscription(self, *, subscription_id: str) -> None:
        """Remove a subscription from the vendor's records."""
        if self._world.store.get("subscription", subscription_id) is None:
            raise ValueError(f"there is no subscription {subscription_id}")
        self._world.store.delete("subscription", subscription_id)

    def subscriptions(self) -> list[Row]:
        """Return every subscription as it is kept, the oldest first; `sent` is what it was ordered with."""
        return self._world.store.all("subscription")

    def counts(self) -> dict[str, int]:
        """Return how many subscriptions there are, and how many of these run."""
        running = sum(row["Status"] == ACTIVE for row in self.subscriptions())
        return {"subscriptions": len(self.subscriptions()), "running": running}

    def reset(self) -> None:
        """Forget everything: subscriptions, partners, switches, faults. The demo's partner is registered."""
        super().reset()
        self._world.ensure_demo_partner()
