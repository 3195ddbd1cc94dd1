"""All that the pretend Google knows: service accounts, domains, their users and licences, and subscriptions."""

import hashlib
import secrets
from typing import Any

from sandbox.faults import KINDS
from sandbox.world import VendorWorld

Row = dict[str, Any]

# The demo's reseller: the administrator in whose name the service account acts.
DEMO_ADMIN = "admin@reseller.example"
DEMO_ACCOUNT = "brokerage@demo-reseller.iam.gserviceaccount.com"
# Who sells to a customer: we, another reseller, or Google itself.
OURS, ANOTHERS, DIRECT = "us", "another reseller", "google"
DAY = 86_400.0
ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"
SCOPES = "https://www.googleapis.com/auth/"
EVERY_SCOPE = (
    "apps.order",
    "apps.order.readonly",
    "admin.directory.user",
    "siteverification",
    "siteverification.verify_only",
    "apps.licensing",
    "admin.reports.usage.readonly",
)


class World(VendorWorld):
    """The state of one pretend Google."""

    kinds_of_fault = {
        **KINDS,
        "quota": "403 usageLimits.`reason` (quotaExceeded), before acting",
        "refused": "an answer of the vendor's own, `status` (400), `reason` (invalid) and `message`, before acting",
    }
    switches_by_default = {
        "list_lag_seconds": 0,  # by how much lists of subscriptions are behind; read by its id one is there at once
        "echoes_annual": True,  # ANNUAL_MONTHLY_PAY comes back as ANNUAL; false: as it was sent (both are published)
        "changes_ids": False,  # a change of the plan gives the subscription another id
        "trial_days": 30,
        "resold_everywhere": True,  # false: a customer outside the United States is refused
        "api_enabled": True,  # false: 403 accessNotConfigured
        "record_is_seen": True,  # false: a TXT record that was placed is not seen yet
        "calls_a_day": None,  # more are answered with 403 dailyLimitExceeded
    }

    def ensure_demo(self) -> None:
        """Have the demo's reseller, whose administrator a service account may act as."""
        if self.store.get("admin", DEMO_ADMIN) is None:
            self.store.put("admin", DEMO_ADMIN, {"email": DEMO_ADMIN})

    # service accounts

    def register_account(self, email: str, *, key_id: str, key: Row, scopes: tuple[str, ...] = EVERY_SCOPE) -> None:
        """Let a service account sign in with a key (a public JWK), for the scopes that its domain has granted it."""
        known = self.store.get("account", email) or {"keys": {}}
        self.store.put(
            "account", email, {"email": email, "keys": {**known["keys"], key_id: key}, "scopes": list(scopes)}
        )

    def new_token(self, account: str, scopes: list[str]) -> str:
        """Return a new access token, good for an hour of the sandbox's time."""
        token = f"ya29.{secrets.token_urlsafe(60)}"
        made = {"token": token, "account": account, "scopes": scopes, "until": self.now() + 3600}
        self.store.put("token", token, made)
        return token

    def granted(self, token: str) -> list[str] | None:
        """Return the scopes of a token, None for one that is unknown or has run out."""
        found = self.store.get("token", token)
        return None if found is None or found["until"] <= self.now() else found["scopes"]

    # customers

    def customer(self, key: str) -> Row | None:
        """Return a customer by its id or its domain, whoever sells to it."""
        wanted = key.lower()
        rows = self.store.all("customer")
        return next((row for row in rows if wanted in (row["id"].lower(), row["domain"])), None)

    def keep_customer(self, customer: Row, **changes: Any) -> Row:
        """Keep a customer with changes."""
        return self.store.put("customer", customer["id"], {**customer, **changes})

    def users(self, customer_id: str) -> list[Row]:
        """Return the users of a customer, the oldest first."""
        return [row for row in self.store.all("user") if row["customer"] == customer_id]

    def subscriptions(self, customer_id: str = "") -> list[Row]:
        """Return the subscriptions of a customer, or of all, the oldest first."""
        rows = self.store.all("subscription")
        return [row for row in rows if not customer_id or row["customer"] == customer_id]

    def licences(self, customer_id: str, sku: str) -> list[Row]:
        """Return to whom licences of a SKU are assigned."""
        return [row for row in self.store.all("licence") if (row["customer"], row["sku"]) == (customer_id, sku)]

    def transfers(self, token: str, customer: Row) -> bool:
        """Say whether a transfer token is one of the customer's, and still good."""
        found = self.store.get("transfer", token)
        return found is not None and found["customer"] == customer["id"] and found["until"] > self.now()


def fresh(length: int) -> str:
    """Return so many letters and digits that nobody guesses."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def hashed(password: str) -> str:
    """Return what is kept of a password."""
    return hashlib.sha256(password.encode()).hexdigest()


def milliseconds(moment: float) -> str:
    """Return a moment as the Reseller API writes it: milliseconds since 1970, as a text."""
    return str(round(moment * 1000))
