"""All that the pretend Microsoft knows: its clock, its switches, its apps, and what was asked of it."""

import hashlib
import threading
from typing import Any
from uuid import UUID, uuid5

from sandbox.microsoft.faults import KINDS, PLACES
from sandbox.store import Store
from sandbox.world import VendorWorld
from sandbox.wsgi import Request

PARTNER_TENANT = "5a0dbec5-7e57-4a5b-9b0c-c0ffee000001"
PARTNER_DOMAIN = "sandboxpartner.onmicrosoft.com"
PARTNER_NAME = "Sandbox Partner"
PARTNER_MPN = "4391507"
KNOWN_MPN_IDS = frozenset({PARTNER_MPN, "4847383", "5139005"})
# The partner's indirect resellers: tenant (associatedPartnerId of a customer), name, Partner ID (on orders).
RESELLERS = {
    "2f1c2b7e-7e57-4c0d-8a11-000000000001": ("Sandbox Reseller One", "4847383"),
    "2f1c2b7e-7e57-4c0d-8a11-000000000002": ("Sandbox Reseller Two", "5139005"),
}
ADMIN_ID = "1824b7fc-2fac-4478-b177-66823c40ab75"
ADMIN_NAME = "Sandbox Admin"
ADMIN_UPN = f"admin@{PARTNER_DOMAIN}"

DEMO_CLIENT_ID = "7c0d3a3e-1111-4222-8333-0b0b0b0b0b0b"
DEMO_SECRET = "sandbox-secret"  # noqa: S105 (public: it opens a pretend vendor only)
DEMO_APP_NAME = "Brokerage demo"
LOGIN_HOST = "https://login.microsoftonline.com"

SWITCHES: dict[str, Any] = {
    "mfa_required": False,  # tokens without the mfa method are refused, at login and by Partner Center
    "admin_uses_mfa": True,  # whether the admin of the consent page proves a second factor
    "token_error": None,  # an AADSTS class that the token endpoint answers to everything
    "secret_expired": False,  # the right secret is answered with 7000222
    "address_contract": "2021",  # or "2019": which contract POST validations/address follows
    "agreement_required": True,  # orders without a confirmed agreement are refused with 13605
    "customer_limit": None,  # 75 in Microsoft's integration sandbox
    "subscription_limit": None,  # 5 a customer there
    "licence_limit": None,  # 25 a subscription there
    "requests_per_minute": None,  # 500 a tenant in production
    "legacy_pending_reads": 0,  # reads of its status during which a legacy order is still being provisioned
    "modern_pending_reads": 1,  # the same for orders of the modern catalogue
    "list_lag_seconds": 0,  # by how much lists of orders and subscriptions are behind; up to 900 at Microsoft
    "list_lag_varies": False,  # whether each thing has a lag of its own, from none to list_lag_seconds
    "cart_life_days": 7,  # how long a cart can be checked out; the manual of 2021 showed 15 minutes
    "checkout_repeats": True,  # a second checkout answers as the first did; otherwise with 800065
    "order_visible_delay_seconds": 0,  # for how long after its making an order is 404/20000 by its id
    "subscription_id_delay_seconds": 0,  # for how long a modern order waits for its subscriptions
    "orders_reviewed": False,  # modern orders stay "pending review" until finish_reviews
    "partner_attestation_required": False,  # carts without PartnerOnRecordAttestationAccepted: 400/900206
    "legacy_agreement_until": None,  # the day (ISO 8601) from which the old POST of agreements is refused
    "agreements_valid_since": None,  # the day before which agreements do not count any more; 2023-04-01 at Microsoft
    "attestation_link_days": 30,  # how long the signer's link of an enhanced attestation lives; unpublished
    "legacy_offers_until": None,  # the day (ISO 8601) from which no legacy offer is for sale
    "term_required": False,  # a line of the new commerce without termDuration is refused; else it is P1Y
    "vetting_seconds": 0,  # how long a qualification is in review before it is approved
    "window_days": 7,  # in how many days seats can be given back after purchase, renewal or their own addition
    "window_ends": "moment",  # of those days: to the second, or at the "midnight" (UTC) after the last
    "lowered_batch": "newest",  # which seats go first when some are given back: the "newest" or the "oldest"
    "cancel_refusal": 900117,  # or 900213, 800019: what cancelling answers once the window is over
    "lowering_refusal": 900257,  # or 900214, 800090: what lowering answers once the window is over
    "subscription_ready_seconds": 0,  # for how long after its making a subscription answers 409/800082 to PATCH
    "updates_paused": False,  # PATCH of a subscription of the new commerce answers 400/900280
    "trial_auto_renews": True,  # whether a trial becomes what is paid unless told otherwise; unpublished
    "strict_end_of_term": True,  # scheduled actions that contradict autoRenewEnabled are refused; unpublished
    "term_end_queue_seconds": 21600,  # how long the end of a term waits after 00:00 UTC; up to 86400 at Microsoft
    "disabled_days": 120,  # how long what was disabled is kept: 30 days and 90 more
    "extended_bought_since": "2025-04-01",  # terms that began before have no extended term
    "extended_since": "2026-05-04",  # terms whose last day is before have none either
    "transition_seconds": 0,  # how long a move to another product takes
    "reseller_by_mpn": True,  # a Partner ID is taken for associatedPartnerId too, where the tenant's GUID belongs
    "sheet_rows": 0,  # up to how many rows price sheets are filled with made-up products; 300,000 at Microsoft
    "sheet_price_of": "term",  # what UnitPrice pays of a term that is paid in parts: the "term" or an "instalment"
    "gdap_required": False,  # users and licences of a customer without an active GDAP relationship: 403/900308
    "export_running_reads": 1,  # reads of an export's operation during which it still runs
    "sas_seconds": 3600,  # how long the signature of an export's manifest is good; unpublished
    "same_signer_by": "all",  # which of names, e-mail and phone make a signer the same (600061): "all" or "any"
    "pascal_case_patch_answers": False,  # PATCH of a subscription answers with PascalCase names
    "link_style": "published",  # or "plain", "versioned", "bare": how links to the next page are spelled
    "availabilities": 1,  # counts up when the ids of the modern catalogue change
}

# Where Microsoft is stricter since 2026 than the sandbox by default. The day on which legacy offers ended is not known.
TODAY: dict[str, Any] = {
    "agreements_valid_since": "2023-04-01",
    "legacy_agreement_until": "2026-01-05",
    "legacy_offers_until": "2026-01-01",
    "list_lag_seconds": 900,
    "list_lag_varies": True,
    "mfa_required": True,
    "reseller_by_mpn": False,
    "term_required": True,
    "vetting_seconds": 86400,
}


class World(VendorWorld):
    """The state of one pretend Microsoft; several may live in one process."""

    switches_by_default = SWITCHES
    kinds_of_fault = KINDS
    places_of_faults = PLACES

    def __init__(self, store: Store, *, advertised_login: str = LOGIN_HOST) -> None:
        super().__init__(store)
        self.advertised_login = advertised_login.rstrip("/")
        self._guard = threading.Lock()
        self._quota: dict[str, tuple[int, int]] = {}
        self.ensure_demo_app()

    # registered apps

    def register_app(
        self,
        client_id: str,
        *,
        secret: str,
        name: str = "Registered app",
        redirect_uris: tuple[str, ...] | list[str] = (),
        certificates: tuple[str, ...] | list[str] = (),
    ) -> dict[str, Any]:
        """Register an app in the partner's tenant, or change one, and return it; the secret is kept as a hash.

        `certificates` are those (PEM) by which the app may be known instead.
        """
        app = {
            "client_id": client_id.lower(),
            "secret_sha256": hashlib.sha256(secret.encode()).hexdigest(),
            "name": name,
            "redirect_uris": list(redirect_uris),
            "certificates": list(certificates),
        }
        return self.store.put("app", client_id.lower(), app)

    def ensure_demo_app(self) -> None:
        """Register the app of the demo where it is missing; any redirect to this machine is open to it."""
        if self.app(DEMO_CLIENT_ID) is None:
            self.register_app(DEMO_CLIENT_ID, secret=DEMO_SECRET, name=DEMO_APP_NAME)

    def app(self, client_id: str) -> dict[str, Any] | None:
        """Return a registered app, or None."""
        return self.store.get("app", client_id.lower())

    # tenants

    def tenant_id(self, name: str) -> str | None:
        """Return the id of the tenant that a GUID, a domain, `common` or `organizations` names, or None."""
        wanted = name.lower()
        if wanted in (PARTNER_TENANT, PARTNER_DOMAIN, "common", "organizations"):
            return PARTNER_TENANT
        domain = self.store.get("domain", wanted)
        if domain:
            return str(domain["tenant"])
        return wanted if self.store.get("customer", wanted) else None

    # what was asked

    def note(  # type: ignore[override]  # Microsoft's are remembered with more
        self, request: Request, *, status: int | None, replayed: bool, body: Any
    ) -> None:
        """Remember a request and its outcome; status None means that the connection was dropped."""
        request_id = request.headers.get("ms-requestid")
        correlation_id = request.headers.get("ms-correlationid")
        super().note(
            request,
            status=status,
            replayed=replayed,
            body=body,
            request_id=request_id,
            correlation_id=correlation_id,
        )

    def over_quota(self, tenant: str) -> int | None:
        """Count a call of a tenant; return the seconds to wait where its minute's quota is used up, else None."""
        limit = self.switch("requests_per_minute")
        if limit is None:
            return None
        moment = int(self.now())
        with self._guard:
            begun, count = self._quota.get(tenant, (moment, 0))
            if moment - begun >= 60:
                begun, count = moment, 0
            self._quota[tenant] = (begun, count + 1)
        return 60 - (moment - begun) if count >= limit else None


def stable_id(*parts: str) -> str:
    """Return a GUID that is the same for the same parts, for things that Microsoft never changes the id of."""
    return str(uuid5(UUID(PARTNER_TENANT), "/".join(parts)))
