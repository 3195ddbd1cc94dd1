"""What the Web API answers with: one tree, written as XML by default and as JSON where that was asked for."""

import json
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from sandbox.drweb.world import SERVER_UUID
from sandbox.wsgi import Response

API_VERSION, API_NUMBER = "4.1.3", 40103
SERVER_VERSION, SERVER_NUMBER = "10.01.0.201707130", 1000201707130
ROOT = "drweb-avdesk-api"


class ApiError(Exception):
    """A user's mistake, told with HTTP 200, a number and a sentence."""

    def __init__(self, number: int, message: str) -> None:
        super().__init__(message)
        self.number = number


@dataclass
class Node:
    """One element. `listed`: in JSON it is {"total", "list"} of its children."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list["Node"] = field(default_factory=list)
    text: str = ""
    listed: bool = False

    def as_xml(self) -> str:
        """Return the element as XML."""
        attributes = "".join(f" {name}={quoteattr(str(value))}" for name, value in self.attributes.items())
        inner = escape(self.text) + "".join(f"\n{child.as_xml()}" for child in self.children)
        return f"<{self.tag}{attributes}>{inner}</{self.tag}>" if inner else f"<{self.tag}{attributes}/>"

    def as_json(self) -> Any:
        """Return the element as JSON: its attributes and children are members, a text alone is itself."""
        if self.listed:
            return {"total": len(self.children), "list": [child.as_json() for child in self.children]}
        if self.text and not self.attributes:
            return self.text
        if self.tag == "states":
            return {child.attributes["id"]: child.text for child in self.children}
        members: dict[str, Any] = dict(self.attributes)
        members |= {child.tag: child.as_json() for child in self.children}
        return members


def listing(tag: str, children: list[Node], **attributes: object) -> Node:
    """Return a list of elements with its total."""
    return Node(tag, {"total": str(len(children)), **_texts(attributes)}, children, listed=True)


def element(tag: str, *children: Node, text: str = "", **attributes: object) -> Node:
    """Return an element; attributes are written in the order given, names with `_` as they are."""
    return Node(tag, _texts(attributes), list(children), text)


def _texts(attributes: dict[str, object]) -> dict[str, str]:
    return {name: str(value) for name, value in attributes.items()}


def written(nodes: list[Node], *, now: float, server: str, as_json: bool, error: ApiError | None = None) -> Response:
    """Return the reply; an error's status is false, its HTTP status is 200 all the same."""
    status = error is None
    if as_json:
        body, kind = _json(nodes, now=now, server=server, error=error), "application/json"
    else:
        body, kind = _xml(nodes, now=now, server=server, error=error), "text/xml"
    headers = [
        ("Content-Type", f"{kind}; charset=utf-8"),
        ("x-drweb-srv-type", "AVDesk"),
        ("x-drweb-srv-version", str(SERVER_NUMBER)),
        ("x-drweb-api-version", f"{API_NUMBER:06}"),
        ("x-drweb-srv", SERVER_UUID),
        ("x-drweb-api-status", "true" if status else "false"),
    ]
    return Response(200, body.encode(), headers)


def _xml(nodes: list[Node], *, now: float, server: str, error: ApiError | None) -> str:
    if error is not None:
        parts = [element("errno", text=str(error.number)), element("message", text=str(error))]
        nodes = [element("error", *parts)]
    attributes = {
        "api_version": API_VERSION,
        "timestamp": str(int(now)),
        "server": server,
        "srv_version": SERVER_VERSION,
        "status": "true" if error is None else "false",
    }
    return Node(ROOT, attributes, nodes).as_xml()


def _json(nodes: list[Node], *, now: float, server: str, error: ApiError | None) -> str:
    head = {
        "status": error is None,
        "timestamp": int(now),
        "api": {"version": API_NUMBER},
        "server": {"name": server, "version": SERVER_NUMBER, "uuid": SERVER_UUID},
    }
    if error is not None:
        return json.dumps({"head": head, "error": {"code": error.number, "message": str(error)}}, ensure_ascii=False)
    return json.dumps({"head": head, "data": {node.tag: node.as_json() for node in nodes}}, ensure_ascii=False)
