"""Every class of the login service's refusals can be had on demand."""

import pytest

from sandbox.microsoft import Microsoft
from sandbox.microsoft.aad_errors import ERRORS
from tests.sandbox.microsoft.asking import Asker

# the classes of the specification's table that the token endpoint answers
WANTED = [50076, 50078, 50079, 50126, 50173, 54005, 65001, 70000, 70008, 90002, 700016, 700082, 7000215, 7000222]


@pytest.mark.parametrize("code", WANTED)
def test_class_is_answered_by_the_token_endpoint(stranger: Asker, microsoft: Microsoft, code: int) -> None:
    token = microsoft.grant_consent()["refresh_token"]
    microsoft.fail("token_error", aadsts=code)
    refused = stranger.refresh(token)
    assert refused.status == ERRORS[code].status
    assert refused.json["error"] == ERRORS[code].error
    assert refused.json["error_codes"][-1] == code
    assert f"AADSTS{code}:" in refused.json["error_description"]
    trace, correlation, moment = refused.json["error_description"].split("\r\n")[1:]
    assert trace == f"Trace ID: {refused.json['trace_id']}"
    assert correlation == f"Correlation ID: {refused.json['correlation_id']}"
    assert moment == f"Timestamp: {refused.json['timestamp']}"
    assert stranger.refresh(token).status == 200


def test_switch_answers_a_class_until_it_is_taken_back(stranger: Asker, microsoft: Microsoft) -> None:
    token = microsoft.grant_consent()["refresh_token"]
    microsoft.behave(token_error=50079)
    refused = [stranger.refresh(token).json for _ in range(2)]
    assert [body["error"] for body in refused] == ["interaction_required"] * 2
    assert refused[0]["claims"].startswith("{")
    microsoft.behave(token_error=None)
    assert stranger.refresh(token).status == 200


def test_correlation_id_of_the_client_is_repeated(stranger: Asker) -> None:
    url = f"{stranger.base_url}/login/common/oauth2/v2.0/token"
    answer = stranger.http.post(url, data={"client_id": "x"}, headers={"client-request-id": "mine"})
    assert answer.json()["correlation_id"] == "mine"


def test_passing_trouble_is_answered_with_503(stranger: Asker, microsoft: Microsoft) -> None:
    token = microsoft.grant_consent()["refresh_token"]
    microsoft.fail("token_error", aadsts=90033)
    assert stranger.refresh(token).status == 503
