"""The people at both ends of an order."""

import pytest
import requests

from sandbox.opensrs import OpenSRS
from tests.sandbox.opensrs.asking import DOMAIN, Asker


def test_over_http_and_in_the_process_it_is_the_same(asker: Asker, opensrs: OpenSRS) -> None:
    number = asker.told("sw_register", **asker.order())["order_id"]
    control = f"{asker.base_url}/sandbox/control"
    assert requests.post(control, json={"do": "approve", "order_id": number}, timeout=5).json() == {"result": None}
    assert opensrs.orders()[0]["state"] == "approver confirmed"
    assert requests.get(control, timeout=5).json()["counts"] == {"orders": 1, "products": 0}
    refused = requests.post(control, json={"do": "approve", "order_id": number}, timeout=5)
    assert (refused.status_code, refused.json()) == (400, {"error": f"order {number} is approver confirmed"})
    assert opensrs.may_approve(domain=DOMAIN)[0] == f"admin@{DOMAIN}"


def test_an_order_is_declined_forgotten_or_revoked(asker: Asker, opensrs: OpenSRS) -> None:
    number = asker.told("sw_register", **asker.order())["order_id"]
    opensrs.decline(order_id=number)
    assert asker.told("get_order_info", order_id=number)["state"] == "declined"
    with pytest.raises(ValueError, match="declined"):
        opensrs.decline(order_id=number)
    issued = asker.issued()
    opensrs.revoke(product_id=issued["product_id"])
    assert asker.told("get_product_info", product_id=issued["product_id"])["state"] == "revoked"
    opensrs.forget_order(order_id=issued["order_id"])
    assert asker.refused("get_order_info", order_id=issued["order_id"]) == "480"
    assert opensrs.certificates() == []
    for unknown in (lambda: opensrs.revoke(product_id="1"), lambda: opensrs.approve(order_id="1")):
        with pytest.raises(ValueError, match="there is no"):
            unknown()
    opensrs.register_reseller(username="other", key="k")
    opensrs.reset()
    assert opensrs.counts() == {"orders": 0, "products": 0}
    assert opensrs.world.reseller_key("other") is None


def test_an_order_may_be_approved_by_itself_after_a_while(asker: Asker, opensrs: OpenSRS) -> None:
    opensrs.behave(approves_by_itself=60, issuing_reads=0)
    number = asker.told("sw_register", **asker.order())["order_id"]
    assert asker.told("get_order_info", order_id=number)["state"] == "awaiting-approval"
    opensrs.advance(seconds=61)
    assert asker.told("get_order_info", order_id=number)["state"] == "completed"
