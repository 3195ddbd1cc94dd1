"""Stopping, activating, deleting."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.actors import SYSTEM, Forbidden
from accounts.models import AccessLevel, Account
from accounts.registration import hold_account
from billing.funds import funds_of
from billing.models import Charge, Payment
from subscriptions.models import Order, Plan, Subscription
from subscriptions.people.changes import change_quantities
from subscriptions.people.opening import AccountOnHold, NotInThisStatus
from subscriptions.people.paying import FundsShort
from subscriptions.people.stopping import PeriodIsOver, activate, delete, stop
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.factories.billing import top_up
from tests.subscriptions.conftest import ORDERED_ON

pytestmark = pytest.mark.django_db
STOPPED_ON = date(2018, 8, 25)


@pytest.fixture
def seats(acme: Account, plan: Plan) -> Subscription:
    """Five seats, ordered and paid on 20 August: 19.35 are reserved."""
    return make.subscription(account=acme, plan=plan, today=ORDERED_ON)


def _charges() -> list[tuple[str, Decimal]]:
    return [(charge.status, charge.amount) for charge in Charge.objects.order_by("pk")]


def test_a_stop_writes_off_the_days_used(seats: Subscription, acme: Account) -> None:
    """G-I4."""
    stopped = stop(actor=SYSTEM, subscription=seats, today=STOPPED_ON, comment="holidays")
    assert (stopped.status, stopped.stop_reason, stopped.stop_comment) == ("stopped", "manual", "holidays")
    assert (stopped.stopped_on, stopped.next_billing_day) == (STOPPED_ON, None)
    assert _charges() == [("deleted", Decimal("19.35")), ("closed", Decimal("8.06")), ("opened", Decimal("11.29"))]
    assert (funds_of(acme).balance, funds_of(acme).blocked) == (Decimal("11.29"), 0)


def test_an_activation_reserves_the_days_left(seats: Subscription) -> None:
    """G-I5."""
    stop(actor=SYSTEM, subscription=seats, today=STOPPED_ON)
    active = activate(actor=SYSTEM, subscription=seats, today=date(2018, 8, 28))
    assert (active.status, active.stop_reason, active.stopped_on) == ("active", "", None)
    assert active.next_billing_day == date(2018, 9, 1)
    assert _charges()[2:] == [("deleted", Decimal("11.29")), ("blocked", Decimal("6.45"))]


def test_an_activation_without_funds_names_what_is_missing(seats: Subscription, acme: Account) -> None:
    stop(actor=SYSTEM, subscription=seats, today=STOPPED_ON)
    with pytest.raises(FundsShort) as refusal:
        activate(actor=SYSTEM, subscription=seats, today=date(2018, 9, 3))
    assert refusal.value.missing == Decimal("46.67") - Decimal("11.29")
    top_up(account=acme, amount="35.38", today=date(2018, 9, 3))
    assert activate(actor=SYSTEM, subscription=seats, today=date(2018, 9, 3)).status == "active"


def test_a_deletion_releases_what_was_not_used(seats: Subscription, acme: Account) -> None:
    """G-I13."""
    deleted = delete(actor=SYSTEM, subscription=seats, today=STOPPED_ON)
    assert (deleted.status, deleted.due_on) == ("deleted", None)
    assert _charges() == [("deleted", Decimal("19.35")), ("closed", Decimal("8.06"))]
    assert funds_of(acme).available == Decimal("11.29")


def test_a_waiting_raise_goes_with_the_stop(seats: Subscription) -> None:
    change_quantities(
        actor=SYSTEM, subscription=seats, quantities={"seats": 8}, today=STOPPED_ON, now=make.noon(STOPPED_ON)
    )
    stop(actor=SYSTEM, subscription=seats, today=STOPPED_ON)
    assert Order.objects.order_by("-pk").first().status == "cancelled"
    assert Payment.objects.order_by("-pk").first().status == "cancelled"
    assert not Charge.objects.filter(status="new").exists()


def test_an_unpaid_sale_is_deleted_with_its_order(acme: Account, plan: Plan) -> None:
    order = make.order(account=acme, plan=plan, today=ORDERED_ON)
    assert delete(actor=SYSTEM, subscription=order.subscription, today=ORDERED_ON).status == "deleted"
    order.refresh_from_db()
    assert order.status == "cancelled"


def test_only_what_runs_is_stopped_and_only_what_stands_is_activated(seats: Subscription) -> None:
    with pytest.raises(NotInThisStatus):
        activate(actor=SYSTEM, subscription=seats, today=STOPPED_ON)
    stop(actor=SYSTEM, subscription=seats, today=STOPPED_ON)
    with pytest.raises(NotInThisStatus):
        stop(actor=SYSTEM, subscription=seats, today=STOPPED_ON)
    delete(actor=SYSTEM, subscription=seats, today=STOPPED_ON)
    for verb in (stop, activate, delete):
        with pytest.raises(NotInThisStatus):
            verb(actor=SYSTEM, subscription=seats, today=STOPPED_ON)


def test_a_period_that_is_over_is_not_activated(acme: Account) -> None:
    month = make.plan(months=1)
    seats = make.subscription(account=acme, plan=month, today=ORDERED_ON)
    top_up(account=acme, amount="500", today=ORDERED_ON)
    with pytest.raises(PeriodIsOver):
        activate(actor=SYSTEM, subscription=seats, today=date(2018, 9, 20))


def test_nothing_is_activated_on_hold(seats: Subscription, acme: Account) -> None:
    stop(actor=SYSTEM, subscription=seats, today=STOPPED_ON)
    hold_account(actor=SYSTEM, account=acme, today=STOPPED_ON)
    with pytest.raises(AccountOnHold):
        activate(actor=SYSTEM, subscription=seats, today=STOPPED_ON)


@pytest.mark.parametrize("verb", [stop, activate, delete])
def test_rights_and_sight(seats: Subscription, acme: Account, verb: object) -> None:
    for stranger in (
        cast.customer_actor(account=acme, access_level=AccessLevel.USER),
        cast.customer_actor(account=cast.account()),
        cast.manager_actor(reseller=cast.reseller()),
    ):
        with pytest.raises(Forbidden):
            verb(actor=stranger, subscription=seats, today=STOPPED_ON)
    seats.refresh_from_db()
    assert seats.status == "active"
