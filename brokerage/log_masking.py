"""Keeps what opens a door out of the logs: a consent's code, and the links of invitations and of new passwords."""

import logging
import re
from typing import Any

from gunicorn.glogging import Logger

from core.door_links import MASK, without_keys

_PARAMETER = re.compile(
    r"(?i)((?:^|[?&])(?:code|state|client_info|id_token|access_token|refresh_token|token|password)=)[^&\s\"']+"
)
# msal prints what it sends when it is asked for details; a short "code" is an error's number.
_MEMBER = re.compile(
    r"(?i)([\"'](?:code|code_verifier|client_secret|refresh_token|access_token|id_token|assertion|password)[\"']\s*:\s*"
    r"[\"'])[^\"'\s]{12,}"
)


def masked(text: str) -> str:
    """Return the text with the secret parts of addresses and of JSON replaced."""
    text = without_keys(text)
    for pattern in (_PARAMETER, _MEMBER):
        text = pattern.sub(rf"\1{MASK}", text)
    return text


class MaskingFilter(logging.Filter):
    """Masks log lines: Django names the address of each request that fails, libraries what they send."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Replace the line where it has to be, and let it pass."""
        said = record.getMessage()
        clean = masked(said)
        if clean != said:
            record.msg, record.args = clean, ()
        return True


class AccessLog(Logger):  # type: ignore[misc]  # gunicorn has no types
    """gunicorn's log of requests, masked in the same way: gunicorn --logger-class brokerage.log_masking.AccessLog."""

    def atoms(self, *about: Any) -> dict[str, Any]:
        """Return what a line of the access log is made of."""
        parts = super().atoms(*about)
        return {name: masked(value) if isinstance(value, str) else value for name, value in parts.items()}


def logging_to_stderr(level: str) -> dict[str, Any]:
    """Return settings.LOGGING: one line per record on stderr, with the request's id, secrets masked."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {
            "request_id": {"()": "brokerage.request_id.RequestIdFilter"},
            "masked": {"()": "brokerage.log_masking.MaskingFilter"},
        },
        "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(request_id)s %(name)s: %(message)s"}},
        "handlers": {
            "stderr": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["request_id", "masked"]},
        },
        "root": {"handlers": ["stderr"], "level": level},
        # Django's own handlers would mail error reports and print each line twice.
        "loggers": {"django": {"handlers": [], "propagate": True, "level": "INFO"}},
    }
