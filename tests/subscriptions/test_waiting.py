"""A sale for which the vendor waits for somebody: known at once, charged once it is provided, overtaken by deleting."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from accounts.actors import SYSTEM
from accounts.models import Account
from billing.audit import audit
from billing.funds import funds_of
from core.secrets import encrypt
from notifications.models import Notification, NotificationStatus
from subscriptions.contract.handover import waiting_operation
from subscriptions.models import Order, Plan, Subscription
from subscriptions.people.opening import VendorIsWorking
from subscriptions.people.revealing import reveal_secret
from subscriptions.people.stopping import delete, stop
from subscriptions.queries import secrets_visible_to
from subscriptions.told.offered import steps_of_subscription
from subscriptions.workers.provisioning import carry_out, note_unfinished
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.subscriptions.conftest import ORDERED_ON, work
from tests.vendors.example.vendor import UNTOUCHED, ExampleVendor
from vendors.models import VendorOperation

pytestmark = pytest.mark.django_db
LATER = ORDERED_ON + timedelta(days=3)


def approved_by_the_customer(account: Account, plan: Plan) -> Subscription:
    """Return five seats, paid, that wait for the customer at the vendor."""
    plan.template.settings = {"approval": "yes"}
    plan.template.save(update_fields=["settings"])
    subscription = make.subscription(account=account, plan=plan, today=ORDERED_ON)
    work()
    subscription.refresh_from_db()
    return subscription


def test_what_the_vendor_told_is_kept_at_once_and_nobody_is_alarmed(waiting: Subscription) -> None:
    assert (waiting.status, waiting.vendor_ids) == ("installing", {"service_id": "1"})
    assert waiting.attributes == {"service_id": {"label": "Backup ID", "value": "1"}}
    assert not Notification.objects.filter(event__in=("provisioning_failed", "subscription_activated")).exists()
    operation = waiting_operation(waiting)
    assert operation is not None
    assert operation.waits_for is not None


def test_it_runs_and_is_charged_from_the_day_on_which_somebody_acted(
    waiting: Subscription, example_vendor: ExampleVendor
) -> None:
    example_vendor.approve()
    work(LATER)
    waiting.refresh_from_db()
    assert (waiting.status, waiting.start_date, waiting_operation(waiting)) == ("active", LATER, None)
    assert Order.objects.get().status == "completed"
    assert min(waiting.charges.exclude(status="deleted").values_list("operate_from", flat=True)) == LATER
    assert list(audit(today=LATER)) == []


def test_deleting_overtakes_it_and_the_money_is_there_again(
    waiting: Subscription, example_vendor: ExampleVendor
) -> None:
    paid = Order.objects.get().total
    assert funds_of(waiting.account).available == 0
    delete(actor=SYSTEM, subscription=waiting, today=LATER)
    waiting.refresh_from_db()
    assert (waiting.status, Order.objects.get().status) == ("deleting", "cancelled")
    work(LATER)
    waiting.refresh_from_db()
    assert (waiting.status, waiting.quantity) == ("deleted", 0)
    assert example_vendor.services["1"]["state"] == "ended"
    assert funds_of(waiting.account).available == paid > Decimal(0)
    provision = VendorOperation.objects.get(action="provision")
    assert (provision.state, provision.last_error_code) == ("rejected", "overtaken")
    example_vendor.approve()
    work(LATER + timedelta(days=1))
    waiting.refresh_from_db()
    assert waiting.status == "deleted"
    assert list(audit(today=LATER)) == []


def test_pages_offer_to_delete_it_and_nothing_else(waiting: Subscription) -> None:
    owner = cast.customer_actor(account=waiting.account)
    steps = steps_of_subscription(owner, waiting, ORDERED_ON, make.noon(ORDERED_ON))
    assert {name for name, refusal in steps.items() if refusal is None} == {"delete"}


def test_what_is_under_way_and_waits_for_nobody_cannot_be_deleted(
    ordered: Subscription, example_vendor: ExampleVendor
) -> None:
    example_vendor.trouble = ("throttle 60", 1)
    work()
    with pytest.raises(VendorIsWorking):
        delete(actor=SYSTEM, subscription=ordered, today=ORDERED_ON)


def test_waiting_sale_cannot_be_stopped(waiting: Subscription) -> None:
    with pytest.raises(VendorIsWorking):
        stop(actor=SYSTEM, subscription=waiting, today=date(2018, 8, 20))


PRESS = "Press the button in the letter that Example Backup has sent to"


def test_customer_is_told_once_what_is_left_to_do_and_told_anew_where_that_changes(
    acme: Account, backup_plan: Plan, example_vendor: ExampleVendor
) -> None:
    """The instruction stood in the panels, and nobody was told of it."""
    owner, quiet = (
        cast.customer_user(account=acme),
        cast.customer_user(account=acme, access_level="admin", letters=False),
    )
    waiting = approved_by_the_customer(acme, backup_plan)
    work(LATER)
    told = Notification.objects.filter(event="service_waits_for_you").order_by("pk")
    assert [(row.user, row.status) for row in told] == [
        (owner, NotificationStatus.QUEUED),
        (quiet, NotificationStatus.PANEL),
    ]
    assert told[0].subject == f"Something is left for you to do: {waiting.name}"
    assert f"{PRESS} {acme.email}." in " ".join(told[0].body_text.split())
    assert "It is waited for until" in told[0].body_text
    assert told[0].path == f"/subscriptions/{waiting.pk}/"
    operation = VendorOperation.objects.get()
    operation.result["waiting"]["values"] = {"email": "another@acme.example"}
    note_unfinished(operation)
    assert told.all().count() == 4
    assert not Notification.objects.filter(event="service_waits_for_operator").exists()
    example_vendor.approve()
    work(LATER + timedelta(days=1))
    assert Notification.objects.filter(event="subscription_activated").count() == 2


def test_contact_person_without_a_sign_in_hears_of_it_once_and_managers_when_it_takes_too_long(
    acme: Account, backup_plan: Plan
) -> None:
    """Nobody told the person who has to accept, and the managers heard of it only when it was refused."""
    manager, owner = cast.manager(), cast.customer_user(account=acme)
    waiting = approved_by_the_customer(acme, backup_plan)
    operation = VendorOperation.objects.get()
    told = Notification.objects.filter(event="contact_is_asked")
    operation.result["waiting"] |= {"tells_contact": True, "values": {"email": "first@acme.example"}}
    for address, times in (("tania@acme.example", 1), (owner.email.upper(), 1)):
        acme.contact_email = address
        acme.save(update_fields=["contact_email"])
        operation.result["waiting"]["values"]["email"] = address
        for _look in range(2):
            note_unfinished(operation)
        assert told.count() == times, address
    assert told.get().email == "tania@acme.example"
    assert f"{PRESS} tania@acme.example." in " ".join(told.get().body_text.split())
    late = Notification.objects.filter(event="service_waits_for_operator", user=manager)
    assert not late.exists()
    operation.result["waiting"]["late"] = True
    for _look in range(2):
        note_unfinished(operation)
    assert late.get().path == f"/operator/subscriptions/{waiting.pk}/"


def test_what_was_told_once_is_there_for_who_has_to_act(waiting: Subscription) -> None:
    """The first sign-in was kept until the service ran: without it nobody could accept the vendor's terms."""
    owner = cast.customer_actor(account=waiting.account)
    operation = VendorOperation.objects.get()
    operation.sealed = encrypt({"admin_password": "Sesame-17"})
    for _look in range(2):
        note_unfinished(operation)
    (secret,) = secrets_visible_to(owner)
    assert reveal_secret(actor=owner, secret=secret, now=make.noon(LATER)) == "Sesame-17"


@pytest.mark.parametrize("language", ["en", "ru"])
def test_operators_are_told_where_they_have_to_act_and_the_customer_for_whom_it_waits(
    acme: Account, waiting: Subscription, language: str
) -> None:
    owner, manager = cast.customer_user(account=acme, language=language), cast.manager(language=language)
    operation = VendorOperation.objects.get()
    operation.result["waiting"]["who"] = "operator"
    for _look in range(2):
        note_unfinished(operation)
    told = Notification.objects.filter(event__startswith="service_waits", user__isnull=False)
    (to_customer,) = told.filter(event="service_waits")
    assert to_customer.user == owner
    letter = told.get(event="service_waits_for_operator", user=manager)
    assert not told.filter(event="service_waits_for_operator", user=owner).exists()
    assert acme.email in letter.body_text
    assert letter.path == f"/operator/subscriptions/{waiting.pk}/"


def test_customer_is_told_that_it_was_waited_too_long(acme: Account, backup_plan: Plan) -> None:
    """Told was only that the vendor could not carry it out."""
    owner = cast.customer_user(account=acme)
    waiting = approved_by_the_customer(acme, backup_plan)
    work(ORDERED_ON + timedelta(days=15))
    waiting.refresh_from_db()
    assert waiting.status == "installation_failed"
    (told,) = Notification.objects.filter(user=owner, event="service_waited_in_vain")
    assert f"{PRESS} {acme.email}." in " ".join(told.body_text.split())
    assert not Notification.objects.filter(event="service_step_failed").exists()


def test_operators_are_told_once_of_what_comes_to_no_end(ordered: Subscription, example_vendor: ExampleVendor) -> None:
    """It was looked at once an hour for ever."""
    manager = cast.manager()
    example_vendor.trouble, example_vendor.reads = ("drop_after", 1), "[[no json"
    start = make.noon(ORDERED_ON)
    operation_id = VendorOperation.objects.get().pk
    for hours in (0, 1, 3, 4):
        carry_out(operation_id=operation_id, now=start + timedelta(hours=hours), today=ORDERED_ON)
    (told,) = Notification.objects.filter(event="outcome_in_doubt", user=manager)
    assert told.path == f"/operator/subscriptions/{ordered.pk}/"
    assert VendorOperation.objects.get().last_error in " ".join(told.body_text.split())
    example_vendor.reads = UNTOUCHED
    carry_out(operation_id=operation_id, now=start + timedelta(hours=5), today=ORDERED_ON)
    ordered.refresh_from_db()
    assert ordered.status == "active"
    assert example_vendor.changing_calls == 1
