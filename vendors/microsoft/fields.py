"""Which field of the account or of the order an answer of Microsoft's is about."""

import re
from collections.abc import Sequence

# What Microsoft calls the parts of an account in its answers, as the platform's fields.
FIELDS = {
    "addressline1": "street",
    "addressline": "street",
    "street": "street",
    "addressline2": "office",
    "city": "city",
    "state": "region",
    "region": "region",
    "province": "region",
    "postalcode": "zip",
    "zip": "zip",
    "zipcode": "zip",
    "zipcity": "city",
    "country": "country",
    "phonenumber": "phone",
    "phone": "phone",
    "firstname": "contact_first_name",
    "middlename": "contact_middle_name",
    "lastname": "contact_last_name",
    "email": "email",
    "companyname": "primary_name",
    "domain": "domain_prefix",
    "organizationregistrationnumber": "tax_id",
    "registrationnumber": "tax_id",
    "taxid": "tax_id",
    "vatid": "tax_id",
    "associatedpartnerid": "reseller_tenant",
    "partneridonrecord": "reseller_partner_id",
}
# "… Field - 'City' …", "property_name:  billingProfile.defaultAddress.postalCode", "StateInvalid - Details".
_NAMINGS: Sequence[re.Pattern[str]] = (
    re.compile(r"Field - '(\w+)'", re.IGNORECASE),
    re.compile(r"property_name:\s*(?:\w+\.)*(\w+?)(?:Invalid|Missing|Required)?\b", re.IGNORECASE),
    re.compile(r"\b(\w+?)(?:Invalid|Missing|Required)\b"),
)


def field_named_in(answer: str) -> str:
    """Return the field that a sentence of Microsoft's is about, by the member that it names; "" for none."""
    for naming in _NAMINGS:
        for found in naming.finditer(answer):
            field = FIELDS.get(found[1].casefold())
            if field:
                return field
    return ""
