"""The client of OpenSRS: signed posts, and answers of somebody else told apart."""

import pytest

from tests.vendors.opensrs.bench import OpenSRSBench
from vendors.errors import LostAnswer, Misconfigured, Rejected, Transient, VendorError
from vendors.opensrs.client import LIVE, OpenSRS

WINDOW = {"min_expiry_date": "2026-01-01", "max_expiry_date": "2026-01-01"}


def test_a_command_is_answered_with_its_attributes(bench: OpenSRSBench) -> None:
    assert OpenSRS(bench.connection()).ask("get_products", WINDOW) == {"product_list": []}
    with pytest.raises(Rejected, match="Required field missing: order_id"):
        OpenSRS(bench.connection()).order("cancel_order", {})


@pytest.mark.parametrize(
    ("kind", "details", "asking"),
    [
        ("gateway_before", {}, Transient),
        ("gateway_before", {"status": 404}, Misconfigured),
        ("odd_after", {}, Misconfigured),
        ("redirect_after", {}, Misconfigured),
        ("truncated_after", {}, Transient),
        ("answer", {"status": 429}, Transient),
    ],
)
def test_an_answer_of_somebody_else_says_nothing_of_a_change(
    bench: OpenSRSBench, kind: str, details: dict[str, object], asking: type[VendorError]
) -> None:
    bench.vendor.fail(kind, times=2, **details)
    with pytest.raises(asking):
        OpenSRS(bench.connection()).ask("get_products", WINDOW)
    with pytest.raises(LostAnswer):
        OpenSRS(bench.connection()).order("cancel_order", {"order_id": "1"})


def test_the_live_server_is_the_default(bench: OpenSRSBench) -> None:
    connection = bench.connection()
    connection.settings.pop("base_url")  # type: ignore[attr-defined]  # a plain dict in tests
    assert OpenSRS(connection).base == LIVE
