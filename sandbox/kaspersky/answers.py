"""How Kaspersky says it: JSON in Pascal's letters, and a Message for every no."""

from uuid import uuid4

from sandbox.faults import Fault, anothers_json
from sandbox.kaspersky.world import World
from sandbox.wsgi import Response, json_answer


class RefusedError(Exception):
    """The vendor understood and says no. `code` is that of the older service's published table (KSS 1.0)."""

    def __init__(self, message: str, *, code: int = 99, status: int = 400) -> None:
        super().__init__(message)
        self.code, self.status = code, status


def refusal(world: World, message: str, *, status: int, code: int = 99) -> Response:
    """Return a no. Every published client reads Message; one knows ErrorCode and ErrorId as well."""
    body: dict[str, object] = {"Message": message}
    if world.switch("error_members") == "all":
        body |= {"ErrorCode": code, "ErrorId": str(uuid4())}
    return json_answer(status, body)


def no_route(path: str) -> Response:
    """Return what a server of this kind (ASP.NET Web API) says of an address that it does not serve."""
    message = f"No HTTP resource was found that matches the request URI '{path}'."
    return json_answer(404, {"Message": message, "MessageDetail": "No type was found that matches the controller."})


class Voice:
    """The words of sandbox/faults.py, Voice."""

    def __init__(self, world: World) -> None:
        self._world = world

    def throttled(self, seconds: int, retry_after: object) -> Response:
        """Return the answer to a call too many; no limits are published."""
        answer = refusal(self._world, "Too many requests.", status=429)
        answer.headers.append(("Retry-After", str(seconds if retry_after is None else retry_after)))
        return answer

    def failure(self, fault: Fault) -> Response:
        """Return the answer of a server that broke."""
        return refusal(self._world, "An error has occurred.", status=int(fault.details.get("status", 500)))

    def not_found(self, _fault: Fault) -> Response:
        """Return that there is no such subscription."""
        no = unknown(self._world)
        return refusal(self._world, str(no), status=no.status, code=no.code)

    def json(self, status: int, value: object) -> Response:
        """Return a JSON answer."""
        return json_answer(status, value)

    def anothers(self, answer: Response) -> Response:
        """Return the answer with every text in it another one."""
        return json_answer(answer.status, anothers_json(answer))

    def own(self, fault: Fault, path: str) -> Response | None:
        """Return what one of Kaspersky's own troubles answers in place of acting."""
        if fault.kind == "no_route":
            return no_route(path)
        if fault.kind != "refused":
            return None
        text = str(fault.details.get("text", "The request is invalid."))
        return refusal(self._world, text, status=int(fault.details.get("status", 400)))


def unknown(world: World) -> RefusedError:
    """Return that a subscription is not known, or not this partner's."""
    return RefusedError("Subscription was not found.", code=5, status=int(world.switch("unknown_status")))
