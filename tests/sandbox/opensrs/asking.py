"""A caller that knows HTTP and XML but nothing of our own OpenSRS client, so that the sandbox is tested alone."""

import hashlib
from functools import cache
from typing import Any
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

from sandbox.opensrs import OpenSRS
from sandbox.opensrs.world import DEMO_KEY, DEMO_USERNAME

DOMAIN = "shop.example.com"
APPROVER = f"admin@{DOMAIN}"
CONTACT = {
    "first_name": "Tania",
    "last_name": "Carr",
    "org_name": "Acme",
    "address1": "One Main Street",
    "city": "Redmond",
    "state": "WA",
    "postal_code": "98052",
    "country": "US",
    "phone": "+1.4255550101",
    "email": "tania@acme.example",
}


@cache
def key_of(kind: str) -> Any:
    """Return a private key: rsa2048, rsa1024, or ec."""
    if kind == "ec":
        return ec.generate_private_key(ec.SECP256R1())
    return rsa.generate_private_key(65537, int(kind.removeprefix("rsa")))


@cache
def csr_for(domain: str = DOMAIN, kind: str = "rsa2048", organization: str = "Acme") -> str:
    """Return a request for a certificate as PEM, written by a library that the sandbox does not know."""
    names = [
        x509.NameAttribute(NameOID.COUNTRY_NAME, "US"),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization),
        x509.NameAttribute(NameOID.COMMON_NAME, domain),
    ]
    request = x509.CertificateSigningRequestBuilder().subject_name(x509.Name(names))
    return request.sign(key_of(kind), hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


def envelope(action: str, attributes: Any, of: str = "trust_service") -> bytes:
    """Return a command as XML."""
    members = {"protocol": "XCP", "action": action, "object": of, "attributes": attributes}
    return (
        "<?xml version='1.0' encoding='UTF-8' standalone='no' ?><!DOCTYPE OPS_envelope SYSTEM 'ops.dtd'>"
        "<OPS_envelope><header><version>0.9</version></header><body><data_block>"
        f"{_written(members)}</data_block></body></OPS_envelope>"
    ).encode()


def _written(value: Any) -> str:
    if isinstance(value, dict):
        items = "".join(f'<item key="{key}">{_written(inner)}</item>' for key, inner in value.items())
        return f"<dt_assoc>{items}</dt_assoc>"
    return escape(str(value))


def read(content: bytes) -> Any:
    """Return the members of an answer."""
    block = ElementTree.fromstring(content).find("body/data_block/dt_assoc")
    assert block is not None
    return _read(block)


def _read(element: Any) -> Any:
    if element.tag == "dt_assoc":
        return {item.get("key"): _read(item[0]) if len(item) else item.text or "" for item in element}
    return [_read(item[0]) if len(item) else item.text or "" for item in element]


def signed(body: bytes, key: str = DEMO_KEY) -> str:
    """Return the signature of a body, by the vendor's own formula."""
    first = hashlib.md5(body + key.encode(), usedforsecurity=False).hexdigest()
    return hashlib.md5((first + key).encode(), usedforsecurity=False).hexdigest()


class Asker:
    """Asks the pretend OpenSRS at one address."""

    def __init__(self, base_url: str, opensrs: OpenSRS) -> None:
        self.base_url, self.opensrs = base_url, opensrs

    def post(self, body: bytes, *, username: str = DEMO_USERNAME, signature: str | None = None) -> requests.Response:
        """Send bytes as a command."""
        headers = {"Content-Type": "text/xml", "X-Username": username, "X-Signature": signature or signed(body)}
        return requests.post(f"{self.base_url}/", data=body, headers=headers, timeout=10)

    def ask(self, action: str, *, of: str = "trust_service", **attributes: Any) -> Any:
        """Send a command and return the members of its answer."""
        answer = self.post(envelope(action, attributes, of))
        assert answer.status_code == 200, answer.text
        return read(answer.content)

    def told(self, action: str, **attributes: Any) -> Any:
        """Send a command that succeeds and return the attributes of its answer."""
        answer = self.ask(action, **attributes)
        assert answer["is_success"] == "1", answer
        return answer["attributes"]

    def refused(self, action: str, **attributes: Any) -> str:
        """Send a command that is refused and return the code."""
        answer = self.ask(action, **attributes)
        assert answer["is_success"] == "0", answer
        return str(answer["response_code"])

    def order(self, domain: str = DOMAIN, **changes: Any) -> dict[str, Any]:
        """Return the attributes of an order of PositiveSSL; a change to None leaves one out."""
        attributes = {
            "reg_type": "new",
            "handle": "process",
            "product_type": "positivessl",
            "csr": csr_for(domain),
            "domain": domain,
            "period": "1",
            "server_type": "other",
            "approver_email": f"admin@{domain}",
            "contact_set": {"organization": CONTACT},
        } | changes
        return {name: value for name, value in attributes.items() if value is not None}

    def issued(self, domain: str = DOMAIN, **changes: Any) -> dict[str, Any]:
        """Order, approve and read until there is a certificate; return the order's info."""
        number = self.told("sw_register", **self.order(domain, **changes))["order_id"]
        self.opensrs.approve(order_id=number)
        for _read_again in range(3):
            info = self.told("get_order_info", order_id=number)
            if "product_id" in info:
                return dict(info)
        raise AssertionError(info)
