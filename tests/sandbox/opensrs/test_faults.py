"""Troubles in OpenSRS' own words."""

import pytest
import requests

from sandbox.opensrs import OpenSRS
from sandbox.opensrs.world import DEMO_USERNAME
from tests.sandbox.opensrs.asking import Asker, envelope, read


@pytest.mark.parametrize(
    ("kind", "code", "kept"),
    [("throttle", "300", 0), ("busy", "437", 0), ("refused", "465", 0), ("not_found", "480", 0)],
)
def test_what_the_vendor_says_itself_is_an_envelope(
    asker: Asker, opensrs: OpenSRS, kind: str, code: str, kept: int
) -> None:
    opensrs.fail(kind, path="^/sw_register$")
    assert asker.told("get_products", min_expiry_date="2000-01-01", max_expiry_date="2090-01-01") == {
        "product_list": []
    }
    assert asker.refused("sw_register", **asker.order()) == code
    assert opensrs.counts()["orders"] == kept


@pytest.mark.parametrize(("kind", "kept"), [("error_before", 0), ("error_after", 1), ("gateway_after", 1)])
def test_a_server_that_breaks_answers_a_page(asker: Asker, opensrs: OpenSRS, kind: str, kept: int) -> None:
    opensrs.fail(kind)
    answer = asker.post(envelope("sw_register", asker.order()))
    assert answer.status_code >= 400
    assert "<html>" in answer.text
    assert opensrs.counts()["orders"] == kept


def test_a_lost_connection_and_an_answer_of_somebody_else(asker: Asker, opensrs: OpenSRS) -> None:
    opensrs.fail("drop_after")
    with pytest.raises(requests.ConnectionError):
        asker.told("sw_register", **asker.order())
    opensrs.fail("anothers_after")
    told = asker.told("sw_register", **asker.order())
    assert told["order_id"] == f"another-{opensrs.orders()[-1]['order_id']}"
    assert opensrs.counts()["orders"] == 2
    assert [entry["status"] for entry in opensrs.requests_seen(path="/sw_register")] == [None, 200]


def test_who_asks_must_sign_exactly_what_is_sent(asker: Asker, opensrs: OpenSRS) -> None:
    body = envelope("sw_register", asker.order())
    answers = [
        asker.post(body, signature="0" * 32),
        asker.post(body, username="somebody"),
        asker.post(body + b"\n", signature=asker.post(body + b"").request.headers["X-Signature"]),
    ]
    assert [read(answer.content)["response_code"] for answer in answers] == ["401"] * 3
    opensrs.behave(address_allowed=False)
    assert read(asker.post(body, username=DEMO_USERNAME).content)["response_code"] == "401"
    assert opensrs.counts()["orders"] == 1, "only the one whose signature fits its bytes"


def test_too_many_commands_misspelt_ones_and_no_xml_are_refused(asker: Asker, opensrs: OpenSRS) -> None:
    assert asker.refused("query_qpprover_list") == "400"
    assert asker.refused("get_products", of="domain") == "400"
    assert read(asker.post(b"no xml").content)["response_code"] == "400"
    assert requests.get(asker.base_url, timeout=5).status_code == 404
    opensrs.behave(commands_per_minute=3)
    assert [asker.ask("get_order_info", order_id="1")["response_code"] for _call in range(2)] == ["480", "300"]
