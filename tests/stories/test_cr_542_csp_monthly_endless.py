"""CR-542, told as the release note tells it: CSP monthly for an endless period."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from accounts.actors import SYSTEM
from accounts.models import Account
from billing.audit import audit
from billing.funds import funds_of
from billing.models import Charge, Payment
from notifications.models import Notification
from subscriptions.catalogue.prices import Fees, set_price
from subscriptions.models import Plan, Subscription
from subscriptions.night.reminding import remind_of_billing_day
from subscriptions.night.renewals import run_billing_day
from subscriptions.people.changes import change_quantities
from subscriptions.people.stopping import activate, stop
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.factories.billing import pay, top_up

pytestmark = pytest.mark.django_db

AUGUST_20, AUGUST_25, AUGUST_28 = date(2018, 8, 20), date(2018, 8, 25), date(2018, 8, 28)
SEPTEMBER_1, OCTOBER_1 = date(2018, 9, 1), date(2018, 10, 1)


@pytest.fixture
def acme() -> Account:
    """A customer who pays in advance."""
    return cast.account(name="Acme")


@pytest.fixture
def bought(acme: Account) -> Callable[..., Subscription]:
    """Five seats at 10.00 a month, billing day 1, ordered and paid on 20 August."""
    return lambda **plan: make.subscription(account=acme, plan=make.plan(**plan), today=AUGUST_20)


def charges() -> list[tuple[str, str, str, int, str]]:
    """Return status, days, units and amount of every charge."""
    return [
        (c.status, f"{c.operate_from:%d.%m}", f"{c.operate_to:%d.%m}", c.quantity, f"{c.amount:.2f}")
        for c in Charge.objects.order_by("pk")
    ]


def change(subscription: Subscription, seats: int, day: date) -> None:
    """Change to so many seats, and pay what is due."""
    order = change_quantities(
        actor=SYSTEM, subscription=subscription, quantities={"seats": seats}, today=day, now=make.noon(day)
    )
    if order.status == "waiting_for_payment":
        pay(order=order, today=day)


def test_the_first_charge_suffices_until_the_next_billing_day(acme: Account) -> None:
    plan: Plan = make.plan()
    order = make.order(account=acme, plan=plan, today=AUGUST_20)
    assert charges() == [("new", "20.08", "01.09", 5, "19.35")]
    assert Payment.objects.get().amount == Decimal("19.35")
    pay(order=order, today=AUGUST_20)
    assert charges() == [("blocked", "20.08", "01.09", 5, "19.35")]


def test_upgrading_charges_only_until_the_next_billing_day(bought: Callable[..., Subscription]) -> None:
    change(bought(), 8, AUGUST_25)
    assert charges()[1:] == [("blocked", "25.08", "01.09", 3, "6.77")]


def test_downgrading_splits_the_charge_of_the_current_period(bought: Callable[..., Subscription]) -> None:
    change(bought(), 2, AUGUST_25)
    assert charges() == [
        ("deleted", "20.08", "01.09", 5, "19.35"),
        ("closed", "20.08", "25.08", 5, "8.06"),
        ("blocked", "25.08", "01.09", 2, "4.52"),
        ("refunded", "25.08", "01.09", 3, "6.77"),
    ]


def test_stopping_and_activating_charge_only_the_days_it_was_active(
    bought: Callable[..., Subscription], acme: Account
) -> None:
    subscription = bought()
    stop(actor=SYSTEM, subscription=subscription, today=AUGUST_25)
    activate(actor=SYSTEM, subscription=subscription, today=AUGUST_28)
    top_up(account=acme, amount="50", today=AUGUST_28)
    run_billing_day(today=SEPTEMBER_1)
    closed = Charge.objects.filter(status="closed")
    assert sum(charge.amount for charge in closed) == Decimal("14.51")
    assert audit(today=SEPTEMBER_1) == []


@pytest.mark.parametrize(("fixed", "september"), [(True, "50.00"), (False, "60.00")])
def test_it_renews_itself_monthly_at_a_fixed_or_an_updated_price(
    bought: Callable[..., Subscription], acme: Account, fixed: bool, september: str
) -> None:
    subscription = bought(fixed_price=True) if fixed else bought()
    set_price(
        actor=SYSTEM,
        plan_resource=subscription.plan.resources.get(),
        fees=Fees(recurring_fee=Decimal(12)),
        valid_from=AUGUST_28,
        today=AUGUST_28,
    )
    top_up(account=acme, amount="100", today=AUGUST_28)
    run_billing_day(today=SEPTEMBER_1)
    assert charges() == [
        ("closed", "20.08", "01.09", 5, "19.35"),
        ("blocked", "01.09", "01.10", 5, september),
    ]
    run_billing_day(today=OCTOBER_1)
    assert charges()[1] == ("closed", "01.09", "01.10", 5, september)


def test_stopped_when_a_billing_day_comes_it_stays_stopped_and_blocks_nothing(
    bought: Callable[..., Subscription], acme: Account
) -> None:
    subscription = bought()
    stop(actor=SYSTEM, subscription=subscription, today=AUGUST_25)
    top_up(account=acme, amount="500", today=AUGUST_25)
    run_billing_day(today=SEPTEMBER_1)
    subscription.refresh_from_db()
    assert subscription.status == "stopped"
    assert funds_of(acme).blocked == 0
    assert charges() == [
        ("deleted", "20.08", "01.09", 5, "19.35"),
        ("closed", "20.08", "25.08", 5, "8.06"),
        ("deleted", "25.08", "01.09", 5, "11.29"),
    ]


def test_without_funds_it_is_stopped_and_the_customer_is_told(bought: Callable[..., Subscription]) -> None:
    subscription = bought()
    run_billing_day(today=SEPTEMBER_1)
    subscription.refresh_from_db()
    assert (subscription.status, subscription.stop_reason) == ("stopped", "funds_short")
    assert Notification.objects.filter(event="subscription_stopped_funds_short").count() == 1


def test_the_coming_billing_day_is_announced_with_the_required_funds(bought: Callable[..., Subscription]) -> None:
    bought()
    assert remind_of_billing_day(today=date(2018, 8, 29)) == 1
    told = Notification.objects.get(event="billing_day_is_coming")
    assert "50.00" in told.body_text
