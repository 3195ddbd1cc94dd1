"""From the plan to the vendor and back: outcomes applied once, failures that lose nothing."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.actors import SYSTEM
from accounts.models import Account
from billing.audit import audit
from billing.funds import funds_of
from billing.models import Charge
from core.secrets import decrypt
from notifications.models import Notification
from subscriptions.models import Order, Plan, Subscription, SubscriptionSecret
from subscriptions.night.renewals import run_billing_day
from subscriptions.people.opening import VendorIsWorking, VendorRefused
from subscriptions.people.stopping import activate, delete, stop
from subscriptions.workers.provisioning import conclude, unfinished_work
from tests.factories import subscriptions as make
from tests.factories.billing import pay
from tests.subscriptions.conftest import ORDERED_ON, change, work
from tests.vendors.example.vendor import ExampleVendor
from vendors import operations
from vendors.models import VendorOperation

pytestmark = pytest.mark.django_db
CHANGED_ON = date(2018, 8, 25)


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
    order = change(running, 8, CHANGED_ON)
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
    change(running, 2, CHANGED_ON)
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
    """Those of the account, that is: the service's own are of no use to another one."""
    running.vendor_ids |= {"company_id": "c-1"}
    running.save(update_fields=["vendor_ids"])
    make.subscription(account=acme, plan=backup_plan, today=ORDERED_ON)
    assert VendorOperation.objects.latest("created_at").payload["vendor_ids"] == {"company_id": "c-1"}


def test_a_refused_order_fails_with_its_sentence_and_loses_nothing(failed: Subscription, acme: Account) -> None:
    order = Order.objects.get()
    assert (failed.status, order.status) == ("installation_failed", "provisioning_failed")
    assert order.failure == VendorOperation.objects.get().last_error != ""
    assert Charge.objects.get().status == "blocked"
    with pytest.raises(VendorRefused):
        stop(actor=SYSTEM, subscription=failed, today=ORDERED_ON)


def test_the_night_plans_the_suspension(running: Subscription, example_vendor: ExampleVendor) -> None:
    billing_day = date(2018, 9, 1)
    run_billing_day(today=billing_day)
    running.refresh_from_db()
    assert (running.status, running.stop_reason) == ("stopping", "funds_short")
    work(billing_day)
    running.refresh_from_db()
    assert (running.status, example_vendor.services["1"]["state"]) == ("stopped", "stopped")
