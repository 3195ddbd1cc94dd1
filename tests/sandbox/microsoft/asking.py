"""A caller that knows HTTP and JSON but nothing of our own Microsoft client, so that the sandbox is tested alone."""

import json
import re
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit
from uuid import uuid4

import requests

from sandbox.microsoft.world import DEMO_CLIENT_ID, DEMO_SECRET, PARTNER_DOMAIN

BOM = b"\xef\xbb\xbf"
REDIRECT = "http://localhost:8000/callback"
SCOPE = "https://api.partnercenter.microsoft.com/user_impersonation offline_access openid profile"
BUSINESS_STANDARD = "031C9E47-4802-4248-838E-778FB1D2CC05"
E3 = "796B6B5F-613C-4E24-A17C-EBA730D49C02"
EXCHANGE_1 = "195416C1-3447-423A-B37B-EE59A99A19C4"
ARCHIVING = "2828BE95-46BA-4F91-B2FD-0BEF192ECF60"
# SKUs of the new commerce.
PREMIUM_SKU = ("CFQ7TTC0LCHC", "0002")
E3_SKU = ("CFQ7TTC0LF8R", "0001")
E5_SKU = ("CFQ7TTC0LF8S", "0002")
TRIAL_SKU = ("CFQ7TTC0LDPB", "0003")
STANDARD_SKU = ("CFQ7TTC0LDPB", "0001")
CLOUD_TEMPLATE = "998b88de-aa99-4388-a42c-1b3517d49490"


class Answer:
    """What came back: status, headers, and the body without its byte order mark."""

    def __init__(self, response: requests.Response) -> None:
        self.status = response.status_code
        self.headers = response.headers
        self.content = response.content
        self.text = response.text

    @property
    def json(self) -> Any:
        """Return the decoded body."""
        return json.loads(self.content.decode("utf-8-sig"))

    @property
    def refused(self) -> tuple[int, int]:
        """Return the HTTP status and the vendor's code of a refusal."""
        return self.status, self.json["code"]


class Asker:
    """Asks the sandbox at one base address, with an access token once it has one."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self.http = requests.Session()
        self.http.trust_env = False
        self.token = ""

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        """Call Partner Center; header names are written with underscores."""
        sent = {"MS-RequestId": str(uuid4()), "MS-CorrelationId": str(uuid4())}
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        url = f"{self.base_url}/partnercenter/v1{path}"
        return Answer(self.http.request(method, url, json=body, headers=sent, allow_redirects=False, timeout=10))

    def get(self, path: str, **headers: str) -> Answer:
        """Call Partner Center with GET."""
        return self.ask("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Answer:
        """Call Partner Center with POST."""
        return self.ask("POST", path, body, **headers)

    def patch(self, path: str, body: Any, **headers: str) -> Answer:
        """Call Partner Center with PATCH."""
        return self.ask("PATCH", path, body, **headers)

    def control(self, **order: Any) -> Answer:
        """Give an order to the control endpoint."""
        return Answer(self.http.post(f"{self.base_url}/sandbox/control", json=order, timeout=10))

    # login

    def authorize_url(self, tenant: str = PARTNER_DOMAIN, version: str = "/v2.0", **question: str) -> str:
        """Return the address of the consent page for a question."""
        asked = {
            "client_id": DEMO_CLIENT_ID,
            "response_type": "code",
            "redirect_uri": REDIRECT,
            "scope": SCOPE,
            "state": "a-state",
        } | question
        return f"{self.base_url}/login/{tenant}/oauth2{version}/authorize?{urlencode(asked)}"

    def consent(self, decision: str = "accept", **question: str) -> requests.Response:
        """Open the consent page and press one of its buttons; return what the browser is told."""
        page = self.http.get(self.authorize_url(**question), timeout=10)
        assert page.status_code == 200, page.text
        fields = read_form(page.text)
        action = unescape(re.search(r'action="([^"]+)"', page.text)[1])
        answered = {**fields, "decision": decision}
        return self.http.post(self.base_url + action, data=answered, allow_redirects=False, timeout=10)

    def code(self, **question: str) -> str:
        """Consent and return the authorization code."""
        return sent_back(self.consent(**question))["code"]

    def tokens(self, tenant: str = PARTNER_DOMAIN, version: str = "/v2.0", **form: str) -> Answer:
        """Ask the token endpoint."""
        sent = {"client_id": DEMO_CLIENT_ID, "client_secret": DEMO_SECRET, "scope": SCOPE} | form
        url = f"{self.base_url}/login/{tenant}/oauth2{version}/token"
        return Answer(self.http.post(url, data={name: value for name, value in sent.items() if value}, timeout=10))

    def redeem(self, code: str, **form: str) -> Answer:
        """Exchange an authorization code."""
        return self.tokens(**({"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT} | form))

    def refresh(self, token: str, **form: str) -> Answer:
        """Exchange a refresh token."""
        return self.tokens(grant_type="refresh_token", refresh_token=token, **form)

    def sign_in(self, microsoft: Any, *, mfa: bool = True) -> "Asker":
        """Take an access token, consenting without a browser."""
        granted = microsoft.grant_consent(mfa=mfa)
        self.token = self.refresh(granted["refresh_token"]).json["access_token"]
        return self

    def sign_in_alone(self) -> "Asker":
        """Take an access token of the app alone, with no user behind it."""
        scope = "https://api.partnercenter.microsoft.com/.default"
        self.token = self.tokens(grant_type="client_credentials", scope=scope).json["access_token"]
        return self

    # what most tests need

    def new_customer(self, domain: str = "acme.onmicrosoft.com", *, agreed: bool = True) -> str:
        """Create a customer, with a confirmed agreement unless told otherwise, and return its id."""
        made = self.post("/customers", customer_body(domain))
        assert made.status == 201, made.text
        customer = made.json["id"]
        if agreed:
            assert self.post(f"/customers/{customer}/agreements", agreement_body()).status == 201
        return customer

    def order(self, customer: str, offer: str = BUSINESS_STANDARD, quantity: int = 5, **line: Any) -> Answer:
        """Order one line."""
        return self.post(f"/customers/{customer}/orders", order_body(customer, offer, quantity, **line))

    def cart(self, customer: str, *lines: dict[str, Any], **members: Any) -> str:
        """Create a cart and return its path."""
        path = f"/customers/{customer}/carts"
        numbered = [
            {"id": number, "quantity": 1, "billingCycle": "monthly"} | line for number, line in enumerate(lines)
        ]
        made = self.post(path, {"lineItems": numbered} | members)
        assert made.status == 201, made.text
        return f"{path}/{made.json['id']}"

    def item(self, product: str, sku: str, *, segment: str = "") -> str:
        """Return the catalogue item of a SKU as it is sold today."""
        path = f"/products/{product}/skus/{sku}/availabilities?country=US&targetSegment={segment}"
        return str(self.get(path).json["items"][0]["catalogItemId"])

    def buy(
        self, customer: str, sku: tuple[str, str], quantity: int = 5, plan: str = "P1Y/monthly", **line: Any
    ) -> Any:
        """Buy a SKU of the new commerce through a cart and return its subscription as read back."""
        term, _, cycle = plan.partition("/")
        wanted = {"catalogItemId": self.item(*sku), "quantity": quantity, "termDuration": term, "billingCycle": cycle}
        done = self.post(f"{self.cart(customer, wanted | line)}/checkout").json
        path = f"/customers/{customer}/orders/{done['orders'][0]['id']}"
        ordered = [self.get(path).json for _ in range(2)][-1]
        return self.get(ordered["lineItems"][0]["links"]["subscription"]["uri"]).json

    def change(self, customer: str, subscription: Any, changes: dict[str, Any], **headers: str) -> Answer:
        """Read a subscription, change it, and send the whole of it, as the manual says."""
        path = f"/customers/{customer}/subscriptions/{subscription['id']}"
        return self.patch(path, self.get(path).json | changes, **headers)

    def read(self, customer: str, subscription: Any) -> Any:
        """Read a subscription again."""
        return self.get(f"/customers/{customer}/subscriptions/{subscription['id']}").json

    def subscription(self, customer: str, offer: str = BUSINESS_STANDARD, quantity: int = 5, **line: Any) -> Any:
        """Order one line and return its subscription as read back."""
        ordered = self.order(customer, offer, quantity, **line)
        assert ordered.status == 201, ordered.text
        identity = ordered.json["lineItems"][0]["subscriptionId"]
        return self.get(f"/customers/{customer}/subscriptions/{identity}").json


def read_form(page: str) -> dict[str, str]:
    """Return the hidden fields of a page's form."""
    return {name: unescape(value) for name, value in re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page)}


def sent_back(redirect: requests.Response) -> dict[str, str]:
    """Return what a redirect carries back to the app."""
    assert redirect.status_code == 302, redirect.text
    return dict(parse_qsl(urlsplit(redirect.headers["Location"]).query))


def customer_body(domain: str = "acme.onmicrosoft.com", **address: str | None) -> dict[str, Any]:
    """Return the body that creates a customer in the United States."""
    lines = {
        "firstName": "Ann",
        "lastName": "Lee",
        "addressLine1": "1 Main Street",
        "city": "Redmond",
        "state": "WA",
        "postalCode": "98052",
        "country": "US",
    } | address
    return {
        "companyProfile": {"domain": domain},
        "billingProfile": {
            "email": "ann@acme.example",
            "culture": "en-US",
            "language": "en",
            "companyName": "Acme",
            "firstName": "Ann",
            "lastName": "Lee",
            "defaultAddress": lines,
        },
    }


def agreement_body(**members: Any) -> dict[str, Any]:
    """Return the body that confirms the Microsoft Cloud Agreement."""
    return {
        "primaryContact": {"firstName": "Ann", "lastName": "Lee", "email": "ann@acme.example"},
        "templateId": CLOUD_TEMPLATE,
        "dateAgreed": "2018-06-14T00:00:00.000Z",
        "type": "MicrosoftCloudAgreement",
    } | members


def order_body(customer: str, offer: str, quantity: int, **line: Any) -> dict[str, Any]:
    """Return the body of an order of one line."""
    cycle = line.pop("billingCycle", "monthly")
    lines: list[dict[str, Any]] = [{"lineItemNumber": 0, "offerId": offer, "quantity": quantity} | line]
    return {"referenceCustomerId": customer, "billingCycle": cycle, "lineItems": lines}
