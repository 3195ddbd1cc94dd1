"""The pretend Robokassa: only what a shop has signed is shown, and what was paid is told with the second password."""

import hashlib
from urllib.parse import urlencode

import pytest

from sandbox.robokassa import Robokassa
from sandbox.wsgi import Request


@pytest.fixture
def gateway() -> Robokassa:
    """One shop, whose address for messages nobody answers."""
    made = Robokassa()
    made.open_shop(login="shop", password_1="a", password_2="b", result_url="http://127.0.0.1:9/", algorithm="md5")
    return made


def _ask(gateway: Robokassa, **changed: str) -> int:
    signed = hashlib.md5(b"shop:10.00:5:a", usedforsecurity=False).hexdigest()
    asked = {"MerchantLogin": "shop", "OutSum": "10.00", "InvId": "5", "SignatureValue": signed, **changed}
    request = Request("GET", "/Merchant/Index.aspx", urlencode(asked), {}, {}, b"")
    return gateway.answer(request).status


def test_a_signed_address_shows_the_bill(gateway: Robokassa) -> None:
    assert _ask(gateway) == 200
    assert [(bill["number"], bill["amount"], bill["paid"]) for bill in gateway.bills()] == [(5, "10.00", False)]


@pytest.mark.parametrize("changed", [{"OutSum": "1.00"}, {"InvId": "6"}, {"SignatureValue": "0"}])
def test_a_changed_one_is_refused(gateway: Robokassa, changed: dict[str, str]) -> None:
    assert _ask(gateway, **changed) == 400
    assert gateway.bills() == []


def test_an_unknown_shop_and_an_unknown_bill_are_refused(gateway: Robokassa) -> None:
    assert _ask(gateway, MerchantLogin="other") == 404
    with pytest.raises(ValueError, match="no customer"):
        gateway.pay(number=5)


def test_paid_without_telling_is_told_later(gateway: Robokassa) -> None:
    _ask(gateway)
    assert gateway.pay(number=5, tell=False) == ""
    assert gateway.bills()[0]["paid"] is True
