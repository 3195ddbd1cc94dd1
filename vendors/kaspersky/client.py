"""The client of Kaspersky's Subscriptions API v2.0: how it wants to be asked, and how its answers are read.

Kaspersky publishes no documentation of it. Paths and members are those that independent public clients agree on
(docs/kaspersky.md lists them, and what is unverified); what we had to guess stands here, behind one name each.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext_noop
from requests import Response

from vendors.base import JSON, Connection
from vendors.errors import LostAnswer, Misconfigured, NotAnswering, NotFound, NotYet, Rejected, VendorError
from vendors.http import BUSY, TOO_MANY_REQUESTS

LIVE = "https://api.korm.kaspersky.com"
DEMO = "https://api.demo.korm.kaspersky.com"
API = "/Subscriptions/v2.0/api/Subscription/"
# States that published clients know. Others are shown as they come, and are neither.
ACTIVE, CANCELLED = "Active", "HardCancel"
FREE, PAID = "Free", "Paid"
# An id that no subscription has: asking for it proves that we are let in.
NOBODY = "00000000-0000-0000-0000-000000000000"

NOT_A_PARTNER = gettext_noop(
    "%(server)s does not let us in: %(reason)s Upload the certificate (PFX) that Kaspersky has issued to the partner."
)
NO_API = gettext_noop(
    "%(server)s does not answer like Kaspersky's Subscriptions API (%(status)s). Correct the server's address in the"
    " connection; where it is right, Kaspersky's server may have refused the certificate."
)
UNKNOWN = gettext_noop("Kaspersky does not know subscription %(subscription)s: %(reason)s")
REFUSED = gettext_noop("Kaspersky refused: %(reason)s")
BUSY_NOW = gettext_noop("Kaspersky is busy with this subscription. It will be tried again by itself.")
UNREADABLE = gettext_noop("Kaspersky's answer cannot be read. Whether it did what was asked is not known.")
# What a server of this kind (ASP.NET Web API) says of an address that it does not serve: no word on a subscription.
NO_ROUTE = re.compile(r"No (HTTP resource|action|type) was found", re.IGNORECASE)


@dataclass(frozen=True)
class Details:
    """How a subscription stands. `quantity` is None, `sku` and `code` are "", where Kaspersky does not tell them."""

    state: str
    period: str
    period_ends: str
    quantity: int | None = None
    sku: str = ""
    license_id: str = ""
    code: str = ""

    @property
    def runs(self) -> bool:
        """Whether it is active."""
        return self.state == ACTIVE

    @property
    def is_over(self) -> bool:
        """Whether it was cancelled."""
        return self.state == CANCELLED

    @property
    def is_free(self) -> bool:
        """Whether its free period lasts, in which the quantity stays."""
        return self.period == FREE


class Korm:
    """The API over one connection. Who we are is the certificate of TLS: there is no token and no request id."""

    def __init__(self, connection: Connection) -> None:
        self.http = connection.http
        self.base = connection.setting("base_url", LIVE).rstrip("/")
        self.server = urlsplit(self.base).netloc

    def details(self, subscription: str) -> Details:
        """Return how a subscription stands. Raises NotFound for one that Kaspersky does not know, VendorError."""
        response = self.http.exchange(
            "GET", f"{self.base}{API}getdetails", changes=False, params={"SubscriptionId": subscription}
        )
        told = _object(response)
        if not response.ok or response.status_code >= 300:
            raise self._no(response, told, subscription)
        state = None if told is None else told.get("Status")
        about = "" if told is None else str(told.get("SubscriptionId") or subscription)
        if told is None or not isinstance(state, str) or not state or about.lower() != subscription.lower():
            raise NotAnswering(NO_API, code="unreadable", server=self.server, status=response.status_code)
        return _details(told)

    def reach(self) -> str:
        """Ask after a subscription that nobody has, and return what Kaspersky says of it: it speaks, and lets us in.

        Nothing cheaper is published that needs the certificate. Raises VendorError where somebody else answers.
        """
        try:
            return self.details(NOBODY).state
        except Rejected as refusal:
            return str(refusal.values.get("reason", ""))

    def send(self, call: str, subscription: str = "", **members: object) -> JSON:
        """Have something changed, and return what is told: {} for an empty answer. Raises VendorError; never repeats.

        What an answer to a change looks like is not published: the caller reads the details before it believes one.
        """
        body = {"SubscriptionId": subscription, **members} if subscription else members
        response = self.http.exchange("POST", f"{self.base}{API}{call}", changes=True, own=_is_own, json=body)
        told = _object(response)
        if response.status_code >= 400:
            raise self._no(response, told, subscription)
        if told is None and response.content.strip():
            raise LostAnswer(UNREADABLE, code="unreadable", answered=True)
        about = str((told or {}).get("SubscriptionId") or subscription)
        if subscription and about.lower() != subscription.lower():
            raise LostAnswer(UNREADABLE, code="anothers", answered=True)
        return told or {}

    def _no(self, response: Response, told: JSON | None, subscription: str) -> VendorError:
        """Return what a refusal means. Codes are not published and decide nothing; the status does, and who speaks."""
        status, reason = response.status_code, _reason(told)
        if status in BUSY:
            refusal = Rejected(REFUSED, code=str(status), reason=reason or str(status))
            return NotYet(BUSY_NOW, code=str(status), refusal=refusal)
        if not reason or status < 400 or (status == 404 and _is_no_route(told)):
            return NotAnswering(NO_API, code=str(status), server=self.server, status=status)
        if status in (401, 403):
            return Misconfigured(NOT_A_PARTNER, code="not_a_partner", server=self.server, reason=reason)
        if status == 404:
            sought = f"subscriptions/{subscription}"
            return NotFound(UNKNOWN, code="404", sought=sought, subscription=subscription, reason=reason)
        return Rejected(REFUSED, code=str((told or {}).get("ErrorCode") or status)[:60], reason=reason)


def _is_own(response: Response) -> bool:
    """Return whether a 4xx to a change is Kaspersky's own: it has a Message. A 404 of a route did nothing either."""
    return response.status_code in BUSY | {TOO_MANY_REQUESTS} or bool(_reason(_object(response)))


def _is_no_route(told: JSON | None) -> bool:
    return "MessageDetail" in (told or {}) or NO_ROUTE.search(_reason(told)) is not None


def _reason(told: JSON | None) -> str:
    """Return the sentence of a refusal, "" where there is none: what refuses otherwise is not Kaspersky."""
    message = (told or {}).get("Message")
    return message.strip() if isinstance(message, str) else ""


def _object(response: Response) -> JSON | None:
    """Return the JSON object that was answered, None for anything else."""
    try:
        told = response.json()
    except (ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) else None


def _details(told: Mapping[str, Any]) -> Details:
    quantity = told.get("Quantity")
    return Details(
        state=str(told["Status"]),
        period=str(told.get("PeriodType") or ""),
        period_ends=str(told.get("PeriodEnd") or "")[:10],
        quantity=quantity if isinstance(quantity, int) and not isinstance(quantity, bool) else None,
        sku=str(told.get("Sku") or ""),
        license_id=str(told.get("LicenseId") or ""),
        code=str(told.get("ActivationCode") or ""),
    )
