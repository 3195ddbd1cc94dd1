"""What nobody could verify has a name each, which an installation may set and the manual explains."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from sandbox.microsoft.world import SWITCHES
from vendors.microsoft.unverified import DEFAULTS, unverified

MANUAL = Path(__file__).parents[3] / "docs" / "office365.md"
SANDBOX = MANUAL.with_name("office365_sandbox.md")


def named(column: str) -> str:
    """Return the manual's table whose first column is called so."""
    return MANUAL.read_text().partition(f"| {column} |")[2].partition("\n\n")[0]


def test_an_installation_says_it_otherwise(settings: Any) -> None:
    assert unverified("attestation_email") == "signatoryEmail"
    settings.MICROSOFT_UNVERIFIED = {"attestation_email": "email"}
    assert unverified("attestation_email") == "email"
    assert unverified("attestation_phone") == "signatoryPhoneNumber"


@pytest.mark.parametrize("own", [{"attestation_mail": "x"}, {"agreement_void_before": "2023-02-30"}])
def test_a_name_or_a_day_that_is_none_is_said(settings: Any, own: dict[str, str]) -> None:
    settings.MICROSOFT_UNVERIFIED = own
    with pytest.raises(ImproperlyConfigured, match=next(iter(own))):
        unverified("agreement_void_before")


def test_the_manual_has_each_name_with_its_value() -> None:
    rows = re.findall(r"^\| `([a-z_]+)` \|([^|]*)\|", named("name"), re.MULTILINE)
    assert {name: value.strip(" `") for name, value in rows} == DEFAULTS


def test_the_manual_says_of_each_switch_that_stands_for_it_how_we_live_with_it() -> None:
    marked = re.findall(r"`([a-z_]+)` \*\*\?\*\*", SANDBOX.read_text())
    rows = re.findall(r"^\| (`.*?`) \|", named("switch"), re.MULTILINE)
    assert sorted(re.findall(r"`([a-z_]+)`", " ".join(rows))) == sorted(marked)
    assert set(marked) <= set(SWITCHES)
