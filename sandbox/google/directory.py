"""Users of the Directory API: made, looked at, listed, changed, made administrators, removed."""

import re
from datetime import UTC, datetime

from sandbox.google.errors import GoogleError, invalid, missing
from sandbox.google.world import OURS, Row, World, hashed
from sandbox.wsgi import Request, Response

ROOT = "/admin/directory/v1/users"
_ADDRESS = re.compile(r"[a-z0-9!#$&'*+/=?^_`{|}~.-]{1,64}@[a-z0-9.-]+")
SHORTEST = 8
# What is kept as it was given.
PLAIN = ("externalIds", "changePasswordAtNextLogin", "recoveryEmail", "orgUnitPath")


def told(user: Row) -> Row:
    """Return a user as the API tells it: never the password."""
    given, family = user["name"]
    return {
        "kind": "admin#directory#user",
        "id": user["id"],
        "etag": f'"{user["id"]}"',
        "primaryEmail": user["email"],
        "name": {"givenName": given, "familyName": family, "fullName": f"{given} {family}"},
        "isAdmin": user["is_admin"],
        "isDelegatedAdmin": False,
        "creationTime": f"{datetime.fromtimestamp(user['made'], UTC):%Y-%m-%dT%H:%M:%S.000Z}",
        "agreedToTerms": user["agreed"],
        "suspended": False,
        "customerId": user["customer"],
        **user["plain"],
    }


def _customer(world: World, domain: str) -> Row:
    found = world.customer(domain)
    if found is None:
        raise missing("Domain not found.")
    if found["owner"] != OURS:
        raise GoogleError(403, "forbidden", "Not Authorized to access this resource/api")
    if not found["reachable"]:
        raise GoogleError(403, "domainCannotUseApis", "Domain cannot use apis.")
    return found


def user_of(world: World, key: str) -> Row:
    """Return a user by address or id. Raises GoogleError."""
    found = next((row for row in world.store.all("user") if key.lower() in (row["email"], row["id"])), None)
    if found is None:
        raise missing("Resource Not Found: userKey")
    _customer(world, found["customer"])
    return found


def insert(world: World, request: Request) -> Row:
    """users.insert"""
    body = request.json() or {}
    email, name = str(body.get("primaryEmail", "")).lower(), body.get("name") or {}
    if not _ADDRESS.fullmatch(email):
        raise invalid("Invalid Input: primary_user_email")
    customer = _customer(world, email.partition("@")[2])
    given, family = str(name.get("givenName", "")).strip(), str(name.get("familyName", "")).strip()
    if not given or not family:
        raise invalid("Invalid Given/Family Name: FamilyName")
    if not SHORTEST <= len(str(body.get("password", ""))) <= 100:
        raise invalid("Invalid Password")
    if any(row["email"] == email for row in world.store.all("user")):
        raise GoogleError(409, "duplicate", "Entity already exists.")
    number = (world.store.get("number", "user") or {"last": 10**20})["last"] + 1
    world.store.put("number", "user", {"last": number})
    user: Row = {
        "id": str(number), "email": email, "customer": customer["id"], "name": [given, family], "made": world.now(),
        "is_admin": False, "agreed": False, "password": hashed(str(body["password"])),
        "plain": {key: body[key] for key in PLAIN if key in body},
    }  # fmt: skip
    return told(world.store.put("user", str(number), user))


def get(world: World, _request: Request, user: str) -> Row:
    """users.get"""
    return told(user_of(world, user))


def update(world: World, request: Request, user: str) -> Row:
    """users.update and users.patch, of what is kept as it was given, and the password"""
    found, body = user_of(world, user), request.json() or {}
    plain = {**found["plain"], **{key: body[key] for key in PLAIN if key in body}}
    changes: Row = {"plain": plain}
    if "password" in body:
        changes["password"] = hashed(str(body["password"]))
    return told(world.store.put("user", found["id"], {**found, **changes}))


def delete(world: World, _request: Request, user: str) -> Response:
    """users.delete"""
    world.store.delete("user", user_of(world, user)["id"])
    return Response(204)


def make_admin(world: World, request: Request, user: str) -> Response:
    """users.makeAdmin"""
    found, body = user_of(world, user), request.json() or {}
    if not isinstance(body.get("status"), bool):
        raise invalid("Invalid Input: status")
    world.store.put("user", found["id"], {**found, "is_admin": body["status"]})
    return Response(204)


def list_all(world: World, request: Request) -> Row:
    """users.list, of one domain or customer"""
    customer = _customer(world, request.query.get("domain") or request.query.get("customer", ""))
    return {"kind": "admin#directory#users", "users": [told(row) for row in world.users(customer["id"])]}


ROUTES = (
    ("GET", ROOT, list_all),
    ("POST", ROOT, insert),
    ("GET", ROOT + "/{user}", get),
    ("PUT", ROOT + "/{user}", update),
    ("PATCH", ROOT + "/{user}", update),
    ("DELETE", ROOT + "/{user}", delete),
    ("POST", ROOT + "/{user}/makeAdmin", make_admin),
)
