"""Whoever comes first takes what is available."""

from decimal import Decimal

import pytest

from accounts.models import Account
from subscriptions.contract.terms import contract_of
from subscriptions.models import Plan
from subscriptions.night.ledge import Ledge
from tests.factories import subscriptions as make
from tests.subscriptions.conftest import ORDERED_ON


@pytest.mark.django_db
def test_covers_what_is_there_and_no_cent_more(acme: Account, plan: Plan) -> None:
    contract = contract_of(make.subscription(account=acme, plan=plan, today=ORDERED_ON))
    ledge = Ledge(Decimal("50.00"))
    assert ledge.covers(Decimal("50.00"), contract)
    assert not ledge.covers(Decimal("50.01"), contract)
