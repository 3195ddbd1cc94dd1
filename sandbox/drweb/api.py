"""The envelope of the Web API: signing in, finding the script, troubles on demand, XML or JSON."""

import base64
import binascii
import re
from typing import Any

from sandbox.drweb import groups, stations
from sandbox.drweb.answers import ApiError, Node, written
from sandbox.drweb.asked import Asked
from sandbox.drweb.world import DrWebWorld
from sandbox.faults import Fault, anothers_json, answered
from sandbox.wsgi import Request, Response, html_answer, json_answer

SCRIPTS = {**stations.SCRIPTS, **groups.SCRIPTS}
# What texts and attributes are written between, for an answer about somebody else.
VALUES = re.compile(rb'(?<=id=")[^"]+(?=")')
PAGE = "<html><head><title>{status}</title></head><body>{status}</body></html>"


class DrWebVoice:
    """How AV-Desk says it: errors outside its own replies are pages of its web server."""

    def throttled(self, seconds: int, retry_after: object) -> Response:
        """See Voice: AV-Desk knows no rate limit, a proxy before it may."""
        answer = html_answer(429, PAGE.format(status=429))
        answer.headers.append(("Retry-After", str(seconds if retry_after is None else retry_after)))
        return answer

    def failure(self, fault: Fault) -> Response:
        """See Voice."""
        status = int(fault.details.get("status", 500))
        return html_answer(status, PAGE.format(status=status))

    def not_found(self, _fault: Fault) -> Response:
        """See Voice: no such script."""
        return html_answer(404, PAGE.format(status=404))

    def json(self, status: int, value: Any) -> Response:
        """See Voice."""
        return json_answer(status, value)

    def anothers(self, answer: Response) -> Response:
        """See Voice: the ids are those of somebody else."""
        if answer.body.startswith(b"{"):
            return json_answer(answer.status, anothers_json(answer))
        return Response(answer.status, VALUES.sub(lambda one: b"another-" + one[0], answer.body), answer.headers)


class WebApi:
    """Answers what an AV-Desk server answers below /api."""

    def __init__(self, world: DrWebWorld) -> None:
        self.world = world

    def __call__(self, request: Request) -> Response:
        request.fault = self.world.faults.meet(request)
        return answered(
            request.fault,
            DrWebVoice(),
            lambda: self._kept(request),
            note=lambda status: self.world.note(request, status=status),
        )

    def _kept(self, request: Request) -> Response:
        with self.world.store.transaction():
            return self._act(request)

    def _act(self, request: Request) -> Response:
        if not self._signed_in(request):
            answer = html_answer(401, PAGE.format(status=401))
            answer.headers.append(("WWW-Authenticate", 'Basic realm="Dr.Web AV-Desk"'))
            return answer
        script = SCRIPTS.get(_script_of(request.path))
        if script is None or request.method not in ("GET", "POST"):
            return html_answer(404, PAGE.format(status=404))
        asked = Asked(request.query_string)
        wanted = request.headers.get("x-drweb-api-response-type", "") or asked.get("format", "xml")
        reply = {"now": self.world.now(), "server": request.headers.get("host", ""), "as_json": wanted == "json"}
        try:
            nodes: list[Node] = script(self.world, asked, base_of(request))
        except ApiError as error:
            return written([], **reply, error=error)
        return written(nodes, **reply)

    def _signed_in(self, request: Request) -> bool:
        scheme, _, coded = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "basic":
            return False
        try:
            login, _, password = base64.b64decode(coded, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return False
        return self.world.knows(login, password)


def _script_of(path: str) -> tuple[str, str]:
    """Return the object and the script of a path: /api/stations/list_by_user_id.ds; - and _ are the same."""
    found = re.fullmatch(r"/api/(\w+)/([\w-]+)\.ds", path)
    return (found[1].lower(), found[2].lower().replace("_", "-")) if found else ("", "")


def base_of(request: Request) -> str:
    """Return where this server is reached, for links."""
    return f"http://{request.headers.get('host', '127.0.0.1')}{request.mounted_at}"
