"""A caller that knows HTTP and JSON but nothing of our own Google client, so that the sandbox is tested alone."""

from typing import Any

import requests

from sandbox.google import Google
from sandbox.google.tokens import GRANT
from sandbox.google.world import DEMO_ACCOUNT
from tests.sandbox.google.signing import KEY_ID, assertion, public

RESELLER, USERS = "/apps/reseller/v1", "/admin/directory/v1/users"
DOMAIN = "example.com"
STARTER = "1010020027"


def registered(google: Google) -> Google:
    """Return the pretend Google with the demo's service account."""
    google.register_account(email=DEMO_ACCOUNT, key_id=KEY_ID, key=public())
    return google


class Asker:
    """Asks the pretend Google at one address, signed in for every scope."""

    def __init__(self, base_url: str, google: Google) -> None:
        self.base_url, self.google = base_url, google
        self.http = requests.Session()
        self.token = self.sign_in().json()["access_token"]

    def sign_in(self, **claims: Any) -> requests.Response:
        """Ask for an access token with an assertion."""
        return self.exchange(assertion(**claims))

    def exchange(self, text: str, grant: str = GRANT) -> requests.Response:
        """Ask for an access token with a text for an assertion."""
        return self.http.post(f"{self.base_url}/token", data={"grant_type": grant, "assertion": text}, timeout=10)

    def send(self, method: str, path: str, body: Any = None, **query: Any) -> requests.Response:
        """Send a request, as Google's own client does with alt=json."""
        headers = {"Authorization": f"Bearer {self.token}"}
        url = f"{self.base_url}{path}"
        return self.http.request(method, url, json=body, params={"alt": "json", **query}, headers=headers, timeout=10)

    def told(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        """Send a request that succeeds, and return what it answers; None for nothing."""
        answer = self.send(method, path, body, **query)
        assert answer.ok, answer.text
        return answer.json() if answer.content else None

    def refused(self, method: str, path: str, body: Any = None, **query: Any) -> tuple[int, str]:
        """Send a request that is refused, and return status and reason."""
        answer = self.send(method, path, body, **query)
        assert not answer.ok, answer.text
        error = answer.json()["error"]
        assert error["code"] == answer.status_code
        assert error["errors"][0]["message"] == error["message"]
        return answer.status_code, error["errors"][0]["reason"]

    def customer(self, domain: str = DOMAIN, **changes: Any) -> Any:
        """Make a customer."""
        return self.told("POST", f"{RESELLER}/customers", customer_of(domain, **changes))

    def subscription(self, customer: str, plan: str = "FLEXIBLE", seats: int = 5, **changes: Any) -> Any:
        """Buy a subscription."""
        return self.told("POST", f"{RESELLER}/customers/{customer}/subscriptions", wish(plan, seats, **changes))

    def active(self, plan: str = "FLEXIBLE", seats: int = 5, **changes: Any) -> tuple[str, str]:
        """Have an active subscription of a new customer, and return the path of it, and the customer's id."""
        customer = self.customer()["customerId"]
        made = self.subscription(customer, plan, seats, **changes)
        self.google.accept_terms(domain=DOMAIN)
        return f"{RESELLER}/customers/{customer}/subscriptions/{made['subscriptionId']}", customer

    def user(self, email: str = f"admin@{DOMAIN}", **changes: Any) -> Any:
        """Make a user."""
        return self.told("POST", USERS, user_of(email, **changes))


def customer_of(domain: str = DOMAIN, **changes: Any) -> dict[str, Any]:
    """Return a customer's record as it is sent."""
    address = {"contactName": "Marty", "organizationName": "Acme Corp", "postalCode": "10009", "countryCode": "US"}
    return {"customerDomain": domain, "alternateEmail": "marty@elsewhere.example", "postalAddress": address, **changes}


def wish(plan: str, number: int, /, **changes: Any) -> dict[str, Any]:
    """Return a subscription as it is ordered."""
    field = "numberOfSeats" if plan.startswith("ANNUAL") else "maximumNumberOfSeats"
    return {"skuId": STARTER, "plan": {"planName": plan}, "seats": {field: number}, **changes}


def user_of(email: str, **changes: Any) -> dict[str, Any]:
    """Return a user as it is made."""
    name = {"givenName": "Marty", "familyName": "McFly"}
    return {"primaryEmail": email, "name": name, "password": "Timecircuit88", **changes}
