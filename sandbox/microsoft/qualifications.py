"""What a customer is: a school, an authority, a charity, owned by the state; some is vetted before it counts."""

from sandbox.microsoft.callers import require_user
from sandbox.microsoft.customers import own_customer
from sandbox.microsoft.errors import invalid_property, written
from sandbox.microsoft.shapes import Fields, Json, stamp
from sandbox.microsoft.world import World
from sandbox.wsgi import Request, Response

# Segment of the catalogue -> the qualification that it takes; commercial takes none.
SEGMENTS = {
    "commercial": None,
    "education": "Education",
    "government": "GovernmentCommunityCloud",
    "nonprofit": "Nonprofit",
}
SETTABLE = ("Education", "GovernmentCommunityCloud", "StateOwnedEntity")
EDUCATION = ("K12", "HigherEducation")
GOVERNMENT_CODE = "GCC-SANDBOX"  # the only validation code that the sandbox knows
VETTED = ("InReview", "Approved", "Denied")


def ask(world: World, request: Request, customer: str) -> Response:
    """Keep that a customer asks to be qualified; a charity cannot be made one here."""
    require_user(request)
    found = own_customer(world, customer)
    fields = Fields.of(request.json())
    asked = fields.text("qualification").lower()
    name = next((known for known in SETTABLE if known.lower() == asked), None)
    if name is None:
        raise invalid_property("qualification", f"must be one of {', '.join(SETTABLE)}")
    segment = fields.text("educationSegment")
    if name == "Education" and segment.lower() not in {known.lower() for known in EDUCATION}:
        raise invalid_property("educationSegment", f"must be one of {', '.join(EDUCATION)}")
    code = request.query.get("code") or fields.text("validationCode")
    if name == "GovernmentCommunityCloud" and code != GOVERNMENT_CODE:
        raise invalid_property("validationCode", "is unknown")
    kept = _keep(world, found, name, status=None, segment=segment or None)
    return written(_shape(world, kept), 201)


def _keep(world: World, customer: Json, name: str, *, status: str | None, **more: str | None) -> Json:
    kept: Json = {"name": name, "asked": world.now(), "status": status, "reason": None, "segment": None, **more}
    return world.store.put(f"qualification:{customer['id']}", name.lower(), kept)


def decide(world: World, customer: Json, name: str, status: str, reason: str | None) -> None:
    """Decide what a customer is, or that it is not; raise ValueError for what does not exist."""
    known = next((kept for kept in (*SETTABLE, "Nonprofit") if kept.lower() == name.lower()), None)
    if known is None or status not in VETTED:
        raise ValueError(f"a qualification of {', '.join((*SETTABLE, 'Nonprofit'))} is {', '.join(VETTED)}")
    _keep(world, customer, known, status=status, reason=reason)


def _status(world: World, kept: Json) -> str:
    if kept["status"]:
        return str(kept["status"])
    return "InReview" if world.now() < kept["asked"] + float(world.switch("vetting_seconds")) else "Approved"


def _shape(world: World, kept: Json) -> Json:
    return {
        "qualification": kept["name"],
        "educationSegment": kept["segment"],
        "vettingStatus": _status(world, kept),
        "vettingReason": kept["reason"],
        "vettingCreatedDate": stamp(kept["asked"], digits=0),
    }


def get(world: World, _request: Request, customer: str) -> Response:
    """Return what a customer is or asked to be, as a bare array."""
    found = own_customer(world, customer)
    return written([_shape(world, kept) for kept in world.store.all(f"qualification:{found['id']}")])


def is_qualified(world: World, customer: Json, segment: str) -> bool:
    """Say whether a customer may buy what is sold to a segment."""
    name = SEGMENTS[segment]
    if name is None:
        return True
    kept = world.store.get(f"qualification:{customer['id']}", name.lower())
    return kept is not None and _status(world, kept) == "Approved"


ROUTES = [
    ("GET", "/customers/{customer}/qualifications", get),
    ("POST", "/customers/{customer}/qualifications", ask),
]
