"""What the night would do, counted over subscriptions that stand alike: the same as the night itself does."""

import random
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext

from accounts.actors import SYSTEM
from accounts.models import Account
from billing.models import Charge, LedgerEntry
from subscriptions.catalogue.products import Timers
from subscriptions.models import Discount, DiscountType, Subscription
from subscriptions.night.renewals import run_billing_day
from subscriptions.people.stopping import stop
from subscriptions.told.rehearsing import Fate, Outcome, rehearse
from subscriptions.told.situations import situations
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.factories.billing import owe, top_up
from tests.subscriptions.conftest import ORDERED_ON

pytestmark = pytest.mark.django_db
NIGHTS = (date(2018, 9, 1), date(2018, 9, 20), date(2018, 10, 1))


def _world(draw: random.Random) -> None:
    """Accounts with too little and enough money, some with a discount; subscriptions of all kinds, in every state."""
    plans = [
        make.plan(prices={"seats": "3.33"}),
        make.plan(prices={"seats": "7.77", "storage": "0.11"}, fixed_price=True),
        make.plan(months=1, timers=Timers(billing_day=1, grace_period=3)),
        make.plan(months=1, timers=Timers(billing_day=1)),
        make.plan(billing_type="pay_in_full", months=1),
    ]
    for _number in range(12):
        account = cast.account()
        for plan in draw.choices(plans, weights=(4, 3, 2, 1, 1), k=2):
            quantities = {resource.resource.key: draw.choice((2, 3)) for resource in plan.resources.all()}
            one = make.subscription(account=account, plan=plan, today=ORDERED_ON, quantities=quantities)
            Subscription.objects.filter(pk=one.pk).update(billing_priority=draw.choice((50, 100)))
            if draw.random() < 0.15:
                stop(actor=SYSTEM, subscription=one, today=ORDERED_ON + timedelta(days=2))
        if draw.random() < 0.8:
            top_up(account=account, amount=str(draw.choice((8, 20, 60, 200))), today=ORDERED_ON)
    for plan in plans[2:4]:  # whose terms end with money enough
        account = cast.account()
        make.subscription(account=account, plan=plan, today=ORDERED_ON)
        top_up(account=account, amount="200", today=ORDERED_ON)
    make.reprice(plan=plans[0], fee="3.50", today=date(2018, 10, 1))
    given = Discount.objects.create(
        reseller=plans[0].reseller, name="Few", type=DiscountType.ACCOUNT, percent=10, valid_from=ORDERED_ON
    )
    given.accounts.set(Account.objects.order_by("pk")[3:6])  # neither the first nor the last that stand alike


def _books() -> tuple[dict[int, Decimal], dict[int, Decimal]]:
    """Return, by account, what was ever written off and what is reserved."""
    entries = LedgerEntry.objects.filter(book="account", kind="charge").order_by()
    written = entries.values("account").annotate(total=Sum("amount")).values_list("account", "total")
    blocked = Charge.objects.filter(status="blocked").order_by().values("account").annotate(total=Sum("amount"))
    return {pk: -total for pk, total in written}, dict(blocked.values_list("account", "total"))


def _reserved_anew(before: set[int]) -> dict[int, Decimal]:
    rows = Charge.objects.filter(status="blocked").exclude(pk__in=before).order_by()
    return dict(rows.values("account").annotate(total=Sum("amount")).values_list("account", "total"))


def test_what_is_counted_and_rehearsed_is_what_the_night_then_does() -> None:
    _world(random.Random(9))
    ids = list(Account.objects.values_list("pk", flat=True))
    outcomes: set[Outcome] = set()
    by_counting = 0
    for day in NIGHTS:
        night = situations(Account.objects.all(), day)
        known, rehearsed = night.nights_of(ids), rehearse(ids, day)
        in_common = set(known.closed)
        by_counting += len(in_common)
        assert not in_common & set(night.others)
        going_on = night.going_on(0, len(ids))
        assert {*going_on, *night.single.closed} == in_common
        (together,) = night.together or ((None, 0, 0, 0, 0),)
        assert together[1:] == (
            len(going_on),
            len([fate for fate in known.fates if fate.account_id in going_on]),
            sum(known.closed[pk] for pk in going_on),
            sum(known.reserved[pk] for pk in going_on),
        )
        fates = {fate for fate in rehearsed.fates if fate.account_id in in_common}
        assert set(known.fates) == fates
        outcomes |= {fate.outcome for fate in rehearsed.fates}
        assert known.closed == {pk: rehearsed.closed.get(pk, 0) for pk in in_common}
        assert known.reserved == {pk: rehearsed.reserved.get(pk, 0) for pk in in_common}
        run_billing_day(today=day - timedelta(days=1))
        written, blocked = _books()[0], set(Charge.objects.filter(status="blocked").values_list("pk", flat=True))
        run_billing_day(today=day)
        after = _books()[0]
        assert {pk: after.get(pk, 0) - written.get(pk, 0) for pk in ids} == {
            pk: rehearsed.closed.get(pk, 0) for pk in ids
        }
        assert {pk: total for pk, total in rehearsed.reserved.items() if total} == _reserved_anew(blocked)
    assert by_counting >= 8
    assert {Outcome.RENEWED, Outcome.SHORT, Outcome.GRACED, Outcome.ENDED} <= outcomes


def test_one_of_those_that_stand_alike_is_asked_and_statements_do_not_grow() -> None:
    plan = make.plan()
    counts = []
    for number in (2, 6):
        for _number in range(number):
            account = cast.account()
            one = make.subscription(account=account, plan=plan, today=ORDERED_ON)
            top_up(account=account, amount="60", today=ORDERED_ON)
        ids = list(Account.objects.values_list("pk", flat=True))
        with CaptureQueriesContext(connection) as captured:
            night = situations(Account.objects.all(), NIGHTS[0])
            known = night.nights_of(ids)
        counts.append(len(captured))
        assert (len(known.fates), night.others, night.single.fates) == (len(ids), (), ())
        assert known.fates[-1] == Fate(one.pk, account.pk, Outcome.RENEWED, Decimal(50))
    assert counts[0] == counts[1]


def test_whom_the_balance_puts_on_hold_is_rehearsed_whether_something_is_due_or_not() -> None:
    plan = make.plan()
    due, idle, fine = (cast.account() for _number in range(3))
    for account in (due, fine):
        make.subscription(account=account, plan=plan, today=ORDERED_ON)
        top_up(account=account, amount="60", today=ORDERED_ON)
    owe(account=due, amount="200", today=ORDERED_ON)
    owe(account=idle, amount="1", today=ORDERED_ON)
    night = situations(Account.objects.all(), NIGHTS[0])
    assert (night.others, night.going_on(0, 9)) == ((due.pk, idle.pk), [fine.pk])
    assert situations(Account.objects.filter(pk=fine.pk), NIGHTS[0]).others == ()
