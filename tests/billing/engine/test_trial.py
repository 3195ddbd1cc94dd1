"""A trial of each type: it lasts as long as the type says, and no line is ever made of it."""

from datetime import date
from decimal import Decimal

import pytest

from billing.engine.lines import Changes
from billing.engine.rules import Keeps, No
from billing.engine.terms import Price, Terms
from billing.engine.trial import Trial
from billing.engine.types import TYPES, rules_of

DAY = date(2018, 8, 20)
TERMS = Terms("USD", 1, {"seats": [Price(date.min, Decimal(10), setup_fee=Decimal(5))]}, months=3, expires_on=DAY)


@pytest.mark.parametrize("key", TYPES)
def test_a_trial_of_a_type_charges_nothing(key: str):
    trial, paid = rules_of(key, trial=True), rules_of(key)
    assert trial.ends_on(TERMS, DAY) == paid.ends_on(TERMS, DAY)
    assert (trial.key, trial.allows) == (paid.key, paid.allows) == (Trial(paid).key, Trial(paid).allows)
    assert (trial.fees, trial.keeps, trial.may_change(TERMS, DAY)) == (frozenset(), Keeps.NOTHING, No.TRIAL)
    assert (trial.counts_units, trial.needs_funds) == (False, False)
    assert trial.order(TERMS, {"seats": 5}, DAY) == Changes()
    assert trial.next_period(TERMS, {"seats": 5}, [], DAY) == Changes()
    assert trial.activate(TERMS, [], {"seats": 5}, DAY) == Changes()
    assert (trial.due([], DAY), trial.renewal_due([], DAY)) == (Decimal(0), Decimal(0))
    assert trial.due_while_stopped(TERMS, DAY, DAY) is None
    assert trial.renewal_starts(TERMS, DAY, stopped=True) == paid.renewal_starts(TERMS, DAY, stopped=True)
    assert trial.renewal_ends(TERMS, DAY) == paid.renewal_ends(TERMS, DAY)
