"""The answers of the login service when it refuses: one entry for each AADSTS class."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from sandbox.wsgi import Response, json_answer

NO_STORE = [("Cache-Control", "no-store, no-cache"), ("Pragma", "no-cache")]


@dataclass(frozen=True)
class AadError:
    """One class: HTTP status, OAuth error, sentence, and the members that only some classes carry."""

    status: int
    error: str
    sentence: str
    suberror: str | None = None
    claims: str | None = None
    with_uri: bool = True
    further_codes: tuple[int, ...] = ()


PARTNER_CENTER_APP = "fa3d9a0c-3fb0-42cc-9193-47c7ecd2edbd"

ERRORS: dict[int, AadError] = {
    50011: AadError(400, "invalid_request", "The redirect URI '{redirect_uri}' is not registered for the application."),
    50027: AadError(400, "invalid_request", "JWT token is invalid or malformed."),
    50034: AadError(400, "invalid_grant", "The user account does not exist in the directory."),
    50076: AadError(
        400,
        "invalid_grant",
        "Due to a configuration change made by your administrator, or because you moved to a new location, you must"
        f" use multi-factor authentication to access '{PARTNER_CENTER_APP}'.",
        suberror="basic_action",
    ),
    50078: AadError(
        400,
        "invalid_grant",
        "Presented multi-factor authentication has expired due to policies configured by your administrator, you must"
        f" refresh your multi-factor authentication to access '{PARTNER_CENTER_APP}'.",
        suberror="basic_action",
    ),
    50079: AadError(
        400,
        "interaction_required",
        "Due to a configuration change made by your administrator, or because you moved to a new location, you must"
        f" enroll in multi-factor authentication to access '{PARTNER_CENTER_APP}'.",
        claims='{"access_token":{"polids":{"essential":true,"values":["5e1d1f8e-0d2c-4c1c-9d0a-7f6c3a9b0c11"]}}}',
    ),
    50126: AadError(
        400,
        "invalid_grant",
        "Error validating credentials. AADSTS50126: Invalid username or password",
        with_uri=False,
        further_codes=(70002,),
    ),
    50173: AadError(
        400,
        "invalid_grant",
        "The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have"
        " changed or reset their password. The grant was issued on '{issued}' and the TokensValidFrom date for this"
        " user is '{valid_from}'.",
    ),
    54005: AadError(
        400, "invalid_grant", "OAuth2 Authorization code was already redeemed, please retry with a new valid code."
    ),
    65001: AadError(
        400,
        "invalid_grant",
        "The user or administrator has not consented to use the application with ID '{client_id}' named '{name}'. Send"
        " an interactive authorization request for this user and resource.",
        suberror="consent_required",
        with_uri=False,
    ),
    65004: AadError(400, "access_denied", "User declined to consent to access the app."),
    70000: AadError(400, "invalid_grant", "Provided grant is invalid or malformed."),
    70003: AadError(400, "unsupported_grant_type", "The app requested an unsupported grant type '{grant_type}'."),
    70008: AadError(400, "invalid_grant", "The provided authorization code or refresh token has expired."),
    70011: AadError(400, "invalid_scope", "The provided value for the input parameter 'scope' is not valid."),
    90002: AadError(
        400, "invalid_request", "Tenant '{tenant}' not found. Check to make sure you have the correct tenant"
    ),
    90014: AadError(400, "invalid_request", "The required field '{field}' is missing from the credential."),
    90033: AadError(503, "temporarily_unavailable", "A transient error has occurred. Please try again."),
    500112: AadError(
        400, "invalid_client", "The reply address does not match the reply address provided when requesting the code."
    ),
    501481: AadError(
        400,
        "invalid_grant",
        "The Code_Verifier does not match the code_challenge supplied in the authorization request.",
    ),
    700016: AadError(
        400,
        "unauthorized_client",
        "Application with identifier '{client_id}' was not found in the directory '{tenant}'.",
    ),
    700021: AadError(
        401,
        "invalid_client",
        "Client assertion application identifier doesn't match 'client_id' parameter '{client_id}'.",
    ),
    700023: AadError(401, "invalid_client", "Client assertion audience claim does not match Realm issuer."),
    700024: AadError(401, "invalid_client", "Client assertion is not within its valid time range."),
    700027: AadError(
        401,
        "invalid_client",
        "The certificate with identifier used to sign the client assertion is not registered on application"
        " '{client_id}'. [Reason - {reason}]",
    ),
    700082: AadError(
        400,
        "invalid_grant",
        "The refresh token has expired due to inactivity. The token was issued on {issued} and was inactive for"
        " 90.00:00:00.",
    ),
    7000215: AadError(
        401,
        "invalid_client",
        "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not"
        " the client secret ID, for a secret added to app '{client_id}'.",
    ),
    7000218: AadError(
        401,
        "invalid_client",
        "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
    ),
    7000222: AadError(
        401,
        "invalid_client",
        "The provided client secret keys for app '{client_id}' are expired. Create new keys for your app.",
    ),
}


class LoginError(Exception):
    """Ends a login request with one of the classes."""

    def __init__(self, code: int, **details: str) -> None:
        super().__init__(code)
        self.code = code
        self.details = details


class _Blank(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return f"<{key}>"


def sentence(code: int, details: dict[str, str]) -> str:
    """Return the class's sentence with its number in front; 50126 is introduced by the class it is nested in."""
    error = ERRORS[code]
    shown = error.further_codes[0] if error.further_codes else code
    return f"AADSTS{shown}: " + error.sentence.format_map(_Blank(details))


def described(code: int, details: dict[str, str], *, correlation_id: str, now: float) -> dict[str, Any]:
    """Return the body of a refusal: sentence, trace, and the members of its class."""
    error = ERRORS[code]
    moment = datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%d %H:%M:%SZ")
    trace = str(uuid4())
    body: dict[str, Any] = {
        "error": error.error,
        "error_description": f"{sentence(code, details)}\r\nTrace ID: {trace}\r\nCorrelation ID: {correlation_id}"
        f"\r\nTimestamp: {moment}",
        "error_codes": [*error.further_codes, code],
        "timestamp": moment,
        "trace_id": trace,
        "correlation_id": correlation_id,
    }
    if error.with_uri:
        body["error_uri"] = f"https://login.microsoftonline.com/error?code={code}"
    if error.suberror:
        body["suberror"] = error.suberror
    if error.claims:
        body["claims"] = error.claims
    return body


def refusal_answer(refusal: LoginError, *, correlation_id: str, now: float) -> Response:
    """Return a refusal as the token endpoint sends it."""
    body = described(refusal.code, refusal.details, correlation_id=correlation_id, now=now)
    answer = json_answer(ERRORS[refusal.code].status, body)
    answer.headers.extend(NO_STORE)
    return answer
