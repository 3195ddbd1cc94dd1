"""The contacts of an order, made of the account; what OpenSRS demands of them, each at its field."""

import re

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from vendors.base import JSON, Party
from vendors.errors import Rejected
from vendors.opensrs.products import Product

INCOMPLETE = gettext_noop("The account lacks “%(field)s”, which OpenSRS demands. Fill it in on the account.")
PHONE_WRONG = gettext_noop(
    "OpenSRS takes the phone number “%(typed)s” only with the code of its country: enter it like +375 29 1234567."
)
# Calling codes of one and of two digits (ITU-T E.164); every other one has three, and none begins another.
_SHORT_CODES = re.compile(r"[17]|2[07]|3[0-469]|4[01]|4[3-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]")
_SEPARATORS = re.compile(r"[\s().\-/]")
_INTERNATIONAL = re.compile(r"(?:\+|00)(\d{6,15})")


def phone_of(typed: str) -> str | None:
    """Return a phone number as OpenSRS writes it, +CCC.NNNNNNNN; None where its country's code is not there."""
    found = _INTERNATIONAL.fullmatch(_SEPARATORS.sub("", typed))
    if found is None:
        return None
    digits = found[1]
    short = _SHORT_CODES.match(digits)
    code = short[0] if short else digits[:3]
    return f"+{code}.{digits[len(code) :]}"


def contact_set(product: Product, account: Party) -> dict[str, JSON]:
    """Return the contacts of an order: all of them are the account, through its contact person.

    The admin's contact goes along everywhere: where nobody else approves, its address is asked.
    """
    contact = {
        "first_name": account.contact.first_name,
        "last_name": account.contact.last_name,
        "org_name": account.company,
        "address1": account.address1,
        "address2": account.address2,
        "city": account.city,
        "state": account.region,
        "postal_code": account.postal_code,
        "country": account.country,
        "phone": phone_of(account.phone or account.contact.phone) or "",
        "email": account.contact.email or account.email,
    }
    told = {name: value.strip() for name, value in contact.items() if value.strip()}
    return {kind: dict(told) for kind in dict.fromkeys(("admin", *product.contacts))}


def problems_of(account: Party) -> list[Rejected]:
    """Return all that OpenSRS would not accept of the account as a contact, each naming its field."""
    demanded = (
        ("contact_first_name", _("Contact person: first name"), account.contact.first_name),
        ("contact_last_name", _("Contact person: last name"), account.contact.last_name),
        ("primary_name", _("Name"), account.company),
        ("street", _("Street"), account.address1),
        ("city", _("City"), account.city),
        ("zip", _("Postal code"), account.postal_code),
        ("country", _("Country"), account.country),
    )
    found = [
        Rejected(INCOMPLETE, code="order_incomplete", at=field, field=label)
        for field, label, value in demanded
        if not value.strip()
    ]
    phone = account.phone or account.contact.phone
    if not phone.strip():
        found.append(Rejected(INCOMPLETE, code="order_incomplete", at="phone", field=_("Phone")))
    elif phone_of(phone) is None:
        found.append(Rejected(PHONE_WRONG, code="order_incomplete", at="phone", typed=phone))
    return found
