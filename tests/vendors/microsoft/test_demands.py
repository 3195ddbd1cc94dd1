"""What the published rules of a country say of an account, without Microsoft."""

from dataclasses import replace

import pytest

from tests.vendors.office365.bench import ACCOUNT
from vendors.base import Party
from vendors.microsoft.demands import phone_of, problems_of
from vendors.microsoft.partner_center import Members

# Recorded 2019-01-11 (catalogue_recorded.json), shortened.
US = Members(
    isStateRequired=True,
    supportedStatesList=["CA", "WA"],
    isPostalCodeRequired=True,
    postalCodeRegex=r"^\d{5}(-\d{4})?$",
    isCityRequired=True,
    phoneNumberRegex=r"^(1[ \-\/\.]?)?(\((\d{3})\)|(\d{3}))[ \-\/\.]?(\d{3})[ \-\/\.]?(\d{4})$",
    countryCallingCodesList=["1"],
)


def told(account: Party, rules: Members | None = US) -> list[str]:
    """Return the fields and sentences of what is wrong."""
    return [f"{problem.field}: {problem}" for problem in problems_of(account, lambda _country: rules)]


def test_good_account_has_no_problems() -> None:
    assert told(ACCOUNT) == []
    assert told(replace(ACCOUNT, region="California")) == []


def test_each_sentence_names_the_remedy() -> None:
    wrong = replace(ACCOUNT, region="Kalifornien", postal_code="ABC", phone="12", address1="x" * 201)
    assert told(wrong) == [
        "street: “Street” is too long for Microsoft: at most 200 characters.",
        "region: Microsoft knows no state “Kalifornien” in the country “United States”. Enter one of: CA, WA.",
        "zip: The postal code “ABC” has not the form that the country “United States” demands."
        " Correct the postal code.",
        "phone: The phone number “12” has not the form that the country “United States” demands."
        " Enter it with its area code,"
        " for example +1 425 555 0100.",
    ]


def test_country_without_rules_is_refused_beside_what_else_is_missing() -> None:
    assert [line.partition(":")[0] for line in told(replace(ACCOUNT, country="KP", city=""), None)] == [
        "country",
        "city",
    ]


def test_phone_of_the_contact_person_is_sent_where_the_company_has_none_and_it_is_one_of_the_country() -> None:
    american = replace(ACCOUNT, phone="")
    foreign = replace(american, contact=replace(ACCOUNT.contact, phone="+375 29 000 00 00"))
    assert (phone_of(american, US), phone_of(foreign, US)) == ("4255550101", "")
    assert told(american) == told(foreign) == []
    assert [
        line.partition(":")[0] for line in told(replace(foreign, country="RU", registration_number="7707083893"))
    ] == ["phone"]


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("4255550100", "4255550100"),
        ("+1 425 555 0100", "1 425 555 0100"),
        ("+14255550100", "14255550100"),
        ("+1 - 425.555.0100", "425.555.0100"),
        ("12", None),
        ("", ""),
    ],
)
def test_phone_in_the_spelling_that_the_country_accepts(typed: str, sent: str | None) -> None:
    account = replace(ACCOUNT, phone=typed, contact=replace(ACCOUNT.contact, phone=""))
    assert phone_of(account, US) == sent


def test_expression_that_cannot_be_read_here_is_left_to_microsoft() -> None:
    assert told(ACCOUNT, Members(US | {"postalCodeRegex": "(?<x>[", "phoneNumberRegex": ""})) == []


@pytest.mark.parametrize(("number", "fields"), [("77 0708 3893", []), ("123", ["tax_id"]), ("", ["tax_id"])])
def test_tax_number_of_a_country_that_demands_one(number: str, fields: list[str]) -> None:
    account = replace(ACCOUNT, country="RU", registration_number=number)
    assert [problem.field for problem in problems_of(account, lambda _country: Members())] == fields
