"""DER, read and made."""

import pytest

from sandbox.opensrs import der
from sandbox.opensrs.der import BadDerError


@pytest.mark.parametrize("number", [0, 127, 128, 255, 65_537, 2**2048])
def test_numbers_come_back(number: int) -> None:
    assert der.read(der.made_integer(number)).integer() == number


@pytest.mark.parametrize("dotted", ["2.5.4.3", "1.2.840.113549.1.1.11", "1.3.132.0.34"])
def test_object_identifiers_come_back(dotted: str) -> None:
    assert der.read(der.made_oid(dotted)).oid() == dotted


def test_long_values_and_pem_come_back_also_with_spaces_for_line_ends() -> None:
    data = der.made(der.SEQUENCE, der.made(der.UTF8, b"x" * 300))
    text = der.pem("CERTIFICATE", data)
    assert der.from_pem("CERTIFICATE", text.replace("\n", " ")) == data
    assert der.read(data).parts()[0].text() == "x" * 300


@pytest.mark.parametrize("data", [b"", b"\x30", b"\x30\x05\x02\x01", b"\x02\x01\x01\x02\x01\x01"])
def test_what_is_cut_short_or_too_much_is_refused(data: bytes) -> None:
    with pytest.raises(BadDerError):
        der.read(data)


def test_no_markers_and_no_base64_are_refused() -> None:
    for text in ("MIIB", "-----BEGIN X-----\n!\n-----END X-----"):
        with pytest.raises(BadDerError):
            der.from_pem("X", text)
