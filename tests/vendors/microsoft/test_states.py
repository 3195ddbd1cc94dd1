"""A state typed in full, or as ISO writes it, is the code that Microsoft publishes."""

import pytest

from sandbox.microsoft.validation import COUNTRIES
from vendors.microsoft.states import STATES, state_code


@pytest.mark.parametrize("typed", ["CA", "ca", " California ", "CALIFORNIA", "US-CA"])
def test_california_however_it_is_typed(typed: str) -> None:
    assert state_code("US", typed, ["AZ", "CA"]) == "CA"


@pytest.mark.parametrize(("country", "typed"), [("US", "Calif"), ("US", "Ontario"), ("US", ""), ("XX", "California")])
def test_what_is_no_state_is_none(country: str, typed: str) -> None:
    assert state_code(country, typed, ["AZ", "CA"]) is None


def test_state_that_is_not_published_is_none_though_its_name_is_known() -> None:
    assert state_code("US", "Guam", ["AZ", "CA"]) is None


@pytest.mark.parametrize("country", [code for code, rules in COUNTRIES.items() if rules.states])
def test_every_published_state_has_a_name_by_which_it_is_found(country: str) -> None:
    allowed = COUNTRIES[country].states
    named = {state_code(country, name, allowed) for name, _code in STATES[country]}
    assert named - {None} == set(allowed)
