"""The switchboard of the pretend Microsoft: the same verbs for tests in the process and, as JSON, over HTTP."""

from typing import Any
from uuid import uuid4

from sandbox.control import Switchboard, verbs_of
from sandbox.microsoft.aad_errors import ERRORS
from sandbox.microsoft.agreements import accept_directly, void
from sandbox.microsoft.attestations import sign
from sandbox.microsoft.certificates import read_certificate
from sandbox.microsoft.exports import set_lines
from sandbox.microsoft.listing import keep
from sandbox.microsoft.orders import finish_reviews
from sandbox.microsoft.products import sold_as
from sandbox.microsoft.qualifications import decide
from sandbox.microsoft.relationships import decide as decide_gdap
from sandbox.microsoft.shapes import read_moment
from sandbox.microsoft.sheets import set_price
from sandbox.microsoft.term_end import pass_time
from sandbox.microsoft.tokens import consent_given, new_refresh_token, revoke_tokens, withdraw_consent
from sandbox.microsoft.world import DEMO_CLIENT_ID, PARTNER_TENANT, TODAY, World

# What of a subscription a test may alter, under the sandbox's own names.
ALTERABLE = {"quantity", "status", "auto_renew", "name", "term", "cycle", "ends"}


class Control(Switchboard):
    """What a test may do to the pretend Microsoft, and ask of it."""

    _world: World

    def live_today(self) -> dict[str, Any]:
        """Set the switches as Microsoft behaves since 2026, where the sandbox is milder by default."""
        return self.behave(**TODAY)

    def behave(self, **switches: Any) -> dict[str, Any]:
        """Set switches of world.SWITCHES and return how all stand."""
        if switches.get("token_error") is not None and switches["token_error"] not in ERRORS:
            raise ValueError(f"unknown AADSTS class {switches['token_error']}; there are {', '.join(map(str, ERRORS))}")
        return super().behave(**switches)

    # the clock

    def advance(self, *, days: float = 0, seconds: float = 0) -> None:
        """Move the clock forward; the terms of subscriptions end on the way."""
        super().advance(days=days, seconds=seconds)
        pass_time(self._world)

    def set_clock(self, *, at: str, stopped: bool = False) -> None:
        """Set the clock to a moment (ISO 8601, UTC where it names no zone); `stopped` lets only `advance` move it."""
        super().set_clock(at=at, stopped=stopped)
        pass_time(self._world)

    # consent

    def register_app(
        self,
        *,
        client_id: str,
        secret: str,
        name: str = "App",
        redirect_uris: list[str] | None = None,
        certificates: list[str] | None = None,
    ) -> None:
        """Register an app, or change the secret and the certificates (PEM) of one."""
        for pem in certificates or ():
            read_certificate(pem)
        self._world.register_app(
            client_id, secret=secret, name=name, redirect_uris=redirect_uris or [], certificates=certificates or []
        )

    def grant_consent(self, *, client_id: str = DEMO_CLIENT_ID, mfa: bool = True) -> dict[str, str]:
        """Consent in the admin's name without a browser and return a refresh token."""
        amr = ["pwd", "mfa"] if mfa else ["pwd"]
        consent_given(self._world, client_id)
        token = new_refresh_token(self._world, client_id=client_id, amr=amr, tenant=PARTNER_TENANT)
        return {"refresh_token": token, "tenant": PARTNER_TENANT}

    def withdraw_consent(self, *, client_id: str = DEMO_CLIENT_ID) -> None:
        """Withdraw the consent: refresh tokens are answered with AADSTS65001 until it is given again."""
        withdraw_consent(self._world, client_id)

    def revoke_consent(self, *, client_id: str = DEMO_CLIENT_ID) -> None:
        """Revoke what was granted until now: its refresh tokens are answered with AADSTS50173."""
        revoke_tokens(self._world, client_id)

    def expire_consent(self) -> None:
        """Let 91 days pass: all refresh tokens of today are answered with AADSTS700082."""
        self._world.advance(days=91)

    # what somebody decides at Microsoft or at the customer

    def accept_agreement(self, *, domain: str) -> None:
        """Let a customer's admin accept the Microsoft Customer Agreement in the Microsoft 365 admin center."""
        accept_directly(self._world, self._customer(domain))

    def void_agreements(self, *, domain: str) -> None:
        """Let all that a customer agreed to until now count no more: it has to agree anew (13605)."""
        void(self._world, self._customer(domain))

    def sign_attestation(self, *, attestation_id: str) -> None:
        """Let the signer of an enhanced attestation open the link and accept."""
        sign(self._world, attestation_id)

    def approve_gdap(self, *, domain: str) -> None:
        """Let a customer's admin approve the delegated administration that waits for approval."""
        decide_gdap(self._world, self._customer(domain), "active")

    def end_gdap(self, *, domain: str) -> None:
        """Let a customer's admin end all delegated administration."""
        decide_gdap(self._world, self._customer(domain), "terminated")

    def finish_reviews(self, *, approved: bool = True) -> int:
        """Decide on every order that is pending review; return how many there were."""
        return finish_reviews(self._world, approved=approved)

    def qualify(self, *, domain: str, qualification: str, status: str = "Approved", reason: str | None = None) -> None:
        """Decide what a customer is, a charity among it: the vetting is Approved, Denied or InReview."""
        decide(self._world, self._customer(domain), qualification, status, reason)

    def set_billing(
        self,
        *,
        lines: list[dict[str, Any]],
        subject: str = "usage",
        invoice: str | None = None,
        currency: str = "USD",
        period: str = "current",
    ) -> None:
        """Set the lines (objects of columns) that exports hold: of an invoice, or of a currency's unbilled period."""
        set_lines(self._world, lines, subject=subject, invoice=invoice, currency=currency, period=period)

    def alter_subscription(self, *, subscription_id: str, **members: Any) -> None:
        """Change members of ALTERABLE of a subscription, behind the partner's back."""
        unknown = set(members) - ALTERABLE
        if unknown:
            raise ValueError(f"of a subscription {', '.join(sorted(ALTERABLE))} can be altered")
        if "ends" in members:
            members["ends"] = read_moment(members["ends"])
        with self._world.store.transaction():
            for customer in self._world.store.all("customer"):
                kind = f"subscription:{customer['id']}"
                kept = self._world.store.get(kind, subscription_id.lower())
                if kept is not None:
                    keep(self._world, kind, {**kept, **members, "version": kept["version"] + 1})
                    return
        raise ValueError(f"there is no subscription {subscription_id}")

    def set_price(self, *, product: str, sku: str, price: str, since: str) -> None:
        """Change what a SKU costs the customer (US$ a seat and month) from a day on (ISO 8601)."""
        offer, moment = sold_as(product, sku), read_moment(since)
        if offer is None or moment is None:
            raise ValueError("set the price of a product and SKU of the catalogue, since a day")
        set_price(self._world, offer, price, moment)

    # the tenant's facts

    def add_foreign_customer(self, *, domain: str) -> dict[str, str]:
        """Add a tenant that belongs to another partner (403/20002) and whose domain is therefore taken."""
        identity = str(uuid4())
        foreign = {"id": identity, "foreign": True, "partner": PARTNER_TENANT, "domain": domain}
        with self._world.store.transaction():
            self._world.store.put("customer", identity, foreign)
            self._world.store.put("domain", domain.lower(), {"tenant": identity})
        return {"id": identity}

    def remove_customer(self, *, domain: str) -> None:
        """Remove a customer tenant with all it has: afterwards nobody knows its id (404/1000), the domain is free."""
        customer = self._customer(domain)
        with self._world.store.transaction():
            self._world.store.delete("customer", customer["id"])
            self._world.store.delete("domain", domain.lower())

    def end_relationship(self, *, domain: str) -> None:
        """Let a customer end the reseller relationship: it lives on without us (403/20002) and keeps its domain."""
        customer = self._customer(domain)
        self._world.store.put("customer", customer["id"], {**customer, "foreign": True, "partner": PARTNER_TENANT})

    def remove_subscriptions(self, *, domain: str) -> None:
        """Remove the subscriptions of a customer, as when the retention of their data has ended (404/20003)."""
        customer = self._customer(domain)
        with self._world.store.transaction():
            for subscription in self._world.store.all(f"subscription:{customer['id']}"):
                self._world.store.delete(f"subscription:{customer['id']}", subscription["id"].lower())

    def delete_subscriptions(self, *, domain: str) -> None:
        """Delete the subscriptions of a customer: they are still shown, with the status deleted (2011)."""
        customer = self._customer(domain)
        with self._world.store.transaction():
            for subscription in self._world.store.all(f"subscription:{customer['id']}"):
                gone = {**subscription, "status": "deleted", "auto_renew": False}
                self._world.store.put(f"subscription:{customer['id']}", subscription["id"].lower(), gone)

    def _customer(self, domain: str) -> dict[str, Any]:
        found = self._world.store.get("domain", domain.lower())
        customer = self._world.store.get("customer", str(found["tenant"])) if found else None
        if customer is None:
            raise ValueError(f"no customer has the domain {domain}")
        return customer

    def counts(self) -> dict[str, int]:
        """Return how many customers, agreements, orders, subscriptions and users there are."""
        store = self._world.store
        own = sum(not customer["foreign"] for customer in store.all("customer"))
        kinds = {"agreements": "agreement:", "orders": "order:", "subscriptions": "subscription:", "users": "user:"}
        return {"customers": own} | {name: store.count(prefix) for name, prefix in kinds.items()}

    def reset(self) -> None:
        """Forget everything: customers, apps, tokens, switches, faults. The demo's app is registered anew."""
        super().reset()
        self._world.ensure_demo_app()


VERBS = verbs_of(Control)
