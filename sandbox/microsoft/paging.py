"""The two ways in which Partner Center turns pages: seeking with an opaque token, and offsets."""

import base64
import json

from sandbox.microsoft.errors import PartnerCenterError
from sandbox.microsoft.shapes import Json, collection, link
from sandbox.microsoft.world import World
from sandbox.wsgi import Request

PAGE_CAP = 500
LINK_STYLES = {"versioned": "/v1/", "plain": "/", "bare": ""}


def number(request: Request, name: str, default: int) -> int:
    """Return a whole number of the query string; raise 400/800002 for anything else."""
    try:
        return int(request.query.get(name) or default)
    except ValueError as error:
        raise PartnerCenterError(400, 800002, "Invalid request input") from error


def seek_page(world: World, request: Request, items: list[Json], *, path: str, style: str) -> Json:
    """Return one page of `items` with a link to the next, whose token travels in a header.

    `style` is how the vendor's published answer spells links of this collection; the switch `link_style` overrides it.
    """
    asked = number(request, "size", PAGE_CAP)
    size = min(asked, PAGE_CAP) if asked > 0 else PAGE_CAP
    begin = int(_token(request).get("row", 0))
    query = f"?{request.query_string}" if request.query_string else ""
    links: Json = {"self": link(f"/{path}{query}")}
    if begin + size < len(items):
        chosen = world.switch("link_style")
        prefix = LINK_STYLES[style if chosen == "published" else chosen]
        following = link(f"{prefix}{path}?size={size}&seekOperation=Next")
        resumed = json.dumps({"row": begin + size, "question": question(request)})
        token = base64.b64encode(resumed.encode()).decode()
        following["headers"] = [{"key": "MS-ContinuationToken", "value": token}]
        links["next"] = following
    return collection(items[begin : begin + size], links=links)


def question(request: Request) -> dict[str, str]:
    """Return the query of the first page: later pages do not repeat it, their token remembers it."""
    return dict(_token(request).get("question", request.query))


def _token(request: Request) -> Json:
    if request.query.get("seekoperation", "").lower() != "next":
        return {}
    try:
        token = json.loads(base64.b64decode(request.headers.get("ms-continuationtoken", ""), validate=True))
        return {"row": int(token["row"]), "question": dict(token["question"])}
    except (ValueError, KeyError, TypeError) as error:
        raise PartnerCenterError(400, 800002, "The continuation token is missing or invalid.") from error


def offset_page(request: Request, items: list[Json], *, path: str, keep: tuple[str, ...] = ()) -> Json:
    """Return one page of `items` by size and offset; `keep` names the parameters that the next link repeats."""
    size, offset = number(request, "size", 0), number(request, "offset", 0)
    query = f"?{request.query_string}" if request.query_string else ""
    links: Json = {"self": link(f"/{path}{query}")}
    if size <= 0:
        return collection(items[offset:], links=links)
    repeated = "".join(f"{name}={request.query[name]}&" for name in keep if name in request.query)
    if offset + size < len(items):
        links["next"] = link(f"/{path}?{repeated}size={size}&offset={offset + size}")
    if offset > 0:
        links["previous"] = link(f"/{path}?{repeated}size={size}&offset={max(0, offset - size)}")
    return collection(items[offset : offset + size], links=links)
