"""Capabilities are duties: who names one on the class line has to fulfil it."""

from datetime import UTC, datetime

import pytest

from vendors.capabilities import (
    CorrectsOrders,
    CountsUnits,
    Document,
    Grant,
    NamesResellers,
    NeedsConsent,
    ObservesServices,
    OffersActions,
    RenewsTerms,
)

DUTIES = {
    NeedsConsent: {"begin_consent", "complete_consent"},
    RenewsTerms: {"renew"},
    OffersActions: {"actions", "act"},
    ObservesServices: {"observe"},
    CountsUnits: {"count"},
    NamesResellers: {"checked_reseller"},
    CorrectsOrders: {"correct"},
}


@pytest.mark.parametrize("capability", DUTIES, ids=lambda capability: capability.__name__)
def test_capability_that_is_claimed_has_to_be_fulfilled(capability: type) -> None:
    assert capability.__abstractmethods__ == DUTIES[capability]
    with pytest.raises(TypeError):
        type("Claims", (capability,), {})()


def test_document_does_not_show_what_is_in_it() -> None:
    assert "canary" not in repr(Document("key.pem", b"canary"))


def test_grant_does_not_show_its_secrets() -> None:
    moment = datetime(2019, 1, 1, tzinfo=UTC)
    grant = Grant({"refresh_token": "canary"}, issued_at=moment, expires_on=moment, details={"company": "Acme"})
    assert "canary" not in repr(grant)
    assert "Acme" in repr(grant)
