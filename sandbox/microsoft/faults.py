"""Troubles on demand of the pretend Microsoft: those that befall any vendor, in its words, and a few of its own."""

import json
from typing import Any

from sandbox import faults
from sandbox.faults import UNAVAILABLE_PAGE, Fault, Faults, anothers_json
from sandbox.wsgi import Response, html_answer, json_answer

__all__ = ["KINDS", "PLACES", "Fault", "Faults", "after_acting", "before_acting", "throttled"]

KINDS = {
    **faults.KINDS,
    "odd_token": "the token endpoint's answer with `members` put in and those of the list `without` left out",
    "accepted": "PATCH of a subscription answers 202 with a Location; done after `reads` (1) further reads of it",
    "stale_etag": "400 with code 2055, before acting",
    "token_error": "the token endpoint answers the AADSTS class `aadsts`",
    "cut_sheet": "the connection is lost after `rows` (10) of a price sheet",
    "slow_checkout": "504 to a checkout that goes on: 409/800064 for `seconds` (60), then what it came to",
}

# Where a kind makes sense at one place only, its calls are counted there unless told otherwise.
PLACES = {
    "odd_token": ("POST", "/oauth2(/v2.0)?/token$"),
    "token_error": ("POST", "/oauth2(/v2.0)?/token$"),
    "not_found": ("GET", "/(customers|orders|subscriptions)/[^/?]+"),
    "accepted": ("PATCH", "/subscriptions/[^/]+$"),
    "slow_checkout": ("POST", "/checkout$"),
    "cut_sheet": ("GET", "/pricesheets"),
}


class MicrosoftVoice:
    """How Microsoft says it. `bom` is false for the login service: no byte order mark, and it fails with HTML pages."""

    def __init__(self, *, bom: bool) -> None:
        self.bom = bom

    def throttled(self, seconds: int, retry_after: object) -> Response:
        """See Voice."""
        return throttled(seconds, retry_after=retry_after, bom=self.bom)

    def failure(self, fault: Fault) -> Response:
        """See Voice; the code is 800003 unless the fault says another."""
        status = int(fault.details.get("status", 500))
        if not self.bom:
            return html_answer(status, UNAVAILABLE_PAGE)
        body = {
            "code": fault.details.get("code", 800003),
            "description": fault.details.get("description", "Internal server error"),
            "data": [],
            "source": "PartnerFD",
        }
        return self.json(status, body)

    def not_found(self, fault: Fault) -> Response:
        """See Voice; the code is 20003 unless the fault says another."""
        code = fault.details.get("code", 20003)
        return self.json(404, {"code": code, "description": "Not found.", "data": [], "source": "PartnerFD"})

    def json(self, status: int, value: Any) -> Response:
        """See Voice."""
        return json_answer(status, value, bom=self.bom)

    def anothers(self, answer: Response) -> Response:
        """See Voice."""
        return self.json(answer.status, anothers_json(answer))


def before_acting(fault: Fault, *, bom: bool = True) -> Response | None:
    """Do what the fault does before the call is acted on: wait, drop the connection, or return the answer."""
    return faults.before_acting(fault, MicrosoftVoice(bom=bom))


def after_acting(fault: Fault, answer: Response, *, bom: bool = True) -> Response:
    """Do what the fault does once the call is done and kept, and return what the caller gets to see."""
    if fault.kind == "odd_token" and answer.status == 200:
        members = {**json.loads(answer.body), **fault.details.get("members", {})}
        kept = {name: value for name, value in members.items() if name not in fault.details.get("without", ())}
        return json_answer(200, kept)
    return faults.after_acting(fault, answer, MicrosoftVoice(bom=bom))


def throttled(seconds: int, *, retry_after: object = None, bom: bool = True) -> Response:
    """Return the gateway's 429, whose members are not those of the service's own errors.

    `retry_after` is written into the header as it is, however strange; None is the seconds.
    """
    message = f"Rate limit is exceeded. Try again in {seconds} seconds."
    answer = json_answer(429, {"statusCode": 429, "message": message}, bom=bom)
    answer.headers.append(("Retry-After", str(seconds if retry_after is None else retry_after)))
    return answer
