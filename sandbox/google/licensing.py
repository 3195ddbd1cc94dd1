"""Who has a licence (Enterprise License Manager), and how many were in use some days ago (Reports)."""

from datetime import UTC, date, datetime, timedelta

from sandbox.google import customers, plans
from sandbox.google.errors import GoogleError, invalid, missing, not_met
from sandbox.google.products import SKUS
from sandbox.google.world import OURS, Row, World
from sandbox.wsgi import Request, Response

PRODUCT = "/apps/licensing/v1/product/{product}"
SKU = PRODUCT + "/sku/{sku}"
# How the parameters of reports call a SKU.
REPORTED = {
    "Google-Apps-For-Business": "gsuite_basic_used_licenses",
    "Google-Apps-Unlimited": "gsuite_unlimited_used_licenses",
    "1010020020": "gsuite_enterprise_used_licenses",
}
LAG = timedelta(days=2)


def told(row: Row) -> Row:
    """Return an assignment as the API tells it."""
    sku = SKUS[row["sku"]]
    path = f"/apps/licensing/v1/product/{sku.product}/sku/{sku.id}/user/{row['user']}"
    return {
        "kind": "licensing#licenseAssignment", "etags": f'"{row["user"]}"', "selfLink": path, "userId": row["user"],
        "productId": sku.product, "productName": sku.product.replace("-", " "), "skuId": sku.id, "skuName": sku.name,
    }  # fmt: skip


def _sku(product: str, sku: str) -> str:
    if sku not in SKUS or SKUS[sku].product != product:
        raise missing("SKU not found.")
    return sku


def _customer_of(world: World, user: str) -> Row:
    return customers.of_ours(world, user.partition("@")[2])


def assign(world: World, customer: Row, sku: str, user: str) -> Row:
    """Give a user a licence. Raises GoogleError where none is left."""
    held = [row for row in world.subscriptions(customer["id"]) if row["sku"] == sku and row["status"] != "CANCELLED"]
    taken = world.licences(customer["id"], sku)
    if len(taken) >= sum(row["seats"] for row in held):
        raise not_met("There aren't enough available licenses for the specified product-SKU pair.")
    return world.store.put("licence", f"{sku}|{user}", {"customer": customer["id"], "sku": sku, "user": user})


def insert(world: World, request: Request, product: str, sku: str) -> Row:
    """licenseAssignments.insert"""
    user = str((request.json() or {}).get("userId", "")).lower()
    if not user:
        raise invalid("Invalid value for: userId")
    return told(assign(world, _customer_of(world, user), _sku(product, sku), user))


def get(world: World, _request: Request, product: str, sku: str, user: str) -> Row:
    """licenseAssignments.get"""
    _customer_of(world, user)
    found = world.store.get("licence", f"{_sku(product, sku)}|{user.lower()}")
    if found is None:
        raise missing("License assignment not found.")
    return told(found)


def delete(world: World, request: Request, product: str, sku: str, user: str) -> Response:
    """licenseAssignments.delete"""
    get(world, request, product, sku, user)
    world.store.delete("licence", f"{sku}|{user.lower()}")
    return Response(204)


def list_of_sku(world: World, request: Request, product: str, sku: str) -> Row:
    """licenseAssignments.listForProductAndSku"""
    return _listed(world, request, [_sku(product, sku)])


def list_of_product(world: World, request: Request, product: str) -> Row:
    """licenseAssignments.listForProduct"""
    return _listed(world, request, [sku.id for sku in SKUS.values() if sku.product == product])


def _listed(world: World, request: Request, skus: list[str]) -> Row:
    query = request.query
    customer, most = customers.of_ours(world, query.get("customerid", "")), int(query.get("maxresults") or 100)
    if not 1 <= most <= 1000:
        raise invalid("Invalid value for: maxResults")
    rows = [told(row) for sku in skus for row in world.licences(customer["id"], sku)]
    first = int(query.get("pagetoken") or 0)
    answer: Row = {"kind": "licensing#licenseAssignmentList", "etag": '"list"', "items": rows[first : first + most]}
    return answer | ({"nextPageToken": str(first + most)} if len(rows) > first + most else {})


def reported(world: World, request: Request, day: str) -> Row:
    """customerUsageReports.get: nothing of the last days yet"""
    customer = customers.of_ours(world, request.query.get("customerid", ""))
    latest = datetime.fromtimestamp(world.now(), UTC).date() - LAG
    try:
        asked = date.fromisoformat(day)
    except ValueError as error:
        raise invalid(f"Invalid value for: date {day}") from error
    if asked > latest:
        raise GoogleError(400, "invalid", f"Data for dates later than {latest} is not yet available.")
    names = [name for name in request.query.get("parameters", "").split(",") if name]
    numbers = {
        f"accounts:{REPORTED[row['sku']]}": plans.used(world, row)
        for row in world.subscriptions(customer["id"])
        if row["sku"] in REPORTED and row["owner"] == OURS
    }
    parameters = [
        {"name": name, "intValue": str(number)} for name, number in numbers.items() if not names or name in names
    ]
    entity = {"type": "CUSTOMER", "customerId": customer["id"]}
    one = {"kind": "admin#reports#usageReport", "date": day, "entity": entity, "parameters": parameters}
    return {"kind": "admin#reports#usageReports", "etag": '"reports"', "usageReports": [one]}


ROUTES = (
    ("GET", PRODUCT + "/users", list_of_product),
    ("GET", SKU + "/users", list_of_sku),
    ("POST", SKU + "/user", insert),
    ("GET", SKU + "/user/{user}", get),
    ("DELETE", SKU + "/user/{user}", delete),
    ("GET", "/admin/reports/v1/usage/dates/{day}", reported),
)
