"""What the journal may not contain is taken out of headers, addresses, forms, JSON and any other text."""

import json

import pytest

from vendors.masking import BODY_LIMIT, PARSE_LIMIT, Masking

FORM = "application/x-www-form-urlencoded"
MASKING = Masking()
OWN = Masking(["X-Pass", "reg_password", "regPassword"])
JWT = "eyJhbGciOiJub25lIn0.eyJ0aWQiOiJ0In0."


@pytest.mark.parametrize("name", ["client_secret", "refresh_token", "access_token", "code", "password", "id_token"])
def test_secret_fields_of_a_form_are_masked(name: str) -> None:
    assert MASKING.body(f"{name}=canary&grant_type=x", FORM) == f"{name}=***&grant_type=x"


@pytest.mark.parametrize("name", ["client_secret", "refresh_token", "access_token", "Password", "id_token"])
def test_secret_members_of_json_are_masked_at_any_depth(name: str) -> None:
    body = json.dumps({"a": [{name: "canary", "code": 3000}]})
    assert MASKING.body(body, "application/json") == f'{{"a":[{{"{name}":"***","code":3000}}]}}'


def test_json_with_a_byte_order_mark_is_masked() -> None:
    assert MASKING.body(b'\xef\xbb\xbf{"password":"canary"}') == '{"password":"***"}'


def test_json_cut_in_the_middle_is_masked_by_shape() -> None:
    assert MASKING.body('{"password":"cana') == '{"password":"***"'


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ('{"password":{"a":"canary","b":1},"c":2', '{"password":"***","c":2'),
        ('{"password":["canary"],"otp":123456,"c":2', '{"password":"***","otp":"***","c":2'),
        ('{"password":["cana', '{"password":"***"'),
        ('{"password":null,"c":2}', '{"password":null,"c":2}'),
        (
            '{"settings":[{"Name":"Password","Value":"canary"},{"Name":"a","Value":"b"}]}',
            '{"settings":[{"Name":"Password","Value":"***"},{"Name":"a","Value":"b"}]}',
        ),
    ],
)
def test_secrets_of_json_are_no_texts_only_and_are_named_beside_their_value_too(written: str, kept: str) -> None:
    assert MASKING.body(written) == kept


def test_long_body_is_masked_and_cut() -> None:
    body = '{"access_token":"canary","x":"' + "y" * PARSE_LIMIT + '"}'
    masked = MASKING.body(body)
    assert masked.startswith('{"access_token":"***","x":"yyy')
    assert len(masked) == BODY_LIMIT


def test_headers_that_carry_secrets_are_masked() -> None:
    headers = {"Authorization": "Bearer canary", "Set-Cookie": "canary", "X-Api-Key": "canary", "Accept": "*/*"}
    assert MASKING.headers(headers) == {
        "Authorization": "***",
        "Set-Cookie": "***",
        "X-Api-Key": "***",
        "Accept": "*/*",
    }


def test_address_loses_secret_parameters_and_credentials() -> None:
    assert MASKING.url("https://me:canary@x.example/cb?code=canary&state=s") == "https://x.example/cb?code=***&state=s"


def test_tokens_are_known_by_their_shape() -> None:
    assert MASKING.text(f"sent Bearer abc.def and {JWT}") == "sent Bearer *** and ***"


def test_given_values_are_masked_wherever_they_stand() -> None:
    assert MASKING.text("error: canary-1 is not the key", ["canary-1", "is"]) == "error: *** is not the key"


def test_etag_is_not_taken_for_a_token() -> None:
    etag = "eyJpZCI6ImEzNTZhYzhjLWUzMTAtNDRmNC1iZjg1LWM3ZjI5MDQ0YWY5OSIsInZlcnNpb24iOjJ9"
    assert MASKING.text(etag) == etag


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("<reg_password>canary</reg_password>", "<reg_password>***</reg_password>"),
        ('<o:reg_password id="1">canary</o:reg_password>', '<o:reg_password id="1">***</o:reg_password>'),
        (
            '<item key="reg_password">canary</item><item key="a">b</item>',
            '<item key="reg_password">***</item><item key="a">b</item>',
        ),
        ("<item key='regPassword' >canary</item>", "<item key='regPassword' >***</item>"),
        ("<reg_password><![CDATA[canary]]></reg_password>", "<reg_password>***</reg_password>"),
        ('<login user="me" reg_password="canary"/>', '<login user="me" reg_password="***"/>'),
        ("<login reg_password='canary' user='me'>", "<login reg_password=\"***\" user='me'>"),
        ("<a><reg_password>cana", "<a><reg_password>***"),
        ("<reg_password/><b>open</b>", "<reg_password/><b>open</b>"),
        ("<password><a>canary</a><b>canary</b></password><c>d</c>", "<password>***</password><c>d</c>"),
        (
            '<item key="password"><dt><item key="0">canary</item><item key="1">canary</item></dt></item><item>d</item>',
            '<item key="password">***</item><item>d</item>',
        ),
        ('<property name="password" value="canary"/><b>c</b>', '<property name="password" value="***"/><b>c</b>'),
        ('<input name="password" value="canary"><b>c</b>', '<input name="password" value="***"><b>c</b>'),
        ('<a><property name="password" value="cana', '<a><property name="password" value="***"'),
        ("<a><password><b>canary</b><c>cana", "<a><password>***"),
        ("<password>canary</password><passwords>3</passwords>", "<password>***</password><passwords>3</passwords>"),
    ],
)  # fmt: skip
def test_xml_is_masked_like_json_by_the_vendors_own_names(written: str, kept: str) -> None:
    assert OWN.body(written, "text/xml") == kept


def test_vendors_own_names_are_masked_in_headers_addresses_forms_and_json() -> None:
    assert OWN.headers({"X-Pass": "canary", "X-Path": "a"}) == {"X-Pass": "***", "X-Path": "a"}
    assert OWN.url("https://x.example/?reg_password=canary&a=1") == "https://x.example/?reg_password=***&a=1"
    assert OWN.body("x-pass=canary&a=1", FORM) == "x-pass=***&a=1"
    assert OWN.body('{"regPassword":"canary"}') == '{"regPassword":"***"}'
    assert MASKING.body('{"regPassword":"open"}') == '{"regPassword":"open"}'


def test_given_values_are_masked_however_they_are_written() -> None:
    secret = 'ca"na&r/y я'
    for written in (
        secret,
        "ca&quot;na&amp;r/y я",
        'ca\\"na&r/y я',
        "ca%22na%26r%2Fy+%D1%8F",
        "ca%22na%26r/y%20%D1%8F",
    ):
        assert MASKING.text(f"is {written}.", [secret]) == "is ***.", written
