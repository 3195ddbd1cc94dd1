"""Microsoft's sentences name a member; the platform's field is found in them."""

import pytest

from vendors.microsoft.fields import field_named_in


@pytest.mark.parametrize(
    ("answer", "field"),
    [
        # Published: validate-an-address (2019), PartnerCenterPowerShellModule#82, error-codes.
        (
            "ZipCityInvalid - Details: Field - 'City' is corrected from OldValue: 'Bellevue' to NewValue: 'REDMOND'.",
            "city",
        ),
        ("A property has invalid data. property_name:  StateInvalid - Details; details:", "region"),
        ("A property has invalid data. property_name:  billingProfile.defaultAddress.postalCode; details: x", "zip"),
        (
            "property_name:  billingProfile.defaultAddress.addressLine1; details:  must have 1 to 200 characters",
            "street",
        ),
        ("property_name:  companyProfile.domain; details:  The domain is already in use", "domain_prefix"),
        ("PostalCodeMissing - Details: Field - 'PostalCode' is required.", "zip"),
        ("PhoneNumberInvalid", "phone"),
        ("Something else is wrong.", ""),
        ("", ""),
    ],
)
def test_field_of_an_answer(answer: str, field: str) -> None:
    assert field_named_in(answer) == field
