"""The token endpoint of the login service: codes, refresh tokens and app-only tokens, old (v1) and new (v2) forms."""

import base64
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from sandbox.microsoft.aad_errors import NO_STORE, PARTNER_CENTER_APP, LoginError
from sandbox.microsoft.clients import check_client
from sandbox.microsoft.shapes import stamp
from sandbox.microsoft.world import ADMIN_ID, ADMIN_NAME, ADMIN_UPN, PARTNER_TENANT, World
from sandbox.wsgi import Request, Response, json_answer

CODE_LIFE = 600  # seconds
ACCESS_LIFE = 3599  # seconds
REFRESH_LIFE = 90 * 86400  # seconds from the token's own issue, used or not
PARTNER_CENTER = "https://api.partnercenter.microsoft.com"
GRAPH = "https://graph.microsoft.com"
OLD_GRAPH = "https://graph.windows.net"
PRICES = "https://api.partner.microsoft.com"
RESOURCES = frozenset(
    {
        PARTNER_CENTER,
        PRICES,
        PARTNER_CENTER_APP,
        GRAPH,
        OLD_GRAPH,
        "https://management.azure.com",
        "https://management.core.windows.net",
    }
)


@dataclass(frozen=True)
class Grant:
    """What a token is made from: who consented for which app, how they proved who they are, and for what."""

    client_id: str
    tenant: str
    amr: list[str]
    resource: str
    scope: str
    nonce: str = ""
    app_only: bool = False


def base64url(data: bytes) -> str:
    """Return URL-safe base64 without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def new_code(world: World, question: dict[str, str], *, tenant: str, amr: list[str]) -> str:
    """Remember an authorization code for the answered question of the consent page and return it."""
    code = "0.A" + secrets.token_urlsafe(48)
    kept = {
        "client_id": question["client_id"].lower(),
        "redirect_uri": question.get("redirect_uri", ""),
        "challenge": question.get("code_challenge", ""),
        "challenge_method": question.get("code_challenge_method", "plain"),
        "nonce": question.get("nonce", ""),
        "scope": question.get("scope", ""),
        "resource": question.get("resource", ""),
        "tenant": tenant,
        "amr": amr,
        "issued": world.now(),
        "used": False,
    }
    world.store.put("code", code, kept)
    return code


def new_refresh_token(world: World, *, client_id: str, amr: list[str], tenant: str) -> str:
    """Remember a refresh token, alive for 90 days from now, and return it."""
    token = "1.A" + secrets.token_urlsafe(64)
    kept = {"client_id": client_id.lower(), "amr": amr, "tenant": tenant, "issued": world.now()}
    world.store.put("refresh_token", _digest(token), kept)
    return token


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def answer_token_request(world: World, request: Request, *, tenant: str, version: int) -> Response:
    """Return the tokens of a grant; raise LoginError with the class that the login service would name."""
    form = request.form()
    scripted = request.fault.details.get("aadsts") if request.fault and request.fault.kind == "token_error" else None
    scripted = scripted or world.switch("token_error")
    if scripted:
        raise LoginError(int(scripted), client_id=form.get("client_id", ""), tenant=tenant, issued=stamp(0))
    tenant_id = world.tenant_id(tenant)
    if tenant_id is None:
        raise LoginError(90002, tenant=tenant)
    client_id = check_client(world, form, request, tenant)
    kind = form.get("grant_type", "")
    if kind == "authorization_code":
        grant = _from_code(world, form, client_id)
    elif kind == "refresh_token":
        grant = _from_refresh_token(world, form, client_id, tenant_id)
    elif kind == "client_credentials":
        grant = Grant(client_id, tenant_id, [], *_resource_and_scope(form, {}), app_only=True)
    elif kind == "password":
        raise LoginError(50126)
    else:
        raise LoginError(70003, grant_type=kind)
    return _tokens(world, grant, form, version)


def _from_code(world: World, form: dict[str, str], client_id: str) -> Grant:
    code = form.get("code", "")
    if not code:
        raise LoginError(90014, field="code")
    kept = world.store.get("code", code)
    if kept is None or kept["client_id"] != client_id:
        raise LoginError(70000)
    if kept["used"]:
        raise LoginError(54005)
    if world.now() - kept["issued"] > CODE_LIFE:
        raise LoginError(70008)
    if kept["redirect_uri"] != form.get("redirect_uri", ""):
        raise LoginError(500112)
    _check_challenge(kept, form.get("code_verifier", ""))
    world.store.put("code", code, {**kept, "used": True})
    resource, scope = _resource_and_scope(form, kept)
    return Grant(client_id, kept["tenant"], kept["amr"], resource, scope, kept["nonce"])


def _check_challenge(kept: dict[str, Any], verifier: str) -> None:
    if not kept["challenge"]:
        return
    digest = hashlib.sha256(verifier.encode()).digest()
    expected = base64url(digest) if kept["challenge_method"] == "S256" else verifier
    if not hmac.compare_digest(expected, kept["challenge"]):
        raise LoginError(501481)


def _from_refresh_token(world: World, form: dict[str, str], client_id: str, tenant_id: str) -> Grant:
    kept = world.store.get("refresh_token", _digest(form.get("refresh_token", "")))
    if kept is None or kept["client_id"] != client_id:
        raise LoginError(70000)
    consent = world.store.get("consent", client_id) or {}
    issued = stamp(kept["issued"], digits=7)
    if consent.get("withdrawn"):
        raise LoginError(65001, client_id=client_id, name=(world.app(client_id) or {}).get("name", ""))
    if kept["issued"] <= consent.get("tokens_valid_from", 0):
        raise LoginError(50173, issued=issued, valid_from=stamp(consent["tokens_valid_from"], digits=7))
    if world.now() - kept["issued"] > REFRESH_LIFE:
        raise LoginError(700082, issued=issued)
    if world.switch("mfa_required") and "mfa" not in kept["amr"]:
        raise LoginError(50076)
    resource, scope = _resource_and_scope(form, {})
    return Grant(client_id, tenant_id, kept["amr"], resource, scope)


def _resource_and_scope(form: dict[str, str], kept: dict[str, Any]) -> tuple[str, str]:
    resource = form.get("resource") or kept.get("resource") or ""
    scope = form.get("scope") or kept.get("scope") or ""
    for item in scope.split():
        if not resource and "/" in item:
            resource = item.rsplit("/", 1)[0]
    resource = resource.rstrip("/") or PARTNER_CENTER
    if resource.lower() not in RESOURCES:
        raise LoginError(70011)
    return resource.lower(), scope


def _tokens(world: World, grant: Grant, form: dict[str, str], version: int) -> Response:
    access = _access_token(world, grant)
    if version == 1:
        moment = int(world.wall_clock())
        answer: dict[str, Any] = {
            "token_type": "Bearer",
            "scope": "user_impersonation",
            "expires_in": str(ACCESS_LIFE),
            "ext_expires_in": str(ACCESS_LIFE),
            "expires_on": str(moment + ACCESS_LIFE),
            "not_before": str(moment - 300),
            "resource": grant.resource,
            "access_token": access,
        }
    else:
        answer = {
            "token_type": "Bearer",
            "scope": f"{grant.resource}/user_impersonation",
            "expires_in": ACCESS_LIFE,
            "ext_expires_in": ACCESS_LIFE,
            "access_token": access,
        }
    if not grant.app_only:
        answer["refresh_token"] = new_refresh_token(
            world, client_id=grant.client_id, amr=grant.amr, tenant=grant.tenant
        )
        if "openid" in grant.scope.split():
            answer["id_token"] = id_token(world, grant)
        if form.get("client_info") == "1":
            answer["client_info"] = client_info()
    reply = json_answer(200, answer)
    reply.headers.extend(NO_STORE)
    return reply


def client_info() -> str:
    """Return the admin's object and tenant as the login service encodes them for client libraries."""
    return base64url(json.dumps({"uid": ADMIN_ID, "utid": PARTNER_TENANT}, separators=(",", ":")).encode())


def id_token(world: World, grant: Grant) -> str:
    """Return an unsigned id_token: clients fetched it over TLS and do not check a signature."""
    moment = int(world.wall_clock())
    claims = {
        "aud": grant.client_id,
        "iss": f"{world.advertised_login}/{grant.tenant}/v2.0",
        "iat": moment,
        "nbf": moment - 300,
        "exp": moment + ACCESS_LIFE,
        "name": ADMIN_NAME,
        "oid": ADMIN_ID,
        "preferred_username": ADMIN_UPN,
        "sub": ADMIN_ID,
        "tid": grant.tenant,
        "ver": "2.0",
    }
    if grant.nonce:
        claims["nonce"] = grant.nonce
    return _jwt({"typ": "JWT", "alg": "none"}, claims) + "."


def _access_token(world: World, grant: Grant) -> str:
    moment = int(world.wall_clock())
    claims: dict[str, Any] = {
        "aud": grant.resource,
        "iss": f"https://sts.windows.net/{grant.tenant}/",
        "iat": moment,
        "nbf": moment - 300,
        "exp": moment + ACCESS_LIFE,
        "appid": grant.client_id,
        "tid": grant.tenant,
        "uti": base64url(uuid4().bytes),
        "ver": "1.0",
        # The sandbox's own clock may run ahead of the claims, which clients compare with the machine's.
        "sandbox_issued": world.now(),
    }
    if not grant.app_only:
        claims |= {
            "amr": grant.amr,
            "name": ADMIN_NAME,
            "oid": ADMIN_ID,
            "scp": "user_impersonation",
            "unique_name": ADMIN_UPN,
            "upn": ADMIN_UPN,
        }
    unsigned = _jwt({"typ": "JWT", "alg": "HS256"}, claims)
    return f"{unsigned}.{_signature(world, unsigned)}"


def _jwt(header: dict[str, Any], claims: dict[str, Any]) -> str:
    return ".".join(base64url(json.dumps(part, separators=(",", ":")).encode()) for part in (header, claims))


def _signature(world: World, unsigned: str) -> str:
    kept = world.store.get("setting", "signing_key")
    if kept is None:
        kept = world.store.put("setting", "signing_key", {"key": secrets.token_hex(32)})
    return base64url(hmac.new(bytes.fromhex(kept["key"]), unsigned.encode(), hashlib.sha256).digest())


def read_access_token(world: World, token: str) -> dict[str, Any] | None:
    """Return the claims of an access token that this sandbox issued and that is still alive, else None."""
    unsigned, _, signature = token.rpartition(".")
    if not unsigned or not hmac.compare_digest(signature, _signature(world, unsigned)):
        return None
    payload = unsigned.partition(".")[2]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return claims if world.now() - claims["sandbox_issued"] < ACCESS_LIFE else None


def consent_given(world: World, client_id: str) -> None:
    """Remember that the admin consented to an app; a withdrawal is over, older revoked tokens stay revoked."""
    kept = world.store.get("consent", client_id.lower()) or {}
    granted = {**kept, "withdrawn": False, "granted": world.now()}
    world.store.put("consent", client_id.lower(), granted)


def withdraw_consent(world: World, client_id: str) -> None:
    """Withdraw the consent to an app: its refresh tokens are answered with 65001."""
    kept = world.store.get("consent", client_id.lower()) or {}
    world.store.put("consent", client_id.lower(), {**kept, "withdrawn": True})


def revoke_tokens(world: World, client_id: str) -> None:
    """Revoke what was granted until now, as a changed password does: older refresh tokens are answered with 50173."""
    kept = world.store.get("consent", client_id.lower()) or {}
    world.store.put("consent", client_id.lower(), {**kept, "tokens_valid_from": world.now()})
