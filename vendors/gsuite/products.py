"""What is sold of Google: SKUs by the names of 2019 (G Suite) and of today (Google Workspace).

Google's API lists no SKUs; source: developers.google.com, Admin SDK, "Google product and SKU IDs".
"""

from django.utils.translation import gettext_noop

from vendors.base import Offer
from vendors.errors import Rejected

TODAY, LEGACY, ADD_ONS = "Google Workspace", "G Suite", "Add-ons"
NOT_SOLD = gettext_noop("Google sells no “%(sku)s” here. Choose another product in the application template.")

NAMES = {
    TODAY: {
        "1010020027": "Google Workspace Business Starter",
        "1010020028": "Google Workspace Business Standard",
        "1010020025": "Google Workspace Business Plus",
        "1010020026": "Google Workspace Enterprise Standard",
        "1010020020": "Google Workspace Enterprise Plus (2019: G Suite Enterprise)",
        "1010020030": "Google Workspace Frontline Starter",
        "1010020031": "Google Workspace Frontline Standard",
    },
    LEGACY: {
        "Google-Apps-For-Business": "G Suite Basic",
        "Google-Apps-Unlimited": "G Suite Business",
        "Google-Apps-Lite": "G Suite Lite",
    },
    ADD_ONS: {
        "Google-Vault": "Google Vault",
        "Google-Drive-storage-20GB": "Google Drive storage 20 GB",
        "Google-Drive-storage-50GB": "Google Drive storage 50 GB",
        "Google-Drive-storage-200GB": "Google Drive storage 200 GB",
    },
}
BY_SKU = {sku: name for names in NAMES.values() for sku, name in names.items()}


def offers() -> tuple[Offer, ...]:
    """Return all that is sold."""
    return tuple(
        Offer(id=sku, name=name, unit="seat", minimum=1, category=category, is_add_on=category == ADD_ONS)
        for category, names in NAMES.items()
        for sku, name in names.items()
    )


def name_of(sku: str) -> str:
    """Return what a SKU is called. Raises Rejected for one that is not sold here."""
    if sku not in BY_SKU:
        raise Rejected(NOT_SOLD, code="product_unknown", sku=sku)
    return BY_SKU[sku]
