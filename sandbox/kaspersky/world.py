"""All that the pretend Kaspersky knows: its partners, its clock, its switches, and what was asked of it."""

import secrets
from datetime import UTC, datetime
from typing import Any, ClassVar
from uuid import uuid4

from sandbox.faults import KINDS
from sandbox.kaspersky.tls import PARTNER_FINGERPRINT, fingerprint
from sandbox.world import VendorWorld
from sandbox.wsgi import Request

Row = dict[str, Any]
# What an activation code is made of: without letters that are taken for digits.
LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ123456789"
# What no published client shows of `getdetails`, and the pretend one tells unless it is switched off.
MORE_DETAILS = ["SubscriptionId", "LicenseId", "Sku", "Quantity"]


class World(VendorWorld):
    """The state of one pretend Kaspersky."""

    kinds_of_fault = {
        **KINDS,
        "refused": "the vendor's own `status` (400) with `text` as Message, before acting",
        "no_route": "404 as the server answers for an address that it does not serve, before acting",
    }
    switches_by_default: ClassVar[Row] = {
        # Over plain HTTP nobody shows a certificate: whose (SHA-256, hexadecimal) callers are taken to have; null: none
        "plain_fingerprint": PARTNER_FINGERPRINT,
        "first_order_is_free": True,  # the first order of a customer is free to the last day of the month
        "details_tell": MORE_DETAILS,  # beside Status, PeriodType and PeriodEnd; ActivationCode can be had too
        "error_members": "all",  # or "message": ErrorCode and ErrorId are seen with one client only
        "unknown_status": 404,  # or 400: what an unknown SubscriptionId is answered with is not published
        "empty_success": False,  # whether what changes something is answered without a body
        "refuses_duplicates": True,  # one subscription of a SKU for each CustomerCode, as the older service has it
    }

    def ensure_demo_partner(self) -> None:
        """Register the partner whose certificate lies in pki/ where it is missing."""
        if self.store.get("partner", PARTNER_FINGERPRINT) is None:
            self.register_partner(PARTNER_FINGERPRINT)

    def register_partner(self, print_of: str) -> None:
        """Register a partner by the fingerprint of its certificate."""
        self.store.put("partner", print_of, {"fingerprint": print_of})

    def partner(self, request: Request) -> str | None:
        """Return the fingerprint of the registered partner that calls, None where it is none."""
        plain = request.certificate is None
        shown = self.switch("plain_fingerprint") if plain else fingerprint(request.certificate or b"")
        return shown if shown and self.store.get("partner", str(shown)) is not None else None

    # moments and names

    def moment(self) -> datetime:
        """Return the sandbox's time."""
        return datetime.fromtimestamp(self.now(), UTC)

    def next_month(self) -> datetime:
        """Return the first moment of the next month."""
        now = self.moment()
        return now.replace(
            year=now.year + now.month // 12, month=now.month % 12 + 1, day=1, hour=0, minute=0, second=0, microsecond=0
        )

    def fresh_names(self) -> Row:
        """Return the id, the activation code and the licence number of a new subscription."""
        code = "-".join("".join(secrets.choice(LETTERS) for _letter in range(5)) for _group in range(4))
        number = len(self.store.all("subscription")) + 1
        licence = f"{secrets.token_hex(2).upper()}-{self.moment():%y%m%d}-{number:06}"
        return {"SubscriptionId": str(uuid4()), "ActivationCode": code, "LicenseId": licence}
