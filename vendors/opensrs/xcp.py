"""The envelope of OpenSRS' protocol XCP: written, signed, and read without trusting what comes.

Source: the vendor's pages "overview" and "writing your own client" (domains.opensrs.guide).
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import Element, ParseError, TreeBuilder
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

SUCCESS = "1"
# Deeper than anything that the vendor sends: an order's contacts stand at eight.
DEEPEST = 40
LONGEST_NUMBER = 10
# Characters that no XML document may hold, not even escaped (XML 1.0, 2.2).
_FORBIDDEN = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_HEAD = (
    "<?xml version='1.0' encoding='UTF-8' standalone='no' ?>\n<!DOCTYPE OPS_envelope SYSTEM 'ops.dtd'>\n"
    "<OPS_envelope><header><version>0.9</version></header><body><data_block>"
)
_TAIL = "</data_block></body></OPS_envelope>"


class UnreadableError(ValueError):
    """The bytes are no answer of XCP."""


@dataclass(frozen=True)
class Reply:
    """What OpenSRS answered: whether it did what was asked, its code and text, and the attributes."""

    is_success: bool
    code: str
    text: str
    attributes: Mapping[str, Any] = field(default_factory=dict)


def command(action: str, attributes: Mapping[str, Any], *, of: str = "trust_service") -> bytes:
    """Return a command as the bytes to send: what is signed is exactly these."""
    members = {"protocol": "XCP", "action": action, "object": of, "attributes": attributes}
    return f"{_HEAD}{_written(members)}{_TAIL}".encode()


def signature(body: bytes, key: str) -> str:
    """Return X-Signature of a body: MD5 over the bytes and the key, and over that and the key again."""
    first = hashlib.md5(body + key.encode(), usedforsecurity=False).hexdigest()
    return hashlib.md5((first + key).encode(), usedforsecurity=False).hexdigest()


def _written(value: Any) -> str:
    if isinstance(value, Mapping):
        return _items("dt_assoc", value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return _items("dt_array", dict(enumerate(value)))
    return escape(_FORBIDDEN.sub("\ufffd", str(value)))


def _items(kind: str, values: Mapping[Any, Any]) -> str:
    items = "".join(f"<item key={quoteattr(str(key))}>{_written(inner)}</item>" for key, inner in values.items())
    return f"<{kind}>{items}</{kind}>"


def read(content: bytes) -> Reply:
    """Return the answer that an envelope holds; raises UnreadableError for anything else."""
    block = _parsed(content).find("body/data_block/dt_assoc")
    members = {} if block is None else _value(block)
    if members.get("protocol") != "XCP" or "is_success" not in members:
        raise UnreadableError("This is no answer of XCP.")
    attributes = members.get("attributes") or {}
    if not isinstance(attributes, dict):
        raise UnreadableError("The attributes are no map.")
    code, text = str(members.get("response_code", "")).strip(), str(members.get("response_text", "")).strip()
    return Reply(str(members["is_success"]).strip() == SUCCESS, code, text, attributes)


def listed(value: Any) -> list[Any]:
    """Return what an attribute lists: an array with one item is a list, too; an empty or missing one is empty."""
    if isinstance(value, list):
        return value
    return [value] if value else []


def _value(element: Element) -> Any:
    if element.tag == "dt_assoc":
        return {item.get("key", ""): _held(item) for item in element}
    if element.tag == "dt_array":
        return [_held(item) for item in sorted(element, key=_number)]
    return element.text or ""


def _held(item: Element) -> Any:
    return _value(item[0]) if len(item) else item.text or ""


def _number(item: Element) -> int:
    key = item.get("key", "")
    return int(key) if key.isascii() and key.isdigit() and len(key) < LONGEST_NUMBER else 0


def _parsed(content: bytes) -> Element:
    """Return the root of an XML document whose DOCTYPE names a file that nobody loads, and which defines nothing."""
    builder, depth = TreeBuilder(), 0
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise UnreadableError("The answer is nested too deeply.")
        builder.start(tag, attributes)

    def end(tag: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(tag)

    def refuse(*_given: object) -> None:
        raise UnreadableError("The answer defines entities.")

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler, parser.EntityDeclHandler = builder.data, refuse
    try:
        parser.Parse(content, True)
        return builder.close()
    except (expat.ExpatError, ParseError, AssertionError, ValueError, LookupError) as error:
        raise UnreadableError(str(error)) from error
