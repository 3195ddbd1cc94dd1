"""Robokassa's signatures, as its manual describes them: literal examples worked out by hand."""

import hashlib
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest

from billing.gateways.base import Forged, Told, Wanted
from billing.gateways.robokassa import Robokassa

SHOP = {
    "merchant_login": "demo",
    "algorithm": "md5",
    "password_1": "one",
    "password_2": "two",
    "test": "",
    "address": "",
}
PLUGIN = Robokassa()


def _signed(*fields: str, algorithm: str = "md5") -> str:
    return hashlib.new(algorithm, ":".join(fields).encode()).hexdigest()


def _message(amount: str = "100.000000", number: str = "7", **more: str) -> dict[str, str]:
    own = [f"{name}={more[name]}" for name in sorted(more)]
    return {"OutSum": amount, "InvId": number, "SignatureValue": _signed(amount, number, "two", *own).upper(), **more}


@pytest.mark.parametrize(
    ("currency", "amount", "place", "told"),
    [("RUB", "100", "https://auth.robokassa.ru/Merchant/Index.aspx", "100.00"),
     ("KZT", "2500.5", "https://auth.robokassa.kz/Merchant/Index.aspx", "2500.50")],
)  # fmt: skip
def test_the_address_of_a_payment_is_signed_with_the_first_password(
    currency: str, amount: str, place: str, told: str
) -> None:
    address = PLUGIN.page(SHOP, currency, Wanted(7, Decimal(amount), "Платёж PM000007 <b>", "ru"))
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    assert address.startswith(f"{place}?")
    assert asked == {
        "MerchantLogin": "demo", "OutSum": told, "InvId": "7", "Description": "Платёж PM000007  b ",
        "SignatureValue": _signed("demo", told, "7", "one"), "Culture": "ru", "Encoding": "utf-8",
    }  # fmt: skip


def test_test_mode_and_another_address_are_said() -> None:
    address = PLUGIN.page({**SHOP, "test": "1", "address": "https://x/pay"}, "RUB", Wanted(7, Decimal(1), "x", "en"))
    assert address.startswith("https://x/pay?")
    assert "IsTest=1" in address
    assert "Culture=en" in address


def test_a_message_is_read_over_the_text_of_its_amount() -> None:
    assert PLUGIN.read(SHOP, _message()) == Told(7, Decimal(100))
    assert PLUGIN.read(SHOP, _message(Shp_b="2", Shp_a="1")) == Told(7, Decimal(100))
    assert PLUGIN.receipt(Told(7, Decimal(100))) == "OK7"


@pytest.mark.parametrize(
    "forged",
    [
        {**_message(), "OutSum": "1.000000"},
        {**_message(), "InvId": "8"},
        {**_message(), "SignatureValue": ""},
        {**_message(), "SignatureValue": _signed("100.000000", "7", "one")},
        {**_message(), "Shp_a": "1"},
        {},
        _message("NaN"),
        _message("-5"),
        _message("1e3"),
        _message(number="0"),
        _message(number="seven"),
    ],
)
def test_what_is_not_signed_or_says_nothing_is_refused(forged: dict[str, str]) -> None:
    with pytest.raises(Forged):
        PLUGIN.read(SHOP, forged)
