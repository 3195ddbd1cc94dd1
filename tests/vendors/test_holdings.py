"""A vendor that lists what its customers have says so, and can be asked."""

from datetime import datetime

import pytest

from vendors import questions
from vendors.holdings import ListsHoldings
from vendors.models import VendorConnection

pytestmark = pytest.mark.django_db
SERVICE = {"vendor_ids": {}, "resources": {}}


def test_duties() -> None:
    own = {"holdings", "looked_up", "resource_ids", "sold", "unagreed"}
    assert ListsHoldings.__abstractmethods__ == {"commitments", "arrange_end", *own}


def test_a_vendor_that_lists_nothing_is_not_asked(example: VendorConnection, now: datetime) -> None:
    for ask in (questions.holdings, lambda *at, **what: questions.looked_up(*at, vendor_id="1", **what)):
        with pytest.raises(TypeError, match="lists nothing"):
            ask(example, service=SERVICE, now=now)
