"""What ESET says in its own words: numbers of refusals, with our sentences (help.eset.com/ema/2/api, error_codes)."""

from typing import Any

from django.utils.translation import gettext_noop
from requests import Response

from vendors.base import JSON
from vendors.errors import Misconfigured, NotFound, Rejected, VendorError
from vendors.http import json_object

REFUSED = gettext_noop("ESET refused: %(reason)s")
NO_PAGE = gettext_noop(
    "There is no API of ESET MSP Administrator 2 at %(server)s. Write the server's address as https://mspapi.eset.com."
)
NOT_KNOWN = gettext_noop("ESET has no such customer or licence of ours: %(reason)s")
# Refusals that people can do something about, by ESET's subCode under code 8.
SENTENCES = {
    18: gettext_noop("ESET takes no such quantity. Choose another one."),
    23: gettext_noop("The licence does not run at ESET. Activate the subscription first."),
    27: gettext_noop(
        "ESET does not sell this product to us. Choose another one in the application template, or ask ESET for it."
    ),
    30: gettext_noop("ESET does not take this quantity now: it is out of range. Choose another one."),
    32: gettext_noop("ESET allows us no trials of this product. Choose a template of full licences."),
    37: gettext_noop("The trial has run out at ESET. Switch the subscription to a plan of full licences."),
    40: gettext_noop(
        "The terms of use of ESET MSP Administrator are not accepted. Sign in at ESET's portal, accept them, and try"
        " again."
    ),
    45: gettext_noop("ESET does not make this product of the licence. Order the other plan, and delete this one."),
}
LICENCE = 8
# subCodes that say: it is as you want it.
CONVERTED, ALREADY_ORDERED, ALREADY_SUSPENDED, ALREADY_RUNNING = "8/19", "8/20", "8/21", "8/22"
NOT_ACTIVE, NOT_SUSPENDED, SAME_QUANTITY = "8/23", "8/36", "8/48"
NO_SUCH_PAGE = (99, 1)


def lowered(value: Any) -> Any:
    """Return a reply with the names of its members in lower case: clients have seen them in either."""
    if isinstance(value, dict):
        return {str(name).lower(): lowered(inner) for name, inner in value.items()}
    return [lowered(inner) for inner in value] if isinstance(value, list) else value


def words_of(response: Response) -> JSON | None:
    """Return ESET's own words of an error: an object with code and subCode, or what is wrong member by member.

    None for what else answers, for example a gateway's page or JSON.
    """
    told = lowered(json_object(response))
    if not told:
        return None
    numbered = isinstance(told.get("code"), int) and isinstance(told.get("subcode"), int)
    return told if numbered or all(_is_validation(inner) for inner in told.values()) else None


def is_numbered(response: Response | None) -> bool:
    """Return whether an answer is an error with ESET's numbers."""
    told = words_of(response) if response is not None else None
    return told is not None and "subcode" in told


def refusal_of(words: JSON, *, status: int, server: str, sought: str) -> VendorError:
    """Return what a refusal in ESET's own words means; `sought` is the call with the ids that it was about."""
    if "subcode" not in words:
        reason = "; ".join(f"{name}: {' '.join(inner)}" for name, inner in words.items())
        return Rejected(REFUSED, code="invalid", reason=reason)
    number, sub = words["code"], words["subcode"]
    code, reason = f"{number}/{sub}", str(words.get("message") or f"{number}/{sub}")
    if (number, sub) == NO_SUCH_PAGE:
        return Misconfigured(NO_PAGE, code=code, server=server)
    if status in (403, 404):
        return NotFound(NOT_KNOWN, sought=sought, code=code, reason=reason)
    message = SENTENCES.get(sub, REFUSED) if number == LICENCE else REFUSED
    return Rejected(message, code=code, reason=reason)


def _is_validation(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, str) for one in value)
