"""What a billing type lets nobody do is refused with a sentence, whatever the type and the deed."""

import pytest
from django.utils import timezone

from accounts.actors import SYSTEM
from billing.engine.rules import Deed, No
from subscriptions.contract.terms import contract_of
from subscriptions.people.changes import TypeKeepsQuantities, change_quantities
from subscriptions.people.stopping import delete, stop
from subscriptions.people.type_says import WHY_NOT, TypeForbids, refuse_by_type
from tests.factories import accounts as cast
from tests.factories import subscriptions as make

TODAY = timezone.localdate()


def test_each_reason_has_its_sentence():
    assert set(WHY_NOT) == set(No)


@pytest.mark.django_db
def test_a_commitment_is_neither_lowered_nor_stopped_nor_deleted():
    plan = make.plan(billing_type="non_refund", months=12)
    running = make.subscription(account=cast.account(), plan=plan, today=TODAY)
    for verb in (stop, delete):
        with pytest.raises(TypeForbids, match="commitment"):
            verb(actor=SYSTEM, subscription=running, today=TODAY)
    with pytest.raises(TypeKeepsQuantities, match="commitment"):
        change_quantities(actor=SYSTEM, subscription=running, quantities={"seats": 1}, today=TODAY, now=timezone.now())
    refused = {deed for deed in Deed if contract_of(running).rules.refuses(deed)}
    assert refused == set(Deed)
    with pytest.raises(TypeForbids):
        refuse_by_type(contract_of(running), Deed.ACTIVATE)
