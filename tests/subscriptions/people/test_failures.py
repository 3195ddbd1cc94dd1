"""What the vendor refused: tried again, or given up with everything as it was before."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.actors import SYSTEM, Forbidden
from accounts.models import Account, Role
from billing.audit import audit
from billing.funds import funds_of
from billing.models import Charge
from notifications.models import Notification
from subscriptions.models import ApplicationResource, Order, Plan, Subscription
from subscriptions.night.renewals import run_billing_day
from subscriptions.people.failures import OrderHasNotFailed, cancel_failed_order, retry
from subscriptions.people.opening import NotInThisStatus
from subscriptions.people.stopping import activate, stop
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.factories.billing import pay, top_up
from tests.subscriptions.conftest import ORDERED_ON, change, refuse, work
from tests.vendors.example.vendor import ExampleVendor

pytestmark = pytest.mark.django_db
CHANGED_ON = date(2018, 8, 25)


def test_a_refused_order_is_tried_again(failed: Subscription) -> None:
    with pytest.raises(Forbidden):
        retry(
            actor=cast.manager_actor(role=Role.OWNER), subscription=failed, today=ORDERED_ON, now=make.noon(ORDERED_ON)
        )
    # The remedy that such a refusal names: another offer in the template.
    ApplicationResource.objects.filter(vendor_reference="unheard-of").update(vendor_reference="backup")
    again = retry(actor=SYSTEM, subscription=failed, today=ORDERED_ON, now=make.noon(ORDERED_ON))
    assert (again.status, Order.objects.get().status) == ("installing", "provisioning")
    work()
    failed.refresh_from_db()
    order = Order.objects.get()
    assert (failed.status, order.status, order.failure) == ("active", "completed", "")
    with pytest.raises(NotInThisStatus):
        retry(actor=SYSTEM, subscription=failed, today=ORDERED_ON, now=make.noon(ORDERED_ON))


def test_a_refused_sale_given_up_releases_its_money(failed: Subscription, acme: Account) -> None:
    """Two billing days have passed meanwhile: nothing of them is charged, because nothing was served."""
    run_billing_day(today=date(2018, 10, 2))
    order = cancel_failed_order(actor=SYSTEM, order=Order.objects.get(), today=date(2018, 10, 2))
    failed.refresh_from_db()
    assert (order.status, failed.status) == ("cancelled", "deleted")
    assert funds_of(acme).available == funds_of(acme).balance == Decimal("19.35")
    assert audit(today=date(2018, 10, 2)) == []
    with pytest.raises(OrderHasNotFailed):
        cancel_failed_order(actor=SYSTEM, order=order, today=date(2018, 10, 2))


def test_a_refused_raise_given_up_releases_its_money(
    running: Subscription, acme: Account, example_vendor: ExampleVendor
) -> None:
    pay(order=change(running, 8, CHANGED_ON), today=CHANGED_ON)
    refuse(example_vendor)
    work(CHANGED_ON)
    running.refresh_from_db()
    assert running.status == "updating_failed"
    top_up(account=acme, amount="500", today=CHANGED_ON)
    given_up_on = date(2018, 9, 3)
    run_billing_day(today=given_up_on)
    cancel_failed_order(actor=SYSTEM, order=running.orders.latest("pk"), today=given_up_on)
    running.refresh_from_db()
    assert (running.status, running.quantity) == ("active", 5)
    assert [(c.status, c.amount) for c in Charge.objects.order_by("pk")] == [
        ("closed", Decimal("19.35")),
        ("deleted", Decimal("6.77")),
        ("blocked", Decimal("50.00")),
    ]
    assert audit(today=given_up_on) == []


def test_a_refused_lowering_given_up_reserves_the_money_again(
    running: Subscription, acme: Account, example_vendor: ExampleVendor
) -> None:
    refuse(example_vendor)
    change(running, 2, CHANGED_ON)
    work(CHANGED_ON)
    cancel_failed_order(actor=SYSTEM, order=running.orders.latest("pk"), today=date(2018, 8, 27))
    running.refresh_from_db()
    assert (running.status, running.quantity) == ("active", 5)
    assert [(c.status, c.amount, c.quantity) for c in Charge.objects.order_by("pk")] == [
        ("deleted", Decimal("19.35"), 5),
        ("closed", Decimal("8.06"), 5),
        ("blocked", Decimal("4.52"), 2),
        ("deleted", Decimal("6.77"), 3),
        ("blocked", Decimal("6.77"), 3),
    ]
    assert funds_of(acme).available == 0
    assert audit(today=date(2018, 8, 27)) == []


def test_a_refused_change_of_a_finite_subscription_given_up_restores_later_periods(
    acme: Account, example: object, backup_plan: Plan, example_vendor: ExampleVendor
) -> None:
    year = make.plan(months=3, connection=example)
    subscription = make.subscription(account=acme, plan=year, today=ORDERED_ON)
    work()
    opened = Charge.objects.filter(status="opened").order_by("operate_from")
    before = list(opened.values_list("operate_from", "quantity", "amount"))
    refuse(example_vendor)
    for wanted in (2, 0, 7):
        order = change(Subscription.objects.get(pk=subscription.pk), wanted, CHANGED_ON)
        if order.status == "waiting_for_payment":
            pay(order=order, today=CHANGED_ON)
        # Later periods of a raise wait until the vendor has provided it.
        assert (list(opened.values_list("operate_from", "quantity", "amount")) == before) == (wanted == 7)
        work(CHANGED_ON)
        cancel_failed_order(actor=SYSTEM, order=order, today=CHANGED_ON)
        assert list(opened.values_list("operate_from", "quantity", "amount")) == before
        assert audit(today=CHANGED_ON) == []


def test_units_bought_and_given_back_on_one_day_come_back_too(
    running: Subscription, acme: Account, example_vendor: ExampleVendor
) -> None:
    refuse(example_vendor)
    change(running, 0, ORDERED_ON)
    work()
    assert [charge.status for charge in Charge.objects.all()] == ["deleted"]
    cancel_failed_order(actor=SYSTEM, order=running.orders.latest("pk"), today=ORDERED_ON)
    assert [(c.status, c.amount) for c in Charge.objects.order_by("pk")] == [
        ("deleted", Decimal("19.35")),
        ("blocked", Decimal("19.35")),
    ]
    assert audit(today=ORDERED_ON) == []


def test_a_stop_that_failed_may_be_left_by_activating(running: Subscription, example_vendor: ExampleVendor) -> None:
    refuse(example_vendor)
    stop(actor=SYSTEM, subscription=running, today=CHANGED_ON)
    work(CHANGED_ON)
    running.refresh_from_db()
    assert running.status == "stopping_failed"
    assert Notification.objects.filter(event="provisioning_failed").count() == 1  # the administrator
    example_vendor.refusing = False
    activate(actor=SYSTEM, subscription=running, today=CHANGED_ON)
    work(CHANGED_ON)
    running.refresh_from_db()
    assert running.status == "active"
    assert audit(today=CHANGED_ON) == []
