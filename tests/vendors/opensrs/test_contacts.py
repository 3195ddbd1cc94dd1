"""The contacts of an order, made of the account."""

from dataclasses import replace

import pytest

from tests.vendors.opensrs.bench import ACCOUNT
from vendors.base import Person
from vendors.opensrs.contacts import contact_set, phone_of, problems_of
from vendors.opensrs.products import PRODUCTS


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("+1 (425) 555-0100", "+1.4255550100"),
        ("+7 495 123-45-67", "+7.4951234567"),
        ("+375 29 123 45 67", "+375.291234567"),
        ("0049 30 123456", "+49.30123456"),
        ("+44.2071838750", "+44.2071838750"),
        ("+998 71 123 45 67", "+998.711234567"),
        ("+852 2345 6789", "+852.23456789"),
        ("8 (495) 123-45-67", None),
        ("", None),
        ("+12", None),
        ("+1 425 CALL ME", None),
    ],
)
def test_a_phone_number_is_written_with_its_countrys_code_apart(typed: str, written: str | None) -> None:
    assert phone_of(typed) == written


def test_positivessl_names_its_organization_and_the_admin() -> None:
    contacts = contact_set(PRODUCTS["positivessl"], ACCOUNT)
    assert list(contacts) == ["admin", "organization"]
    assert contacts["organization"] == {
        "first_name": "Tania", "last_name": "Carr", "org_name": "Acme", "address1": "One Main Street",
        "city": "Redmond", "state": "WA", "postal_code": "98052", "country": "US", "phone": "+1.4255550100",
        "email": "tania@acme.example",
    }  # fmt: skip
    assert list(contact_set(PRODUCTS["comodo_ev"], ACCOUNT)) == ["admin", "organization", "signer"]


def test_all_that_is_missing_is_told_at_its_field() -> None:
    assert problems_of(ACCOUNT) == []
    assert problems_of(replace(ACCOUNT, phone="")) == [], "the contact person's phone will do"
    bare = replace(ACCOUNT, contact=Person(), phone="", city=" ", postal_code="", address1="", company="", country="")
    fields = [problem.field for problem in problems_of(bare)]
    assert fields == [
        "contact_first_name", "contact_last_name", "primary_name", "street", "city", "zip", "country", "phone",
    ]  # fmt: skip
