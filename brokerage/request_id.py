"""Gives every request and task a short id, so that a log line, an error page and a complaint can be laid together."""

import logging
import re
import secrets
from collections.abc import Callable
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponse

HEADER = "X-Request-Id"
ACCEPTED = re.compile(r"[A-Za-z0-9._-]{8,64}")
current_id: ContextVar[str] = ContextVar("current_id", default="-")


class RequestIdMiddleware:
    """Sets request.request_id (the proxy's, where it sent a decent one), and repeats it in the answer's header."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        sent = request.headers.get(HEADER, "")
        request.request_id = sent if ACCEPTED.fullmatch(sent) else secrets.token_hex(8)  # type: ignore[attr-defined]  # ours to add
        token = current_id.set(request.request_id)  # type: ignore[attr-defined]  # set a line above
        try:
            response = self.get_response(request)
        finally:
            current_id.reset(token)
        response[HEADER] = request.request_id  # type: ignore[attr-defined]  # set above
        return response


class RequestIdFilter(logging.Filter):
    """Adds the id of the request or task at work to every log record."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Set record.request_id and let the record pass."""
        record.request_id = current_id.get()
        return True
