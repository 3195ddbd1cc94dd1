"""The Office 365 plugin on the contract suite's bench: the sandbox over real HTTP, consent given in its page."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from urllib.parse import parse_qsl, urlencode, urlsplit

import requests

from sandbox.microsoft import Microsoft
from sandbox.microsoft.world import DEMO_CLIENT_ID, DEMO_SECRET, PARTNER_DOMAIN
from sandbox.wsgi import Running
from tests.vendors.benches import Held, SandboxBench, Trouble, over_sandbox
from vendors.base import JSON, Connection, Order, Party, Person, Resource, Task
from vendors.errors import Parked
from vendors.microsoft.patience import Patience
from vendors.office365.plugin import Office365

E3 = "796B6B5F-613C-4E24-A17C-EBA730D49C02"
MAILBOXES = "195416C1-3447-423A-B37B-EE59A99A19C4"
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
# Microsoft's own word for how far its list of orders may be behind.
LAG = 15 * 60
LOOKS = 5


def settings_of(base_url: str, **other: str) -> dict[str, str]:
    """Return a connection's settings for the sandbox at the address."""
    return {
        "tenant_id": PARTNER_DOMAIN,
        "client_id": DEMO_CLIENT_ID,
        "country": "US",
        "agreement_type": "MicrosoftCustomerAgreement",
        "agreement_road": "confirmed",
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


class Office365Bench(SandboxBench[Microsoft]):
    """See tests/vendors/benches.py, ContractBench."""

    api = "/partnercenter/"
    resource = "seats"
    quantity_fact = "licences.seats"

    def __init__(self, microsoft: Microsoft, running: Running) -> None:
        super().__init__(microsoft, running)
        self.microsoft = microsoft
        self.plugin = Office365(patience=Patience(times=3, pause=0))
        self.secrets = {"client_secret": DEMO_SECRET}
        self.codes: list[str] = []
        # How customers accept the agreement, and with it how is ordered: "confirmed" as in 2019, "direct" as today.
        self.road = "direct"

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
        return self.opened(self.secrets, agreement_road=self.road)

    def act(self) -> None:
        """Let the administrators of all customers accept Microsoft's agreement."""
        for customer in self.microsoft.world.store.all("customer"):
            if not customer["foreign"]:
                self.microsoft.accept_agreement(domain=customer["domain"])

    def wrong_connection(self) -> Connection:
        tokens = {name: value for name, value in self.secrets.items() if name == "refresh_token"}
        return self.opened({**tokens, "client_secret": WRONG_SECRET}, agreement_road=self.road)

    def order(self, *, reference: str, quantity: int) -> Order:
        return Order(
            reference=reference,
            label="Acme mail",
            account=ACCOUNT,
            resources={"seats": Resource(E3, quantity)},
            answers={"domain_prefix": "acme" + "".join(filter(str.isdigit, reference))},
        )

    def several(self, *, reference: str) -> Order:
        one = self.order(reference=reference, quantity=5)
        return replace(one, resources={"seats": Resource(E3, 5), "mailboxes": Resource(MAILBOXES, 2)})

    def units(self) -> dict[str, int]:
        names = {E3.lower(): "seats", MAILBOXES.lower(): "mailboxes"}
        store = self.microsoft.world.store
        rows = [
            row
            for customer in store.all("customer")
            if not customer["foreign"]
            for row in store.all(f"subscription:{customer['id']}")
        ]
        assert len({row["offer"] for row in rows}) == len(rows)
        return {names[row["offer"].lower()]: row["quantity"] for row in rows}

    def held(self) -> list[Held]:
        store = self.microsoft.world.store
        return [
            Held(row["quantity"], running=row["status"] == "active")
            for customer in store.all("customer")
            if not customer["foreign"]
            for row in store.all(f"subscription:{customer['id']}")
        ]

    def settle(self, parked: Parked, task: Task) -> JSON | None:
        """Look for the order with a line that bears the operation's mark."""
        assert parked.told == (("order_id", "Order ID"),)
        store = self.microsoft.world.store
        found = [
            order["id"]
            for customer in store.all("customer")
            if not customer["foreign"]
            for order in store.all(f"order:{customer['id']}")
            if any(f"({task.reference}/" in line["name"] for line in order["lines"])
        ]
        assert len(found) <= 1, f"{task.reference} was bought {len(found)} times"
        return {"order_id": found[0]} if found else None

    def trouble(self, kind: Trouble, *, nth: int, times: int = 1) -> None:
        if kind is Trouble.NOT_FOUND_JUST_MADE:
            # Reads by the ids that an order has just brought about; a service's own are another matter: it is gone.
            for path in (r"/agreements$", r"/provisioningstatus$"):
                if self.microsoft.counts()["customers"] == 0:
                    self.microsoft.fail("not_found", method="GET", path=path, nth=1, times=2)
            return
        if kind is Trouble.SLOW:  # more looks than one call has the patience for
            self.microsoft.behave(legacy_pending_reads=LOOKS, modern_pending_reads=LOOKS)
        if kind is Trouble.LAGGING or kind.name.endswith("_AFTER"):
            self.microsoft.behave(list_lag_seconds=LAG)
        for method in ("POST", "PATCH"):
            self.fail(kind, method=method, path=CHANGING, nth=nth, times=times)

    def changing_calls(self) -> int:
        calls = self.microsoft.requests_seen(path="/partnercenter/")
        return sum(call["method"] in ("POST", "PATCH") and "/validations/" not in call["path"] for call in calls)

    ways_gone = ("remove_customer", "end_relationship", "remove_subscriptions", "delete_subscriptions")

    def lose(self, way: str) -> None:
        for customer in self.microsoft.world.store.all("customer"):
            if not customer["foreign"]:
                getattr(self.microsoft, way)(domain=customer["domain"])

    def secret_values(self) -> list[str]:
        answers = [json.loads(row["body"].lstrip("\ufeff") or "{}") for row in self.microsoft.world.store.all("answer")]
        passwords = [answer["userCredentials"]["password"] for answer in answers if "userCredentials" in answer]
        secret = {value for name, value in self.secrets.items() if name != "access_expires_at"}
        return sorted({*secret, *passwords, *self.codes, WRONG_SECRET})


@contextmanager
def open_bench() -> Iterator[Office365Bench]:
    """Yield a bench with a fresh Microsoft and a granted connection."""
    with over_sandbox(Office365Bench, Microsoft()) as bench:
        bench.consent()
        yield bench
