"""A caller that knows HTTP, TLS and JSON but nothing of our own client, so that the sandbox is tested alone."""

from pathlib import Path
from typing import Any

import requests
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12

from sandbox.kaspersky.tls import AUTHORITY, FILES_PASSWORD

PREFIX = "/Subscriptions/v2.0/api/Subscription/"
SKU = "KL48633A*MG"
ORDER: dict[str, Any] = {
    "BillingPlan": "Monthly",
    "Sku": SKU,
    "Quantity": 5,
    "Expiration": None,
    "Customer": {"Contacts": {"CompanyName": "Acme", "CustomerCode": "17"}, "Address": {"Country": "USA"}},
}


def as_pem(file: Path, into: Path) -> str:
    """Write what a partner's file holds as PEM, which `requests` takes, and return where."""
    held = load_pkcs12(file.read_bytes(), FILES_PASSWORD.encode())
    assert held.key is not None
    assert held.cert is not None
    key = held.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path = into / f"{file.stem}.pem"
    path.write_bytes(held.cert.certificate.public_bytes(Encoding.PEM) + key)
    return str(path)


class Asker:
    """Somebody who calls the API."""

    def __init__(self, base_url: str, certificate: str | None = None) -> None:
        self.base_url = base_url
        self.http = requests.Session()
        self.http.trust_env = False
        self.http.verify = str(AUTHORITY)
        self.http.cert = certificate

    def post(self, call: str, **body: Any) -> requests.Response:
        """Return the answer to a call."""
        return self.http.post(f"{self.base_url}{PREFIX}{call}", json=body, timeout=5)

    def told(self, call: str, **body: Any) -> Any:
        """Return what a call that succeeds tells."""
        answer = self.post(call, **body)
        assert answer.status_code == 200, answer.text
        return answer.json() if answer.content else None

    def refused(self, call: str, **body: Any) -> tuple[int, str]:
        """Return status and message of a call that is refused."""
        answer = self.post(call, **body)
        assert answer.status_code >= 400, answer.text
        return answer.status_code, answer.json()["Message"]

    def made(self, **changes: Any) -> Any:
        """Make a subscription and return what is told of it."""
        return self.told("create", **{**ORDER, **changes})

    def details(self, subscription: str) -> Any:
        """Return the details of a subscription."""
        answer = self.http.get(f"{self.base_url}{PREFIX}getdetails", params={"SubscriptionId": subscription}, timeout=5)
        assert answer.status_code == 200, answer.text
        return answer.json()
