"""What is foreseen is what the nights then do: over random histories of every billing type, to the cent and the day.

Each history is played by the simulation; then a year is foreseen, and the real nights of that year are carried out,
once with nothing more coming in and once with all the money that anybody could need.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest
from django.db import transaction

from accounts.actors import SYSTEM
from accounts.models import Account
from billing.engine.periods import add_months
from billing.engine.types import TYPES
from billing.funds import funds_of
from billing.models import Charge, Payment, PaymentKind, PaymentStatus, ResellerCharge
from billing.payments import complete_payment, open_top_up
from notifications.models import Notification
from subscriptions.models import Discount, ResourcePrice, Subscription, SubscriptionStatus
from subscriptions.night.renewals import renew_accounts
from subscriptions.simulation.playing import played
from subscriptions.simulation.stage import Stage
from subscriptions.told.course import Course
from subscriptions.told.forecast_rows import starts_of
from tests.oracle.reckoning.stories import random_story

PROVE = "PROVE" in os.environ
# One of each billing type in which something runs on, and one of postpay; more of them in make prove.
STORIES = {
    "csp_monthly": (4, 2),
    "csp_annual": (7,),
    "reservation": (1,),
    "pay_in_full": (3,),
    "non_refund": (3,),
    "gsuite": (5,),
    "payg_internal": (7,),
    "payg_external": (5,),
}
STORIES_IN_PROVE = range(1_000_000, 1_001_000)
ENOUGH = Decimal(10_000_000)

pytestmark = pytest.mark.django_db
DAY = re.compile(r":(\d{4}-\d{2}-\d{2}):")
SHORT_OF_FUNDS = ("subscription_stopped_funds_short", "account_on_credit_hold")


@contextmanager
def taken_back() -> Iterator[None]:
    """Let what happens within leave nothing behind."""
    with transaction.atomic():
        try:
            yield
        finally:
            transaction.set_rollback(True)


def put_days_ahead(stage: Stage, today: date, draw: Random) -> None:
    """Let prices be known of days to come, and discounts end on one of them."""
    if draw.random() < 0.4:
        key, resource = draw.choice(sorted(stage.resources.items()))
        priced = stage.priced[key]
        ResourcePrice.objects.create(
            plan_resource=resource,
            valid_from=today + timedelta(days=draw.randrange(1, 200)),
            entered_on=today,
            recurring_fee=priced.price * 2 + 1,
            setup_fee=priced.setup_fee,
            renewal_fee=priced.renewal_fee + 1,
        )
    ends = today + timedelta(days=draw.randrange(1, 200))
    Discount.objects.filter(reseller=stage.account.reseller).update(valid_until=ends)


def closed_since(stage: Stage, before: set[int]) -> Counter[tuple[object, ...]]:
    """Return what the nights have closed: the day, whose, of what kind, its days and amount."""
    rows = Charge.objects.filter(account=stage.account, status="closed").exclude(pk__in=before)
    columns = ("closed_on", "subscription", "type", "subscription_resource", "operate_from", "operate_to", "amount")
    return Counter(rows.values_list(*columns))


def owed_since(stage: Stage, before: set[int]) -> Counter[tuple[object, ...]]:
    """Return what resellers owe one another for that."""
    rows = ResellerCharge.objects.filter(account=stage.account).exclude(pk__in=before)
    return Counter(rows.values_list("created_on", "creditor", "debtor", "amount", "net_cost"))


def foreseen_closings(course: Course) -> Counter[tuple[object, ...]]:
    """Return what the course has closed, in the same words."""
    return Counter(
        (
            one.day,
            one.contract.subscription.pk,
            str(one.line.type),
            int(one.line.resource) if one.line.resource else None,
            one.line.period.start,
            one.line.period.end,
            one.line.amount,
        )
        for one in course.closings
    )


def foreseen_owed(course: Course) -> Counter[tuple[object, ...]]:
    """Return what the course says that resellers owe one another, in the same words."""
    return Counter(
        (one.day, owed.level.creditor, owed.level.debtor, owed.amount, owed.net_cost)
        for one in course.closings
        for owed in one.owed
    )


def first_short_day(stage: Stage, eve: Eve, today: date, until: date) -> date | None:
    """Return the first day on which the real nights missed money: by what they told, left unpaid and did not renew."""
    letters = Notification.objects.filter(account=stage.account, event__in=SHORT_OF_FUNDS).exclude(pk__in=eve.told)
    days = [date.fromisoformat(DAY.search(key)[1]) for key in letters.values_list("key", flat=True)]
    bills = Payment.objects.filter(account=stage.account, kind=PaymentKind.RENDERED_SERVICES)
    for bill in bills.exclude(status=PaymentStatus.COMPLETED).exclude(pk__in=eve.expired):
        looked_on = max(bill.expires_on - timedelta(days=1), bill.opened_on + timedelta(days=1))
        if today < looked_on <= until and (bill.status == PaymentStatus.EXPIRED or bill.look_on == bill.expires_on):
            days.append(looked_on)
    if not stage.story.postpay:
        ended = Subscription.objects.filter(account=stage.account, auto_renew=True, trial=False, pk__in=eve.running)
        not_renewed = ended.filter(expiration_date__lte=until).exclude(status=SubscriptionStatus.ACTIVE)
        days += not_renewed.values_list("expiration_date", flat=True)
    return min(days, default=None)


@dataclass(frozen=True)
class Eve:
    """The rows that were there before the nights that are foreseen."""

    closed: frozenset[int]
    owed: frozenset[int]
    told: frozenset[int]
    expired: frozenset[int]
    running: frozenset[int]


def eve_of(stage: Stage) -> Eve:
    account = stage.account
    rows = (
        Charge.objects.filter(account=account, status="closed"),
        ResellerCharge.objects.filter(account=account),
        Notification.objects.filter(account=account),
        Payment.objects.filter(account=account, status=PaymentStatus.EXPIRED),
        Subscription.objects.filter(account=account, status=SubscriptionStatus.ACTIVE),
    )
    return Eve(*(frozenset(found.values_list("pk", flat=True)) for found in rows))


def assert_foreseen(stage: Stage, course: Course, eve: Eve, until: date, came_in: Decimal) -> None:
    """Carry the real nights out, and hold what was foreseen to them."""
    renew_accounts(account_ids=[stage.account.pk], today=until)
    assert foreseen_closings(course) == closed_since(stage, eve.closed)
    assert foreseen_owed(course) == owed_since(stage, eve.owed)
    account = Account.objects.select_related("account_class").get(pk=stage.account.pk)
    funds = funds_of(account)
    topped_up = sum((amount for _day, amount in course.top_ups), Decimal(0))
    assert (course.balance - topped_up, course.blocked) == (funds.balance - came_in, funds.blocked)
    assert course.account.status == account.status
    rows = Subscription.objects.filter(account=account)
    states = {pk: (status, ends) for pk, status, ends in rows.values_list("pk", "status", "expiration_date")}
    for contract in course.contracts:
        row = contract.subscription
        assert (row.status, row.expiration_date) == states[row.pk]


def foresee(seed: int, longest: int, **given: object) -> Counter[str]:
    """Hold both courses of a random history's next year to the real nights; return what was met."""
    history, _books = random_story(seed, longest, **given)
    met: Counter[str] = Counter()
    with played(history) as stage:
        today = date.fromisoformat(history["until"])
        put_days_ahead(stage, today, Random(seed))
        account = Account.objects.select_related("account_class", "reseller").get(pk=stage.account.pk)
        (start,) = starts_of({account.pk: account}, today)
        until, eve = add_months(today, 12), eve_of(stage)
        alone, paid = (Course(start, today, paid=paid) for paid in (False, True))
        alone.play(until)
        paid.play(until)
        with taken_back():
            assert_foreseen(stage, alone, eve, until, Decimal(0))
            first = min((need.day for need in alone.needs if need.missing), default=None)
            assert first == first_short_day(stage, eve, today, until)
        with taken_back():
            money = open_top_up(actor=SYSTEM, account=account, amount=ENOUGH, today=today)
            complete_payment(actor=SYSTEM, payment=money, today=today)
            assert_foreseen(stage, paid, eve, until, ENOUGH)
        met[stage.story.plan.billing_type] += bool(paid.closings)
        met["postpay"] += bool(stage.story.postpay and paid.bills)
        met["short"] += first is not None
        met["renewed"] += any(one.status == "active" for one in paid.happenings)
        met["levels"] += any(one.owed for one in paid.closings)
    return met


def test_what_is_foreseen_is_what_the_nights_do() -> None:
    met: Counter[str] = Counter()
    for billing_type, seeds in STORIES.items():
        for seed in seeds:
            met += foresee(seed, 5, billing_type=billing_type)
    assert min(met[kind] for kind in (*TYPES, "postpay", "short", "renewed", "levels")) > 0


@pytest.mark.prove
@pytest.mark.skipif(not PROVE, reason="make prove")
def test_what_is_foreseen_of_long_histories_is_what_the_nights_do() -> None:
    for seed in STORIES_IN_PROVE:
        foresee(seed, 20)
