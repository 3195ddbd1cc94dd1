"""Agreement templates, and how it is known that a customer accepted one: confirmed, attested, or signed directly."""

from sandbox.microsoft.attestations import accepted_attestation
from sandbox.microsoft.callers import require_app_alone, require_user
from sandbox.microsoft.customers import own_customer
from sandbox.microsoft.errors import PartnerCenterError, invalid_property, written
from sandbox.microsoft.shapes import Fields, Json, collection, link, read_moment, stamp
from sandbox.microsoft.world import World
from sandbox.wsgi import Request, Response

CLOUD = "MicrosoftCloudAgreement"
CUSTOMER = "MicrosoftCustomerAgreement"
AGREEMENT_LINK = "https://docs.microsoft.com/partner-center/agreements"
TEMPLATES: tuple[Json, ...] = (
    {
        "templateId": "998b88de-aa99-4388-a42c-1b3517d49490",
        "agreementType": CLOUD,
        "agreementLink": AGREEMENT_LINK,
        "versionRank": 0,
    },
    {
        "templateId": "117a77b0-9360-443b-8795-c6dedc750cf9",
        "agreementType": CUSTOMER,
        "agreementLink": AGREEMENT_LINK,
        "versionRank": 0,
    },
)
RETIRED = 900141  # what the old call answers since it was retired; which code it is, is not published
CLOCK_TOLERANCE = 300  # seconds that a client's clock may be ahead


def _of_type(request: Request) -> str:
    wanted = request.query.get("agreementtype") or CLOUD
    if wanted != "*" and wanted.lower() not in (CLOUD.lower(), CUSTOMER.lower()):
        raise PartnerCenterError(400, 3000, f"The agreement type {wanted} is not supported.")
    return wanted.lower()


def list_templates(_world: World, request: Request) -> Json:
    """Return the templates of one type, the Microsoft Cloud Agreement's where none is named, `*` for all."""
    wanted = _of_type(request)
    items = [template for template in TEMPLATES if wanted in ("*", template["agreementType"].lower())]
    query = f"?{request.query_string}" if request.query_string else ""
    return collection(items, links={"self": link(f"/agreements{query}")})


def get_document(_world: World, request: Request, template: str) -> Json:
    """Return where the text of an agreement can be read."""
    if template.lower() not in {known["templateId"] for known in TEMPLATES}:
        raise PartnerCenterError(404, 1000, "Not found")
    country = request.query.get("country", "US").upper()
    language = request.query.get("language", "en-US")
    uri = f"https://docs.microsoft.com/agreements/{template}/{country}/{language}"
    return {"displayUri": uri, "downloadUri": f"{uri}.pdf", "language": language, "country": country}


def list_agreements(world: World, request: Request, customer: str) -> Json:
    """Return a customer's confirmations of the type asked for, several where it was confirmed again."""
    require_user(request)
    found = own_customer(world, customer)
    wanted = _of_type(request)
    kept = world.store.all(f"agreement:{found['id']}")
    items = [
        {
            "primaryContact": agreement["primaryContact"],
            "templateId": agreement["templateId"],
            "dateAgreed": agreement["dateAgreed"].partition(".")[0].rstrip("Z"),
            "type": agreement["type"],
            "agreementLink": AGREEMENT_LINK,
        }
        for agreement in kept
        if wanted in ("*", agreement["type"].lower())
    ]
    return {"totalCount": len(items), "items": items}


def confirm_agreement(world: World, request: Request, customer: str) -> Response:
    """Keep the confirmation that somebody accepted an agreement for the customer: by attestation, or the old way."""
    found = own_customer(world, customer)
    fields = Fields.of(request.json())
    agreement = _attested(world, request, fields) if fields.text("attestationId") else _named(world, request, fields)
    number = len(world.store.all(f"agreement:{found['id']}"))
    world.store.put(f"agreement:{found['id']}", str(number), {**agreement, "void": False})
    return written(agreement, 201)


def _attested(world: World, request: Request, fields: Fields) -> Json:
    """Return the agreement that an enhanced attestation stands for, which the signer must have accepted."""
    require_app_alone(request)
    if fields.text("type").lower() != CUSTOMER.lower():
        raise invalid_property("type", f"must be {CUSTOMER}")
    attestation = accepted_attestation(world, fields.text("attestationId"))
    return {
        "primaryContact": {
            "firstName": attestation["first_name"],
            "lastName": attestation["last_name"],
            "email": attestation["email"],
            "phoneNumber": attestation["phone"] or None,
        },
        "templateId": TEMPLATES[1]["templateId"],
        "dateAgreed": stamp(attestation["accepted"]),
        "type": CUSTOMER,
        "attestationId": attestation["id"],
    }


def _named(world: World, request: Request, fields: Fields) -> Json:
    """Return the agreement of a person whom the partner names, which is a thing of the past from a day on."""
    require_user(request)
    until = read_moment(world.switch("legacy_agreement_until"))
    if until is not None and world.now() >= until:
        raise PartnerCenterError(400, RETIRED, "This operation isn't supported")
    kind = fields.text("type") or CLOUD
    matching = [known for known in TEMPLATES if known["agreementType"].lower() == kind.lower()]
    if not matching or fields.text("templateId").lower() != matching[0]["templateId"]:
        raise invalid_property("templateId", f"is not the template of {kind}")
    contact = fields.part("primaryContact")
    for name in ("firstName", "lastName", "email"):
        if not contact.text(name):
            raise invalid_property(f"primaryContact.{name}", "is required")
    agreed = read_moment(fields.get("dateagreed"))
    if agreed is None or agreed > max(world.now(), world.wall_clock()) + CLOCK_TOLERANCE:
        raise invalid_property("dateAgreed", "must be a moment that is not in the future")
    return {
        "userId": fields.text("userId") or None,
        "primaryContact": {
            "firstName": contact.text("firstName"),
            "lastName": contact.text("lastName"),
            "email": contact.get("email"),
            "phoneNumber": contact.text("phoneNumber") or None,
        },
        "templateId": fields.text("templateId"),
        "dateAgreed": fields["dateagreed"],
        "type": matching[0]["agreementType"],
    }


def signing_status(world: World, request: Request, customer: str) -> Json:
    """Say whether the customer signed the Microsoft Customer Agreement directly: nothing else counts here."""
    require_user(request)
    return {"isSigned": _signed(world, own_customer(world, customer))}


def _signed(world: World, customer: Json) -> bool:
    return world.store.get("direct_agreement", customer["id"]) is not None


def accept_directly(world: World, customer: Json) -> None:
    """Let the customer's admin accept the Microsoft Customer Agreement, from which moment it is known."""
    world.store.put("direct_agreement", customer["id"], {"accepted": world.now()})


def void(world: World, customer: Json) -> None:
    """Let all that the customer agreed to until now count no more."""
    with world.store.transaction():
        world.store.delete("direct_agreement", customer["id"])
        for number, agreement in enumerate(world.store.all(f"agreement:{customer['id']}")):
            world.store.put(f"agreement:{customer['id']}", str(number), {**agreement, "void": True})


def _is_confirmed(world: World, customer: Json) -> bool:
    since = read_moment(world.switch("agreements_valid_since")) or 0.0
    agreements = world.store.all(f"agreement:{customer['id']}")
    valid = any(not kept.get("void") and (read_moment(kept["dateAgreed"]) or 0.0) >= since for kept in agreements)
    return valid or _signed(world, customer)


def check_confirmed(world: World, customer: Json) -> None:
    """Raise 403/13605 where no agreement of the customer is valid."""
    if world.switch("agreement_required") and not _is_confirmed(world, customer):
        description = (
            "Either a partner confirmation of the customer acceptance of the Microsoft Customer Agreement must be"
            " provided or the customer must accept the Microsoft Customer Agreement in the Microsoft Admin Center"
            " before you can complete this purchase"
        )
        raise PartnerCenterError(403, 13605, description)


ROUTES = [
    ("GET", "/agreements", list_templates),
    ("GET", "/agreementtemplates/{template}/document", get_document),
    ("GET", "/customers/{customer}/agreements", list_agreements),
    ("POST", "/customers/{customer}/agreements", confirm_agreement),
    ("GET", "/customers/{customer}/directSignedMicrosoftCustomerAgreementStatus", signing_status),
]
