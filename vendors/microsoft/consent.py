"""The Secure Application Model (CR-499): consent in the browser, tokens through msal, rotation of the refresh token."""

import base64
import json
import re
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import msal
import requests
from msal.exceptions import MsalServiceError

from vendors.base import JSON, ClientTls, Connection
from vendors.capabilities import ConsentRequest, Grant
from vendors.errors import ConsentNeeded, Misconfigured, Transient, VendorError
from vendors.microsoft.errors import ANOTHER_BROWSER, LOGIN_TROUBLE, MFA_REQUIRED, NOT_GRANTED, sign_in_error
from vendors.microsoft.partner_center import Members, PartnerCenter
from vendors.signing import usable_certificate

LOGIN_BASE = "https://login.microsoftonline.com"
# A certificate with its key, which signs our application's sign-in instead of its secret key.
SIGNED_BY = ClientTls("certificate", "certificate_password", signs=True)
# Of the application alone, where Partner Center asks for that (attestations).
APP_SCOPES = ["https://api.partnercenter.microsoft.com/.default"]
SCOPES = ["https://api.partnercenter.microsoft.com/user_impersonation"]
# A refresh token lives this long from its own issue, however often it is used (specification 1.4).
REFRESH_LIFE = timedelta(days=90)
# Microsoft's own client renews an access token this long before it expires.
RENEW_BEFORE = timedelta(seconds=30)
# The answer comes by GET on purpose: a POST from Microsoft's site would come without our session's cookie.
warnings.filterwarnings("ignore", message="response_mode='form_post' is recommended", module="msal")
# What an access token's life may be told as; Microsoft's live an hour, or a day where tokens are checked continuously.
WHOLE_SECONDS = re.compile(r"-?[0-9]{1,9}")
LONGEST_LIFE = timedelta(days=1)
_CODE = re.compile(r"AADSTS(\d+)")


class LoginHttp:
    """The HTTP client that msal is given: our session, talking to the connection's sign-in server.

    msal insists on https and on Microsoft's own host name, also in the discovery document; the address is rewritten
    on the way out (specification 1.7). The last answer is kept, because msal hides it in some of its errors.
    """

    def __init__(self, connection: Connection) -> None:
        self.http = connection.http
        self.base = login_base(connection)
        self.last: requests.Response | None = None
        self.asked_for_token = False

    def get(self, url: str, **options: Any) -> requests.Response:
        """Send a GET."""
        return self._send("GET", url, **options)

    def post(self, url: str, **options: Any) -> requests.Response:
        """Send a POST: only the token endpoint takes one."""
        self.asked_for_token = True
        return self._send("POST", url, **options)

    def close(self) -> None:
        """Do nothing: the session belongs to the connection."""

    def _send(self, method: str, url: str, **options: Any) -> requests.Response:
        self.last = None
        self.last = self.http.request(method, url.replace(LOGIN_BASE, self.base, 1), **options)
        return self.last


def login_base(connection: Connection) -> str:
    """Return the sign-in server's address, without a slash at the end."""
    return connection.setting("login_base_url", LOGIN_BASE).rstrip("/")


def begin(connection: Connection, *, redirect_uri: str) -> ConsentRequest:
    """Return Microsoft's consent page with PKCE, state and nonce; the flow has to be kept secret until the answer."""
    login = LoginHttp(connection)
    with _sign_in_trouble(login):
        flow = _application(connection, login, connection.secrets.read()).initiate_auth_code_flow(
            SCOPES, redirect_uri=redirect_uri, prompt="consent"
        )
    # The browser may reach the sign-in server under another name than we do (a container's network).
    browser = connection.setting("login_browser_url", login.base).rstrip("/")
    url = flow["auth_uri"].replace(LOGIN_BASE, browser, 1)
    # Force the MFA challenge, as Microsoft's own sample does: a token without MFA is of no use.
    return ConsentRequest(url=f"{url}&amr_values=mfa", state=flow["state"], flow=flow)


def complete(connection: Connection, *, flow: JSON, answer: Mapping[str, str]) -> Grant:
    """Exchange the answer for tokens and check them at Partner Center; raises VendorError."""
    if "error" in answer:
        codes = [int(code) for code in _CODE.findall(answer.get("error_description", ""))]
        raise sign_in_error(codes=codes, error=answer["error"])
    login = LoginHttp(connection)
    try:
        with _sign_in_trouble(login):
            application = _application(connection, login, connection.secrets.read())
            result = application.acquire_token_by_auth_code_flow(flow, dict(answer))
    except (ValueError, RuntimeError) as error:
        # State or nonce differ: the answer belongs to another attempt, or to somebody else's.
        raise ConsentNeeded(ANOTHER_BROWSER, code="state_mismatch") from error
    _raise_for(result, login)
    if not result.get("refresh_token"):
        raise Transient(LOGIN_TROUBLE, code="sign_in_unreadable")
    claims = claims_of(str(result["access_token"]))
    if "amr" in claims and "mfa" not in (claims["amr"] or ()):
        raise ConsentNeeded(MFA_REQUIRED, code="mfa_required")
    profile = PartnerCenter(connection, lambda _fresh: str(result["access_token"])).own_profile()
    who = result.get("id_token_claims") or {}
    return Grant(
        secrets=_tokens(result, connection.now),
        issued_at=connection.now,
        expires_on=connection.now + REFRESH_LIFE,
        details={
            "tenant_id": str(who.get("tid") or claims.get("tid") or ""),
            "granted_at_vendor_by": str(who.get("preferred_username") or who.get("name") or ""),
            "user_id": str(who.get("oid") or claims.get("oid") or ""),
            **profile_details(profile),
        },
    )


def profile_details(profile: Members) -> dict[str, str]:
    """Return what the connection page shows of our profile at Microsoft."""
    return {
        "company": str(profile.get("companyName") or ""),
        "vetting_status": str(profile.get("vettingStatus") or ""),
    }


def access_token(connection: Connection, *, fresh: bool = False) -> str:
    """Return an access token for Partner Center, from the store while it lives, else by the refresh token.

    Every exchange brings a new refresh token, which is stored at once: the old one dies 90 days after its own issue
    even if it is used daily. Raises ConsentNeeded, Misconfigured, Transient.
    """
    secrets = connection.secrets.read()
    stored, expires_at = secrets.get("access_token", ""), secrets.get("access_expires_at", "")
    if stored and not fresh and datetime.fromisoformat(expires_at) - RENEW_BEFORE > connection.now:
        return stored
    if not secrets.get("refresh_token"):
        raise ConsentNeeded(NOT_GRANTED, code="not_granted")
    result = _refreshed(connection, secrets, SCOPES)
    if result.get("refresh_token"):
        tokens, issued_at = _tokens(result, connection.now), connection.now
        connection.secrets.renew(tokens, issued_at=issued_at, expires_on=issued_at + REFRESH_LIFE)
    return str(result["access_token"])


def app_only_token(connection: Connection) -> str:
    """Return an access token of the application alone, which is not kept. Raises VendorError."""
    login = LoginHttp(connection)
    with _sign_in_trouble(login):
        application = _application(connection, login, connection.secrets.read())
        result = application.acquire_token_for_client(APP_SCOPES)
    _raise_for(result, login)
    return str(result["access_token"])


def token_for(connection: Connection, scopes: list[str]) -> str:
    """Return a new access token for another of Microsoft's servers, which is kept nowhere; the refresh token is.

    Raises ConsentNeeded, Misconfigured, Transient.
    """
    secrets = connection.secrets.read()
    if not secrets.get("refresh_token"):
        raise ConsentNeeded(NOT_GRANTED, code="not_granted")
    result = _refreshed(connection, secrets, scopes)
    if result.get("refresh_token"):
        fresh = {"refresh_token": str(result["refresh_token"])}
        connection.secrets.renew(fresh, issued_at=connection.now, expires_on=connection.now + REFRESH_LIFE)
    return str(result["access_token"])


def _refreshed(connection: Connection, secrets: Mapping[str, str], scopes: list[str]) -> dict[str, Any]:
    """Return what the sign-in server gives for the refresh token."""
    login = LoginHttp(connection)
    with _sign_in_trouble(login):
        # A new application object each time: msal remembers failures per object and would repeat them from memory.
        application = _application(connection, login, secrets)
        result = application.acquire_token_by_refresh_token(secrets["refresh_token"], scopes)
    _raise_for(result, login)
    return dict(result)


def claims_of(token: str) -> dict[str, Any]:
    """Return the claims of a JWT without checking it (it came over our own connection); none when it is not one."""
    parts = token.split(".")
    if len(parts) != 3:
        return {}
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
    except ValueError:
        return {}
    return claims if isinstance(claims, dict) else {}


def _application(
    connection: Connection, login: LoginHttp, secrets: Mapping[str, str]
) -> msal.ConfidentialClientApplication:
    """Return msal's view of our application, with the secrets that were read once for the whole exchange.

    A certificate signs in where there is one (PS256, named by its SHA-256), else the secret key.
    """
    return msal.ConfidentialClientApplication(
        connection.setting("client_id"),
        client_credential=_credential(secrets, connection.now),
        authority=f"{LOGIN_BASE}/{connection.setting('tenant_id')}",
        http_client=login,
        instance_discovery=False,
    )


def _credential(secrets: Mapping[str, str], now: datetime) -> str | dict[str, str]:
    """Return with what our application proves that it is itself: the certificate, else the secret key.

    Raises Misconfigured for a certificate that cannot be used, where there is no secret key either.
    """
    secret = secrets.get("client_secret", "")
    try:
        certificate = usable_certificate(secrets, SIGNED_BY, now)
    except Misconfigured:
        if not secret:
            raise
        return secret
    if certificate is None:
        return secret
    return {"private_key": certificate.key.decode(), "public_certificate": certificate.chain.decode()}


def _tokens(result: Mapping[str, Any], now: datetime) -> dict[str, str]:
    return {
        "refresh_token": str(result["refresh_token"]),
        "access_token": str(result["access_token"]),
        "access_expires_at": (now + access_life(result.get("expires_in"))).isoformat(),
    }


def access_life(expires_in: object) -> timedelta:
    """Return for how long an access token lives: seconds, told as a number or as text, between none and LONGEST_LIFE.

    Told strangely it counts as none: the token is used once and renewed for the next call.
    """
    text = str(expires_in).strip()
    seconds = int(text) if WHOLE_SECONDS.fullmatch(text) else 0
    return min(max(timedelta(seconds=seconds), timedelta(0)), LONGEST_LIFE)


def _raise_for(result: Mapping[str, Any], login: LoginHttp) -> None:
    if isinstance(result.get("access_token"), str) and result["access_token"]:
        return
    if login.last is not None and (login.last.status_code >= 500 or login.last.status_code == 429):
        raise Transient(LOGIN_TROUBLE, code=str(login.last.status_code))
    raise sign_in_error(codes=result.get("error_codes") or [], error=str(result.get("error", "")))


@contextmanager
def _sign_in_trouble(login: LoginHttp) -> Iterator[None]:
    """Turn what msal and requests raise for trouble at the sign-in server into VendorError."""
    try:
        yield
    except (requests.RequestException, MsalServiceError) as error:
        raise Transient(LOGIN_TROUBLE, code="sign_in_unreachable") from error
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RuntimeError) as error:
        if login.last is not None and login.last.status_code >= 400:
            raise _refusal(login.last) from error
        if isinstance(error, RuntimeError) or login.asked_for_token is False:
            raise  # a nonce or a state of another attempt
        # msal chokes on what is no number, no token or no object in an answer.
        raise Transient(LOGIN_TROUBLE, code="sign_in_unreadable") from error


def _refusal(response: requests.Response) -> VendorError:
    """Return what an error answer means that msal turned into an exception (an unknown tenant, for example)."""
    if response.status_code >= 500 or response.status_code == 429:
        return Transient(LOGIN_TROUBLE, code=str(response.status_code))
    try:
        body = response.json()
    except ValueError:
        body = {}
    codes = body.get("error_codes") or [] if isinstance(body, dict) else []
    return sign_in_error(codes=codes, error=str(body.get("error", "")) if isinstance(body, dict) else "")
