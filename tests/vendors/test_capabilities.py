"""Capabilities are duties: who names one on the class line has to fulfil it."""

from datetime import UTC, datetime

import pytest

from vendors.capabilities import Grant, ImportsServices, MetersUsage, NeedsConsent, SellsProducts

DUTIES = {
    NeedsConsent: {"begin_consent", "complete_consent"},
    MetersUsage: {"windows", "read", "usage_columns"},
    ImportsServices: {"existing"},
    SellsProducts: {"products"},
}


@pytest.mark.parametrize("capability", DUTIES, ids=lambda capability: capability.__name__)
def test_capability_that_is_claimed_has_to_be_fulfilled(capability: type) -> None:
    assert capability.__abstractmethods__ == DUTIES[capability]
    with pytest.raises(TypeError):
        type("Claims", (capability,), {})()


def test_grant_does_not_show_its_secrets() -> None:
    moment = datetime(2019, 1, 1, tzinfo=UTC)
    grant = Grant({"refresh_token": "canary"}, issued_at=moment, expires_on=moment, details={"company": "Acme"})
    assert "canary" not in repr(grant)
    assert "Acme" in repr(grant)
