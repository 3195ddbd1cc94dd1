"""The Site Verification API: the record that proves a domain, and whether it was found."""

import hashlib
import re

from sandbox.google.errors import GoogleError, invalid, missing
from sandbox.google.world import Row, World
from sandbox.wsgi import Request

METHODS = ("DNS_TXT", "DNS_CNAME")
ROOT = "/siteVerification/v1"


def record_of(domain: str, method: str = "DNS_TXT") -> str:
    """Return the record that is asked for: the same whenever it is asked for."""
    mark = hashlib.sha256(f"site of {domain}".encode()).hexdigest()[:43]
    return f"google-site-verification={mark}" if method == "DNS_TXT" else f"{mark[:12]} gv-{mark}.dv.googlehosted.com"


def _asked(request: Request, method: str) -> tuple[str, Row]:
    body = request.json() or {}
    site = body.get("site") or {}
    domain = str(site.get("identifier", "")).lower()
    if site.get("type") != "INET_DOMAIN" or not re.fullmatch(r"[a-z0-9.-]+\.[a-z0-9-]{2,}", domain):
        raise invalid("Invalid value for: site")
    if method not in METHODS:
        raise invalid(f"Invalid value for: verificationMethod {method}")
    return domain, body


def get_token(_world: World, request: Request) -> Row:
    """webResource.getToken"""
    method = str((request.json() or {}).get("verificationMethod", ""))
    domain, _body = _asked(request, method)
    return {"method": method, "token": record_of(domain, method)}


def insert(world: World, request: Request) -> Row:
    """webResource.insert: looks for the record now"""
    domain, body = _asked(request, request.query.get("verificationmethod", ""))
    if world.store.get("record", domain) is None or not world.switch("record_is_seen"):
        text = "The necessary verification token could not be found on your site."
        raise GoogleError(400, "badRequest", text)
    site: Row = {"identifier": domain, "owners": [str(one) for one in body.get("owners") or []]}
    world.store.put("site", domain, site)
    customer = world.customer(domain)
    if customer is not None:
        world.keep_customer(customer, verified=True)
    return _told(site)


def _told(site: Row) -> Row:
    identity = f"dns%3A%2F%2F{site['identifier']}"
    return {
        "id": identity,
        "site": {"type": "INET_DOMAIN", "identifier": site["identifier"]},
        "owners": site["owners"],
    }


def list_all(world: World, _request: Request) -> Row:
    """webResource.list"""
    return {"items": [_told(site) for site in world.store.all("site")]}


def get(world: World, request: Request) -> Row:
    """webResource.get; its id holds an address"""
    found = world.store.get("site", request.path.rpartition("/")[2].lower())
    if found is None:
        raise missing("The site is not verified.")
    return _told(found)


ROUTES = (
    ("POST", ROOT + "/token", get_token),
    ("POST", ROOT + "/webResource", insert),
    ("GET", ROOT + "/webResource", list_all),
)
