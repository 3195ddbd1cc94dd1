"""The Office 365 plugin on the contract suite's bench: the sandbox over real HTTP, consent given in its page."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import requests

from sandbox.microsoft import Microsoft
from sandbox.microsoft.world import DEMO_CLIENT_ID, DEMO_SECRET, PARTNER_DOMAIN
from sandbox.wsgi import Running, start
from tests.vendors.benches import Clocked, Held, Trouble
from tests.vendors.memory import stopped_soon
from vendors.base import Connection, Order, Party, Person, Resource
from vendors.microsoft.patience import Patience
from vendors.office365.plugin import Office365

E3 = "796B6B5F-613C-4E24-A17C-EBA730D49C02"
ACCOUNT = Party(
    id="12",
    company="Acme",
    email="office@acme.example",
    phone="4255550100",
    country="US",
    region="WA",
    city="Redmond",
    address1="One Main Street",
    postal_code="98052",
    contact=Person(first_name="Tania", last_name="Carr", email="tania@acme.example", phone="4255550101"),
)
WRONG_SECRET = "not-the-secret-key"
REDIRECT_URI = "http://127.0.0.1:8000/vendors/office365/consent/callback"
# Not a path that only asks (the address check), and not the sign-in: what changes something at Partner Center.
CHANGING = r"/partnercenter/(?!.*/validations/)"
FAULTS = {
    Trouble.LOST_BEFORE: "drop_before",
    Trouble.LOST_AFTER: "drop_after",
    Trouble.ERROR_BEFORE: "error_before",
    Trouble.ERROR_AFTER: "error_after",
    Trouble.THROTTLED: "throttle",
    Trouble.UNREADABLE_AFTER: "unreadable_after",
    Trouble.TRUNCATED_AFTER: "truncated_after",
    Trouble.TIMEOUT_408_BEFORE: "timeout_before",
    Trouble.TIMEOUT_408_AFTER: "timeout_after",
    Trouble.GATEWAY_4XX_BEFORE: "gateway_before",
    Trouble.GATEWAY_4XX_AFTER: "gateway_after",
    Trouble.GATEWAY_JSON_BEFORE: "gateway_before",
    Trouble.GATEWAY_JSON_AFTER: "gateway_after",
    Trouble.EMPTY_SUCCESS_BEFORE: "answer",
    Trouble.EMPTY_SUCCESS_AFTER: "odd_after",
    Trouble.REDIRECTED_AFTER: "redirect_after",
    Trouble.ANOTHERS_AFTER: "anothers_after",
    Trouble.LAGGING: "error_after",
    Trouble.CONFLICT: "conflict",
    Trouble.STRANGE_RETRY_AFTER: "throttle",
}
# What the sandbox is told of a trouble besides its name.
DETAILS: dict[Trouble, dict[str, Any]] = {
    Trouble.STRANGE_RETRY_AFTER: {"retry_after": "Wed, 28 Nov 2029 12:00:00"},
    Trouble.GATEWAY_JSON_BEFORE: {"body": {"message": "Forbidden"}},
    Trouble.GATEWAY_JSON_AFTER: {"body": {"message": "Forbidden"}},
    Trouble.EMPTY_SUCCESS_BEFORE: {"status": 200},
}
# Microsoft's own word for how far its list of orders may be behind.
LAG = 15 * 60


def settings_of(base_url: str, **other: str) -> dict[str, str]:
    """Return a connection's settings for the sandbox at the address."""
    return {
        "tenant_id": PARTNER_DOMAIN,
        "client_id": DEMO_CLIENT_ID,
        "country": "US",
        "agreement_type": "MicrosoftCustomerAgreement",
        "locale": "en-US",
        "login_base_url": f"{base_url}/login",
        "api_base_url": f"{base_url}/partnercenter/v1",
        "login_browser_url": "",
        **other,
    }


def answered(url: str, decision: str = "accept") -> dict[str, str]:
    """Answer the consent page at the address as an admin would; return what the browser is sent back with."""
    page = requests.get(url, timeout=10)
    assert page.status_code == 200, page.text
    target = urlsplit(url)
    question = {**dict(parse_qsl(target.query)), "decision": decision}
    address = f"{target.scheme}://{target.netloc}{target.path}"
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    reply = requests.post(address, data=urlencode(question), headers=headers, allow_redirects=False, timeout=10)
    return dict(parse_qsl(urlsplit(reply.headers["Location"]).query))


class Office365Bench(Clocked):
    """See tests/vendors/benches.py, ContractBench."""

    resource = "seats"
    quantity_fact = "licences.seats"

    def __init__(self, microsoft: Microsoft, running: Running) -> None:
        super().__init__()
        self.microsoft = microsoft
        self.running = running
        self.base_url = running.base_url
        self.plugin = Office365(patience=Patience(times=3, pause=0))
        self.secrets = {"client_secret": DEMO_SECRET}
        self.codes: list[str] = []

    def opened(self, secrets: dict[str, str], **settings: str) -> Connection:
        """Return a connection to the sandbox that keeps its secrets in the given dictionary."""
        return self.connect(settings_of(self.base_url, **settings), secrets)

    def consent(self, decision: str = "accept") -> None:
        """Grant (or decline) the permissions in the sandbox's page and keep the tokens."""
        connection = self.opened(self.secrets)
        request = self.plugin.begin_consent(connection, redirect_uri=REDIRECT_URI)
        answer = answered(request.url, decision)
        self.codes.append(answer.get("code", "no code"))
        grant = self.plugin.complete_consent(connection, flow=request.flow, answer=answer)
        self.secrets |= grant.secrets

    def connection(self) -> Connection:
        return self.opened(self.secrets)

    def wrong_connection(self) -> Connection:
        tokens = {name: value for name, value in self.secrets.items() if name == "refresh_token"}
        return self.opened({**tokens, "client_secret": WRONG_SECRET})

    def order(self, *, reference: str, quantity: int) -> Order:
        return Order(
            reference=reference,
            label="Acme mail",
            account=ACCOUNT,
            resources={"seats": Resource(E3, quantity)},
            answers={"domain_prefix": "acme" + "".join(filter(str.isdigit, reference))},
        )

    def held(self) -> list[Held]:
        store = self.microsoft.world.store
        return [
            Held(row["quantity"], running=row["status"] == "active")
            for customer in store.all("customer")
            if not customer["foreign"]
            for row in store.all(f"subscription:{customer['id']}")
        ]

    def trouble(self, kind: Trouble, *, nth: int, times: int = 1) -> None:
        if kind is Trouble.NOT_FOUND_JUST_MADE:
            # Reads by the ids that an order has just brought about; a service's own are another matter: it is gone.
            for path in (r"/agreements$", r"/provisioningstatus$"):
                if self.microsoft.counts()["customers"] == 0:
                    self.microsoft.fail("not_found", method="GET", path=path, nth=1, times=2)
            return
        if kind is Trouble.LAGGING or kind.name.endswith("_AFTER"):
            self.microsoft.behave(list_lag_seconds=LAG)
        for method in ("POST", "PATCH"):
            details = DETAILS.get(kind, {})
            self.microsoft.fail(FAULTS[kind], method=method, path=CHANGING, nth=nth, times=times, **details)

    def advance_vendor(self, seconds: float) -> None:
        self.microsoft.advance(seconds=seconds)

    def changing_calls(self) -> int:
        calls = self.microsoft.requests_seen(path="/partnercenter/")
        return sum(call["method"] in ("POST", "PATCH") and "/validations/" not in call["path"] for call in calls)

    ways_gone = ("remove_customer", "end_relationship", "remove_subscriptions", "delete_subscriptions")

    def lose(self, way: str) -> None:
        for customer in self.microsoft.world.store.all("customer"):
            if not customer["foreign"]:
                getattr(self.microsoft, way)(domain=customer["domain"])

    @contextmanager
    def astray(self) -> Iterator[None]:
        self.microsoft.fail("gateway_before", path="/partnercenter/", times=1_000_000, status=404)
        yield
        self.microsoft.heal()

    @contextmanager
    def down(self) -> Iterator[None]:
        self.running.stop()
        yield
        self.running = start(self.microsoft, port=urlsplit(self.base_url).port or 0)

    def secret_values(self) -> list[str]:
        answers = [json.loads(row["body"].lstrip("\ufeff") or "{}") for row in self.microsoft.world.store.all("answer")]
        passwords = [answer["userCredentials"]["password"] for answer in answers if "userCredentials" in answer]
        secret = {value for name, value in self.secrets.items() if name != "access_expires_at"}
        return sorted({*secret, *passwords, *self.codes, WRONG_SECRET})


@contextmanager
def open_bench() -> Iterator[Office365Bench]:
    """Yield a bench with a fresh Microsoft and a granted connection."""
    microsoft = Microsoft()
    bench = Office365Bench(microsoft, start(microsoft))
    try:
        bench.consent()
        yield bench
    finally:
        stopped_soon(bench.running)
