"""What a confirmation shows is what is charged: the lines, today's sum, each month's, what is left; no number is used.

300 random operations, in the check 120 of them: each is shown first, then done, and the books are read anew with
statements of this module. What each month costs is compared with what the night of that billing day then reserves.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from random import Random

import pytest
from django.db import transaction
from django.db.models import Sum

from accounts.actors import SYSTEM
from accounts.models import Account
from billing.funds import funds_of
from billing.models import Charge, DocumentCounter, Payment
from billing.payments import complete_payment
from core.errors import Refused
from core.panel.shown import Shown, agrees, mark_of
from subscriptions.models import Order, Plan, Subscription
from subscriptions.night.renewals import renew_accounts
from subscriptions.people.changes import change_quantities
from subscriptions.people.ordering import cancel_order
from subscriptions.people.paying import pay_order_from_balance
from subscriptions.told.preview import Preview
from subscriptions.told.proposals import (
    propose,
    propose_activation,
    propose_change,
    propose_deletion,
    propose_order,
    propose_stop,
)
from subscriptions.told.showing import GIVEN_BACK, GIVEN_BACK_LATER, RELEASED, STAYS, shown_of
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.factories.billing import top_up
from tests.subscriptions.conftest import work

OPERATIONS = 300
PROVE = bool(os.environ.get("PROVE"))
# The night is looked at after one in so many of them; after each in `make prove`.
NIGHTS = 1 if PROVE else 4
# Of the check: a currency without cents and one with three places, months and endless, a fixed price and a list's.
STORIES = [(2, "JPY", 3, False), (3, "KWD", None, True)]
STORIES_IN_PROVE = [(1, "USD", None, False), (4, "USD", 12, True), (5, "USD", 1, False)]
STARTED = date(2018, 8, 20)
pytestmark = pytest.mark.django_db
Proposed = Callable[..., object]


def _picked(rng: Random, account: Account, *statuses: str) -> Subscription | None:
    rows = list(Subscription.objects.filter(account=account, status__in=statuses).order_by("pk"))
    return rng.choice(rows) if rows else None


def _waiting(rng: Random, account: Account) -> Order | None:
    rows = list(Order.objects.filter(account=account, status="waiting_for_payment").order_by("pk"))
    return rng.choice(rows) if rows else None


def _words(_seen: Preview) -> tuple[str, str]:
    return "?", "!"


class Story:
    """One customer over months, and the deeds that a random one of can be proposed on a day."""

    def __init__(self, seed: int, currency: str, months: int | None, *, fixed: bool = False) -> None:
        self.rng = Random(seed)
        self.day = STARTED
        seller = cast.operator() if currency == "USD" else cast.reseller(currency=currency)
        self.account = cast.account(reseller=seller)
        prices = {"seats": self.rng.choice(["10", "7", "333"]), "disk": "3"}
        bounds = {"seats": {"included": 1}}
        self.plan: Plan = make.plan(
            reseller=seller, prices=prices, bounds=bounds, months=months, fixed_price=fixed
        )  # fmt: skip
        top_up(account=self.account, amount="900", today=self.day)

    def proposal(self) -> Proposed | None:
        """Return a deed as the panels propose it, or None where nothing is there to do it on."""
        rng = self.rng
        units = {"seats": rng.randrange(1, 9), "disk": rng.randrange(4)}
        kinds = {
            "order": 3, "pay": 3, "approve": 2, "cancel": 1, "change": 8, "stop": 3, "activate": 3, "delete": 1,
        }  # fmt: skip
        kind = rng.choices(list(kinds), list(kinds.values()))[0]
        common = {"actor": SYSTEM, "today": self.day}
        if kind == "order":
            wish = {"account": self.account, "plan": self.plan, "period": self.plan.periods.get()}
            return partial(propose_order, **common, **wish, quantities=units, now=make.noon(self.day))
        if kind in ("pay", "cancel", "approve"):
            return self._of_order(kind)
        statuses = {"change": ("active",), "activate": ("stopped",), "stop": ("active",)}.get(
            kind, ("active", "stopped")
        )
        found = _picked(rng, self.account, *statuses)
        if found is None:
            return None
        if kind == "change":
            how = {"pay_from_balance": rng.random() < 0.6, "now": make.noon(self.day)}
            return partial(propose_change, **common, subscription=found, quantities=units, **how)
        verbs = {"stop": propose_stop, "activate": propose_activation, "delete": propose_deletion}
        return partial(verbs[kind], **common, subscription=found)

    def _of_order(self, kind: str) -> Proposed | None:
        order = _waiting(self.rng, self.account)
        if order is None:
            return None
        verb = {
            "pay": partial(pay_order_from_balance, actor=SYSTEM, order=order, today=self.day),
            "cancel": partial(cancel_order, actor=SYSTEM, order=order, today=self.day),
            "approve": partial(self._approve, order),
        }[kind]
        return partial(propose, verb, _words, account=self.account, today=self.day)

    def _approve(self, order: Order) -> Payment:
        payment = Payment.objects.get(order=order, status="waiting_for_payment")
        return complete_payment(actor=SYSTEM, payment=payment, today=self.day)

    def pass_days(self) -> None:
        """Let some days pass, with their nights, and now and then a new price and money."""
        self.day += timedelta(days=self.rng.choice([0, 0, 1, 3, 9, 17]))
        if self.rng.random() < 0.2:
            make.reprice(plan=self.plan, fee=str(self.rng.randrange(1, 20)), today=self.day + timedelta(days=3))
        if self.rng.random() < 0.5:
            top_up(account=self.account, amount="300", today=self.day)
        renew_accounts(account_ids=[self.account.pk], today=self.day)


def _counters() -> dict[str, int]:
    return dict(DocumentCounter.objects.values_list("kind", "last"))


def _books(account: Account) -> dict[int, tuple[str, Decimal]]:
    rows = Charge.objects.filter(account=account).values_list("pk", "status", "amount")
    return {pk: (status, amount) for pk, status, amount in rows}


def _reserved_on(day: date, subscription: Subscription, today: date) -> Decimal:
    """Return what the night of the day reserves, where everything is paid that waits and money is there."""
    with transaction.atomic():
        top_up(account=subscription.account, amount="99999", today=today)
        for order in Order.objects.filter(subscription=subscription, status="waiting_for_payment"):
            pay_order_from_balance(actor=SYSTEM, order=order, today=today)
        renew_accounts(account_ids=[subscription.account_id], today=day)
        rows = Charge.objects.filter(subscription=subscription, status="blocked", operate_from=day)
        total: Decimal = rows.aggregate(total=Sum("amount"))["total"] or Decimal(0)
        transaction.set_rollback(True)
    return total


def _subscription_of(result: object) -> Subscription:
    if isinstance(result, Payment):
        result = result.order
    pk = result.subscription_id if isinstance(result, Order) else result.pk
    return Subscription.objects.get(pk=pk)


def _done(story: Story, proposed: Proposed) -> tuple[Shown, Preview] | None:
    """Show the deed, do it, and hold one to the other; None where it is refused."""
    account, currency = story.account, story.account.currency
    counters, before, funds = _counters(), _books(account), funds_of(account)
    try:
        proposal = proposed()
    except Refused:
        assert (_counters(), _books(account)) == (counters, before)
        return None
    shown = shown_of(proposal, currency=currency, today=story.day)
    mark = mark_of(shown)
    assert (_counters(), _books(account), funds_of(account)) == (counters, before, funds), "a preview leaves nothing"
    kept = proposed(keep=True)
    assert agrees(mark, shown_of(kept, currency=currency, today=story.day))

    books = _books(account)
    changed = Counter(books[pk] for pk in books if before.get(pk) != books[pk])
    assert Counter((line.status, line.amount) for line in shown.charges) == changed
    assert shown.balance_after == funds_of(account).available
    if shown.released:
        assert shown.released == funds_of(account).available - funds.available
    if shown.reserved:
        assert shown.reserved == funds_of(account).blocked - funds.blocked
    return shown, kept.preview


@pytest.mark.slow
@pytest.mark.prove
@pytest.mark.parametrize(("seed", "currency", "months", "fixed"), [*STORIES, *STORIES_IN_PROVE] if PROVE else STORIES)
def test_what_is_shown_is_what_is_charged(seed: int, currency: str, months: int | None, fixed: bool) -> None:
    story, done = Story(seed, currency, months, fixed=fixed), 0
    monthly = Counter()
    while done < OPERATIONS // 5:
        proposed = story.proposal()
        outcome = _done(story, proposed) if proposed else None
        if outcome is None:
            story.pass_days()
            continue
        done += 1
        shown, seen = outcome
        waiting = Payment.objects.filter(account=story.account, status="waiting_for_payment").count()
        assert (shown.total or 0) == seen.due
        assert waiting >= len(seen.payments)
        subscription = _subscription_of(seen.result)
        assert shown.monthly is not None
        assert shown.monthly_from > story.day
        if done % NIGHTS == 0:
            reserved = _reserved_on(shown.monthly_from, subscription, story.day)
            assert shown.monthly == reserved, (seed, done, subscription.status)
        monthly[bool(shown.monthly)] += 1
        if story.rng.random() < 0.5:
            story.pass_days()
    assert min(monthly.values()) > 3
    numbers = [one.number for model in (Order, Payment) for one in model.objects.order_by("serial")]
    for kind, model in (("SO", Order), ("PM", Payment)):
        given = sorted(model.objects.filter(serial__isnull=False).values_list("serial", flat=True))
        assert given == list(range(given[0], given[0] + len(given))), (kind, numbers)


def test_a_lowering_lists_every_line_that_stays(acme: Account, plan: Plan) -> None:
    """Five and three units bought apart, four given back: of both purchases it is said what becomes of them."""
    top_up(account=acme, amount="500", today=STARTED)
    seats = make.subscription(account=acme, plan=plan, today=STARTED)
    raise_of = {"actor": SYSTEM, "subscription": seats, "now": make.noon(STARTED), "pay_from_balance": True}
    day = STARTED + timedelta(days=2)
    change_quantities(**raise_of, quantities={"seats": 8}, today=day)
    shown = shown_of(
        propose_change(**raise_of, quantities={"seats": 6}, today=day + timedelta(days=2)), currency="USD", today=day
    )
    told = {(str(line.effect), line.charge.quantity) for line in shown.lines}
    assert (str(STAYS), 5) in told
    assert (str(GIVEN_BACK), 2) in told
    assert shown.monthly == Decimal("60.00")


def test_a_stop_shows_what_it_releases_as_released(acme: Account, plan: Plan) -> None:
    seats = make.subscription(account=acme, plan=plan, today=STARTED)
    stopped = propose_stop(actor=SYSTEM, subscription=seats, today=date(2018, 8, 26))
    shown = shown_of(stopped, currency="USD", today=date(2018, 8, 26))
    effects = {str(line.effect): line.amount for line in shown.lines}
    assert effects == {"written off: days used": Decimal("9.68"), str(RELEASED): Decimal("9.67")}
    assert (shown.released, shown.monthly, shown.monthly_from) == (Decimal("9.67"), 0, date(2018, 9, 1))


def test_a_lowering_at_a_vendor_shows_the_sum_after_it_has_confirmed(running: Subscription) -> None:
    """What is given back is available only then: both sums stand there, and both come true."""
    today = STARTED + timedelta(days=5)
    wish = {"actor": SYSTEM, "subscription": running, "quantities": {"seats": 2}, "now": make.noon(today)}
    shown = shown_of(propose_change(**wish, today=today), currency="USD", today=today)
    assert str(GIVEN_BACK_LATER) in {str(line.effect) for line in shown.lines}
    assert (shown.balance_after, shown.after_vendor, shown.monthly) == (0, Decimal("6.77"), Decimal("20.00"))
    propose_change(**wish, today=today, keep=True)
    assert funds_of(running.account).available == shown.balance_after
    work(today)
    assert funds_of(running.account).available == shown.after_vendor


@pytest.mark.parametrize("months", [None, 3])
def test_a_raise_at_a_vendor_costs_each_month_what_was_shown(
    acme: Account, running: Subscription, months: int | None
) -> None:
    """The vendor has yet to provide the units: each month's sum holds them already."""
    connection = running.plan.template.connection
    held = make.subscription(account=acme, plan=make.plan(months=months, connection=connection), today=STARTED)
    work()
    held.refresh_from_db()
    top_up(account=acme, amount="500", today=STARTED)
    today = STARTED + timedelta(days=5)
    wish = {"actor": SYSTEM, "subscription": held, "quantities": {"seats": 8}, "now": make.noon(today)}
    kept = propose_change(**wish, today=today, pay_from_balance=True, keep=True)
    shown = shown_of(kept, currency="USD", today=today)
    assert Subscription.objects.get(pk=held.pk).status == "updating"
    work(today)
    assert shown.monthly == Decimal("80.00") == _reserved_on(shown.monthly_from, held, today)
