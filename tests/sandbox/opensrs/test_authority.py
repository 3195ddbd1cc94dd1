"""The certificates of the pretend authority, verified by a library that it does not know."""

from datetime import UTC, datetime

from cryptography import x509

from sandbox.opensrs.authority import issue
from sandbox.opensrs.csr import read_csr
from tests.sandbox.opensrs.asking import DOMAIN, csr_for, key_of

START, END = datetime(2026, 11, 28, tzinfo=UTC), datetime(2027, 11, 28, tzinfo=UTC)


def test_a_chain_leads_from_the_certificate_to_the_root() -> None:
    issued = issue(read_csr(csr_for()), serial=77, start=START, end=END)
    chain = [
        x509.load_pem_x509_certificate(pem.encode()) for pem in (issued.certificate, issued.intermediate, issued.root)
    ]
    leaf, middle, root = chain
    leaf.verify_directly_issued_by(middle)
    middle.verify_directly_issued_by(root)
    root.verify_directly_issued_by(root)
    assert leaf.public_key() == key_of("rsa2048").public_key()
    assert (leaf.serial_number, leaf.not_valid_before_utc, leaf.not_valid_after_utc) == (77, START, END)
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == [DOMAIN, f"www.{DOMAIN}"]
