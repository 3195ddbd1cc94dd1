"""What Google's answers mean that are no success; its own refusals come in one envelope over all of its APIs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_noop
from requests import Response

from vendors.errors import Misconfigured, NotFound, NotYet, Rejected, Transient, VendorError
from vendors.http import BUSY, json_object

NOT_LET_IN = gettext_noop(
    "Google does not let the service account in: %(reason)s Check the key file, the administrator in whose name it"
    " acts, and that it is authorized for domain-wide delegation."
)
NO_RIGHT = gettext_noop(
    "Google refuses the service account: %(reason)s Enable the API in its project, and authorize it for all scopes."
)
NO_QUOTA = gettext_noop("Google takes no more calls now: %(reason)s It will be tried again by itself.")
NOT_OURS = gettext_noop("Google says that this customer is not ours, or no longer: %(reason)s")
CLOSED = gettext_noop(
    "The customer does not let us into its domain: %(reason)s Its administrator allows access of the reseller in the"
    " Admin console."
)
UNKNOWN = gettext_noop("Google does not know what was asked for: %(reason)s")
REFUSED = gettext_noop("Google refused: %(reason)s")
BUSY_NOW = gettext_noop("Google is busy with this object. It will be tried again by itself.")
STILL_BUSY = gettext_noop("Google stays busy with this object. Try again later.")
UNREADABLE = gettext_noop("Google's answer says nothing of what was asked for. It will be looked up.")
NOT_READABLE = gettext_noop("The answer of %(server)s cannot be read. It will be asked again.")
WRONG_ADDRESS = gettext_noop(
    "There is no Google API at %(server)s (%(status)s). Correct the address in the connection."
)
GATEWAY = gettext_noop("Something between us and %(server)s answers (%(status)s). It will be tried again by itself.")

# Reasons that pass, with the seconds after which another attempt makes sense (Reseller API, limits page).
QUOTAS = {
    "quotaExceeded": 60.0,
    "rateLimitExceeded": 10.0,
    "userRateLimitExceeded": 10.0,
    "dailyLimitExceeded": 3600.0,
}
NOT_SET_UP = frozenset({"accessNotConfigured", "insufficientPermissions"})
DUPLICATE = "duplicate"


class NotOurs(Rejected):
    """The customer is not, or no longer, one of this reseller's."""

    default_code = "forbidden"


@dataclass(frozen=True)
class Told:
    """A refusal of Google's own: its status, reason and message."""

    status: int
    reason: str
    message: str


def told(response: Response) -> Told | None:
    """Return the refusal that an answer holds; None for an answer of something in between."""
    error: Any = (json_object(response) or {}).get("error")
    if not isinstance(error, Mapping) or not isinstance(error.get("code"), int):
        return None
    rows = error.get("errors")
    first = rows[0] if isinstance(rows, list) and rows and isinstance(rows[0], Mapping) else {}
    reason = str(first.get("reason") or error.get("status") or "")
    return Told(response.status_code, reason, str(error.get("message") or reason))


def is_googles(response: Response) -> bool:
    """Return whether a 4xx to a change is Google's own word: its envelope, or that it is busy."""
    return response.status_code in BUSY or told(response) is not None


def error_of(response: Response, server: str, *, sought: str) -> VendorError:
    """Return what an answer means that is no success."""
    status, refusal = response.status_code, told(response)
    if refusal is None:
        if status in BUSY:
            return NotYet(BUSY_NOW, code=str(status), refusal=Rejected(STILL_BUSY, code=str(status)))
        if status == 404 and not response.content.lstrip().startswith(b'{"error"'):  # half of one: the line broke
            return Misconfigured(WRONG_ADDRESS, server=server, status=status)
        return Transient(GATEWAY, code=str(status), server=server, status=status)
    return _meant(refusal, sought)


def _meant(refusal: Told, sought: str) -> VendorError:
    reason, said = refusal.reason, {"code": refusal.reason or str(refusal.status), "reason": refusal.message}
    if refusal.status == 401 or reason in NOT_SET_UP:
        return Misconfigured(NO_RIGHT if reason in NOT_SET_UP else NOT_LET_IN, **said)
    if reason in QUOTAS:
        return Transient(NO_QUOTA, retry_after=QUOTAS[reason], **said)
    if reason == "domainCannotUseApis":
        return Rejected(CLOSED, **said)
    if refusal.status == 403:
        return NotOurs(NOT_OURS, **said)
    if refusal.status == 404:
        return NotFound(UNKNOWN, sought=sought, **said)
    return Rejected(REFUSED, **said)
