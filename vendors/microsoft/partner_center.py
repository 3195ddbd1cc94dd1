"""The client of the Partner Center REST API: how Microsoft wants to be asked, and how its answers are to be read."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import uuid4

from requests import Response

from vendors.base import Connection
from vendors.errors import ConsentNeeded, Gone, LostAnswer, Misconfigured, Rejected, Transient, VendorError
from vendors.http import BUSY
from vendors.microsoft.errors import (
    ADDRESS_WRONG,
    GATEWAY,
    GONE_CUSTOMERS,
    MFA_REQUIRED,
    NO_AGREEMENT,
    NO_RIGHTS,
    UNKNOWN_SUBSCRIPTION,
    UNREADABLE,
    UNSOLD_CODE,
    WRONG_ADDRESS,
    partner_center_error,
    unsold,
)
from vendors.microsoft.fields import field_named_in

VERSION_MISMATCH = 412
# A 401 that a fresh token does not cure: the audience is wrong, or MFA is missing.
NOT_RENEWED = frozenset({"900420", "900421"})
API_BASE = "https://api.partnercenter.microsoft.com/v1"
ADDRESS_INVALID = "2007"
# Of Partner Center's own error body; a gateway's 404 has none.
NOT_FOUND_CODE = "1000"
ADDRESS_STATUSES_REFUSED = frozenset({"none", "multiple", "streetpartial", "premisespartial", "interactionrequired"})


class Members(dict[str, Any]):
    """A JSON object whose members are found whatever the case of their names (answers mix spellings)."""

    def __missing__(self, name: str) -> Any:
        """Return the member whose name differs only in case."""
        wanted = name.casefold()
        for known, value in self.items():
            if known.casefold() == wanted:
                return value
        raise KeyError(name)

    def get(self, name: str, default: Any = None) -> Any:
        """Return the member, whatever its case, or the default."""
        try:
            return self[name]
        except KeyError:
            return default


@dataclass(frozen=True)
class Reply:
    """An answer that is not an error. `body` is an object, or (provisioning of an order) a list of them."""

    status: int
    body: Any
    headers: Mapping[str, str]


def parsed(content: bytes) -> Any:
    """Return the JSON of a body: it begins with a byte-order mark, and its numbers keep their digits."""
    text = content.decode("utf-8-sig").strip()
    return json.loads(text, parse_float=Decimal, object_pairs_hook=Members) if text else Members()


def is_own_error(response: Response) -> bool:
    """Return whether an error answer is Partner Center's own (specification 2.4) rather than one of a gateway.

    A service error has a code, a throttled call a statusCode with its message. A conflict, a lock or a version that no
    longer matches may come with an empty body: only who knows the object answers so.
    """
    try:
        body = parsed(response.content)
    except (ValueError, RecursionError):
        return False
    if not isinstance(body, Members):
        return False
    named = body.get("code") is not None or (body.get("statusCode") is not None and body.get("message") is not None)
    return named or response.status_code in {*BUSY, VERSION_MISMATCH}


def id_of(members: Any, name: str = "id") -> str:
    """Return an id that an answer must have; KeyError, TypeError or ValueError where the shape is another."""
    value = members[name]
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{name} is no id: {value!r}")
    return value


def require_same(told: object, asked: str) -> None:
    """Raise LostAnswer where a success is about something else than was asked for: it says nothing of that."""
    if not isinstance(told, str) or not same_id(told, asked):
        raise LostAnswer(UNREADABLE, code="unreadable", answered=True)


def same_id(one: str, other: str) -> bool:
    """Return whether two ids are equal: Microsoft changes their case between resources."""
    return one.casefold() == other.casefold()


class PartnerCenter:
    """Partner Center over one connection. `token(fresh)` gives an access token, a renewed one if `fresh`."""

    def __init__(self, connection: Connection, token: Callable[[bool], str]) -> None:
        self.http = connection.http
        self.base = connection.setting("api_base_url", API_BASE).rstrip("/")
        self.locale = connection.setting("locale", "en-US")
        self.token = token
        self.correlation_id = str(uuid4())
        self._rules: dict[str, Members] = {}

    # -- how to ask ---------------------------------------------------------------------------------------------

    def read(
        self, path: str, *, params: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """GET a resource."""
        return self._answered(self._send("GET", path, changes=False, params=params, headers=headers))

    def ask(self, path: str, body: Mapping[str, Any]) -> Reply:
        """POST a question, which changes nothing."""
        return self._answered(self._send("POST", path, changes=False, body=body))

    def write(
        self, method: str, path: str, body: Mapping[str, Any] | None, *, request_id: str, etag: str = ""
    ) -> Reply:
        """Make a call that changes something, under the given MS-RequestId, with If-Match where an etag is known."""
        headers = {"If-Match": f'"{etag}"'} if etag else {}
        response = self._send(method, path, changes=True, body=body, request_id=request_id, headers=headers)
        if response.status_code >= 300:
            raise error_of(response)
        try:
            return Reply(response.status_code, parsed(response.content), response.headers)
        except (ValueError, RecursionError) as error:
            raise LostAnswer(UNREADABLE, code="unreadable", answered=True) from error

    def collection(self, path: str, *, params: Mapping[str, str] | None = None) -> Iterator[Members]:
        """Yield the items of a collection, page after page, as long as there is a next link.

        The next link is followed with every header it names (MS-ContinuationToken); totalCount counts the page.
        """
        page = self.read(path, params=params).body
        while True:
            yield from page.get("items") or []
            following = (page.get("links") or Members()).get("next")
            if not following:
                return
            headers = {pair["key"]: pair["value"] for pair in following.get("headers") or []}
            page = self.read(following["uri"], headers=headers).body

    def url(self, path: str) -> str:
        """Return the full address of a path or link: with version, without, or without its first slash."""
        if path.startswith(("http://", "https://")):
            return path
        version = urlsplit(self.base).path.rstrip("/").rpartition("/")[2]
        relative = path.lstrip("/").removeprefix(f"{version}/")
        return f"{self.base}/{relative}"

    def _send(
        self,
        method: str,
        path: str,
        *,
        changes: bool,
        body: Mapping[str, Any] | None = None,
        request_id: str = "",
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        """Send, renewing the access token once where Partner Center no longer accepts it."""
        options: dict[str, Any] = {"params": params} if params else {}
        if body is not None:
            options["data"] = json.dumps(body, default=_plain_number).encode()
        for fresh in (False, True):
            sent = self._headers(fresh, request_id, body is not None) | dict(headers or {})
            response = self.http.exchange(
                method, self.url(path), changes=changes, own=is_own_error, headers=sent, **options
            )
            if response.status_code != 401 or _code(response) in NOT_RENEWED:
                return response
            if changes and not fresh:
                # An answer was given, so the repetition needs a new request id: the step mints it.
                self.token(True)
                raise Transient(NO_RIGHTS, code="401", at_once=True)
        return response

    def _headers(self, fresh: bool, request_id: str, has_body: bool) -> dict[str, str]:
        headers = {
            "Authorization": f"Bearer {self.token(fresh)}",
            "Accept": "application/json",
            "MS-RequestId": request_id or str(uuid4()),
            "MS-CorrelationId": self.correlation_id,
            "X-Locale": self.locale,
        }
        return headers | ({"Content-Type": "application/json"} if has_body else {})

    def _answered(self, response: Response) -> Reply:
        """Return what a read was answered with; what is no answer of Partner Center's tells nothing about an object."""
        if response.status_code >= 300:
            if not is_own_error(response):
                raise self._foreign(response.status_code)
            raise error_of(response)
        try:
            body = parsed(response.content)
        except (ValueError, RecursionError) as error:
            raise Misconfigured(WRONG_ADDRESS, server=urlsplit(self.base).netloc) from error
        return Reply(response.status_code, body, response.headers)

    def _foreign(self, status: int) -> VendorError:
        """Return what the answer to a read means that somebody else gave: an address that is wrong, or a hindrance."""
        server = urlsplit(self.base).netloc
        if status < 400 or status == 404:
            return Misconfigured(WRONG_ADDRESS, server=server)
        if status == 401:
            return ConsentNeeded(NO_RIGHTS, code="401")
        return Transient(GATEWAY, code=str(status), server=server, status=status)

    # -- what to ask for ----------------------------------------------------------------------------------------

    def domain_is_taken(self, domain: str) -> bool:
        """Return whether the domain belongs to somebody: 200 means taken, 404 free (the reverse of a lookup)."""
        response = self._send("HEAD", f"domains/{quote(domain)}", changes=False)
        if response.status_code == 200:
            return True
        if response.status_code == 404 and not response.content and "MS-RequestId" in response.headers:
            return False
        if response.status_code == 404:
            raise Misconfigured(WRONG_ADDRESS, server=urlsplit(self.base).netloc)
        raise error_of(response)

    def validate_address(self, address: Mapping[str, str]) -> None:
        """Raise Rejected, with Microsoft's reason, when it does not accept the address.

        Both contracts are understood: 2019 answers 400/2007 with JSON in the description, 2021 answers 200 with a
        status.
        """
        response = self._send("POST", "validations/address", changes=False, body=address)
        if response.status_code == 400 and _code(response) == ADDRESS_INVALID:
            raise address_refused(_reason(parsed(response.content)))
        body = self._answered(response).body
        if str(body.get("status") or "").casefold() in ADDRESS_STATUSES_REFUSED:
            reason = body.get("validationMessage") or body["status"]
            raise address_refused(_sentence(reason))

    def customer_with_domain(self, domain: str) -> Members | None:
        """Return our customer that owns the domain, in full, or None."""
        condition = json.dumps({"Field": "Domain", "Value": domain, "Operator": "starts_with"})
        for row in self.collection("customers", params={"size": "100", "filter": condition}):
            if same_id(row["companyProfile"]["domain"], domain):
                return self.customer(row["id"])
        return None

    def customer(self, customer_id: str) -> Members:
        """Return a customer in full."""
        return self.read(f"customers/{customer_id}").body

    def living_customer(self, customer_id: str) -> Members:
        """Return a customer in full; raises Gone where Microsoft says that it is not ours, or not at all, any more.

        "Not found" is Microsoft's answer to a wrong base address too, so it is believed only when our own profile is
        answered over the same connection.
        """
        try:
            return self.customer(customer_id)
        except Rejected as refusal:
            sentence = GONE_CUSTOMERS.get(refusal.code)
            if sentence is None:
                raise
            self.prove_reached()
            raise Gone(sentence, code=refusal.code) from refusal

    @contextmanager
    def telling_what_is_gone(self, customer_id: str) -> Iterator[None]:
        """Raise Gone for a refusal inside a with block that comes of the customer's not being there any more."""
        try:
            yield
        except Rejected as refusal:
            asked = customer_id and not isinstance(refusal, Gone)
            if asked and refusal.code in {*GONE_CUSTOMERS, UNKNOWN_SUBSCRIPTION}:
                self.living_customer(customer_id)
            raise

    def country_rules(self, country: str) -> Members:
        """Return Microsoft's rules for a country's addresses and languages, read once; raises `unsold` without any."""
        if country not in self._rules:
            try:
                self._rules[country] = self.read(f"countryvalidationrules/{quote(country, safe='')}").body
            except Rejected as refusal:
                if refusal.code != NOT_FOUND_CODE:
                    raise
                self.prove_reached()
                raise unsold(country) from refusal
        return self._rules[country]

    def rules_where_sold(self, country: str) -> Members | None:
        """Return the rules of a country, None for one in which Microsoft does not sell."""
        try:
            return self.country_rules(country)
        except Rejected as refusal:
            if refusal.code != UNSOLD_CODE:
                raise
            return None

    def prove_reached(self) -> None:
        """Do nothing where Partner Center tells us who we are, else raise what is wrong with the connection.

        Asked before a "not found" is believed: a wrong base address finds nothing either.
        """
        try:
            self.own_profile()
        except Rejected as refusal:
            raise Misconfigured(WRONG_ADDRESS, server=urlsplit(self.base).netloc) from refusal

    def newest_agreement_template(self, agreement_type: str) -> str:
        """Return the template id of the newest agreement of the type: the highest versionRank."""
        listed = self.collection("agreements", params={"agreementType": agreement_type})
        items = [item for item in listed if item["agreementType"] == agreement_type]
        newest = max(items, key=lambda item: item.get("versionRank") or 0, default=None)
        if newest is None:
            raise Rejected(NO_AGREEMENT, code="no_agreement", type=agreement_type)
        return str(newest["templateId"])

    def subscription(self, customer_id: str, subscription_id: str) -> Members:
        """Return a subscription with its etag."""
        return self.read(f"customers/{customer_id}/subscriptions/{subscription_id}").body

    def own_profile(self) -> Members:
        """Return our legal business profile; raises ConsentNeeded when Microsoft says that the token lacks MFA."""
        reply = self.read(
            "profiles/legalbusiness", params={"vettingVersion": "Current"}, headers={"ValidateMfa": "true"}
        )
        if reply.headers.get("isMfaCompliant", "true").casefold() != "true":
            raise ConsentNeeded(MFA_REQUIRED, code="mfa_required")
        return Members(reply.body)


def address_refused(reason: str) -> Rejected:
    """Return the refusal of an address for a reason of Microsoft's, at the field that the reason names."""
    return Rejected(ADDRESS_WRONG, code=ADDRESS_INVALID, at=field_named_in(reason) or "street", reason=reason)


def error_of(response: Response) -> VendorError:
    """Return what an error answer means: a service error, a gateway's, one without a body, or no API at all."""
    try:
        body = parsed(response.content)
    except (ValueError, RecursionError):
        body = Members()
    if not isinstance(body, Members):
        body = Members()
    return partner_center_error(
        status=response.status_code,
        code=_code(response),
        description=_reason(body) or response.reason or "",
        sought=urlsplit(response.url or "").path,
    )


def _code(response: Response) -> str:
    try:
        body = parsed(response.content)
    except (ValueError, RecursionError):
        return ""
    return str(body.get("code") or body.get("statusCode") or "") if isinstance(body, Members) else ""


def _reason(body: Members) -> str:
    """Return the sentence of an error body; the description may itself be JSON with a reason."""
    description = str(body.get("description") or body.get("message") or "")
    if description.startswith("{"):
        try:
            inner = parsed(description.encode())
        except (ValueError, RecursionError):
            return description
        description = str(inner.get("reason") or description) if isinstance(inner, Members) else description
    details = "; ".join(str(line).strip() for line in body.get("data") or [] if str(line).strip())
    return _sentence(" ".join(part for part in (description, details) if part))


def _sentence(text: str) -> str:
    """Return the text without HTML escapes and with a full stop, so that it can stand before another sentence."""
    plain = text.replace("&#39;", "'").replace("&quot;", '"').replace("&amp;", "&").strip()
    return plain if not plain or plain.endswith((".", "!", "?")) else f"{plain}."


def _plain_number(value: object) -> float | int:
    if not isinstance(value, Decimal):
        raise TypeError(f"{value!r} cannot be sent as JSON.")
    return int(value) if value == value.to_integral_value() else float(value)
