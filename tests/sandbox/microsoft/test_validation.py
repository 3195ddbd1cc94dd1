"""Country rules and the address check."""

import json

import pytest

from sandbox.microsoft import Microsoft
from sandbox.microsoft.validation import COUNTRIES, PHONED, REGISTERED
from tests.sandbox.microsoft.asking import Asker

GOOD = {"AddressLine1": "One Microsoft Way", "City": "Redmond", "State": "WA", "PostalCode": "98052", "Country": "US"}
WRONG_CITY = GOOD | {"PostalCode": "98007"}


# Error codes 600049 to 600051 (2019), and the list of the customer's page (2021).
OF_2019 = ["AM", "AZ", "BY", "HU", "KG", "KZ", "MD", "RU", "TJ", "UA", "UZ"]
OF_2021 = ["AE", "BR", "IN", "IQ", "MM", "PL", "SA", "SS", "TH", "TR", "VE", "VN", "ZA"]
STREET = {"AddressLine1": "Main Street 1", "City": "Capital", "FirstName": "Ada", "LastName": "Lovelace"}


def test_registration_is_demanded_in_every_country_of_the_published_lists() -> None:
    assert sorted(REGISTERED) == sorted([*OF_2019, *OF_2021])
    assert sorted(PHONED) == OF_2019


@pytest.mark.parametrize("code", sorted(COUNTRIES))
@pytest.mark.parametrize("contract", ["2019", "2021"])
def test_the_rules_of_each_country_are_kept_by_the_check_and_by_the_creation(
    partner: Asker, microsoft: Microsoft, code: str, contract: str
) -> None:
    """What the rules of a country forbid is refused by both, naming the member."""
    microsoft.behave(address_contract=contract)
    rules, address = COUNTRIES[code], {**STREET, "Country": code, "PhoneNumber": "12345", "PostalCode": "!"}
    wrong = {"PhoneNumber": {}} if rules.postal_code is None else {"PostalCode": {}}
    if rules.postal_code is None:
        address["PhoneNumber"] = "call me"
    checked = partner.post("/validations/address", address)
    assert checked.refused == (400, 2007) if contract == "2019" else checked.json["status"] == "NotValidated"
    customer = {
        "CompanyProfile": {"Domain": f"a{code.lower()}{contract}.onmicrosoft.com"},
        "BillingProfile": {
            "Culture": "en-US",
            "Email": "a@b.example",
            "Language": "en",
            "CompanyName": "Acme",
            "DefaultAddress": address | ({"State": rules.states[0]} if rules.states else {}),
        },
    }
    refused = partner.post("/customers", customer)
    assert refused.refused == (400, 27002)
    (member,) = wrong
    assert member.casefold() in refused.json["data"][0].casefold()


@pytest.mark.parametrize("code", sorted(COUNTRIES))
def test_rules_are_answered_for_each_country(partner: Asker, code: str) -> None:
    rules = partner.get(f"/countryvalidationrules/{code.lower()}").json
    assert rules["iso2Code"] == code
    assert rules["isStateRequired"] is ("supportedStatesList" in rules)
    assert rules["isPostalCodeRequired"] is ("postalCodeRegex" in rules)


def test_rules_of_an_unknown_country_are_404(partner: Asker) -> None:
    assert partner.get("/countryvalidationrules/XX").refused == (404, 1000)


def test_contract_of_2021_always_answers_200(partner: Asker) -> None:
    good = partner.post("/validations/address", GOOD)
    assert (good.status, good.json["status"], good.json["suggestedAddresses"]) == (200, "VerifiedShippable", [])
    assert good.json["originalAddress"]["addressLine1"] == "One Microsoft Way"
    wrong = partner.post("/validations/address", WRONG_CITY)
    assert (wrong.status, wrong.json["status"]) == (200, "InteractionRequired")
    assert [address["city"] for address in wrong.json["suggestedAddresses"]] == ["BELLEVUE"]
    assert wrong.json["validationMessage"].startswith("ZipCityInvalid")


@pytest.mark.parametrize("change", [{"Country": "XX"}, {"City": ""}, {"PostalCode": "1"}, {"State": "ZZ"}])
def test_contract_of_2021_says_what_it_could_not_check(partner: Asker, change: dict[str, str]) -> None:
    answer = partner.post("/validations/address", GOOD | change)
    assert (answer.status, answer.json["status"], answer.json["suggestedAddresses"]) == (200, "NotValidated", [])


def test_contract_of_2019_answers_nothing_or_a_nested_error(partner: Asker, microsoft: Microsoft) -> None:
    microsoft.behave(address_contract="2019")
    good = partner.post("/validations/address", GOOD)
    assert (good.status, good.content) == (200, b"")
    wrong = partner.post("/validations/address", WRONG_CITY)
    assert wrong.refused == (400, 2007)
    nested = json.loads(wrong.json["description"])
    assert (nested["code"], nested["corrected_address"]["city"]) == ("60071", "BELLEVUE")
    assert "&#39;City&#39;" in nested["reason"]
    hopeless = partner.post("/validations/address", GOOD | {"PostalCode": "1"})
    assert "corrected_address" not in json.loads(hopeless.json["description"])
