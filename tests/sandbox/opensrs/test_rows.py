"""Attributes and rows that the commands share."""

import pytest

from sandbox.opensrs import OpenSRS
from sandbox.opensrs.rows import NoError, asked, contact_email, order_of, product_of, put


def test_missing_attributes_are_told_all_at_once() -> None:
    with pytest.raises(NoError, match="csr, period") as refusal:
        asked({"domain": "x", "period": " "}, "csr", "domain", "period")
    assert refusal.value.code == 460


def test_unknown_types_and_orders_are_refused_with_their_codes(opensrs: OpenSRS) -> None:
    for code, call in (
        (465, lambda: product_of("positivessl_wildcard")),
        (480, lambda: order_of(opensrs.world, {"order_id": "1"})),
    ):
        with pytest.raises(NoError) as refusal:
            call()
        assert refusal.value.code == code


def test_an_order_is_kept_with_its_changes(opensrs: OpenSRS) -> None:
    put(opensrs.world, {"order_id": "1", "state": "pending"}, state="declined")
    assert order_of(opensrs.world, {"order_id": " 1 "})["state"] == "declined"
    assert contact_email({"contact_set": {"organization": {}, "admin": {"email": "a@b.example"}}}) == "a@b.example"
