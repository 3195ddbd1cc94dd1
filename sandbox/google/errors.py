"""Google's refusals: one envelope for all of its APIs, and the two-field answer of the token endpoint."""

from typing import Any

from sandbox.wsgi import Response, json_answer

# What newer answers add beside the code (google.rpc.Code by the status of HTTP).
STATUS = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    409: "ALREADY_EXISTS",
    412: "FAILED_PRECONDITION",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
}


class GoogleError(Exception):
    """An API says no: a status of HTTP, a reason of its list, a message; `domain` is "usageLimits" for quotas."""

    def __init__(self, status: int, reason: str, message: str, *, domain: str = "global") -> None:
        super().__init__(message)
        self.status, self.reason, self.message, self.domain = status, reason, message, domain


class TokenError(Exception):
    """The token endpoint says no."""

    def __init__(self, status: int, error: str, description: str) -> None:
        super().__init__(description)
        self.status, self.error, self.description = status, error, description


def refused(error: GoogleError) -> Response:
    """Return the answer of an API that says no."""
    one: dict[str, Any] = {"domain": error.domain, "reason": error.reason, "message": error.message}
    if error.status == 401:
        one |= {"locationType": "header", "location": "Authorization"}
    told = {"errors": [one], "code": error.status, "message": error.message}
    if error.status in STATUS:
        told["status"] = STATUS[error.status]
    return json_answer(error.status, {"error": told})


def no_token(error: TokenError) -> Response:
    """Return the answer of the token endpoint that says no."""
    return json_answer(error.status, {"error": error.error, "error_description": error.description})


def invalid(message: str) -> GoogleError:
    """Return the refusal of a value."""
    return GoogleError(400, "invalid", message)


def not_met(message: str) -> GoogleError:
    """Return the refusal of what does not go now."""
    return GoogleError(412, "conditionNotMet", message)


def missing(message: str) -> GoogleError:
    """Return the refusal of what is not there."""
    return GoogleError(404, "notFound", message)
