"""How Partner Center is asked and its answers are read: headers, links, pages, tokens, answers that are none."""

import json
from decimal import Decimal

import pytest

from sandbox.wsgi import UTF8_BOM, Response, json_answer
from tests.vendors.microsoft.replay import replaying
from vendors.errors import ConsentNeeded, Misconfigured, Rejected, Transient
from vendors.microsoft.errors import MFA_REQUIRED, NO_RIGHTS
from vendors.microsoft.partner_center import Members, parsed, same_id

MS_HEADERS = [("MS-RequestId", "1"), ("MS-CorrelationId", "2")]


def answer(body: object, status: int = 200, *headers: tuple[str, str]) -> Response:
    return Response(status, UTF8_BOM + json.dumps(body).encode(), [*MS_HEADERS, *headers])


def test_every_request_carries_the_headers_that_microsoft_wants() -> None:
    with replaying(answer({})) as (client, replay):
        client.read("customers")
        client.write("POST", "customers", {"a": 1}, request_id="11111111-1111-4111-8111-111111111111", etag="e")
    read, write = (request.headers for request in replay.requests)
    assert read["authorization"] == "Bearer token"
    assert read["accept"] == "application/json"
    assert read["x-locale"] == "en-US"
    assert "if-match" not in read
    assert "ms-contract-version" not in read
    assert write["ms-requestid"] == "11111111-1111-4111-8111-111111111111"
    assert write["content-type"] == "application/json"
    assert write["if-match"] == '"e"'
    assert read["ms-requestid"] != write["ms-requestid"]
    assert read["ms-correlationid"] == write["ms-correlationid"]


@pytest.mark.parametrize("spelling", ["/v1/customers/c", "/customers/c", "customers/c", "v1/customers/c"])
def test_links_are_followed_in_each_spelling(spelling: str) -> None:
    with replaying(answer({})) as (client, replay):
        client.read(spelling)
    assert replay.requests[0].path == "/v1/customers/c"


def test_full_address_is_followed_as_it_is() -> None:
    with replaying(answer({})) as (client, replay):
        client.read(client.url("https://elsewhere.example/x").replace("https://elsewhere.example", client.base))
    assert replay.requests[0].path == "/v1/x"


def test_pages_follow_the_next_link_with_its_headers_and_never_the_count() -> None:
    following = {
        "uri": "/customers?size=2&seekOperation=Next",
        "headers": [{"key": "MS-ContinuationToken", "value": "opaque=="}],
    }
    first = answer({"totalCount": 2, "items": [{"id": 1}, {"id": 2}], "links": {"next": following}})
    empty = answer({"totalCount": 0, "items": [], "links": {"next": following}})
    last = answer({"totalCount": 1, "items": [{"id": 3}], "links": {"self": {"uri": "/customers"}}})
    with replaying(first, empty, last) as (client, replay):
        assert [item["id"] for item in client.collection("customers", params={"size": "2"})] == [1, 2, 3]
    assert [request.query_string for request in replay.requests] == ["size=2"] + ["size=2&seekOperation=Next"] * 2
    assert [request.headers.get("ms-continuationtoken") for request in replay.requests] == [None] + ["opaque=="] * 2


def test_body_with_a_byte_order_mark_keeps_its_digits() -> None:
    assert parsed(UTF8_BOM + b'{"quantity":0.001344}') == {"quantity": Decimal("0.001344")}
    assert parsed(b"") == {}
    assert parsed(UTF8_BOM) == {}


def test_members_are_found_whatever_their_case() -> None:
    members = Members({"AutoRenewEnabled": True, "id": "x"})
    assert members["autoRenewEnabled"] is True
    assert members.get("ID") == "x"
    assert members.get("nothing", "default") == "default"
    with pytest.raises(KeyError):
        members["nothing"]


def test_ids_are_compared_without_regard_to_case() -> None:
    assert same_id("ABC-1", "abc-1")
    assert not same_id("ABC-1", "abc-2")


def test_domain_is_taken_at_200_and_free_at_404_and_nothing_else_is_an_answer() -> None:
    with replaying(Response(200, headers=MS_HEADERS)) as (client, _replay):
        assert client.domain_is_taken("acme.onmicrosoft.com") is True
    with replaying(Response(404, headers=MS_HEADERS)) as (client, replay):
        assert client.domain_is_taken("acme.onmicrosoft.com") is False
        assert (replay.requests[0].method, replay.requests[0].path) == ("HEAD", "/v1/domains/acme.onmicrosoft.com")
    with replaying(Response(404)) as (client, _replay), pytest.raises(Misconfigured):
        client.domain_is_taken("acme.onmicrosoft.com")
    with replaying(Response(403, headers=MS_HEADERS)) as (client, _replay), pytest.raises(Rejected):
        client.domain_is_taken("acme.onmicrosoft.com")
    with replaying(Response(503)) as (client, _replay), pytest.raises(Transient):
        client.domain_is_taken("acme.onmicrosoft.com")


def test_read_with_a_stale_token_is_repeated_with_a_renewed_one() -> None:
    stale = answer({"code": 800001, "description": "Token missing"}, 401)
    with replaying(stale, answer({"id": "x"})) as (client, replay):
        assert client.read("customers/x").body == {"id": "x"}
    assert [request.headers["authorization"] for request in replay.requests] == ["Bearer token", "Bearer renewed"]


def test_change_with_a_stale_token_is_left_to_the_step_which_mints_a_new_request_id() -> None:
    with replaying(answer({"code": 800001}, 401)) as (client, replay):
        with pytest.raises(Transient) as trouble:
            client.write("POST", "customers", {}, request_id="1")
        assert trouble.value.at_once is True
    assert len(replay.requests) == 1


def test_token_that_is_refused_even_when_fresh_needs_consent() -> None:
    with replaying(answer({"code": 800001}, 401)) as (client, replay):
        with pytest.raises(ConsentNeeded) as trouble:
            client.read("customers")
        assert trouble.value.message == NO_RIGHTS
    assert len(replay.requests) == 2


@pytest.mark.parametrize(
    "refused",
    [
        answer({"code": 900421, "description": "whatever"}, 401),
        answer({"code": 401, "description": "Unauthorized - MFA required"}, 401),
        answer({}, 200, ("isMfaCompliant", "false")),
    ],
)
def test_missing_mfa_is_told_in_each_of_its_forms(refused: Response) -> None:
    with replaying(refused) as (client, replay):
        with pytest.raises(ConsentNeeded) as trouble:
            client.own_profile()
        assert trouble.value.message == MFA_REQUIRED
        assert replay.requests[0].headers["validatemfa"] == "true"


@pytest.mark.parametrize(
    "page",
    [
        Response(200, b"<html>Welcome to the proxy</html>"),
        Response(302, headers=[("Location", "https://login.example/")]),
        json_answer(404, {"detail": "no such page"}),
    ],
)
def test_answer_of_something_that_is_no_partner_center_is_not_taken_for_one(page: Response) -> None:
    with replaying(page) as (client, _replay), pytest.raises((Misconfigured, Rejected)):
        client.read("customers")


def test_stale_version_is_worth_trying_again_at_once() -> None:
    for refused in (answer({"code": 2055, "description": "Etag"}, 400), answer({}, 412)):
        with replaying(refused) as (client, _replay), pytest.raises(Transient) as trouble:
            client.write("PATCH", "x", {}, request_id="1")
        assert trouble.value.at_once is True


@pytest.mark.parametrize("code", ["800060", "800064", "800082"])
def test_busy_microsoft_is_waited_for(code: str) -> None:
    with replaying(answer({"code": int(code)}, 409)) as (client, _replay), pytest.raises(Transient) as trouble:
        client.write("POST", "x", {}, request_id="1")
    assert (trouble.value.code, trouble.value.at_once) == (code, False)


def test_newest_agreement_has_the_highest_rank() -> None:
    items = [
        {"templateId": f"t{rank}", "agreementType": "MicrosoftCustomerAgreement", "versionRank": rank}
        for rank in (1, 10, 9)
    ]
    items.append({"templateId": "other", "agreementType": "MicrosoftCloudAgreement", "versionRank": 99})
    with replaying(answer({"items": items})) as (client, _replay):
        assert client.newest_agreement_template("MicrosoftCustomerAgreement") == "t10"


def test_decimals_go_out_as_numbers() -> None:
    with replaying(answer({})) as (client, replay):
        client.write("PATCH", "x", {"a": Decimal("5"), "b": Decimal("0.5")}, request_id="1")
    assert replay.requests[0].body == b'{"a": 5, "b": 0.5}'
