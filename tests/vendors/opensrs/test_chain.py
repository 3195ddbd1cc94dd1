"""The files of a certificate, wherever the vendor puts the authority's."""

from datetime import UTC, datetime

import pytest
from cryptography import x509

from sandbox.opensrs.authority import Issued, issue
from sandbox.opensrs.csr import read_csr
from tests.sandbox.opensrs.asking import csr_for
from vendors.errors import Transient
from vendors.opensrs.chain import certificate_of, chain_of


def made(domain: str = "shop.example.com") -> Issued:
    """Issue a certificate."""
    moments = {"start": datetime(2026, 11, 28, tzinfo=UTC), "end": datetime(2027, 11, 28, tzinfo=UTC)}
    return issue(read_csr(csr_for(domain)), serial=7, **moments)


ISSUED = made()


@pytest.mark.parametrize(
    "others",
    [
        {"ca_certs": [{"cert_type": "ROOT", "certificate": ISSUED.root}, {"certificate": ISSUED.intermediate}]},
        {"intermediate": ISSUED.intermediate, "root": ISSUED.root},
        {"bundle": ISSUED.root + ISSUED.intermediate},
        {
            "ca_certs": [{"certificate": ISSUED.intermediate.replace("\n", " ")}],
            "certificate_again": ISSUED.certificate,
        },
    ],
)
def test_the_chain_is_put_in_order_without_its_root(others: dict[str, object]) -> None:
    data = {"certificate": ISSUED.certificate, **others}
    leaf, middle = x509.load_pem_x509_certificates(chain_of(data))
    leaf.verify_directly_issued_by(middle)
    assert certificate_of(data).decode() == ISSUED.certificate


def test_a_chain_without_the_authoritys_certificates_is_the_certificate_alone() -> None:
    assert chain_of({"certificate": ISSUED.certificate, "root": ISSUED.root}).decode() == ISSUED.certificate


@pytest.mark.parametrize(
    "data", [None, {}, {"certificate": "soon"}, {"certificate": ISSUED.certificate.replace("M", "!")}]
)
def test_what_is_no_certificate_is_told(data: object) -> None:
    with pytest.raises(Transient, match="cannot be read"):
        certificate_of(data)
