"""The account as vendors are told of it."""

from typing import Any

from accounts.models import Account


def party(account: Account) -> dict[str, Any]:
    """Return the account as vendors are told of it: the account's own e-mail (CR-494), the contact person (CR-544)."""
    street = " ".join(part for part in (account.street, account.building) if part)
    return {
        "id": str(account.pk),
        "company": account.primary_name or account.name,
        "email": account.email,
        "phone": account.phone,
        "country": account.country,
        "region": account.region,
        "city": account.city,
        "address1": street,
        "address2": account.office,
        "postal_code": account.zip,
        "registration_number": account.tax_id,
        "language": account.reseller.default_language,
        "contact": {
            "first_name": account.contact_first_name,
            "middle_name": account.contact_middle_name,
            "last_name": account.contact_last_name,
            "email": account.contact_email,
            "phone": account.contact_phone,
        },
    }
