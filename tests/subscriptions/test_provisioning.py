"""From the plan to the vendor and back: outcomes applied once, failures that lose nothing."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.actors import SYSTEM, Forbidden
from accounts.models import Account, Role
from billing.audit import audit
from billing.funds import funds_of
from billing.models import Charge
from notifications.models import Notification
from subscriptions.changes import change_quantities
from subscriptions.failures import OrderHasNotFailed, cancel_failed_order, retry
from subscriptions.models import Order, Plan, Subscription, SubscriptionSecret
from subscriptions.opening import NotInThisStatus, VendorIsWorking, VendorRefused
from subscriptions.provisioning import carry_out, conclude, unfinished_work
from subscriptions.renewals import run_billing_day
from subscriptions.stopping import activate, delete, stop
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.factories.billing import pay, top_up
from tests.subscriptions.conftest import ORDERED_ON
from tests.vendors.example.vendor import ExampleVendor
from vendors import operations
from vendors.models import VendorOperation
from core.secrets import decrypt

pytestmark = pytest.mark.django_db
CHANGED_ON = date(2018, 8, 25)


def work(today: date = ORDERED_ON) -> None:
    """Do what the workers do until nothing is due."""
    for operation_id in unfinished_work(now=make.noon(today)):
        carry_out(operation_id=operation_id, now=make.noon(today), today=today)


@pytest.fixture
def ordered(acme: Account, backup_plan: Plan) -> Subscription:
    """Five seats of backup, paid, and not yet at the vendor."""
    return make.subscription(account=acme, plan=backup_plan, today=ORDERED_ON)


@pytest.fixture
def running(ordered: Subscription) -> Subscription:
    """Five seats of backup that the vendor has provided."""
    work()
    ordered.refresh_from_db()
    return ordered


def refuse(example_vendor: ExampleVendor) -> dict[str, dict]:
    """Make the vendor refuse every change of what it holds; return what it held."""
    held = dict(example_vendor.services)
    example_vendor.services.clear()
    return held


def test_a_paid_order_waits_for_the_vendor(ordered: Subscription) -> None:
    assert ordered.status == "installing"
    assert Order.objects.get().status == "provisioning"
    operation = VendorOperation.objects.get()
    assert (operation.action, operation.state, operation.subject) == (
        "provision",
        "planned",
        f"order:{ordered.orders.get().pk}",
    )
    assert operation.payload["resources"] == {"seats": {"offer": "backup", "quantity": 5}}
    assert operation.payload["account"]["email"] == ordered.account.email
    assert operation.payload["account"]["contact"]["last_name"] == "Signer"


def test_what_the_vendor_provides_runs(running: Subscription, example_vendor: ExampleVendor) -> None:
    assert (running.status, running.awaited_operation) == ("active", "")
    assert running.vendor_ids == {"service_id": "1"}
    assert Order.objects.get().status == "completed"
    assert [service["seats"] for service in example_vendor.services.values()] == [5]
    assert Notification.objects.filter(event="subscription_activated").count() == 1


def test_an_outcome_is_applied_once(running: Subscription) -> None:
    operation = VendorOperation.objects.get()
    assert conclude(operation=operation, today=ORDERED_ON) is None
    assert Notification.objects.filter(event="subscription_activated").count() == 1


def test_an_outcome_left_by_a_killed_worker_is_found(ordered: Subscription) -> None:
    operation = VendorOperation.objects.get()
    operations.carry_out(operation.pk, now=make.noon(ORDERED_ON))  # the vendor answered, and the worker died
    ordered.refresh_from_db()
    assert ordered.status == "installing"
    assert unfinished_work(now=make.noon(ORDERED_ON)) == [operation.pk]
    work()
    ordered.refresh_from_db()
    assert ordered.status == "active"
    assert unfinished_work(now=make.noon(ORDERED_ON)) == []


def test_secrets_are_kept_encrypted(ordered: Subscription) -> None:
    operation = VendorOperation.objects.get()
    operation = operations.carry_out(operation.pk, now=make.noon(ORDERED_ON))
    operations.RowBook(operation).seal({"password": "correct horse"})
    conclude(operation=operation, today=ORDERED_ON)
    secret = SubscriptionSecret.objects.get()
    assert "correct horse" not in secret.value
    assert decrypt(secret.value) == {"password": "correct horse"}


def test_a_raise_reaches_the_vendor_when_paid(running: Subscription, example_vendor: ExampleVendor) -> None:
    order = _change(running, 8)
    assert running.orders.latest("pk").status == "waiting_for_payment"
    pay(order=order, today=CHANGED_ON)
    running.refresh_from_db()
    assert running.status == "updating"
    with pytest.raises(VendorIsWorking):
        stop(actor=SYSTEM, subscription=running, today=CHANGED_ON)
    work(CHANGED_ON)
    running.refresh_from_db()
    assert (running.status, running.quantity) == ("active", 8)
    assert example_vendor.services["1"]["seats"] == 8


def test_a_lowering_is_refunded_once_the_vendor_agrees(running: Subscription, acme: Account) -> None:
    _change(running, 2)
    assert Charge.objects.filter(status="waiting_for_refund").count() == 1
    assert funds_of(acme).available == 0
    work(CHANGED_ON)
    assert not Charge.objects.filter(status="waiting_for_refund").exists()
    assert funds_of(acme).available == Decimal("6.77")
    assert audit(today=CHANGED_ON) == []


def test_stop_activate_and_delete_reach_the_vendor(running: Subscription, example_vendor: ExampleVendor) -> None:
    seen = []
    for verb in (stop, activate, delete):
        seen.append(verb(actor=SYSTEM, subscription=running, today=CHANGED_ON).status)
        work(CHANGED_ON)
        running.refresh_from_db()
        seen += [running.status, example_vendor.services["1"]["state"]]
    assert seen == [
        "stopping", "stopped", "stopped", "activating", "active", "running", "deleting", "deleted", "ended",
    ]  # fmt: skip


def test_a_second_order_names_the_ids_of_the_first(running: Subscription, acme: Account, backup_plan: Plan) -> None:
    make.subscription(account=acme, plan=backup_plan, today=ORDERED_ON)
    assert VendorOperation.objects.latest("created_at").payload["vendor_ids"] == {"service_id": "1"}


@pytest.fixture
def failed(acme: Account, example: object, backup_plan: Plan) -> Subscription:
    """An order of something that the vendor does not sell."""
    unknown = make.plan(connection=example, offer="unheard-of")
    subscription = make.subscription(account=acme, plan=unknown, today=ORDERED_ON)
    work()
    subscription.refresh_from_db()
    return subscription


def test_a_refused_order_fails_with_its_sentence_and_loses_nothing(failed: Subscription, acme: Account) -> None:
    order = Order.objects.get()
    assert (failed.status, order.status) == ("installation_failed", "provisioning_failed")
    assert order.failure == VendorOperation.objects.get().last_error != ""
    assert Charge.objects.get().status == "blocked"
    with pytest.raises(VendorRefused):
        delete(actor=SYSTEM, subscription=failed, today=ORDERED_ON)


def test_a_refused_order_is_tried_again(failed: Subscription) -> None:
    with pytest.raises(Forbidden):
        retry(
            actor=cast.manager_actor(role=Role.OWNER), subscription=failed, today=ORDERED_ON, now=make.noon(ORDERED_ON)
        )
    operation = VendorOperation.objects.get()
    operation.payload["resources"]["seats"]["offer"] = "backup"
    operation.save(update_fields=["payload"])
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
    pay(order=_change(running, 8), today=CHANGED_ON)
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
    _change(running, 2)
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
        order = _change(Subscription.objects.get(pk=subscription.pk), wanted)
        if order.status == "waiting_for_payment":
            pay(order=order, today=CHANGED_ON)
        assert list(opened.values_list("operate_from", "quantity", "amount")) != before
        work(CHANGED_ON)
        cancel_failed_order(actor=SYSTEM, order=order, today=CHANGED_ON)
        assert list(opened.values_list("operate_from", "quantity", "amount")) == before
        assert audit(today=CHANGED_ON) == []


def test_units_bought_and_given_back_on_one_day_come_back_too(
    running: Subscription, acme: Account, example_vendor: ExampleVendor
) -> None:
    refuse(example_vendor)
    _change(running, 0, today=ORDERED_ON)
    work()
    assert [charge.status for charge in Charge.objects.all()] == ["deleted"]
    cancel_failed_order(actor=SYSTEM, order=running.orders.latest("pk"), today=ORDERED_ON)
    assert [(c.status, c.amount) for c in Charge.objects.order_by("pk")] == [
        ("deleted", Decimal("19.35")),
        ("blocked", Decimal("19.35")),
    ]
    assert audit(today=ORDERED_ON) == []


def test_a_stop_that_failed_may_be_left_by_activating(running: Subscription, example_vendor: ExampleVendor) -> None:
    held = refuse(example_vendor)
    stop(actor=SYSTEM, subscription=running, today=CHANGED_ON)
    work(CHANGED_ON)
    running.refresh_from_db()
    assert running.status == "stopping_failed"
    assert Notification.objects.filter(event="provisioning_failed").count() == 1  # the administrator
    example_vendor.services |= held
    activate(actor=SYSTEM, subscription=running, today=CHANGED_ON)
    work(CHANGED_ON)
    running.refresh_from_db()
    assert running.status == "active"
    assert audit(today=CHANGED_ON) == []


def test_the_night_plans_the_suspension(running: Subscription, example_vendor: ExampleVendor) -> None:
    billing_day = date(2018, 9, 1)
    run_billing_day(today=billing_day)
    running.refresh_from_db()
    assert (running.status, running.stop_reason) == ("stopping", "funds_short")
    work(billing_day)
    running.refresh_from_db()
    assert (running.status, example_vendor.services["1"]["state"]) == ("stopped", "stopped")


def test_billing_days_missed_while_the_vendor_worked_are_caught_up(ordered: Subscription, acme: Account) -> None:
    top_up(account=acme, amount="500", today=ORDERED_ON)
    run_billing_day(today=date(2018, 9, 1))
    assert Charge.objects.get().status == "blocked"
    work(date(2018, 9, 3))
    run_billing_day(today=date(2018, 9, 4))
    august, september = Charge.objects.order_by("pk")
    assert (august.closed_on, september.amount) == (date(2018, 9, 1), Decimal("50.00"))


def _change(subscription: Subscription, seats: int, today: date = CHANGED_ON) -> Order:
    return change_quantities(
        actor=SYSTEM, subscription=subscription, quantities={"seats": seats}, today=today, now=make.noon(today)
    )
