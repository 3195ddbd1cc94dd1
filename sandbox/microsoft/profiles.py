"""The partner's own profiles and its invoices, of which the sandbox has none."""

from sandbox.microsoft.errors import PartnerCenterError
from sandbox.microsoft.paging import offset_page
from sandbox.microsoft.shapes import Json, collection, link
from sandbox.microsoft.world import (
    ADMIN_UPN,
    KNOWN_MPN_IDS,
    PARTNER_DOMAIN,
    PARTNER_MPN,
    PARTNER_NAME,
    PARTNER_TENANT,
    RESELLERS,
    World,
)
from sandbox.wsgi import Request

ADDRESS = {
    "country": "US",
    "city": "Redmond",
    "state": "WA",
    "addressLine1": "123 Main Street",
    "addressLine2": "",
    "postalCode": "98052",
}
CONTACT = {"firstName": "Sandbox", "lastName": "Admin", "phoneNumber": "4255550100"}


def legal_business(_world: World, _request: Request) -> Json:
    """Return the legal business profile: company, contact and vetting."""
    return {
        "companyName": PARTNER_NAME,
        "address": {**ADDRESS, **CONTACT},
        "primaryContact": {**CONTACT, "email": ADMIN_UPN},
        "companyApproverAddress": ADDRESS,
        "companyApproverEmail": ADMIN_UPN,
        "vettingStatus": "authorized",
        "vettingSubStatus": "none",
        "profileType": "LegalBusinessProfile",
        "links": {"self": link("/profiles/legalbusiness")},
        "attributes": {"objectType": "LegalBusinessProfile"},
    }


def mpn(_world: World, request: Request) -> Json:
    """Return the partner's network profile, or that of another partner by its id."""
    wanted = request.query.get("mpnid") or PARTNER_MPN
    if wanted not in KNOWN_MPN_IDS:
        raise PartnerCenterError(404, 3000, f"Partner Organization with partner_id {wanted} could not be found")
    return {
        "mpnId": wanted,
        "profileType": "MpnProfile",
        "links": {"self": link("/profiles/mpn")},
        "attributes": {"objectType": "MpnProfile"},
    }


def organization(_world: World, _request: Request) -> Json:
    """Return the organization profile."""
    return {
        "id": PARTNER_TENANT,
        "companyName": PARTNER_NAME,
        "defaultAddress": {**ADDRESS, **CONTACT},
        "tenantId": PARTNER_TENANT,
        "domain": PARTNER_DOMAIN,
        "email": ADMIN_UPN,
        "language": "en",
        "culture": "en-US",
        "profileType": "OrganizationProfile",
        "links": {"self": link("/profiles/organization")},
        "attributes": {"objectType": "OrganizationProfile"},
    }


def invoices(_world: World, request: Request) -> Json:
    """Return the partner's invoices: an empty collection, for nobody pays here."""
    return offset_page(request, [], path="invoices")


def invoice(_world: World, _request: Request, invoice: str) -> Json:
    """Raise 404: there is no invoice."""
    raise PartnerCenterError(404, 1000, f"Invoice {invoice} not found")


def relationships(_world: World, request: Request) -> Json:
    """Return the partner's indirect resellers."""
    kind = request.query.get("relationship_type", "")
    if kind.lower() != "isindirectcloudsolutionproviderof":
        raise PartnerCenterError(400, 3000, f"The relationship type {kind} is not supported.")
    items = [
        {
            "id": tenant,
            "location": "US",
            "mpnId": mpn_id,
            "name": name,
            "relationshipType": "is_indirect_cloud_solution_provider_of",
            "state": "active",
            "attributes": {"objectType": "PartnerRelationship"},
        }
        for tenant, (name, mpn_id) in RESELLERS.items()
    ]
    return collection(items)


ROUTES = [
    ("GET", "/relationships", relationships),
    ("GET", "/profiles/legalbusiness", legal_business),
    ("GET", "/profiles/mpn", mpn),
    ("GET", "/profiles/organization", organization),
    ("GET", "/invoices", invoices),
    ("GET", "/invoices/{invoice}", invoice),
]
