"""How OpenSRS says what every vendor may have to say, and its own troubles: all in envelopes with status 200."""

import re
from typing import Any

from sandbox.faults import UNAVAILABLE_PAGE, Fault
from sandbox.opensrs.xcp import reply
from sandbox.wsgi import Response, html_answer, json_answer

# A text of the reply's own attributes: between its item and the next mark.
_TEXT = re.compile(rb"(<item key='(?!protocol|action|object|is_success|response_code)[^']*'>)([^<]+)")


class Voice:
    """The words of sandbox/faults.py, Voice."""

    def throttled(self, seconds: int, retry_after: object) -> Response:
        """Return the refusal of a command too many; the protocol names no time, a header that is asked for stands."""
        answer = reply("trust_service", 300, "Command rate exceeded, try again later")
        if retry_after is not None:
            answer.headers.append(("Retry-After", str(retry_after)))
        return answer

    def failure(self, fault: Fault) -> Response:
        """Return the page of a server that broke."""
        return html_answer(int(fault.details.get("status", 500)), UNAVAILABLE_PAGE)

    def not_found(self, _fault: Fault) -> Response:
        """Return that there is no such thing."""
        return reply("trust_service", 480, "Object not found")

    def json(self, status: int, value: Any) -> Response:
        """Return JSON: of something in between, for the vendor speaks none."""
        return json_answer(status, value)

    def anothers(self, answer: Response) -> Response:
        """Return the answer with every text of its attributes another one."""
        return Response(answer.status, _TEXT.sub(rb"\1another-\2", answer.body), answer.headers)


def own(fault: Fault) -> Response | None:
    """Return what one of OpenSRS' own troubles answers in place of acting."""
    if fault.kind == "refused":
        code, text = int(fault.details.get("code", 465)), str(fault.details.get("text", "Invalid data"))
        return reply("trust_service", code, text)
    return reply("trust_service", 437, "Another request is waiting") if fault.kind == "busy" else None
