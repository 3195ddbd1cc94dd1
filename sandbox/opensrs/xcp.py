"""The envelope of OpenSRS' protocol XCP: maps, arrays and texts as XML, and back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from sandbox.wsgi import Response

HEAD = (
    "<?xml version='1.0' encoding='UTF-8' standalone='no' ?>\n"
    "<!DOCTYPE OPS_envelope SYSTEM 'ops.dtd'>\n"
    "<OPS_envelope>\n <header>\n  <version>0.9</version>\n  </header>\n <body>\n  <data_block>\n"
)
TAIL = "\n  </data_block>\n </body>\n</OPS_envelope>\n"


class UnreadableError(ValueError):
    """The body is no envelope of XCP."""


@dataclass
class Command:
    """What a reseller asks: an action on an object, in lower case, with its attributes."""

    action: str
    object: str
    attributes: dict[str, Any]


def read_command(body: bytes) -> Command:
    """Return the command that an envelope holds; raise UnreadableError for anything else."""
    try:
        root = ElementTree.fromstring(body)  # noqa: S314 (expat loads no external DTD; the sandbox serves its own tests)
    except ElementTree.ParseError as error:
        raise UnreadableError(str(error)) from error
    block = root.find("body/data_block/dt_assoc")
    if root.tag != "OPS_envelope" or block is None:
        raise UnreadableError("there is no data block")
    members = _value(block)
    if members.get("protocol") != "XCP":
        raise UnreadableError("the protocol is not XCP")
    attributes = members.get("attributes") or {}
    if not isinstance(attributes, dict):
        raise UnreadableError("the attributes are no map")
    return Command(str(members.get("action", "")).lower(), str(members.get("object", "")).lower(), attributes)


def _value(element: ElementTree.Element) -> Any:
    if element.tag == "dt_assoc":
        return {item.get("key", ""): _held(item) for item in element}
    if element.tag == "dt_array":
        return [_held(item) for item in sorted(element, key=lambda item: int(item.get("key", "0")))]
    return element.text or ""


def _held(item: ElementTree.Element) -> Any:
    return _value(item[0]) if len(item) else item.text or ""


def written(value: Any) -> str:
    """Return a value as XCP writes it: everything is a map, an array or a text."""
    if isinstance(value, Mapping):
        return f"<dt_assoc>{''.join(_item(key, inner) for key, inner in value.items())}</dt_assoc>"
    if isinstance(value, list):
        return f"<dt_array>{''.join(_item(str(key), inner) for key, inner in enumerate(value))}</dt_array>"
    return escape(str(value))


def _item(key: str, value: Any) -> str:
    return f"<item key='{escape(key)}'>{written(value)}</item>"


def reply(of: str, code: int, text: str, attributes: Mapping[str, Any] | None = None) -> Response:
    """Return an answer about an object; success is told by the code, the status of HTTP is always 200."""
    members: dict[str, Any] = {
        "protocol": "XCP",
        "action": "REPLY",
        "object": of.upper(),
        "is_success": "1" if code < 300 else "0",
        "response_code": code,
        "response_text": text,
    }
    if attributes is not None:
        members["attributes"] = attributes
    return Response(200, (HEAD + written(members) + TAIL).encode(), [("Content-Type", "text/xml")])
