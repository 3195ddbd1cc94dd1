"""What Google's refusals mean: each reason sorted by what to do next."""

import json
from typing import Any

import pytest
import requests

from vendors.errors import Misconfigured, NotFound, NotYet, Rejected, Transient, VendorError
from vendors.gsuite.errors import NotOurs, error_of, is_googles, told


def answer(status: int, body: Any) -> requests.Response:
    """Return an answer with a body: an object as JSON, a text as it is."""
    made = requests.Response()
    made.status_code = status
    made._content = (body if isinstance(body, str) else json.dumps(body)).encode()
    return made


def envelope(status: int, reason: str) -> dict[str, Any]:
    return {"error": {"errors": [{"domain": "global", "reason": reason, "message": "Said."}], "code": status}}


@pytest.mark.parametrize(
    ("status", "reason", "kind"),
    [
        (400, "invalid", Rejected),
        (401, "authError", Misconfigured),
        (403, "forbidden", NotOurs),
        (403, "domainCannotUseApis", Rejected),
        (403, "accessNotConfigured", Misconfigured),
        (403, "insufficientPermissions", Misconfigured),
        (403, "quotaExceeded", Transient),
        (403, "dailyLimitExceeded", Transient),
        (404, "notFound", NotFound),
        (409, "duplicate", Rejected),
        (412, "conditionNotMet", Rejected),
    ],
)
def test_a_refusal_of_googles_own_is_sorted_by_its_reason(status: int, reason: str, kind: type[VendorError]) -> None:
    response = answer(status, envelope(status, reason))
    error = error_of(response, "reseller.googleapis.com", sought="/customers/x")
    assert type(error) is kind
    assert is_googles(response)
    assert error.code == reason


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (403, {"message": "Forbidden"}, Transient),
        (404, "<html>", Misconfigured),
        (404, '{"error": {"co', Transient),
        (409, {}, NotYet),
        (423, "", NotYet),
    ],
)
def test_what_stands_in_between_speaks_for_nobody(status: int, body: Any, kind: type[VendorError]) -> None:
    response = answer(status, body)
    assert told(response) is None
    assert type(error_of(response, "reseller.googleapis.com", sought="/x")) is kind
    assert is_googles(response) is (status in (409, 423))


@pytest.mark.parametrize("body", ["[]", '{"error": "invalid_grant"}', '{"error": {"code": "x"}}', "[" * 100_000])
def test_other_shapes_are_no_envelope(body: str) -> None:
    assert told(answer(400, body)) is None
