"""What the pretend Google sells: products and SKUs, with the names of 2019 and of today.

Source: developers.google.com, Admin SDK, "Google product and SKU IDs"; storage by the codes that clients know.
"""

from dataclasses import dataclass

APPS, VAULT, DRIVE = "Google-Apps", "Google-Vault", "Google-Drive-storage"


@dataclass(frozen=True)
class Sku:
    """One SKU: its product, and its name; an add-on has to be cancelled before its base is suspended."""

    id: str
    name: str
    product: str = APPS
    is_add_on: bool = False


SKUS = {
    sku.id: sku
    for sku in (
        Sku("Google-Apps-For-Business", "G Suite Basic"),
        Sku("Google-Apps-Unlimited", "G Suite Business"),
        Sku("Google-Apps-Lite", "G Suite Lite"),
        Sku("1010020020", "Google Workspace Enterprise Plus"),
        Sku("1010020025", "Google Workspace Business Plus"),
        Sku("1010020026", "Google Workspace Enterprise Standard"),
        Sku("1010020027", "Google Workspace Business Starter"),
        Sku("1010020028", "Google Workspace Business Standard"),
        Sku("1010020030", "Google Workspace Frontline Starter"),
        Sku("1010020031", "Google Workspace Frontline Standard"),
        Sku("Google-Vault", "Google Vault", VAULT, is_add_on=True),
        Sku("Google-Drive-storage-20GB", "Google Drive storage 20 GB", DRIVE, is_add_on=True),
        Sku("Google-Drive-storage-50GB", "Google Drive storage 50 GB", DRIVE, is_add_on=True),
        Sku("Google-Drive-storage-200GB", "Google Drive storage 200 GB", DRIVE, is_add_on=True),
    )
}
