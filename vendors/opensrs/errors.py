"""OpenSRS' codes, each with what it means for us and a sentence that says what to do.

Source: domains.opensrs.guide/docs/codes. A refusal comes with HTTP status 200.
"""

import re

from django.utils.translation import gettext_noop

from vendors.errors import LostAnswer, Misconfigured, NotFound, NotYet, Rejected, Transient, VendorError
from vendors.opensrs.xcp import Reply

WRONG_KEY = gettext_noop(
    "OpenSRS does not let us in: %(reason)s. Check the user name and the key, and that the address of this server is on"
    " the list in OpenSRS' control panel (a change takes up to 15 minutes)."
)
THROTTLED = gettext_noop("OpenSRS asks to wait: %(reason)s. It will be tried again by itself.")
BUSY = gettext_noop("OpenSRS is still busy with an earlier request. It will be tried again by itself.")
TROUBLE = gettext_noop("OpenSRS reports an error of its own: %(reason)s. It will be tried again by itself.")
IN_DOUBT = gettext_noop(
    "OpenSRS reports an error of its own (%(reason)s) that does not say whether it did what was asked."
)
REFUSED = gettext_noop("OpenSRS refused: %(reason)s")
NOT_FOUND = gettext_noop("OpenSRS does not find what was asked for: %(reason)s")
RENEWED_ALREADY = gettext_noop("This certificate is already being renewed at OpenSRS: %(reason)s")
CONTACT_WRONG = gettext_noop(
    "OpenSRS does not accept the account's contact data: %(reason)s Correct them on the account."
)
GATEWAY = gettext_noop(
    "Something between us and %(server)s answered in its place (%(status)s). It will be tried again; check the network."
)
WRONG_ADDRESS = gettext_noop("%(server)s does not answer like OpenSRS. Correct the connection's server address.")
CUT_SHORT = gettext_noop("The answer of %(server)s broke off. It will be tried again by itself.")
UNREADABLE = gettext_noop("OpenSRS' answer cannot be read. Whether it did what was asked is not known.")

KEY_CODES = frozenset({"401", "410", "415"})
# Certainly not done, for the command was not even begun.
NOT_BEGUN = frozenset({"300", "310", "350"})
WAITING = "437"
# Its own breakdown: of a command that changes something it does not say how far it came.
BROKEN = frozenset({"404", "405", "486", "705"})
UNKNOWN = "480"
SENTENCES = {"420": CONTACT_WRONG, "555": RENEWED_ALREADY}
# Seconds to wait where the vendor names none.
USUAL_WAIT = 60.0
_RETRY = re.compile(r"\bretry|try again", re.IGNORECASE)
_ADDRESS = re.compile(r"\bIP\b", re.IGNORECASE)
# The attributes that a refusal may name, as fields of the account or of the order.
FIELDS = {
    "csr": "csr",
    "approver_email": "approver",
    "domain": "csr",
    "phone": "phone",
    "postal_code": "zip",
    "city": "city",
    "state": "region",
    "country": "country",
    "address1": "street",
    "first_name": "contact_first_name",
    "last_name": "contact_last_name",
    "org_name": "primary_name",
    "email": "contact_email",
}
_NAMED = re.compile(r"\b(" + "|".join(FIELDS) + r")\b", re.IGNORECASE)


def error_of(reply: Reply, *, changes: bool, sought: str = "") -> VendorError:
    """Return what a refusal means; `sought` is the id that was asked for, `changes` whether anything was to change."""
    code, reason = reply.code, reply.text or reply.code
    passing = _passing(code, reason, changes=changes)
    if passing is not None:
        return passing
    if code in KEY_CODES or (code == "400" and _ADDRESS.search(reason)):
        return Misconfigured(WRONG_KEY, code=code, reason=reason.rstrip("."))
    if code == UNKNOWN:
        return NotFound(NOT_FOUND, code=code, reason=reason, sought=sought)
    named = _NAMED.search(reason)
    sentence = SENTENCES.get(code, REFUSED)
    return Rejected(sentence, code=code, at=FIELDS[named[1].lower()] if named else "", reason=reason)


def _passing(code: str, reason: str, *, changes: bool) -> VendorError | None:
    """Return the trouble that passes by itself, or leaves in doubt what was done; None for a word of the vendor's."""
    told = reason.rstrip(".")
    if code in NOT_BEGUN:
        return Transient(THROTTLED, code=code, retry_after=USUAL_WAIT, reason=told)
    if code == WAITING:
        return NotYet(BUSY, code=code, refusal=Rejected(REFUSED, code=code, reason=reason))
    if code not in BROKEN and not (code == "400" and _RETRY.search(reason)):
        return None
    if changes:
        return LostAnswer(IN_DOUBT, code=code, answered=True, reason=told)
    return Transient(TROUBLE, code=code, reason=told)
