"""What nobody could verify has a name each, which an installation may set and the manual explains."""

import re
from pathlib import Path
from typing import Any

from vendors.microsoft.unverified import DEFAULTS, unverified

MANUAL = Path(__file__).parents[3] / "docs" / "office365.md"


def test_an_installation_says_it_otherwise(settings: Any) -> None:
    assert unverified("attestation_email") == "signatoryEmail"
    settings.MICROSOFT_UNVERIFIED = {"attestation_email": "email"}
    assert unverified("attestation_email") == "email"
    assert unverified("attestation_phone") == "signatoryPhoneNumber"


def test_the_manual_has_each_name_with_its_value() -> None:
    rows = re.findall(r"^\| `([a-z_]+)` \|([^|]*)\|", MANUAL.read_text(), re.MULTILINE)
    assert {name: value.strip(" `") for name, value in rows} == DEFAULTS
