"""Exports of what is billed: asked for, run for a while, then a manifest that names blobs of gzipped JSON lines.

What there is to export is set by a test. New lines of the same period are a new eTag: they replace what was there. The
signature in the manifest (SAS) dies; the operation, read again, has a fresh one.
"""

import gzip
import hashlib
import json
import secrets
from typing import Any
from uuid import uuid4

from sandbox.microsoft.errors import GraphError
from sandbox.microsoft.shapes import Fields, Json, stamp
from sandbox.microsoft.world import PARTNER_TENANT, World
from sandbox.wsgi import Request, Response, html_answer, json_answer

BASE = "/reports/partners/billing"
TYPES = "#microsoft.graph.partners.billing."
SUBJECTS = ("usage", "reconciliation")
PERIODS = ("current", "last")
ATTRIBUTES = ("full", "basic")
BLOBS = 2
RETRY_AFTER = 10  # seconds
NO_DATA = {"code": "5000", "message": "No data available"}
# What `basic` leaves out; which columns Microsoft does is only published in a table that was not seen.
NOT_BASIC = frozenset({"Tags", "AdditionalInfo", "ServiceInfo1", "ServiceInfo2", "BenefitId", "BenefitOrderId"})


def _key(subject: str, *parts: str) -> str:
    return "/".join((subject, *parts)).lower()


def set_lines(
    world: World, lines: list[Json], *, subject: str, invoice: str | None, currency: str, period: str
) -> None:
    """Set what an export of an invoice, or of a currency's period that is not billed yet, will hold."""
    if subject not in SUBJECTS or period not in PERIODS:
        raise ValueError(f"subject is one of {', '.join(SUBJECTS)}, period of {', '.join(PERIODS)}")
    key = _key(subject, "billed", invoice) if invoice else _key(subject, "unbilled", currency, period)
    world.store.put("billing", key, {"lines": lines})


def begin(world: World, request: Request, subject: str, kind: str) -> Response:
    """Begin an export and say where it can be looked at."""
    fields = Fields.of(request.json())
    attributes = fields.text("attributeSet").lower() or "full"
    if subject not in SUBJECTS or kind not in ("billed", "unbilled"):
        raise GraphError(404, "ResourceNotFound", "Resource not found.")
    invoice, currency = fields.text("invoiceId"), fields.text("currencyCode")
    period = fields.text("billingPeriod").lower()
    complete = bool(invoice) if kind == "billed" else bool(currency) and period in PERIODS
    if not complete or attributes not in ATTRIBUTES:
        raise GraphError(400, "BadRequest", "invoiceId, or currencyCode and billingPeriod, and attributeSet.")
    key = _key(subject, kind, invoice) if kind == "billed" else _key(subject, kind, currency, period)
    operation: Json = {
        "id": str(uuid4()),
        "key": key,
        "basic": attributes == "basic",
        "reads": int(world.switch("export_running_reads")),
        "created": world.now(),
        "blobs": None,
        "etag": None,
    }
    world.store.put("operation", operation["id"], operation)
    location = f"{_base(request)}/graph/v1.0{BASE}/operations/{operation['id']}"
    return Response(202, headers=[("Location", location), ("Retry-After", str(RETRY_AFTER))])


def _base(request: Request) -> str:
    return f"http://{request.headers.get('host', 'localhost')}{request.mounted_at}"


def look(world: World, request: Request, operation: str) -> Response:
    """Return how far an export is: running, failed, or done with its manifest; the status is 200 in every case."""
    kept = world.store.get("operation", operation.lower())
    if kept is None:
        raise GraphError(404, "ResourceNotFound", "Resource not found.")
    answer: Json = {
        "id": kept["id"],
        "createdDateTime": stamp(kept["created"]),
        "lastActionDateTime": stamp(world.now()),
    }
    if kept["reads"] > 0:
        world.store.put("operation", kept["id"], {**kept, "reads": kept["reads"] - 1})
        reply = json_answer(200, {"@odata.type": f"{TYPES}runningOperation", **answer, "status": "running"})
        reply.headers.append(("Retry-After", str(RETRY_AFTER)))
        return reply
    kept = _written(world, kept)
    if not kept["blobs"]:
        failed = {"@odata.type": f"{TYPES}failedOperation", **answer, "status": "failed", "error": NO_DATA}
        return json_answer(200, failed)
    manifest = _manifest(world, request, kept)
    done = {"@odata.type": f"{TYPES}exportSuccessOperation", **answer, "status": "succeeded"}
    return json_answer(200, {**done, "resourceLocation": manifest})


def _written(world: World, kept: Json) -> Json:
    """Return an operation with its blobs, which are written once: later lines are another export's."""
    source = world.store.get("billing", kept["key"])
    if kept["blobs"] is not None or source is None or not source["lines"]:
        return kept
    lines = [
        {name: value for name, value in line.items() if not (kept["basic"] and name in NOT_BASIC)}
        for line in source["lines"]
    ]
    size = -(-len(lines) // BLOBS)
    parts = [lines[number * size : (number + 1) * size] for number in range(BLOBS)]
    text = json.dumps(lines, sort_keys=True).encode()
    blobs = {f"part-{number:05}.json.gz": part for number, part in enumerate(parts) if part}
    return world.store.put("operation", kept["id"], {**kept, "blobs": blobs, "etag": hashlib.sha256(text).hexdigest()})


def _manifest(world: World, request: Request, kept: Json) -> Json:
    """Return the manifest of an export, with a signature that is good for a while."""
    signature = secrets.token_urlsafe(24)
    until = world.now() + float(world.switch("sas_seconds"))
    world.store.put("sas", signature, {"operation": kept["id"], "until": until})
    return {
        "id": kept["id"],
        "createdDateTime": stamp(kept["created"]),
        "schemaVersion": "2",
        "dataFormat": "compressedJSONLines",
        "partitionType": "default",
        "eTag": kept["etag"],
        "partnerTenantId": PARTNER_TENANT,
        "rootDirectory": f"{_base(request)}/blobs/{kept['id']}",
        "sasToken": f"se={stamp(until, digits=0)}&sig={signature}",
        "blobCount": len(kept["blobs"]),
        "blobs": [{"name": name, "partitionValue": "default"} for name in kept["blobs"]],
    }


def blob(world: World, request: Request) -> Response:
    """Return one blob to whoever has a signature that is still good; nothing else is asked for."""
    _, _, operation, name, *_ = [*request.path.split("/"), "", "", ""]
    kept, signed = world.store.get("operation", operation), world.store.get("sas", request.query.get("sig", ""))
    if signed is None or signed["operation"] != operation or world.now() >= signed["until"]:
        return html_answer(403, "<Error><Code>AuthenticationFailed</Code></Error>")
    lines = (kept or {"blobs": {}})["blobs"].get(name)
    if request.method != "GET" or lines is None:
        return html_answer(404, "<Error><Code>BlobNotFound</Code></Error>")
    text = "".join(json.dumps(line, separators=(",", ":"), ensure_ascii=False) + "\n" for line in lines)
    headers = [("Content-Type", "application/octet-stream"), ("ETag", f'"{kept["etag"] if kept else ""}"')]
    return Response(200, gzip.compress(text.encode(), mtime=0), headers)


ROUTES: list[tuple[str, str, Any]] = [
    ("POST", f"{BASE}/{{subject}}/{{kind}}/export", begin),
    ("GET", f"{BASE}/operations/{{operation}}", look),
]
