"""Customers of the partner: domain check, creation, lists with seek paging, company and billing profiles."""

import json
import re
import secrets
import string
from typing import Any
from uuid import uuid4

from sandbox.microsoft import audit
from sandbox.microsoft.errors import PartnerCenterError, invalid_property, written
from sandbox.microsoft.paging import question, seek_page
from sandbox.microsoft.relationships import with_customer
from sandbox.microsoft.shapes import Fields, Json, link
from sandbox.microsoft.validation import check_address, check_registration
from sandbox.microsoft.world import KNOWN_MPN_IDS, RESELLERS, World
from sandbox.wsgi import Request, Response

DOMAIN = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9-]{1,63})+", re.IGNORECASE)
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
ALWAYS_TAKEN = frozenset({"microsoft.onmicrosoft.com", "contoso.onmicrosoft.com"})
ADDRESS_NAMES = (
    "country",
    "region",
    "city",
    "state",
    "addressLine1",
    "addressLine2",
    "postalCode",
    "firstName",
    "middleName",
    "lastName",
)


def own_customer(world: World, customer: str) -> Json:
    """Return a customer of the partner; raise 404/1000 for an unknown id and 403/20002 for another partner's."""
    found = world.store.get("customer", customer.lower())
    if found is None:
        raise PartnerCenterError(404, 1000, "Not found")
    if found["foreign"]:
        description = f"The partner id {found['partner']} has no commerce relationship with the customer id {customer}."
        raise PartnerCenterError(403, 20002, description)
    return found


def domain_taken(world: World, _request: Request, domain: str) -> Response:
    """Answer 200 for a domain that is taken and 404 for one that is free, both without a body."""
    if not DOMAIN.fullmatch(domain):
        return Response(400)
    return Response(200 if _is_taken(world, domain) else 404)


def _is_taken(world: World, domain: str) -> bool:
    return domain.lower() in ALWAYS_TAKEN or world.store.get("domain", domain.lower()) is not None


def create_customer(world: World, request: Request) -> Response:
    """Create a customer tenant and answer with its credentials, which are never shown again."""
    fields = Fields.of(request.json())
    profile = fields.part("billingProfile")
    domain = fields.part("companyProfile").text("domain")
    _check_new_customer(world, fields, profile, domain)
    identity = str(uuid4())
    address = profile.part("defaultAddress")
    customer: Json = {
        "id": identity,
        "commerce_id": str(uuid4()),
        "billing_id": str(uuid4()),
        "foreign": False,
        "domain": domain,
        "company_name": profile.text("companyName"),
        "registration": fields.part("companyProfile").text("organizationRegistrationNumber"),
        "email": profile.text("email"),
        "culture": _culture(profile.text("culture")),
        "language": profile.text("language"),
        "first_name": profile.text("firstName"),
        "last_name": profile.text("lastName"),
        "address": {name: address.text(name) for name in ADDRESS_NAMES if address.text(name)}
        | {"phoneNumber": address.text("phoneNumber")},
        "associated_partner": fields.text("associatedPartnerId"),
        "billing_version": secrets.randbits(63),
        "created": world.now(),
    }
    world.store.put("customer", identity, customer)
    world.store.put("domain", domain.lower(), {"tenant": identity})
    with_customer(world, customer, fields)
    audit.record(world, request, customer, resource="customer", operation="add_customer", new=_created(customer))
    password = "".join(secrets.choice(string.ascii_letters + string.digits + "=;.!") for _ in range(12))
    answer = _created(customer)
    answer["userCredentials"] = {"userName": "admin", "password": password}
    return written({**answer, "attributes": answer.pop("attributes")}, 201)


def _check_new_customer(world: World, fields: Fields, profile: Fields, domain: str) -> None:
    if not DOMAIN.fullmatch(domain):
        raise invalid_property("companyProfile.domain", "must be a domain name")
    if not EMAIL.fullmatch(profile.text("email")):
        raise invalid_property("billingProfile.email", "must be an e-mail address")
    for name in ("culture", "language", "companyName"):
        if not profile.text(name):
            raise invalid_property(f"billingProfile.{name}", "is required")
    for name in ("firstName", "lastName"):
        if len(profile.text(name)) > 50:
            raise invalid_property(f"billingProfile.{name}", "must have 1 to 50 characters")
    address = profile.part("defaultAddress")
    country = check_address(address, prefix="billingProfile.defaultAddress")
    registration = fields.part("companyProfile").text("organizationRegistrationNumber")
    check_registration(country, registration, address.text("phoneNumber"))
    if _is_taken(world, domain):
        raise invalid_property("companyProfile.domain", f"The domain {domain} is already in use")
    _check_reseller(world, fields.text("associatedPartnerId").lower())
    limit = world.switch("customer_limit")
    if limit is not None and sum(not kept["foreign"] for kept in world.store.all("customer")) >= limit:
        raise PartnerCenterError(400, 800018, "The sandbox limit has been met")


def _check_reseller(world: World, partner: str) -> None:
    """Raise 27002 for a Partner ID where the reseller's tenant belongs, 800016 for a tenant that is no reseller."""
    if not partner or partner in RESELLERS:
        return
    if not partner.isdigit():
        raise PartnerCenterError(400, 800016, "PartnerID isn't a valid Indirect Reseller")
    if not world.switch("reseller_by_mpn"):
        raise invalid_property("associatedPartnerId", "must be the tenant id of the indirect reseller")
    if partner not in KNOWN_MPN_IDS:
        raise PartnerCenterError(404, 800015, "MPN Id is not found")


def _culture(text: str) -> str:
    language, _, country = text.partition("-")
    return f"{language.lower()}-{country.upper()}" if country else language.lower()


def _created(customer: Json) -> Json:
    company = {
        "tenantId": customer["id"],
        "domain": customer["domain"],
        "organizationRegistrationNumber": customer["registration"] or None,
        "attributes": {"objectType": "CustomerCompanyProfile"},
    }
    return {
        "id": customer["id"],
        "commerceId": customer["commerce_id"],
        "companyProfile": company,
        "billingProfile": _billing(customer, with_links=False),
        "relationshipToPartner": "none",
        "associatedPartnerId": customer["associated_partner"] or None,
        "attributes": {"objectType": "Customer"},
    }


def _billing_etag(customer: Json) -> str:
    """Return the billing profile's etag: a signed 64-bit number as text, as in the published answers."""
    number = customer["billing_version"] * 6364136223846793005 % 2**64
    return str(number - 2**64 if number >= 2**63 else number)


def _billing(customer: Json, *, with_links: bool = True) -> Json:
    profile: Json = {
        "id": customer["billing_id"],
        "firstName": customer["first_name"] or None,
        "lastName": customer["last_name"] or None,
        "email": customer["email"],
        "culture": customer["culture"],
        "language": customer["language"],
        "companyName": customer["company_name"],
        "defaultAddress": customer["address"],
    }
    if with_links:
        profile["links"] = {"self": link(f"/customers/{customer['id']}/profiles/billing")}
    return {**profile, "attributes": {"etag": _billing_etag(customer), "objectType": "CustomerBillingProfile"}}


def _company(customer: Json) -> Json:
    address = customer["address"]
    return {
        "tenantId": customer["id"],
        "domain": customer["domain"],
        "companyName": customer["company_name"],
        "organizationRegistrationNumber": customer["registration"] or None,
        "address": {
            "country": address["country"],
            "region": address.get("state") or address.get("region"),
            "city": address["city"],
            "addressLine1": address["addressLine1"],
            "addressLine2": address.get("addressLine2"),
            "postalCode": address.get("postalCode"),
            "phoneNumber": address["phoneNumber"] or None,
        },
        "email": customer["email"],
        "links": {"self": link(f"/customers/{customer['id']}/profiles/company")},
        "attributes": {"objectType": "CustomerCompanyProfile"},
    }


def get_customer(world: World, _request: Request, customer: str) -> Json:
    """Return one customer with both profiles."""
    found = own_customer(world, customer)
    return {
        "id": found["id"],
        "commerceId": found["commerce_id"],
        "companyProfile": _company(found),
        "billingProfile": _billing(found),
        "relationshipToPartner": "reseller",
        "allowDelegatedAccess": True,
        "customDomains": [found["domain"]],
        "associatedPartnerId": found["associated_partner"] or None,
        "links": {"self": link(f"/customers/{found['id']}")},
        "attributes": {"objectType": "Customer"},
    }


def get_company_profile(world: World, _request: Request, customer: str) -> Json:
    """Return a customer's company profile."""
    return _company(own_customer(world, customer))


def get_billing_profile(world: World, _request: Request, customer: str) -> Json:
    """Return a customer's billing profile."""
    return _billing(own_customer(world, customer))


def put_billing_profile(world: World, request: Request, customer: str) -> Json:
    """Replace a customer's billing profile, for which the etag read before is required."""
    found = own_customer(world, customer)
    given = request.headers.get("if-match", "").strip().strip('"')
    if not given:
        raise PartnerCenterError(400, 3000, "The If-Match header is required.")
    if given != _billing_etag(found):
        raise PartnerCenterError(400, 2055, "Etag is no longer valid")
    fields = Fields.of(request.json())
    address = fields.part("defaultAddress")
    if not EMAIL.fullmatch(fields.text("email")):
        raise invalid_property("email", "must be an e-mail address")
    country = check_address(address, prefix="defaultAddress")
    check_registration(country, found["registration"], address.text("phoneNumber"))
    changed = {
        **found,
        "first_name": fields.text("firstName"),
        "last_name": fields.text("lastName"),
        "email": fields.text("email"),
        "culture": _culture(fields.text("culture")) or found["culture"],
        "language": fields.text("language") or found["language"],
        "company_name": fields.text("companyName") or found["company_name"],
        "address": {name: address.text(name) for name in ADDRESS_NAMES if address.text(name)}
        | {"phoneNumber": address.text("phoneNumber")},
        "billing_version": found["billing_version"] + 1,
    }
    world.store.put("customer", found["id"], changed)
    return _billing(changed)


def list_customers(world: World, request: Request) -> Json:
    """Return one page of customers; further pages are sought with the token of the page before."""
    rows = [_row(kept) for kept in world.store.all("customer") if not kept["foreign"]]
    chosen = _filter(request)
    return seek_page(
        world,
        request,
        [row for row in rows if chosen is None or chosen(row)],
        path="customers",
        style="versioned",
    )


def _row(customer: Json) -> Json:
    company = {
        "tenantId": customer["id"],
        "domain": customer["domain"],
        "companyName": customer["company_name"],
        "links": {"self": link(f"/customers/{customer['id']}/profiles/company")},
        "attributes": {"objectType": "CustomerCompanyProfile"},
    }
    return {
        "id": customer["id"],
        "companyProfile": company,
        "relationshipToPartner": "reseller",
        "links": {"self": link(f"/customers/{customer['id']}")},
        "attributes": {"objectType": "Customer"},
    }


def _filter(request: Request) -> Any:
    text = question(request).get("filter")
    if not text:
        return None
    try:
        wanted = Fields.of(json.loads(text))
    except json.JSONDecodeError as error:
        raise PartnerCenterError(400, 800002, "The filter is not valid JSON.") from error
    name = {"companyname": "companyName", "domain": "domain"}.get(wanted.text("field").lower())
    if name is None or wanted.text("operator").lower() not in ("starts_with", "startswith"):
        raise PartnerCenterError(400, 3000, "The filter's field or operator is not supported.")
    beginning = wanted.text("value").lower()
    return lambda row: row["companyProfile"][name].lower().startswith(beginning)


def delete_customer(world: World, _request: Request, customer: str) -> Response:
    """Delete a customer of the integration sandbox; its subscriptions must be suspended or deleted first."""
    found = own_customer(world, customer)
    if any(kept["status"] == "active" for kept in world.store.all(f"subscription:{found['id']}")):
        raise PartnerCenterError(403, 600006, "The action is not allowed: the customer has active subscriptions.")
    world.store.delete("customer", found["id"])
    world.store.delete("domain", found["domain"].lower())
    return Response(204)


ROUTES = [
    ("HEAD", "/domains/{domain}", domain_taken),
    ("GET", "/customers", list_customers),
    ("POST", "/customers", create_customer),
    ("GET", "/customers/{customer}", get_customer),
    ("DELETE", "/customers/{customer}", delete_customer),
    ("GET", "/customers/{customer}/profiles/company", get_company_profile),
    ("GET", "/customers/{customer}/profiles/billing", get_billing_profile),
    ("PUT", "/customers/{customer}/profiles/billing", put_billing_profile),
]
