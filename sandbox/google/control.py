"""The switchboard of the pretend Google: besides what every vendor's can, the customer's people and other resellers."""

from sandbox.control import Switchboard
from sandbox.google import directory, licensing, plans
from sandbox.google.console import accept_terms
from sandbox.google.errors import GoogleError
from sandbox.google.products import SKUS
from sandbox.google.world import ANOTHERS, DAY, EVERY_SCOPE, OURS, Row, World, fresh


class Control(Switchboard):
    """What a test may do to the pretend Google, and ask of it."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._google = world

    def register_account(
        self, *, email: str, key_id: str, key: dict[str, str], scopes: tuple[str, ...] | list[str] = EVERY_SCOPE
    ) -> None:
        """Let a service account sign in with a key (a public JWK: n, e), for scopes ("apps.order")."""
        self._google.register_account(email, key_id=key_id, key=key, scopes=tuple(scopes))

    def revoke_tokens(self) -> None:
        """Take back every access token."""
        for row in self._google.store.all("token"):
            self._google.store.delete("token", row["token"])

    def accept_terms(self, *, domain: str) -> None:
        """Accept the terms, as the customer's administrator does at the first sign-in."""
        with self._google.store.transaction():
            accept_terms(self._google, self._customer(domain))

    def place_record(self, *, domain: str) -> None:
        """Put the TXT record into the domain, as its administrator does."""
        self._google.store.put("record", domain.lower(), {"domain": domain.lower()})

    def use(self, *, domain: str, sku: str, users: int) -> None:
        """Have so many licences of a SKU assigned, to user1, user2 …; ValueError where there are fewer seats."""
        with self._google.store.transaction():
            customer = self._customer(domain)
            for row in self._google.licences(customer["id"], sku):
                self._google.store.delete("licence", f"{sku}|{row['user']}")
            try:
                for number in range(1, users + 1):
                    licensing.assign(self._google, customer, sku, f"user{number}@{customer['domain']}")
            except GoogleError as refusal:
                raise ValueError(refusal.message) from refusal

    def let_in(self, *, domain: str, allowed: bool) -> None:
        """Let the reseller use the Directory API of a customer, or no more."""
        with self._google.store.transaction():
            self._google.keep_customer(self._customer(domain), reachable=allowed)

    def sold_elsewhere(
        self, *, domain: str, sku: str, seats: int, owner: str = ANOTHERS, plan: str = "FLEXIBLE"
    ) -> str:
        """Make a customer of somebody else's ("google": its own), with a subscription; return its id."""
        with self._google.store.transaction():
            found = self._google.customer(domain) or {
                "id": f"C0{fresh(7)}", "domain": domain.lower(), "owner": owner, "made": self._google.now(),
                "verified": True, "accepted": True, "reachable": True,
                "address": {"organizationName": domain, "countryCode": "US"}, "alternate": "", "phone": "",
            }  # fmt: skip
            customer = self._google.keep_customer(found)
            row: Row = {
                "id": fresh(12), "customer": customer["id"], "sku": SKUS[sku].id, "owner": owner, "seats": seats,
                "made": self._google.now(), "status": "ACTIVE", "next_plan": "", "next_seats": 0, "reasons": [],
                "order": "", "deal": "", **plans.begun(self._google, plan),
            }  # fmt: skip
            plans.kept(self._google, row)
            return str(customer["id"])

    def transfer_token(self, *, domain: str) -> str:
        """Return a transfer token, as the customer's administrator gets it; good for 30 days."""
        token = fresh(24)
        until = self._google.now() + 30 * DAY
        self._google.store.put("transfer", token, {"customer": self._customer(domain)["id"], "until": until})
        return token

    def take_away(self, *, domain: str) -> None:
        """Have another reseller take a customer over, with all that it has."""
        with self._google.store.transaction():
            customer = self._google.keep_customer(self._customer(domain), owner=ANOTHERS)
            for row in self._google.subscriptions(customer["id"]):
                plans.kept(self._google, row, owner=ANOTHERS)

    def forget_subscription(self, *, subscription_id: str) -> None:
        """Remove a subscription from the vendor's records."""
        self._google.store.delete("subscription", subscription_id)

    def reissue(self, *, subscription_id: str) -> str:
        """Give a subscription another id, and return it."""
        with self._google.store.transaction():
            row = self._google.store.get("subscription", subscription_id)
            if row is None:
                raise ValueError(f"there is no subscription {subscription_id}")
            return str(plans.reissued(self._google, row)["id"])

    def subscriptions(self) -> list[Row]:
        """Return every subscription of ours as time has left it, the oldest first."""
        with self._google.store.transaction():
            rows = [row for row in self._google.subscriptions() if row["owner"] == OURS]
            return [{**plans.as_of_now(self._google, row), "used": plans.used(self._google, row)} for row in rows]

    def customers(self) -> list[Row]:
        """Return every customer as it is kept, the oldest first."""
        return self._google.store.all("customer")

    def users(self) -> list[Row]:
        """Return every user as the API tells it."""
        return [directory.told(row) for row in self._google.store.all("user")]

    def counts(self) -> dict[str, int]:
        """Return how many customers, users and subscriptions there are."""
        return {kind + "s": len(self._google.store.all(kind)) for kind in ("customer", "user", "subscription")}

    def reset(self) -> None:
        """Forget everything: customers, service accounts, switches, faults. The demo's reseller is there."""
        super().reset()
        self._google.ensure_demo()

    def _customer(self, domain: str) -> Row:
        found = self._google.customer(domain)
        if found is None:
            raise ValueError(f"there is no customer {domain}")
        return found
