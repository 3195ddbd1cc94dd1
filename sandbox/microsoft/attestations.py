"""Enhanced attestations: who is to sign the Microsoft Customer Agreement, the link for that person, what came of it.

Microsoft publishes the first five members of the question, that e-mail and phone follow, and 600061. The names of those
two, the answer, the link and how long it lives are not published: they are invented here as simply as may be.
"""

import secrets
from uuid import uuid4

from sandbox.microsoft.callers import require_app_alone
from sandbox.microsoft.consent_page import attestation_page, trouble_page
from sandbox.microsoft.errors import PartnerCenterError, invalid_property, written
from sandbox.microsoft.shapes import Fields, Json, stamp
from sandbox.microsoft.validation import COUNTRIES
from sandbox.microsoft.world import World
from sandbox.wsgi import Request, Response, html_answer

DAY = 86400  # seconds
REQUIRED = ("country", "language", "companyName", "signatoryFirstName", "signatoryLastName", "signatoryEmail")
NOT_ACCEPTED = 3000  # the code for an agreement whose attestation the signer has not accepted; unpublished


def create(world: World, request: Request) -> Response:
    """Keep who is to sign for a company; raise 600061 for a signer who was asked before."""
    require_app_alone(request)
    fields = Fields.of(request.json())
    for name in REQUIRED:
        if not fields.text(name):
            raise invalid_property(name, "is required")
    if fields.text("country").upper() not in COUNTRIES:
        raise invalid_property("country", "is not supported")
    attestation: Json = {
        "id": str(uuid4()),
        "token": secrets.token_urlsafe(24),
        "country": fields.text("country").upper(),
        "language": fields.text("language"),
        "company": fields.text("companyName"),
        "first_name": fields.text("signatoryFirstName"),
        "last_name": fields.text("signatoryLastName"),
        "email": fields.text("signatoryEmail"),
        "phone": fields.text("signatoryPhoneNumber"),
        "created": world.now(),
        "expires": world.now() + float(world.switch("attestation_link_days")) * DAY,
        "accepted": None,
    }
    if any(_is_same_signer(world, kept, attestation) for kept in world.store.all("attestation")):
        raise PartnerCenterError(400, 600061, "An attestation for the same signatory exists already.")
    world.store.put("attestation", attestation["id"], attestation)
    return written(_shape(world, request, attestation), 201)


def _is_same_signer(world: World, one: Json, other: Json) -> bool:
    marks = [
        [str(kept[name]).casefold() for name in ("first_name", "last_name")] + [kept["email"].casefold(), kept["phone"]]
        for kept in (one, other)
    ]
    same = [marks[0][:2] == marks[1][:2], marks[0][2] == marks[1][2], marks[0][3] == marks[1][3]]
    if world.switch("same_signer_by") == "any":
        return any(same[:2]) or (same[2] and bool(one["phone"]))
    return all(same)


def _status(world: World, attestation: Json) -> str:
    if attestation["accepted"] is not None:
        return "Accepted"
    return "Expired" if world.now() >= attestation["expires"] else "Pending"


def _shape(world: World, request: Request, attestation: Json) -> Json:
    base = f"http://{request.headers.get('host', 'localhost')}{request.mounted_at}"
    return {
        "attestationId": attestation["id"],
        "country": attestation["country"],
        "language": attestation["language"],
        "companyName": attestation["company"],
        "signatoryFirstName": attestation["first_name"],
        "signatoryLastName": attestation["last_name"],
        "signatoryEmail": attestation["email"],
        "signatoryPhoneNumber": attestation["phone"] or None,
        "status": _status(world, attestation),
        "link": f"{base}/attestation/{attestation['token']}",
        "expirationDateTime": stamp(attestation["expires"], digits=0),
        "acceptedDateTime": None if attestation["accepted"] is None else stamp(attestation["accepted"], digits=0),
        "attributes": {"objectType": "EnhancedAttestation"},
    }


def get(world: World, request: Request, attestation: str) -> Json:
    """Return one attestation."""
    require_app_alone(request)
    return _shape(world, request, _found(world, attestation))


def _found(world: World, identity: str) -> Json:
    found = world.store.get("attestation", identity.lower())
    if found is None:
        raise PartnerCenterError(404, 1000, "Not found")
    return found


def accepted_attestation(world: World, identity: str) -> Json:
    """Return an attestation that its signer accepted; raise 404 for an unknown one, 400 for any other."""
    found = _found(world, identity)
    if found["accepted"] is None:
        raise PartnerCenterError(400, NOT_ACCEPTED, f"The attestation is {_status(world, found).lower()}.")
    return found


def sign(world: World, identity: str) -> None:
    """Let the signer accept; raise ValueError where there is nothing to accept any more."""
    found = world.store.get("attestation", identity.lower())
    if found is None or _status(world, found) == "Expired":
        raise ValueError("the attestation is unknown or its link has expired")
    world.store.put("attestation", found["id"], {**found, "accepted": found["accepted"] or world.now()})


def answer_signer(world: World, request: Request) -> Response:
    """Show the signer what is to be accepted, and keep that it was (POST)."""
    token = request.path.rsplit("/", 1)[-1]
    found = next((kept for kept in world.store.all("attestation") if kept["token"] == token), None)
    if found is None:
        return html_answer(404, trouble_page("This page does not exist."))
    if _status(world, found) == "Expired":
        return html_answer(410, trouble_page("This link has expired. Ask your partner for a new one."))
    if request.method == "POST":
        sign(world, found["id"])
        found = _found(world, found["id"])
    page = attestation_page(found, action=request.mounted_at + request.path)
    return html_answer(200, page)


ROUTES = [
    ("POST", "/attestations/enhanced", create),
    ("GET", "/attestations/enhanced/{attestation}", get),
]
