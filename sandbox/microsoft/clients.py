"""Which app asks the token endpoint: known by its secret, or by what its certificate signed (client_assertion)."""

import base64
import hashlib
import hmac
import json
from typing import Any

from sandbox.microsoft.aad_errors import LoginError
from sandbox.microsoft.certificates import Certificate, is_signed, read_certificate
from sandbox.microsoft.world import World
from sandbox.wsgi import Request

BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
TOLERANCE = 300  # seconds that a client's clock may differ


def check_client(world: World, form: dict[str, str], request: Request, tenant: str) -> str:
    """Return the id of the app that asks; raise LoginError with what is wrong with its credential."""
    if "client_assertion" in form or "client_assertion_type" in form:
        return _by_assertion(world, form, tenant)
    client_id, secret = form.get("client_id", ""), form.get("client_secret", "")
    authorization = request.headers.get("authorization", "")
    if authorization[:6].lower() == "basic ":
        client_id, _, secret = base64.b64decode(authorization[6:]).decode().partition(":")
    app = world.app(client_id)
    if app is None:
        raise LoginError(700016, client_id=client_id, tenant=tenant)
    if not secret:
        raise LoginError(7000218)
    if not hmac.compare_digest(app["secret_sha256"], hashlib.sha256(secret.encode()).hexdigest()):
        raise LoginError(7000215, client_id=client_id)
    if world.switch("secret_expired"):
        raise LoginError(7000222, client_id=client_id)
    return client_id.lower()


def _by_assertion(world: World, form: dict[str, str], tenant: str) -> str:
    header, claims, signed, signature = _opened(form)
    client_id = form.get("client_id") or str(claims.get("iss", ""))
    app = world.app(client_id)
    if app is None:
        raise LoginError(700016, client_id=client_id, tenant=tenant)
    certificate = _named(app, header)
    if certificate is None:
        raise LoginError(700027, reason="The key was not found.", client_id=client_id)
    if not is_signed(certificate, str(header.get("alg")), signed, signature):
        raise LoginError(700027, reason="Failed to verify the signature.", client_id=client_id)
    if world.wall_clock() >= certificate.until or world.now() >= certificate.until:
        raise LoginError(700027, reason="The key used is expired.", client_id=client_id)
    _check_claims(world, claims, client_id, tenant)
    return client_id.lower()


def _opened(form: dict[str, str]) -> tuple[dict[str, Any], dict[str, Any], bytes, bytes]:
    """Return header, claims, signed text and signature of an assertion; raise 50027 for what is none."""
    if form.get("client_assertion_type") != BEARER:
        raise LoginError(90014, field="client_assertion_type")
    unsigned, _, signature = form.get("client_assertion", "").rpartition(".")
    try:
        header, claims = (json.loads(_decoded(part)) for part in unsigned.split("."))
        return dict(header), dict(claims), unsigned.encode(), _decoded(signature)
    except (ValueError, TypeError) as error:
        raise LoginError(50027) from error


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _named(app: dict[str, Any], header: dict[str, Any]) -> Certificate | None:
    """Return the app's certificate that a header names by a thumbprint, which msal pads and others do not."""
    sha256, sha1 = (str(header.get(name, "")).rstrip("=") for name in ("x5t#S256", "x5t"))
    for pem in app.get("certificates", ()):
        certificate = read_certificate(pem)
        if certificate.sha256 == sha256 or certificate.sha1 == sha1:
            return certificate
    return None


def _check_claims(world: World, claims: dict[str, Any], client_id: str, tenant: str) -> None:
    """Raise where an assertion is another app's, another endpoint's, or not of now."""
    now = world.wall_clock()
    if {str(claims.get(name)).lower() for name in ("iss", "sub")} != {client_id.lower()}:
        raise LoginError(700021, client_id=client_id)
    base, path = f"{world.advertised_login}/", str(claims.get("aud", ""))
    named, _, rest = path.removeprefix(base).partition("/")
    endpoints = ("oauth2/token", "oauth2/v2.0/token", "v2.0", "")
    if not path.startswith(base) or world.tenant_id(named) != world.tenant_id(tenant) or rest not in endpoints:
        raise LoginError(700023)
    if not float(claims.get("nbf", 0)) - TOLERANCE <= now < float(claims.get("exp", 0)):
        raise LoginError(700024)
