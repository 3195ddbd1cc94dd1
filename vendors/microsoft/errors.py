"""Microsoft's error codes, each with what it means for us and a sentence that says what to do."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from django.utils.translation import gettext_noop

from vendors.errors import (
    ConsentDeclined,
    ConsentNeeded,
    Country,
    Misconfigured,
    NotFound,
    NotYet,
    Rejected,
    Transient,
    VendorError,
)
from vendors.http import BUSY
from vendors.microsoft.fields import field_named_in

UNSOLD_CODE = "20000"
UNSOLD = gettext_noop("Microsoft does not sell in this country (%(country)s). Correct the country.")
MFA_REQUIRED = gettext_noop(
    "Microsoft requires multi-factor authentication, and the permissions were granted without it. "
    "Switch MFA on for the account that grants, then grant the permissions again."
)
MFA_EXPIRED = gettext_noop("The multi-factor sign-in is too old for Microsoft. Grant the permissions again.")
MFA_ENROL = gettext_noop(
    "The account that granted the permissions has no multi-factor authentication set up. "
    "Sign in to Microsoft with it once to set it up, then grant the permissions again."
)
TOKEN_EXPIRED = gettext_noop("Microsoft's permission has expired. Grant the permissions again.")
CODE_EXPIRED = gettext_noop("The grant was not finished in time or its token has expired. Grant the permissions again.")
REVOKED = gettext_noop(
    "The permission was revoked: the password was changed or an administrator withdrew it. Grant the permissions again."
)
CONSENT_MISSING = gettext_noop(
    "Nobody has consented to this application yet, or the consent was withdrawn. Grant the permissions."
)
DECLINED = gettext_noop("The permissions were declined at Microsoft. Grant them to use this connection.")
TOKEN_INVALID = gettext_noop("Microsoft does not accept the stored token any more. Grant the permissions again.")
CODE_REDEEMED = gettext_noop("This grant was used already. Start granting the permissions once more.")
WRONG_SECRET = gettext_noop(
    "The application's secret key is wrong. Copy its value (not its id) from the application's registration "
    "at Microsoft; granting again will not help."
)
SECRET_EXPIRED = gettext_noop(
    "The application's secret key has expired. Make a new one in the application's registration at Microsoft "
    "and save it here."
)
WRONG_ASSERTION = gettext_noop(
    "Microsoft does not accept the application's certificate. Register it with the application at Microsoft (the"
    " certificate without its key), and upload it here with its key."
)
UNKNOWN_APPLICATION = gettext_noop(
    "Microsoft knows no application with this id in the tenant. Correct the application id or the tenant id."
)
UNKNOWN_TENANT = gettext_noop("Microsoft knows no such tenant. Correct the Microsoft tenant id.")
BAD_PASSWORD = gettext_noop("Microsoft did not accept the user name or password. Grant the permissions again.")
OTHER_CONSENT = gettext_noop("Microsoft asks a person to sign in (%(code)s). Grant the permissions again.")
OTHER_SETTINGS = gettext_noop(
    "Microsoft does not accept the connection's settings (%(code)s). Check the application id, the secret key, "
    "the tenant id and the reply address."
)
LOGIN_TROUBLE = gettext_noop("Microsoft's sign-in service has trouble of its own. It will be tried again by itself.")
NOT_GRANTED = gettext_noop("The permissions have not been granted yet. Grant them to use this connection.")
ANOTHER_BROWSER = gettext_noop(
    "Microsoft's answer does not belong to the grant that was begun here. Start granting the permissions once more."
)
NOT_AN_AGENT = gettext_noop(
    "The account that granted the permissions may not work in Partner Center. "
    "Make it an admin agent, or grant with another account."
)
NO_RIGHTS = gettext_noop("Partner Center does not accept the token. Grant the permissions again.")

WRONG_AUDIENCE = gettext_noop(
    "Microsoft does not accept the token's audience (900420). Check the application id and the servers' addresses of"
    " the connection."
)

# AADSTS codes (specification 1.5): what to do next, and the sentence.
SIGN_IN: dict[int, tuple[type[VendorError], str]] = {
    50076: (ConsentNeeded, MFA_REQUIRED),
    50079: (ConsentNeeded, MFA_ENROL),
    50078: (ConsentNeeded, MFA_EXPIRED),
    700082: (ConsentNeeded, TOKEN_EXPIRED),
    70008: (ConsentNeeded, CODE_EXPIRED),
    50173: (ConsentNeeded, REVOKED),
    65001: (ConsentNeeded, CONSENT_MISSING),
    65004: (ConsentDeclined, DECLINED),
    54005: (ConsentNeeded, CODE_REDEEMED),
    70000: (ConsentNeeded, TOKEN_INVALID),
    50126: (ConsentNeeded, BAD_PASSWORD),
    7000215: (Misconfigured, WRONG_SECRET),
    700027: (Misconfigured, WRONG_ASSERTION),
    7000222: (Misconfigured, SECRET_EXPIRED),
    700016: (Misconfigured, UNKNOWN_APPLICATION),
    90002: (Misconfigured, UNKNOWN_TENANT),
}
CONSENT_ERRORS = frozenset({"invalid_grant", "interaction_required", "consent_required", "login_required"})
SETTINGS_ERRORS = frozenset(
    {"invalid_client", "unauthorized_client", "invalid_request", "invalid_resource", "invalid_tenant"}
)

DOMAIN_TAKEN = gettext_noop("The domain %(domain)s is taken at Microsoft. Choose another domain prefix.")
ADDRESS_WRONG = gettext_noop("Microsoft does not accept the account's address: %(reason)s Correct the address.")
CUSTOMER_UNKNOWN = gettext_noop("Microsoft knows no such customer of ours (%(reason)s). Check the tenant id.")
NOT_FOUND = gettext_noop("Microsoft does not find what was asked for: %(reason)s")
REFUSED = gettext_noop("Microsoft refused: %(reason)s")
IN_PROGRESS = gettext_noop("Microsoft is still busy with an earlier request. It will be tried again by itself.")
STALE = gettext_noop("The subscription was changed at Microsoft meanwhile. It will be read and changed again.")
UNREADABLE = gettext_noop("Microsoft's answer cannot be read. Whether the request was carried out will be looked up.")
GATEWAY = gettext_noop(
    "Something between us and %(server)s answered in its place (%(status)s). It will be tried again; check the network."
)
WRONG_ADDRESS = gettext_noop("%(server)s does not answer like Partner Center. Correct the connection's API address.")

NO_AGREEMENT = gettext_noop(
    "Microsoft has no agreement of the type %(type)s to confirm. Choose another agreement type in the connection."
)

# A change of a subscription that Microsoft has not finished: for up to a day (microsoft-2026.md, section 1).
PENDING_CODE, PENDING_WAITS = "900278", 32
# A term that is just being renewed, extended or ended: in a queue of up to a day (section 3), wherever our day begins.
QUEUE_WAITS = 48
LONG_WAITS = {PENDING_CODE: PENDING_WAITS, "900277": QUEUE_WAITS, "900280": QUEUE_WAITS}
AGREEMENT_CODE = "13605"
# A signer whose agreement Microsoft has already (microsoft-2026.md, section 2, B).
SAME_SIGNER = "600061"


LOWERING_OVER = gettext_noop("Microsoft's window for giving licences back is over.")


class DelegationNeeded(Rejected):
    """Microsoft lets users and licences of a customer be seen only with delegated administration: buying goes on."""

    default_code = "900308"


class AgreementNeeded(Rejected):
    """Microsoft takes nothing for a customer who has not accepted its agreement, or whose acceptance is void by now.

    No refusal to be shown: what was to be done waits for the acceptance (vendors/microsoft/agreements.py). `placed` are
    the ids of what the same order has placed before.
    """

    default_code = AGREEMENT_CODE
    placed: Mapping[str, str] = MappingProxyType({})


RESELLER_WRONG = gettext_noop(
    "Microsoft does not accept the reseller that we name (%(reason)s). Correct what it is called at Microsoft on the"
    " reseller's page, or the Partner ID in the application template."
)

NO_DELEGATION = gettext_noop(
    "Microsoft shows users and licences of this customer only with delegated administration (GDAP), and there is none"
    " that is active. Its administrator has to approve it: the link, or how it stands, is shown at the subscription."
)
# What of a customer is seen with delegated administration alone.
OF_A_TENANT = re.compile(r"/customers/[^/]+/(users|subscribedskus|directoryroles)\b", re.IGNORECASE)

# Partner Center codes (specification 2.4) whose own description helps nobody.
PARTNER_CENTER: dict[str, tuple[type[VendorError], str]] = {
    "2032": (ConsentNeeded, NOT_AN_AGENT),
    "900117": (Rejected, gettext_noop("Microsoft's window for cancelling the subscription is over.")),
    "900213": (Rejected, gettext_noop("Microsoft's window for cancelling the subscription is over.")),
    "900308": (ConsentNeeded, NOT_AN_AGENT),
    "900329": (
        ConsentNeeded,
        gettext_noop(
            "Microsoft takes this only from a person, not from the application alone. Grant the permissions again."
        ),
    ),
    "900420": (Misconfigured, WRONG_AUDIENCE),
    "900421": (ConsentNeeded, MFA_REQUIRED),
    "20002": (Rejected, CUSTOMER_UNKNOWN),
    "60003": (Rejected, CUSTOMER_UNKNOWN),
    "20000": (Rejected, gettext_noop("Microsoft does not serve the account's country. Correct the country.")),
    "600049": (
        Rejected,
        gettext_noop("Microsoft requires the company's registration number (tax number). Fill it in on the account."),
    ),
    "600050": (
        Rejected,
        gettext_noop(
            "Microsoft does not accept the registration number (tax number): %(reason)s Correct it on the account."
        ),
    ),
    SAME_SIGNER: (
        Rejected,
        gettext_noop(
            "Microsoft has an agreement signed by this contact person already and takes no second one. Another person"
            " has to sign: correct first name, last name, e-mail and phone of the account's contact person."
        ),
    ),
    "600051": (Rejected, gettext_noop("Microsoft requires a phone number. Fill it in on the account.")),
    AGREEMENT_CODE: (
        AgreementNeeded,
        gettext_noop("The Microsoft agreement has not been confirmed for this customer."),
    ),
    "800091": (Rejected, gettext_noop("The subscription is suspended at Microsoft: activate it before changing it.")),
    "900257": (Rejected, LOWERING_OVER),
    "900214": (Rejected, LOWERING_OVER),
    "800090": (Rejected, LOWERING_OVER),
    "900279": (
        Rejected,
        gettext_noop(
            "The subscription's term is over at Microsoft, and nothing of it can be changed. Order a new one."
        ),
    ),
    "2002": (Rejected, gettext_noop("The quantity is outside what Microsoft allows for this offer.")),
    "2001": (Rejected, gettext_noop("The subscription is suspended at Microsoft: activate it before changing it.")),
    "2011": (Rejected, gettext_noop("The subscription has been deleted at Microsoft.")),
    "2054": (Rejected, gettext_noop("The billing cycle can be changed only through a new order.")),
    "2091": (Rejected, gettext_noop("Microsoft no longer sells this offer. Choose another in the template.")),
    "800015": (Rejected, RESELLER_WRONG),
    "800016": (Rejected, RESELLER_WRONG),
    "2071": (Rejected, RESELLER_WRONG),
    "800004": (Rejected, gettext_noop("Microsoft knows no such offer. Correct the offer in the template.")),
    "2085": (Rejected, gettext_noop("This customer is not eligible for the offer.")),
    "800020": (Rejected, gettext_noop("This customer is not eligible for the offer.")),
    "27006": (Rejected, gettext_noop("The customer has used up what Microsoft allows of this offer.")),
    "27009": (Rejected, gettext_noop("The base subscription is not active: activate it before its add-on.")),
    "800018": (Rejected, gettext_noop("The limits of Microsoft's integration sandbox are reached.")),
    "60012": (Rejected, gettext_noop("There are no licences left to assign.")),
    "800023": (Rejected, gettext_noop("The partner's credit at Microsoft is used up. Settle it with Microsoft.")),
    "800069": (Rejected, gettext_noop("Microsoft holds the order back as a risk. Ask Microsoft's partner support.")),
    "2055": (Transient, STALE),
    "800060": (Transient, IN_PROGRESS),
    "800064": (Transient, IN_PROGRESS),
    "800082": (Transient, IN_PROGRESS),
}

# What is no longer there, by Microsoft's own codes (specification 2.4 and 3).
CUSTOMER_GONE = gettext_noop("Microsoft no longer has this customer (its Microsoft tenant was removed).")
RELATIONSHIP_ENDED = gettext_noop("The customer has ended the reseller relationship with us at Microsoft.")
SUBSCRIPTION_GONE = gettext_noop("The subscription has been deleted at Microsoft.")
GONE_CUSTOMERS = {"1000": CUSTOMER_GONE, "60003": CUSTOMER_GONE, "20002": RELATIONSHIP_ENDED}
UNKNOWN_SUBSCRIPTION = "20003"
NEW_CUSTOMER = gettext_noop(
    "Microsoft no longer has the customer of this account, and a new one is made. Choose a domain prefix for it."
)

# Refusals that come with 404, though what the address names is there.
NOT_ABOUT_AN_ADDRESS = frozenset({"60003", "800015"})

# The field that a code is about, whatever its description says.
CODE_FIELDS = {
    "20000": "country",
    "600049": "tax_id",
    "600050": "tax_id",
    "600051": "phone",
    "800015": "reseller_partner_id",
    "800016": "reseller_tenant",
    "2071": "reseller_partner_id",
    SAME_SIGNER: "contact_email",
}


def sign_in_error(*, codes: object, error: str) -> VendorError:
    """Return what an answer of Microsoft's sign-in service means, by its codes first, then by its OAuth error."""
    given = codes if isinstance(codes, list | tuple) else ()
    listed = [int(str(code)) for code in given if re.fullmatch(r"[0-9]{1,12}", str(code))]
    for code in listed:
        if code in SIGN_IN:
            kind, sentence = SIGN_IN[code]
            return kind(sentence, code=f"AADSTS{code}")
    name = f"AADSTS{listed[0]}" if listed else error
    if error == "access_denied":
        return ConsentDeclined(DECLINED, code=name)
    if error in CONSENT_ERRORS:
        return ConsentNeeded(OTHER_CONSENT, code=name)
    if error in SETTINGS_ERRORS:
        return Misconfigured(OTHER_SETTINGS, code=name)
    return Transient(LOGIN_TROUBLE, code=name)


def unsold(country: str) -> Rejected:
    """Return the refusal of an account in a country where Microsoft does not sell."""
    return Rejected(UNSOLD, code=UNSOLD_CODE, at="country", country=Country(country))


def partner_center_error(*, status: int, code: str, description: str, sought: str = "") -> VendorError:
    """Return what an error answer (4xx) of Partner Center means; `sought` is the address that was asked."""
    if status == 404 and code not in NOT_ABOUT_AN_ADDRESS:
        # 20000 has two meanings: an unknown order here, a country that Microsoft does not serve elsewhere.
        return NotFound(NOT_FOUND, code=code or "404", reason=description or "404", sought=sought)
    if code in PARTNER_CENTER:
        kind, sentence = PARTNER_CENTER[code]
        if code == DelegationNeeded.default_code and OF_A_TENANT.search(sought):
            kind, sentence = DelegationNeeded, NO_DELEGATION
        if kind is Transient:
            return Transient(sentence, code=code, at_once=code == "2055")
        field = CODE_FIELDS.get(code) or field_named_in(description)
        return kind(sentence, code=code, at=field, reason=description)
    if status == 401:
        # The wording is all there was in 2019, when the answer had no code of its own (specification 1.6).
        without_mfa = "mfa required" in description.casefold()
        return ConsentNeeded(MFA_REQUIRED if without_mfa else NO_RIGHTS, code="mfa_required" if without_mfa else "401")
    if status == 412:
        return Transient(STALE, code="2055", at_once=True)
    told = description or str(status)
    refusal = Rejected(REFUSED, code=code or str(status), at=field_named_in(description), reason=told)
    return _perhaps_later(refusal) if status in BUSY or code in LONG_WAITS else refusal


def _perhaps_later(refusal: Rejected) -> NotYet:
    """Return what it means that Microsoft is busy with the object: waited for, a day where that takes long."""
    return NotYet(IN_PROGRESS, code=refusal.code, refusal=refusal, waits=LONG_WAITS.get(refusal.code))
