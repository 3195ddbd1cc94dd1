"""The certificates that OpenSRS sells, and what an order of each has to name.

Types: the vendor's pages on parse_csr and query_approver_list. Contacts: its own WHMCS module 2.0.1, which is older
than PositiveSSL; that is taken to be as EssentialSSL. Trustwave's types are left out: they have no list of approvers.
"""

from dataclasses import dataclass

from vendors.base import Offer

ORGANIZATION = ("organization",)
THREE = ("admin", "billing", "tech")
ALL = (*THREE, "organization")
EXTENDED = ("admin", "organization", "signer")
# Taken for every server: what comes back is PEM, which all of them read.
SERVER = "other"


@dataclass(frozen=True)
class Product:
    """One type. `by_domain`: who may approve is mailed; else the authority's people check the organization."""

    type: str
    name: str
    brand: str
    contacts: tuple[str, ...]
    by_domain: bool = False

    @property
    def is_wildcard(self) -> bool:
        """Whether it covers all names one level below its domain."""
        return self.type.endswith("_wildcard")

    @property
    def offer(self) -> Offer:
        """The product for the form of an application template."""
        return Offer(self.type, self.name, unit="certificate", minimum=1, maximum=1, category=self.brand)


PRODUCTS = {
    product.type: product
    for product in (
        Product("positivessl", "Comodo PositiveSSL", "Comodo", ORGANIZATION, by_domain=True),
        Product("essentialssl", "Comodo EssentialSSL", "Comodo", ORGANIZATION, by_domain=True),
        Product("essentialssl_wildcard", "Comodo EssentialSSL Wildcard", "Comodo", ORGANIZATION, by_domain=True),
        Product("comodo_ssl", "Comodo SSL", "Comodo", ORGANIZATION, by_domain=True),
        Product("comodo_wildcard", "Comodo SSL Wildcard", "Comodo", ORGANIZATION, by_domain=True),
        Product("comodo_instantssl", "Comodo InstantSSL", "Comodo", ORGANIZATION),
        Product("comodo_premiumssl", "Comodo PremiumSSL", "Comodo", ORGANIZATION),
        Product("comodo_premiumssl_wildcard", "Comodo PremiumSSL Wildcard", "Comodo", ORGANIZATION),
        Product("comodo_ev", "Comodo EV SSL", "Comodo", EXTENDED),
        Product("rapidssl", "RapidSSL", "GeoTrust", THREE, by_domain=True),
        Product("quickssl", "GeoTrust QuickSSL", "GeoTrust", THREE, by_domain=True),
        Product("quickssl_premium", "GeoTrust QuickSSL Premium", "GeoTrust", THREE, by_domain=True),
        Product("truebizid", "GeoTrust True BusinessID", "GeoTrust", ALL),
        Product("truebizid_wildcard", "GeoTrust True BusinessID Wildcard", "GeoTrust", ALL),
        Product("truebizid_ev", "GeoTrust True BusinessID with EV", "GeoTrust", ALL),
        Product("ssl123", "Thawte SSL123", "Thawte", ALL, by_domain=True),
        Product("sslwebserver", "Thawte SSL Web Server", "Thawte", ALL),
        Product("sslwebserver_wildcard", "Thawte SSL Web Server Wildcard", "Thawte", ALL),
        Product("sslwebserver_ev", "Thawte SSL Web Server with EV", "Thawte", ALL),
        Product("sgcsuper_certs", "Thawte SGC SuperCerts", "Thawte", ALL),
        Product("symantec_ssl_lite", "Symantec SSL Lite", "Symantec", ALL, by_domain=True),
        Product("symantec_ssl_lite_wildcard", "Symantec SSL Lite Wildcard", "Symantec", ALL, by_domain=True),
        Product("securesite", "Symantec Secure Site", "Symantec", ALL),
        Product("securesite_pro", "Symantec Secure Site Pro", "Symantec", ALL),
        Product("securesite_ev", "Symantec Secure Site with EV", "Symantec", ALL),
        Product("securesite_pro_ev", "Symantec Secure Site Pro with EV", "Symantec", ALL),
    )
}
