"""What nobody could verify of Partner Center as it is today: each a setting by name (MICROSOFT_UNVERIFIED).

The specification (microsoft-2026.md) marks these with [?]. The values here are those of the pretend Partner Center;
an installation that knows better sets them without a change of code. docs/office365.md explains each.
"""

from datetime import date

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

DEFAULTS: dict[str, str] = {
    # Members of POST attestations/enhanced, of its answer, and of GET attestations/enhanced/{id}.
    "attestation_email": "signatoryEmail",
    "attestation_phone": "signatoryPhoneNumber",
    "attestation_id": "attestationId",
    "attestation_status": "status",
    "attestation_link": "link",
    # What its status says, in small letters, once the signer has accepted, and once the link has run out.
    "attestation_accepted": "accepted",
    "attestation_expired": "expired",
    # Where the signer is led where the answer tells no link; {attestation_id} and {language} are filled in.
    "attestation_page": "",
    # The member of POST customers/{c}/agreements that names the attestation.
    "agreement_attestation": "attestationId",
    # Where a customer's administrator accepts the agreement directly.
    "direct_acceptance_page": "https://admin.microsoft.com/AdminPortal/Home?ref=/BillingAccounts/agreement",
    # Agreements confirmed before this day no longer count.
    "agreement_void_before": "2023-04-01",
}


def unverified(name: str) -> str:
    """Return the value of a name of DEFAULTS: the installation's own where it has one.

    Raises ImproperlyConfigured where the installation names what is not among them, or no day where a day belongs.
    """
    own = settings.MICROSOFT_UNVERIFIED
    unknown = sorted(set(own) - set(DEFAULTS))
    if unknown:
        raise ImproperlyConfigured(f"MICROSOFT_UNVERIFIED has {unknown[0]!r}: use the names of docs/office365.md")
    value = str(own.get(name, DEFAULTS[name]))
    if name == "agreement_void_before":
        try:
            date.fromisoformat(value)
        except ValueError as fault:
            raise ImproperlyConfigured(f"MICROSOFT_UNVERIFIED: {name} is a day, as in 2023-04-01") from fault
    return value
