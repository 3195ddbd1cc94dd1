"""What OpenSRS sells as trust services: types of product, who vets them, and what their orders have to name.

The types are the allowed values of the vendor's pages on parse_csr and query_approver_list.
"""

from dataclasses import dataclass

PERIODS = ("1", "2")
# fmt: off
COMODO_SERVERS = frozenset([
    "apachessl", "citrix", "domino", "ensim", "hsphere", "ibmhttp", "iis4", "iis5", "javawebserver",
    "netscape", "novell", "oracle", "other", "plesk", "redhat", "sap", "tomcat", "webstar", "whmcpanel",
])
OTHER_SERVERS = frozenset([
    "apache2", "apacheapachessl", "apacheopenssl", "c2net", "cobaltseries", "cpanel", "domino", "iis4", "iis5",
    "iplanet", "other", "plesk", "tomcat", "weblogic", "website", "webstar", "zeusv3",
])
# fmt: on


@dataclass(frozen=True)
class Product:
    """One type: what a year costs us in US dollars, and what an order must name."""

    type: str
    price: str
    contacts: tuple[str, ...]
    domain_vetted: bool = False
    lists_approvers: bool = True

    @property
    def servers(self) -> frozenset[str]:
        """Return the words that server_type may be."""
        return COMODO_SERVERS if self.contacts[0] != "admin" or self.type == "comodo_ev" else OTHER_SERVERS


_ORGANIZATION = ("organization",)
_THREE = ("admin", "billing", "tech")
_ALL = ("admin", "billing", "tech", "organization")
_EV = ("admin", "organization", "signer")

PRODUCTS: dict[str, Product] = {
    product.type: product
    for product in (
        Product("positivessl", "12.95", _ORGANIZATION, domain_vetted=True),
        Product("essentialssl", "19.95", _ORGANIZATION, domain_vetted=True),
        Product("essentialssl_wildcard", "99.00", _ORGANIZATION, domain_vetted=True),
        Product("comodo_ssl", "39.00", _ORGANIZATION, domain_vetted=True),
        Product("comodo_wildcard", "149.00", _ORGANIZATION, domain_vetted=True),
        Product("comodo_instantssl", "45.00", _ORGANIZATION),
        Product("comodo_premiumssl", "69.00", _ORGANIZATION),
        Product("comodo_premiumssl_wildcard", "199.00", _ORGANIZATION),
        Product("comodo_ev", "169.00", _EV),
        Product("quickssl", "69.00", _THREE, domain_vetted=True),
        Product("quickssl_premium", "79.00", _THREE, domain_vetted=True),
        Product("rapidssl", "15.00", _THREE, domain_vetted=True),
        Product("ssl123", "69.00", _ALL, domain_vetted=True),
        Product("sslwebserver", "99.00", _ALL),
        Product("sslwebserver_wildcard", "299.00", _ALL),
        Product("sslwebserver_ev", "249.00", _ALL),
        Product("sgcsuper_certs", "399.00", _ALL),
        Product("securesite", "249.00", _ALL),
        Product("securesite_pro", "599.00", _ALL),
        Product("securesite_ev", "599.00", _ALL),
        Product("securesite_pro_ev", "899.00", _ALL),
        Product("symantec_ssl_lite", "79.00", _ALL, domain_vetted=True),
        Product("symantec_ssl_lite_wildcard", "249.00", _ALL, domain_vetted=True),
        Product("truebizid", "99.00", _ALL),
        Product("truebizid_wildcard", "299.00", _ALL),
        Product("truebizid_ev", "199.00", _ALL),
        Product("trustwave_dv", "39.00", _ALL, domain_vetted=True, lists_approvers=False),
        Product("trustwave_premiumssl", "69.00", _ALL, lists_approvers=False),
        Product("trustwave_premiumssl_wildcard", "199.00", _ALL, lists_approvers=False),
        Product("trustwave_ev", "149.00", _ALL, lists_approvers=False),
    )
}
