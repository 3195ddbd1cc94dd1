"""How Google says what every vendor may have to say, and its own troubles."""

from typing import Any

from sandbox.faults import UNAVAILABLE_PAGE, Fault, anothers_json
from sandbox.google.errors import GoogleError, refused
from sandbox.wsgi import Response, html_answer, json_answer


class Voice:
    """The words of sandbox/faults.py, Voice."""

    def throttled(self, seconds: int, retry_after: object) -> Response:
        """Return the refusal of a call too many."""
        answer = refused(GoogleError(429, "quotaExceeded", "Quota exceeded.", domain="usageLimits"))
        answer.headers.append(("Retry-After", str(seconds if retry_after is None else retry_after)))
        return answer

    def failure(self, fault: Fault) -> Response:
        """Return the answer of a server that broke: the envelope, or for 502 and 504 a page."""
        status = int(fault.details.get("status", 500))
        if status in (502, 504):
            return html_answer(status, UNAVAILABLE_PAGE)
        return refused(GoogleError(status, "backendError", "Backend Error"))

    def not_found(self, _fault: Fault) -> Response:
        """Return that there is no such thing."""
        return refused(GoogleError(404, "notFound", "Not Found"))

    def json(self, status: int, value: Any) -> Response:
        """Return a JSON answer."""
        return json_answer(status, value)

    def anothers(self, answer: Response) -> Response:
        """Return the answer with every text in it another one."""
        return json_answer(answer.status, anothers_json(answer)) if answer.body else answer


def own(fault: Fault) -> Response | None:
    """Return what one of Google's own troubles answers in place of acting."""
    details = fault.details
    if fault.kind == "quota":
        reason = str(details.get("reason", "quotaExceeded"))
        return refused(GoogleError(403, reason, "Quota exceeded.", domain="usageLimits"))
    if fault.kind == "refused":
        reason, message = str(details.get("reason", "invalid")), str(details.get("message", "Invalid value"))
        return refused(GoogleError(int(details.get("status", 400)), reason, message))
    return None
