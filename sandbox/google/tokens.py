"""The token endpoint: a service account signs in by a signed assertion, in the name of an administrator."""

from sandbox.google.errors import TokenError
from sandbox.google.jwt import Assertion
from sandbox.google.world import SCOPES, World
from sandbox.wsgi import Request, Response, json_answer

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
# What Google's own library writes into the assertion, whatever address it sends it to.
AUDIENCE = "https://oauth2.googleapis.com/token"
LONGEST = 3600


def answer_token(world: World, request: Request) -> Response:
    """Return an access token for an assertion. Raises TokenError."""
    form = request.form()
    if form.get("grant_type") != GRANT:
        raise TokenError(400, "unsupported_grant_type", "Invalid grant_type")
    try:
        assertion = Assertion.read(form.get("assertion", ""))
    except ValueError as error:
        raise TokenError(400, "invalid_grant", "Bad JWT") from error
    claims = assertion.claims
    account = world.store.get("account", str(claims.get("iss", "")))
    if account is None:
        raise TokenError(400, "invalid_grant", "Invalid grant: account not found")
    key = account["keys"].get(assertion.header.get("kid", ""))
    if key is None or not assertion.is_signed_by(key):
        raise TokenError(400, "invalid_grant", "Invalid JWT Signature.")
    _check_times(world, claims.get("iat"), claims.get("exp"))
    if claims.get("aud") != AUDIENCE:
        raise TokenError(400, "invalid_grant", "Invalid JWT: Failed audience check")
    return _granted(world, account["email"], account["scopes"], claims)


def _check_times(world: World, began: object, until: object) -> None:
    """Check the claims against the machine's clock, by which whoever signs writes them."""
    now = world.wall_clock()
    if not isinstance(began, int) or not isinstance(until, int) or not began < until <= began + LONGEST or until <= now:
        raise TokenError(
            400, "invalid_grant", "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable time"
        )


def _granted(world: World, account: str, allowed: list[str], claims: dict[str, object]) -> Response:
    asked = str(claims.get("scope", "")).split()
    if not asked or not all(scope.startswith(SCOPES) for scope in asked):
        raise TokenError(400, "invalid_scope", "Invalid OAuth scope or ID token audience provided.")
    names = [scope.removeprefix(SCOPES) for scope in asked]
    if not set(names) <= set(allowed):
        text = "Client is unauthorized to retrieve access tokens using this method, or not authorized for a scope."
        raise TokenError(401, "unauthorized_client", text)
    if world.store.get("admin", str(claims.get("sub", "")).lower()) is None:
        raise TokenError(400, "invalid_grant", "Invalid email or User ID")
    return json_answer(
        200, {"access_token": world.new_token(account, names), "expires_in": 3599, "token_type": "Bearer"}
    )
