"""The envelope of Google's refusals."""

import json

from sandbox.google.errors import GoogleError, TokenError, no_token, refused


def test_a_refusal_is_told_twice_over_with_its_reason() -> None:
    answer = json.loads(refused(GoogleError(403, "quotaExceeded", "Too much.", domain="usageLimits")).body)
    one = {"domain": "usageLimits", "reason": "quotaExceeded", "message": "Too much."}
    assert answer == {"error": {"errors": [one], "code": 403, "message": "Too much.", "status": "PERMISSION_DENIED"}}
    signed_out = json.loads(refused(GoogleError(401, "authError", "Invalid Credentials")).body)
    assert signed_out["error"]["errors"][0]["location"] == "Authorization"


def test_the_token_endpoint_has_two_fields() -> None:
    answer = no_token(TokenError(400, "invalid_grant", "Bad JWT"))
    assert (answer.status, json.loads(answer.body)) == (
        400,
        {"error": "invalid_grant", "error_description": "Bad JWT"},
    )
