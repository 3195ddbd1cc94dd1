"""What the journal may not contain is taken out of headers, addresses, forms, JSON and any other text."""

import json

import pytest

from vendors.masking import BODY_LIMIT, PARSE_LIMIT, masked_body, masked_headers, masked_text, masked_url

FORM = "application/x-www-form-urlencoded"
JWT = "eyJhbGciOiJub25lIn0.eyJ0aWQiOiJ0In0."


@pytest.mark.parametrize("name", ["client_secret", "refresh_token", "access_token", "code", "password", "id_token"])
def test_secret_fields_of_a_form_are_masked(name: str) -> None:
    assert masked_body(f"{name}=canary&grant_type=x", FORM) == f"{name}=***&grant_type=x"


@pytest.mark.parametrize("name", ["client_secret", "refresh_token", "access_token", "Password", "id_token"])
def test_secret_members_of_json_are_masked_at_any_depth(name: str) -> None:
    body = json.dumps({"a": [{name: "canary", "code": 3000}]})
    assert masked_body(body, "application/json") == f'{{"a":[{{"{name}":"***","code":3000}}]}}'


def test_json_with_a_byte_order_mark_is_masked() -> None:
    assert masked_body(b'\xef\xbb\xbf{"password":"canary"}') == '{"password":"***"}'


def test_json_cut_in_the_middle_is_masked_by_shape() -> None:
    assert masked_body('{"password":"cana') == '{"password":"***"'


def test_long_body_is_masked_and_cut() -> None:
    body = '{"access_token":"canary","x":"' + "y" * PARSE_LIMIT + '"}'
    masked = masked_body(body)
    assert masked.startswith('{"access_token":"***","x":"yyy')
    assert len(masked) == BODY_LIMIT


def test_headers_that_carry_secrets_are_masked() -> None:
    headers = {"Authorization": "Bearer canary", "Set-Cookie": "canary", "X-Api-Key": "canary", "Accept": "*/*"}
    assert masked_headers(headers) == {
        "Authorization": "***",
        "Set-Cookie": "***",
        "X-Api-Key": "***",
        "Accept": "*/*",
    }


def test_address_loses_secret_parameters_and_credentials() -> None:
    assert masked_url("https://me:canary@x.example/cb?code=canary&state=s") == "https://x.example/cb?code=***&state=s"


def test_tokens_are_known_by_their_shape() -> None:
    assert masked_text(f"sent Bearer abc.def and {JWT}") == "sent Bearer *** and ***"


def test_given_values_are_masked_wherever_they_stand() -> None:
    assert masked_text("error: canary-1 is not the key", ["canary-1", "is"]) == "error: *** is not the key"


def test_etag_is_not_taken_for_a_token() -> None:
    etag = "eyJpZCI6ImEzNTZhYzhjLWUzMTAtNDRmNC1iZjg1LWM3ZjI5MDQ0YWY5OSIsInZlcnNpb24iOjJ9"
    assert masked_text(etag) == etag
