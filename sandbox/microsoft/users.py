"""Users of a customer's tenant, the licences they hold, and what the tenant has to give them."""

from typing import Any
from uuid import uuid4

from sandbox.microsoft.customers import own_customer
from sandbox.microsoft.errors import PartnerCenterError, invalid_property, written
from sandbox.microsoft.offer import Offer
from sandbox.microsoft.offers import BY_ID, SOLD
from sandbox.microsoft.paging import seek_page
from sandbox.microsoft.relationships import check_delegated
from sandbox.microsoft.shapes import Fields, Json, collection
from sandbox.microsoft.world import World, stable_id
from sandbox.wsgi import Request, Response

SERVICE_NAMES = {
    "AAD_PREMIUM": "Azure Active Directory Premium P1",
    "AAD_PREMIUM_P2": "Azure Active Directory Premium P2",
    "BI_AZURE_P2": "Power BI Pro",
    "EXCHANGE_S_ARCHIVE_ADDON": "Exchange Online Archiving",
    "EXCHANGE_S_ENTERPRISE": "Exchange Online (Plan 2)",
    "EXCHANGE_S_FOUNDATION": "Exchange Foundation",
    "EXCHANGE_S_STANDARD": "Exchange Online (Plan 1)",
    "INTUNE_A": "Microsoft Intune A Direct",
    "INTUNE_SMBIZ": "Microsoft Intune for business",
    "MCOEV": "Phone System",
    "MCOMEETADV": "Audio Conferencing",
    "MFA_PREMIUM": "Microsoft Azure Multi-Factor Authentication",
    "OFFICESUBSCRIPTION": "Office 365 ProPlus",
    "OFFICE_BUSINESS": "Office 365 Business",
    "PROJECT_CLIENT_SUBSCRIPTION": "Project Online Desktop Client",
    "RMS_S_ENTERPRISE": "Microsoft Azure Active Directory Rights",
    "RMS_S_PREMIUM": "Azure Information Protection Premium P1",
    "SHAREPOINTENTERPRISE": "SharePoint Online (Plan 2)",
    "SHAREPOINTSTANDARD": "SharePoint Online (Plan 1)",
    "TEAMS1": "Microsoft Teams",
}


def _administered(world: World, customer: str) -> Json:
    """Return a customer whose users and licences the partner may see to; raise 403/900308 for any other."""
    found = own_customer(world, customer)
    check_delegated(world, found)
    return found


def _plans(offer: Offer, capability: str) -> list[Json]:
    return [
        {
            "displayName": SERVICE_NAMES[name],
            "serviceName": name,
            "id": stable_id("service", name),
            "capabilityStatus": capability,
            "targetType": "Tenant" if name == "EXCHANGE_S_FOUNDATION" else "User",
        }
        for name in offer.services
    ]


def _sku(offer: Offer) -> Json:
    return {
        "id": offer.product_id.lower(),
        "name": offer.name,
        "skuPartNumber": offer.part_number,
        "targetType": "User",
        "licenseGroupId": "group1",
    }


def _units(world: World, customer: Json) -> dict[str, dict[str, int]]:
    """Return active, suspended and consumed units of each product that the customer has subscriptions of."""
    units: dict[str, dict[str, int]] = {}
    for kept in world.store.all(f"subscription:{customer['id']}"):
        offer = BY_ID[kept["offer"].lower()]
        if offer.usage or kept["status"] not in ("active", "suspended"):
            continue
        of = units.setdefault(offer.product_id.lower(), {"active": 0, "suspended": 0, "consumed": 0})
        of[kept["status"]] += kept["quantity"]
    for user in world.store.all(f"user:{customer['id']}"):
        for product in user["licences"]:
            units.setdefault(product, {"active": 0, "suspended": 0, "consumed": 0})["consumed"] += 1
    return units


def _offer_of(product: str) -> Offer:
    return next(offer for offer in SOLD if offer.product_id.lower() == product)


def list_skus(world: World, _request: Request, customer: str) -> Json:
    """Return the customer's licences by product: how many there are, how many are given to users."""
    found = _administered(world, customer)
    items = []
    for product, units in _units(world, found).items():
        offer = _offer_of(product)
        capability = "Enabled" if units["active"] else "Suspended"
        items.append(
            {
                "availableUnits": units["active"] - units["consumed"],
                "activeUnits": units["active"],
                "consumedUnits": units["consumed"],
                "suspendedUnits": units["suspended"],
                "totalUnits": units["active"],
                "warningUnits": 0,
                "productSku": _sku(offer),
                "servicePlans": _plans(offer, "Enabled" if units["active"] else "Disabled"),
                "capabilityStatus": capability,
                "attributes": {"objectType": "SubscribedSku"},
            }
        )
    return collection(items)


def _user_shape(user: Json) -> Json:
    return {
        "usageLocation": user["location"],
        "id": user["id"],
        "userPrincipalName": user["principal"],
        "firstName": user["first_name"],
        "lastName": user["last_name"],
        "displayName": user["display_name"],
        "immutableId": user["immutable_id"] or None,
        "userDomainType": "none",
        "state": "active",
        "attributes": {"objectType": "CustomerUser"},
    }


def _own_user(world: World, customer: Json, user: str) -> Json:
    found = world.store.get(f"user:{customer['id']}", user.lower())
    if found is None:
        raise PartnerCenterError(404, 1000, "Not found")
    return found


def list_users(world: World, request: Request, customer: str) -> Json:
    """Return one page of a customer's users."""
    found = _administered(world, customer)
    items = [_user_shape(user) for user in world.store.all(f"user:{found['id']}")]
    return seek_page(world, request, items, path=f"customers/{found['id']}/users", style="plain")


def create_user(world: World, request: Request, customer: str) -> Response:
    """Create a user of the customer's tenant and answer with the password that was given."""
    found = _administered(world, customer)
    fields = Fields.of(request.json())
    for name in ("usageLocation", "userPrincipalName", "displayName"):
        if not fields.text(name):
            raise invalid_property(name, "is required")
    principal = fields.text("userPrincipalName")
    if principal.rpartition("@")[2].lower() != found["domain"].lower():
        raise invalid_property("userPrincipalName", f"must end with @{found['domain']}")
    if any(user["principal"].lower() == principal.lower() for user in world.store.all(f"user:{found['id']}")):
        raise invalid_property("userPrincipalName", "is already in use")
    password = fields.part("passwordProfile")
    if not password.text("password"):
        raise invalid_property("passwordProfile.password", "is required")
    user: Json = {
        "id": str(uuid4()),
        "principal": principal,
        "location": fields.text("usageLocation"),
        "first_name": fields.text("firstName"),
        "last_name": fields.text("lastName"),
        "display_name": fields.text("displayName"),
        "immutable_id": fields.text("immutableId"),
        "licences": [],
    }
    world.store.put(f"user:{found['id']}", user["id"], user)
    forced = password.get("forcechangepassword", True)
    answer = _user_shape(user)
    answer["passwordProfile"] = {"forceChangePassword": forced, "password": password.text("password")}
    return written(answer, 201)


def get_user(world: World, _request: Request, customer: str, user: str) -> Json:
    """Return one user."""
    return _user_shape(_own_user(world, _administered(world, customer), user))


def delete_user(world: World, _request: Request, customer: str, user: str) -> Response:
    """Delete a user, whose licences become free."""
    found = _administered(world, customer)
    world.store.delete(f"user:{found['id']}", _own_user(world, found, user)["id"])
    return Response(204)


def list_licences(world: World, _request: Request, customer: str, user: str) -> Json:
    """Return the licences that a user holds."""
    found = _administered(world, customer)
    items = []
    for product in _own_user(world, found, user)["licences"]:
        offer = _offer_of(product)
        sku = {name: value for name, value in _sku(offer).items() if name != "targetType"}
        plans = _plans(offer, "Assigned")
        items.append({"servicePlans": plans, "productSku": sku, "attributes": {"objectType": "License"}})
    return collection(items)


def update_licences(world: World, request: Request, customer: str, user: str) -> Response:
    """Give licences to a user and take others away; 400/60012 where none is left."""
    found = _administered(world, customer)
    kept = _own_user(world, found, user)
    fields = Fields.of(request.json())
    added = [item.text("skuId").lower() for item in fields.parts("licensesToAssign")]
    removed = [str(item).lower() for item in fields.get("licensestoremove", [])]
    units = _units(world, found)
    for product in added:
        if product in kept["licences"]:
            continue
        if product not in units or units[product]["active"] <= units[product]["consumed"]:
            raise _out_of_licences(found["id"], product)
    held = [product for product in kept["licences"] if product not in removed]
    held.extend(product for product in added if product not in held)
    world.store.put(f"user:{found['id']}", kept["id"], {**kept, "licences": held})
    answer: Json = {
        "licensesToAssign": [{"skuId": product} for product in added] or None,
        "licensesToRemove": removed or None,
        "licenseWarnings": [],
        "attributes": {"objectType": "LicenseUpdate"},
    }
    return written(answer, 201)


def _out_of_licences(customer: str, product: str) -> PartnerCenterError:
    description = "We&#39;re sorry, it looks like you've run out of licenses. Buy more licenses, and then try again."
    detail = (
        f"LicenseQuotaExceededException : Subscription with Account {customer} and SKU {product}"
        " does not have any available licenses left."
    )
    return PartnerCenterError(400, 60012, description, [detail])


ROUTES: list[tuple[str, str, Any]] = [
    ("GET", "/customers/{customer}/subscribedskus", list_skus),
    ("GET", "/customers/{customer}/users", list_users),
    ("POST", "/customers/{customer}/users", create_user),
    ("GET", "/customers/{customer}/users/{user}", get_user),
    ("DELETE", "/customers/{customer}/users/{user}", delete_user),
    ("GET", "/customers/{customer}/users/{user}/licenses", list_licences),
    ("POST", "/customers/{customer}/users/{user}/licenseupdates", update_licences),
]
