"""A caller of the pretend ESET: its own few lines, not the plugin's client."""

from dataclasses import dataclass
from typing import Any

import requests

from sandbox.eset.world import DEMO_PASSWORD, DEMO_USER

NOD32 = "105"
SERVER = "130"
ADDRESS = {"state": "Prague", "city": "Prague", "streetAddress": "Main 1", "zipCode": "110 00"}


@dataclass
class Asker:
    """Asks over HTTP, with a token of its own that it takes once."""

    base_url: str
    username: str = DEMO_USER
    password: str = DEMO_PASSWORD
    token: str = ""

    def raw(self, path: str, body: Any = None, *, method: str = "POST") -> requests.Response:
        """Return the answer as it came."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return requests.request(method, f"{self.base_url}/api/{path}", json=body, headers=headers, timeout=10)

    def sign_in(self) -> dict[str, str]:
        """Take a pair of tokens and go on with the first."""
        answer = self.raw("Token/Get", {"username": self.username, "password": self.password})
        assert answer.status_code == 200, answer.text
        pair: dict[str, str] = answer.json()
        self.token = pair["accessToken"]
        return pair

    def ask(self, path: str, **body: Any) -> Any:
        """Return what a call that is carried out answers."""
        answer = self.raw(path, body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def refusal(self, path: str, **body: Any) -> tuple[int, int]:
        """Return the numbers of a refusal that comes with 400."""
        answer = self.raw(path, body)
        assert answer.status_code == 400, answer.text
        return answer.json()["code"], answer.json()["subCode"]

    def company(self, name: str = "Acme") -> str:
        """Make a customer and return its id."""
        made = self.ask("Company/Create/customer", name=name, email="office@acme.example", address=ADDRESS)
        return str(made["companyId"])

    def order(self, company: str, quantity: int = 5, *, product: str = NOD32, kind: int = 1) -> str:
        """Order a licence and return its key."""
        body = {"customerId": company, "productCode": product, "quantity": quantity, "licenseType": kind}
        return str(self.ask("License/Order", **body)["publicLicenseKey"])

    def detail(self, key: str) -> dict[str, Any]:
        """Return what is told of a licence."""
        told: dict[str, Any] = self.ask("License/Detail", publicLicenseKey=key)
        return told
