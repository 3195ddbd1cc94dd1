"""One statement tells what lies ahead of accounts; all accounts that wait are found by others: the two agree."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest

from accounts.actors import SYSTEM
from accounts.models import Account, AccountStatus
from billing.guarantees import give_guarantee
from billing.models import Payment, PaymentKind, ToInvoice, UsageToCharge
from subscriptions.models import Plan, StopReason, Subscription, SubscriptionStatus
from subscriptions.night.ahead import Ahead, accounts_waiting, ahead_of
from tests.factories import subscriptions as make
from tests.subscriptions.conftest import ORDERED_ON

pytestmark = pytest.mark.django_db
DAY = ORDERED_ON + timedelta(days=3)
EARLIER, LATER = DAY - timedelta(days=1), DAY + timedelta(days=1)


@pytest.fixture
def running(acme: Account, plan: Plan) -> Subscription:
    """A subscription with nothing to do until its billing day."""
    return make.subscription(account=acme, plan=plan, today=ORDERED_ON)


def becomes(**values: object) -> Callable[[Subscription], object]:
    return lambda running: Subscription.objects.filter(pk=running.pk).update(**values)


def used(running: Subscription) -> None:
    UsageToCharge.objects.create(subscription=running, account=running.account, day=DAY)


def promised(running: Subscription) -> None:
    give_guarantee(
        actor=SYSTEM, account=running.account, amount=Decimal(1), reason="bank", today=ORDERED_ON, expires_on=DAY
    )


def awaited(running: Subscription) -> None:
    payment = Payment.opened(PaymentKind.RENDERED_SERVICES, running.account, Decimal(1), ORDERED_ON)
    Payment.objects.filter(pk=payment.pk).update(look_on=DAY)


def held(running: Subscription) -> None:
    Account.objects.filter(pk=running.account_id).update(status=AccountStatus.ADMINISTRATIVE_HOLD)


WORK = {
    "due_on": becomes(due_on=DAY),
    "used_on": used,
    "over_on": promised,
    "paid_on": awaited,
    "invoiced_on": lambda running: ToInvoice.objects.create(
        account=running.account, billing_day=1, day=EARLIER, since=EARLIER
    ),
    "left_over, runs": held,
    "left_over, stands": becomes(status=SubscriptionStatus.STOPPED, stop_reason=StopReason.CREDIT_HOLD),
}


def seen(account: Account, day: date) -> Ahead:
    return ahead_of([Account.objects.get(pk=account.pk)], day, used_up_to=day)


@pytest.mark.parametrize("work", WORK)
def test_what_lies_ahead_is_what_accounts_wait_for(work: str, running: Subscription, acme: Account) -> None:
    nothing = Ahead(None, None, None, None, None, [])
    assert (seen(acme, DAY), accounts_waiting(DAY).count()) == (nothing, 0)
    WORK[work](running)
    member = work.partition(",")[0]
    expected = [acme.pk] if member == "left_over" else DAY
    for day in (DAY, LATER):
        ahead = seen(acme, day)
        assert {name for name in Ahead.__slots__ if getattr(ahead, name)} == {member}
        assert getattr(ahead, member) == expected
        assert accounts_waiting(day).get() == acme
    if member != "left_over":
        assert (seen(acme, EARLIER), accounts_waiting(EARLIER).count()) == (nothing, 0)


def test_what_is_told_of_the_day_itself_may_wait(running: Subscription, acme: Account) -> None:
    used(running)
    assert ahead_of([acme], DAY, used_up_to=EARLIER).used_on is None


def test_what_waits_elsewhere_is_not_ahead(running: Subscription, acme: Account) -> None:
    for befalls in WORK.values():
        befalls(running)
    assert ahead_of([], LATER, used_up_to=LATER) == Ahead(None, None, None, None, None, [])
