"""What a billing type lets nobody do is refused with a sentence, whatever the type and the deed."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.actors import SYSTEM
from billing.engine.rules import Deed, No
from billing.engine.types import TYPES
from subscriptions.catalogue.prices import PlanFees, set_plan_price
from subscriptions.contract.terms import contract_of
from subscriptions.models import Plan
from subscriptions.people.changes import TypeKeepsQuantities, change_quantities
from subscriptions.people.keys import KeyTaken
from subscriptions.people.stopping import delete, stop
from subscriptions.people.type_says import (
    WHY_NOT,
    NoTransfer,
    TypeForbids,
    asks_of_transfer,
    refuse_by_type,
    takes_transfers,
)
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


@pytest.mark.django_db
def test_a_transfer_is_for_types_with_a_fee_for_it_and_asked_of_while_there_is_one():
    takes = {key for key in TYPES if takes_transfers(Plan(billing_type=key))}
    assert takes == {"reservation"}
    seats, reserved = make.plan(), make.plan(billing_type="reservation", months=3)
    with pytest.raises(NoTransfer) as no:
        make.order(account=cast.account(), plan=seats, today=TODAY, transfer=True)
    assert (no.value.code, no.value.field) == ("no_transfer", "transfer")
    assert (asks_of_transfer(seats, TODAY), asks_of_transfer(reserved, TODAY)) == (False, False)
    for fee, day in ((6, TODAY), (0, TODAY + timedelta(days=2))):
        set_plan_price(
            actor=SYSTEM, period=reserved.periods.get(), fees=PlanFees(transfer_fee=Decimal(fee)), valid_from=day,
            today=TODAY,
        )  # fmt: skip
    assert [asks_of_transfer(reserved, TODAY + timedelta(days=ahead)) for ahead in (-1, 0, 2)] == [False, True, False]


@pytest.mark.django_db
def test_one_key_is_one_order_with_a_transfer_or_without():
    plan, account = make.plan(billing_type="reservation", months=3), cast.account()
    order = make.order(account=account, plan=plan, today=TODAY, transfer=True, idempotency_key="k")
    assert make.order(account=account, plan=plan, today=TODAY, transfer=True, idempotency_key="k") == order
    with pytest.raises(KeyTaken):
        make.order(account=account, plan=plan, today=TODAY, idempotency_key="k")
