"""As much of ASN.1's DER as requests for certificates and certificates need."""

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass

SEQUENCE, SET, INTEGER, BIT_STRING, OCTET_STRING, NULL, OID, BOOLEAN = 0x30, 0x31, 0x02, 0x03, 0x04, 0x05, 0x06, 0x01
UTF8, PRINTABLE, TELETEX, IA5, UTC_TIME, BMP = 0x0C, 0x13, 0x14, 0x16, 0x17, 0x1E
TEXTS = {UTF8: "utf-8", PRINTABLE: "ascii", TELETEX: "latin-1", IA5: "ascii", BMP: "utf-16-be"}


class BadDerError(ValueError):
    """The bytes are not DER, or not of the shape that was expected."""


@dataclass(frozen=True)
class Node:
    """One value: its tag, its content, and all its bytes."""

    tag: int
    content: bytes
    whole: bytes

    def parts(self) -> list["Node"]:
        """Return the values inside."""
        return list(_nodes(self.content))

    def text(self) -> str:
        """Return the text of a value that is one."""
        try:
            return self.content.decode(TEXTS[self.tag])
        except (KeyError, UnicodeDecodeError) as error:
            raise BadDerError("no text") from error

    def integer(self) -> int:
        """Return the value of an integer."""
        if self.tag != INTEGER:
            raise BadDerError("no integer")
        return int.from_bytes(self.content, "big", signed=True)

    def oid(self) -> str:
        """Return an object identifier in dots."""
        if self.tag != OID or not self.content:
            raise BadDerError("no object identifier")
        numbers, value = [], 0
        for byte in self.content:
            value = value << 7 | byte & 0x7F
            if not byte & 0x80:
                numbers.append(value)
                value = 0
        first = min(numbers[0] // 40, 2)
        return ".".join(map(str, [first, numbers[0] - 40 * first, *numbers[1:]]))


def _nodes(data: bytes) -> Iterator[Node]:
    at = 0
    while at < len(data):
        if len(data) - at < 2:
            raise BadDerError("cut short")
        tag, length, begin = data[at], data[at + 1], at + 2
        if length & 0x80:
            size = length & 0x7F
            length, begin = int.from_bytes(data[begin : begin + size], "big"), begin + size
        end = begin + length
        if end > len(data):
            raise BadDerError("cut short")
        yield Node(tag, data[begin:end], data[at:end])
        at = end


def read(data: bytes) -> Node:
    """Return the one value that the bytes hold; raise BadDerError otherwise."""
    nodes = list(_nodes(data))
    if len(nodes) != 1:
        raise BadDerError("not one value")
    return nodes[0]


def made(tag: int, *contents: bytes) -> bytes:
    """Return a value of these contents."""
    content = b"".join(contents)
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def made_integer(value: int) -> bytes:
    """Return an integer that is not negative."""
    return made(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def made_oid(dotted: str) -> bytes:
    """Return an object identifier."""
    first, second, *others = map(int, dotted.split("."))
    content = b""
    for number in [first * 40 + second, *others]:
        digits = [number & 0x7F]
        while number := number >> 7:
            digits.append(number & 0x7F | 0x80)
        content += bytes(reversed(digits))
    return made(OID, content)


def pem(label: str, data: bytes) -> str:
    """Return bytes between the markers of PEM."""
    text = base64.b64encode(data).decode()
    lines = [text[at : at + 64] for at in range(0, len(text), 64)]
    return "\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----"]) + "\n"


def from_pem(label: str, text: str) -> bytes:
    """Return what stands between the markers; line ends may have become spaces. Raises BadDerError."""
    found = re.search(rf"-----BEGIN {label}-----(.*?)-----END {label}-----", text, re.DOTALL)
    if found is None:
        raise BadDerError("the markers are missing")
    try:
        return base64.b64decode("".join(found[1].split()), validate=True)
    except ValueError as error:
        raise BadDerError("not base64") from error
