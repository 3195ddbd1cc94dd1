"""What the order of an account's subscriptions means: what each needs on its billing day, and whether it gets it."""

from datetime import date
from decimal import Decimal

import pytest
from pghistory import context

from accounts.actors import SYSTEM
from accounts.models import Account
from billing.models import Charge
from subscriptions.catalogue.products import Timers
from subscriptions.models import Subscription
from subscriptions.people.stopping import stop
from subscriptions.people.turns import in_turn, set_turns
from subscriptions.told.rehearsing import Outcome
from subscriptions.told.turns import last_set, turns_of
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.factories.billing import top_up
from tests.subscriptions.conftest import ORDERED_ON

pytestmark = pytest.mark.django_db


def test_each_needs_something_on_a_day_of_its_own_and_the_balance_is_given_from_the_top(acme: Account) -> None:
    first, third = (make.plan(timers=Timers(billing_day=day)) for day in (1, 3))
    own = make.plan(months=1, timers=Timers(billing_day=1))
    plans = (first, first, third, own)
    a, b, c, d = (make.subscription(account=acme, plan=plan, today=ORDERED_ON) for plan in plans)
    resting = make.subscription(account=acme, plan=first, today=ORDERED_ON)
    stop(actor=SYSTEM, subscription=resting, today=ORDERED_ON)
    top_up(account=acme, amount="75", today=ORDERED_ON)
    set_turns(actor=SYSTEM, account=acme, places={b.pk: 1, resting.pk: 2}, today=ORDERED_ON)
    before = (list(Charge.objects.values()), list(Subscription.objects.values()))
    told = [
        (turn.subscription.pk, turn.day, turn.needed, turn.outcome)
        for turn in turns_of(acme, in_turn(acme), ORDERED_ON)
    ]
    assert told == [
        (b.pk, date(2018, 9, 1), Decimal(50), Outcome.RENEWED),
        (resting.pk, None, None, None),
        (a.pk, date(2018, 9, 1), Decimal(50), Outcome.SHORT),
        (c.pk, date(2018, 9, 3), Decimal(50), Outcome.SHORT),
        (d.pk, date(2018, 9, 1), Decimal("31.67"), Outcome.RENEWED),  # 19 of 30 days, of the 44.35 that are left
    ]
    assert before == (list(Charge.objects.values()), list(Subscription.objects.values()))


def test_who_has_changed_the_order_last_whatever_happened_to_the_account_since(acme: Account) -> None:
    plan = make.plan()
    one, two = (make.subscription(account=acme, plan=plan, today=ORDERED_ON) for _number in range(2))
    assert last_set(acme) is None
    ann, ben = (cast.manager(name=name) for name in ("Ann", "Ben"))
    with context(user=ann.pk):
        set_turns(actor=SYSTEM, account=acme, places={two.pk: 1}, today=ORDERED_ON)
    with context(user=ben.pk):
        stop(actor=SYSTEM, subscription=one, today=ORDERED_ON)
    found = last_set(acme)
    assert found is not None
    assert "Ann" in found[0]
    assert last_set(cast.account()) is None
