"""Troubles on demand."""

import time

import pytest
import requests

from sandbox.microsoft import Microsoft
from tests.sandbox.microsoft.asking import BOM, Asker, customer_body


def test_throttle_answers_429_in_the_gateways_shape(partner: Asker, microsoft: Microsoft) -> None:
    microsoft.fail("throttle", seconds=3)
    answer = partner.get("/profiles/mpn")
    assert (answer.status, answer.headers["Retry-After"]) == (429, "3")
    assert answer.json == {"statusCode": 429, "message": "Rate limit is exceeded. Try again in 3 seconds."}
    assert partner.get("/profiles/mpn").status == 200


def test_unavailable_answers_503_with_a_page(partner: Asker, microsoft: Microsoft) -> None:
    microsoft.fail("unavailable", retry_after=9)
    answer = partner.get("/profiles/mpn")
    assert (answer.status, answer.headers["Content-Type"]) == (503, "text/html; charset=utf-8")
    assert answer.headers["Retry-After"] == "9"
    assert answer.content.startswith(b"<!DOCTYPE html>")


@pytest.mark.parametrize(("kind", "customers"), [("error_before", 0), ("error_after", 1)])
def test_error_comes_before_or_after_acting(partner: Asker, microsoft: Microsoft, kind: str, customers: int) -> None:
    microsoft.fail(kind, method="POST", path="/customers$", status=502, code=1, description="Bad gateway")
    answer = partner.post("/customers", customer_body())
    assert answer.refused == (502, 1)
    assert microsoft.counts()["customers"] == customers


@pytest.mark.parametrize(("kind", "customers"), [("drop_before", 0), ("drop_after", 1)])
def test_connection_is_dropped_before_or_after_acting(
    partner: Asker, microsoft: Microsoft, kind: str, customers: int
) -> None:
    microsoft.fail(kind, method="POST", path="/customers$")
    with pytest.raises(requests.ConnectionError):
        partner.post("/customers", customer_body())
    assert microsoft.counts()["customers"] == customers
    assert microsoft.requests_seen(method="POST", path="/customers")[-1]["status"] is None


@pytest.mark.parametrize("kind", ["slow", "slow_before"])
def test_slow_answer_comes_late(partner: Asker, microsoft: Microsoft, kind: str) -> None:
    microsoft.fail(kind, seconds=0.2)
    begun = time.monotonic()
    assert partner.get("/profiles/mpn").status == 200
    assert time.monotonic() - begun >= 0.2


def test_slow_answer_does_not_hold_others_up(partner: Asker, microsoft: Microsoft) -> None:
    microsoft.fail("slow", method="POST", path="/customers$", seconds=1)
    with pytest.raises(requests.ReadTimeout):
        partner.http.post(
            f"{partner.base_url}/partnercenter/v1/customers",
            json=customer_body(),
            headers={"Authorization": f"Bearer {partner.token}"},
            timeout=0.2,
        )
    begun = time.monotonic()
    assert len(partner.get("/customers").json["items"]) == 1
    assert time.monotonic() - begun < 0.5


def test_any_answer_can_be_scripted(partner: Asker, microsoft: Microsoft) -> None:
    body = {"code": 800060, "description": "Your order is in progress.", "data": [], "source": "PartnerFD"}
    microsoft.fail("answer", status=409, body=body, headers={"Retry-After": 5})
    answer = partner.get("/profiles/mpn")
    assert (answer.status, answer.json, answer.headers["Retry-After"]) == (409, body, "5")


def test_fault_waits_for_its_call(partner: Asker, microsoft: Microsoft) -> None:
    microsoft.fail("throttle", method="GET", path="/profiles/", nth=2, times=2)
    assert partner.get("/customers").status == 200
    assert [partner.get("/profiles/mpn").status for _ in range(4)] == [200, 429, 429, 200]


def test_healed_world_is_healthy(partner: Asker, microsoft: Microsoft) -> None:
    microsoft.fail("throttle", times=100)
    microsoft.heal()
    assert partner.get("/profiles/mpn").status == 200


def test_unknown_kind_is_refused(microsoft: Microsoft) -> None:
    with pytest.raises(ValueError, match="unknown kind of fault 'flood'; there are throttle, unavailable"):
        microsoft.fail("flood")


def test_login_fails_without_a_byte_order_mark(stranger: Asker, microsoft: Microsoft) -> None:
    microsoft.fail("throttle", path="/login/", seconds=2)
    microsoft.fail("error_before", path="/login/", nth=2)
    microsoft.fail("drop_after", path="/login/", nth=3)
    token = microsoft.grant_consent()["refresh_token"]
    throttled, failed = stranger.refresh(token), stranger.refresh(token)
    assert (throttled.status, throttled.content.startswith(BOM)) == (429, False)
    assert (failed.status, failed.content[:5]) == (500, b"<!DOC")
    with pytest.raises(requests.ConnectionError):
        stranger.refresh(token)
    assert stranger.refresh(token).status == 200


PAGE = b"<!DOCTYPE html><html><head><title>Gateway</title>"


@pytest.mark.parametrize(
    ("kind", "status", "begins", "customers"),
    [
        ("unreadable_after", 201, PAGE, 1),
        ("truncated_after", 201, BOM + b'{"id":"', 1),
        ("odd_after", 201, BOM + b"{}", 1),
        ("timeout_before", 408, PAGE, 0),
        ("timeout_after", 408, PAGE, 1),
        ("gateway_before", 403, PAGE, 0),
        ("gateway_after", 403, PAGE, 1),
        ("conflict", 409, BOM + b"{}", 0),
        ("raw", 200, b"", 0),
    ],
)
def test_answer_that_is_not_partner_centers_own_comes_before_or_after_acting(
    partner: Asker, microsoft: Microsoft, kind: str, status: int, begins: bytes, customers: int
) -> None:
    microsoft.fail(kind, method="POST", path="/customers$")
    answer = partner.post("/customers", customer_body())
    assert (answer.status, answer.content[: len(begins)]) == (status, begins)
    assert microsoft.counts()["customers"] == customers
    if kind == "truncated_after":
        with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
            _ = answer.json


def test_what_was_just_made_may_not_be_known_yet(partner: Asker, microsoft: Microsoft) -> None:
    customer = partner.new_customer()
    microsoft.fail("not_found", code=20000)
    assert partner.get(f"/customers/{customer}/orders").refused == (404, 20000)
    assert partner.get(f"/customers/{customer}/orders").status == 200


def test_retry_after_may_be_as_strange_as_you_like(partner: Asker, microsoft: Microsoft) -> None:
    microsoft.fail("throttle", retry_after="Wed, 28 Nov 2029 12:00:00 -0000")
    assert partner.get("/profiles/mpn").headers["Retry-After"] == "Wed, 28 Nov 2029 12:00:00 -0000"
