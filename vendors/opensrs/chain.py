"""The files of a certificate: the certificate itself, and with those that lead from it to its authority."""

import re
from collections.abc import Iterator
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding
from django.utils.translation import gettext_noop

from vendors.errors import Transient

NOT_READABLE = gettext_noop("OpenSRS' certificate cannot be read. Try again later, or have OpenSRS mail it once more.")
_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)


def certificate_of(data: Any) -> bytes:
    """Return the certificate that `cert_data` of get_cert holds, as PEM. Raises Transient for one that is none."""
    return _pem(_leaf(data))


def chain_of(data: Any) -> bytes:
    """Return the certificate and, after it, those that lead to its authority, as servers want them; without the root.

    How the vendor names the authority's certificates in `cert_data` is not published with certainty: each that stands
    anywhere in it is taken, and put in order by who signed whom.
    """
    leaf = _leaf(data)
    others = [one for one in _all_in(data) if one != leaf]
    chain, last = [leaf], leaf
    while others:
        above = next((one for one in others if _is_signed_by(last, one)), None)
        if above is None or above.subject == above.issuer:
            break
        others.remove(above)
        chain.append(above)
        last = above
    return b"".join(_pem(one) for one in chain)


def _leaf(data: Any) -> x509.Certificate:
    found = list(_all_in(data.get("certificate", ""))) if isinstance(data, dict) else []
    if not found:
        raise Transient(NOT_READABLE, code="certificate_unreadable")
    return found[0]


def _all_in(value: Any) -> Iterator[x509.Certificate]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from _all_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _all_in(inner)
    else:
        for text in _CERTIFICATE.findall(str(value)):
            yield _read(text)


def _read(text: str) -> x509.Certificate:
    body = "".join(text.removeprefix("-----BEGIN CERTIFICATE-----").removesuffix("-----END CERTIFICATE-----").split())
    lines = "\n".join(body[at : at + 64] for at in range(0, len(body), 64))
    try:
        found = x509.load_pem_x509_certificate(
            f"-----BEGIN CERTIFICATE-----\n{lines}\n-----END CERTIFICATE-----\n".encode()
        )
        _named = found.subject, found.issuer  # read only now
        return found
    except (ValueError, x509.InvalidVersion) as error:
        raise Transient(NOT_READABLE, code="certificate_unreadable") from error


def _is_signed_by(one: x509.Certificate, other: x509.Certificate) -> bool:
    try:
        one.verify_directly_issued_by(other)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(Encoding.PEM)
