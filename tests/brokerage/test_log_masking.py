"""What opens a door does not stand in a log."""

import io
import logging
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from gunicorn.config import Config

from brokerage import web_server
from brokerage.log_masking import AccessLog, MaskingFilter, masked

CALLBACK = "/vendors/office365/consent/callback"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (f"GET {CALLBACK}?code=0.Axyz&state=abc HTTP/1.1", f"GET {CALLBACK}?code=***&state=*** HTTP/1.1"),
        ("Gone: /accounts/invitations/17:1hNd__Dy/", "Gone: /accounts/invitations/***/"),
        ("/accounts/password/reset/key/1-c8x-9f2/", "/accounts/password/reset/key/***/"),
        ("code=0.Axyz", "code=***"),
        ('{"code": "0.AxyzAxyzAxyz", "a": "b"}', '{"code": "***", "a": "b"}'),
        ('{"code": "900420"}', '{"code": "900420"}'),
        ("{'client_secret': 'a-long-secret'}", "{'client_secret': '***'}"),
        ("Not Found: /operator/accounts/17/?q=code", "Not Found: /operator/accounts/17/?q=code"),
    ],
)
def test_addresses_lose_what_opens_a_door(said: str, kept: str) -> None:
    assert masked(said) == kept


def test_a_line_is_masked_with_its_arguments() -> None:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(MaskingFilter())
    logger = logging.Logger("test")
    logger.addHandler(handler)
    logger.warning("Gone: %s", "/accounts/invitations/17:1hNd__Dy/")
    logger.warning("%s took %d ms", "/operator/", 5)
    assert stream.getvalue().splitlines() == ["Gone: /accounts/invitations/***/", "/operator/ took 5 ms"]


def test_every_handler_masks() -> None:
    handlers: dict[str, dict[str, Any]] = settings.LOGGING["handlers"]
    assert all("masked" in handler["filters"] for handler in handlers.values())


def test_the_access_log_of_the_container_masks() -> None:
    assert f'"--config", "python:{web_server.__name__}"' in (settings.BASE_DIR / "Dockerfile").read_text()
    assert web_server.logger_class == f"{AccessLog.__module__}.{AccessLog.__name__}"
    environ = {
        "REQUEST_METHOD": "GET", "RAW_URI": f"{CALLBACK}?code=0.Axyz", "SERVER_PROTOCOL": "HTTP/1.1",
        "PATH_INFO": CALLBACK, "QUERY_STRING": "code=0.Axyz", "HTTP_REFERER": f"http://here{CALLBACK}?code=0.Axyz",
    }  # fmt: skip
    answer = SimpleNamespace(status="302 Found", headers=[], sent=1)
    request = SimpleNamespace(headers=[])
    log = AccessLog(Config())
    line = log.cfg.access_log_format % log.atoms_wrapper_class(log.atoms(answer, request, environ, timedelta(0)))
    assert "0.Axyz" not in line
    assert f"GET {CALLBACK}?code=*** HTTP/1.1" in line
