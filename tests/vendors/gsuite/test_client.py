"""The client: three servers, pages to their end, a token that was taken back, and answers of somebody else."""

import pytest

from tests.sandbox.google.asking import DOMAIN, customer_of
from tests.vendors.gsuite.bench import GSuiteBench
from tests.vendors.gsuite.working import sold
from vendors.errors import LostAnswer, Misconfigured, NotFound, NotYet, Rejected, Transient, VendorError
from vendors.gsuite.client import SERVERS, Api, Google, part


def test_each_api_has_its_server_by_default() -> None:
    assert {api: server for api, (server, _path) in SERVERS.items()} == {
        Api.RESELLER: "https://reseller.googleapis.com",
        Api.DIRECTORY: "https://admin.googleapis.com",
        Api.VERIFICATION: "https://www.googleapis.com",
    }


def test_pages_are_read_to_their_end(bench: GSuiteBench, monkeypatch: pytest.MonkeyPatch) -> None:
    service = sold(bench)
    google, customer = Google(bench.connection()), service.vendor_ids["customer_id"]
    path = f"/customers/{customer}/subscriptions"
    body = {"skuId": "1010020028", "plan": {"planName": "FLEXIBLE"}, "seats": {"maximumNumberOfSeats": 1}}
    google.order(Api.RESELLER, path, body)
    monkeypatch.setattr("vendors.gsuite.client.PAGE", 1)
    assert [row["skuId"] for row in google.subscriptions(customer)] == ["1010020027", "1010020028"]


def test_a_token_that_was_taken_back_is_fetched_anew_once(bench: GSuiteBench) -> None:
    google = Google(bench.connection())
    google.ask(Api.RESELLER, "/subscriptions")
    bench.vendor.revoke_tokens()
    assert google.order(Api.RESELLER, "/customers", customer_of())["customerDomain"] == DOMAIN
    assert bench.vendor.counts()["customers"] == 1
    bench.vendor.fail("refused", path="^/apps", times=2, status=401, reason="authError", message="Invalid Credentials")
    with pytest.raises(Misconfigured):
        google.ask(Api.RESELLER, "/subscriptions")


@pytest.mark.parametrize(
    ("kind", "details", "asking", "changing"),
    [
        ("gateway_before", {}, Transient, LostAnswer),
        ("gateway_before", {"body": {"message": "Forbidden"}}, Transient, LostAnswer),
        ("gateway_before", {"status": 404}, Misconfigured, LostAnswer),
        ("truncated_after", {}, Transient, LostAnswer),
        ("conflict", {}, NotYet, NotYet),
        ("quota", {}, Transient, Transient),
        ("refused", {}, Rejected, Rejected),
        ("not_found", {}, NotFound, NotFound),
    ],
)
def test_answers_by_who_gave_them(
    bench: GSuiteBench, kind: str, details: dict, asking: type[VendorError], changing: type[VendorError]
) -> None:
    google = Google(bench.connection())
    for expected, ask in (
        (asking, lambda: google.ask(Api.RESELLER, "/subscriptions")),
        (changing, lambda: google.order(Api.RESELLER, "/customers", customer_of())),
    ):
        bench.vendor.fail(kind, path="^/apps", times=1, **details)
        with pytest.raises(VendorError) as trouble:
            ask()
        assert type(trouble.value) is expected


def test_ids_are_parts_of_paths() -> None:
    assert part("../x y@example.com") == "..%2Fx%20y@example.com"
