"""A server that answers with exchanges as they were published: byte-order mark in front, headers as recorded."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from sandbox.wsgi import UTF8_BOM, Environ, Request, Response, start
from tests.vendors.memory import MemoryJournal, MemorySecrets, stopped_soon
from vendors.base import Connection
from vendors.http import VendorSession
from vendors.microsoft.partner_center import PartnerCenter

OWN = Path(__file__).parents[2] / "sandbox" / "fixtures" / "microsoft"
PUBLISHED = Path(__file__).parents[4] / "shared" / "samples" / "microsoft"
Exchange = dict[str, Any]


def exchanges(place: Path) -> dict[str, Exchange]:
    """Return every exchange of a folder's files, by name, numbers with their digits."""
    found: dict[str, Exchange] = {}
    for path in sorted(place.glob("*.json")):
        kept = json.loads(path.read_text(), parse_float=Decimal)
        for exchange in kept if isinstance(kept, list) else [{"name": path.stem, **kept}]:
            found[exchange["name"]] = exchange
    return found


class Replay:
    """Answers each request with the next of its answers, the last one for ever, and keeps what was asked."""

    def __init__(self, *answers: Response) -> None:
        self.answers = list(answers)
        self.requests: list[Request] = []
        self._guard = threading.Lock()

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Any:
        with self._guard:
            self.requests.append(Request.from_environ(environ))
            answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return answer(environ, start_response)


def answer_of(exchange: Exchange) -> Response:
    """Return the exchange's answer as it went over the wire."""
    response = exchange["response"]
    body = json.dumps(response["body"], default=str, separators=(",", ":")) if "body" in response else ""
    for digits in _decimals(response.get("body")):
        body = body.replace(f'"{digits}"', str(digits))
    headers = [(name, value) for name, value in response.get("headers", {}).items() if name != "Content-Length"]
    return Response(response["status"], UTF8_BOM + body.encode() if body else b"", headers)


@contextmanager
def replaying(*answers: Response) -> Iterator[tuple[PartnerCenter, Replay]]:
    """Yield a client whose Partner Center gives these answers."""
    replay = Replay(*answers)
    running = start(replay)
    session = VendorSession(MemoryJournal(), pause=0)
    secrets = MemorySecrets({}, session)
    connection = Connection({"api_base_url": f"{running.base_url}/v1"}, secrets, session, datetime.now(UTC))
    try:
        yield PartnerCenter(connection, lambda fresh: "renewed" if fresh else "token"), replay
    finally:
        stopped_soon(running)


def _decimals(value: Any) -> Iterator[Decimal]:
    if isinstance(value, Decimal):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _decimals(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _decimals(inner)
