"""The table of billing types: loud about what is not in it."""

import pytest

from billing.engine.types import FIRST, TYPES, UnknownBillingType, rules_of


def test_each_type_is_found_by_its_key():
    assert [rules_of(key).key for key in TYPES] == list(TYPES)
    assert next(iter(TYPES)) == FIRST


@pytest.mark.parametrize("key", ["", "azure", "CSP_MONTHLY"])
def test_an_unknown_type_is_not_charged_as_another(key: str):
    with pytest.raises(UnknownBillingType, match="known: csp_monthly, csp_annual, reservation, pay_in_full"):
        rules_of(key)
