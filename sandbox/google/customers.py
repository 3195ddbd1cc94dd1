"""Customers of the Reseller API: looked at, made, changed, taken over by a transfer token."""

import re
from typing import Any

from sandbox.google.errors import GoogleError, invalid, missing
from sandbox.google.world import OURS, Row, World, fresh
from sandbox.wsgi import Request

ADDRESS = (
    "contactName", "organizationName", "addressLine1", "addressLine2", "addressLine3", "locality", "region",
    "postalCode", "countryCode",
)  # fmt: skip
NEEDED = ("contactName", "organizationName", "postalCode", "countryCode")
_DOMAIN = re.compile(r"(?=.{4,253}$)(?!www\.)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")
_PHONE = re.compile(r"\+[1-9]\d{6,14}")


def told(world: World, customer: Row) -> Row:
    """Return a customer as the API tells it: in full where it is ours, else that it exists."""
    known = {"customerId": customer["id"], "customerDomain": customer["domain"], "customerType": "domain"}
    if customer["owner"] != OURS:
        return known
    return {
        "kind": "reseller#customer",
        **known,
        "postalAddress": {"kind": "customers#address", **customer["address"]},
        **({"phoneNumber": customer["phone"]} if customer["phone"] else {}),
        "alternateEmail": customer["alternate"],
        "resourceUiUrl": f"https://admin.google.com/AccountSwitch?customer={customer['id']}",
        "customerDomainVerified": customer["verified"],
    }


def of_ours(world: World, key: str) -> Row:
    """Return a customer of ours by its id or domain. Raises GoogleError for nobody, and for another's."""
    found = world.customer(key)
    if found is None:
        raise missing("Domain not found.")
    if found["owner"] != OURS:
        raise GoogleError(403, "forbidden", "Not authorized to access this customer.")
    return found


def get(world: World, _request: Request, customer: str) -> Row:
    """customers.get"""
    found = world.customer(customer)
    if found is None:
        raise missing("Domain not found.")
    return told(world, found)


def insert(world: World, request: Request) -> Row:
    """customers.insert; with a transfer token, a customer of somebody else's becomes ours."""
    body = _body(request)
    domain = str(body.get("customerDomain", "")).strip().lower()
    fields = _fields(world, domain, body)
    found, token = world.customer(domain), request.query.get("customerauthtoken", "")
    if found is None:
        made: Row = {"id": f"C0{fresh(7)}", "domain": domain, "owner": OURS, "made": world.now()}
        state: Row = {"verified": False, "accepted": False, "reachable": True}
        return told(world, world.store.put("customer", made["id"], {**made, **state, **fields}))
    if found["owner"] == OURS:
        raise GoogleError(409, "duplicate", "Entity already exists.")
    if not token:
        raise GoogleError(409, "duplicate", "Domain is already a customer. A transfer token is required.")
    if not world.transfers(token, found):
        raise invalid("Invalid value for: customerAuthToken")
    return told(world, world.keep_customer(found, owner=OURS, **fields))


def update(world: World, request: Request, customer: str) -> Row:
    """customers.update and customers.patch"""
    found, body = of_ours(world, customer), _body(request)
    if request.method == "PATCH":
        address = {**found["address"], **(body.get("postalAddress") or {})}
        kept = {"alternateEmail": found["alternate"], "phoneNumber": found["phone"]}
        body = {**kept, **body, "postalAddress": address}
    return told(world, world.keep_customer(found, **_fields(world, found["domain"], body)))


def _body(request: Request) -> Row:
    body = request.json()
    if not isinstance(body, dict):
        raise invalid("The body is not an object.")
    return body


def _fields(world: World, domain: str, body: Row) -> dict[str, Any]:
    """Return what is kept of a customer's record. Raises GoogleError for what is missing or wrong."""
    if not _DOMAIN.fullmatch(domain):
        raise invalid(f"Invalid value for: customerDomain {domain}")
    given = body.get("postalAddress") or {}
    address = {name: str(given[name]).strip() for name in ADDRESS if str(given.get(name, "")).strip()}
    lacking = [name for name in NEEDED if name not in address]
    if lacking:
        raise GoogleError(400, "required", f"Required: {', '.join(lacking)}")
    if any(len(value) > 255 for value in address.values()):
        raise invalid("Invalid value for: postalAddress, longer than 255 characters")
    if not re.fullmatch(r"[A-Z]{2}", address["countryCode"]) or not re.search(r"[0-9A-Z]", address["postalCode"]):
        raise invalid("Invalid value for: postalAddress")
    if address["countryCode"] != "US" and not world.switch("resold_everywhere"):
        raise invalid("Invalid value for: countryCode, not resold there")
    alternate = str(body.get("alternateEmail", "")).strip()
    _local, _at, host = alternate.partition("@")
    if not host or host.lower() == domain or host.lower().endswith(f".{domain}"):
        raise invalid("Invalid value for: alternateEmail")
    phone = str(body.get("phoneNumber") or "")
    return {"address": address, "alternate": alternate, "phone": phone if _PHONE.fullmatch(phone) else ""}


ROUTES = (
    ("GET", "/apps/reseller/v1/customers/{customer}", get),
    ("POST", "/apps/reseller/v1/customers", insert),
    ("PUT", "/apps/reseller/v1/customers/{customer}", update),
    ("PATCH", "/apps/reseller/v1/customers/{customer}", update),
)
