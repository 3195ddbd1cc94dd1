"""What customers and managers are told."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation
from django.utils.translation import gettext_lazy

from accounts.actors import SYSTEM, Actor, actor_of
from accounts.models import Account
from billing.models import Payment
from notifications.models import Notification, NotificationStatus
from subscriptions.contract import telling
from subscriptions.models import Plan, Subscription
from subscriptions.people.changes import change_quantities
from subscriptions.people.stopping import activate, delete, stop
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.factories.billing import top_up
from tests.subscriptions.conftest import ORDERED_ON, refuse, work
from tests.vendors.example.vendor import ExampleVendor
from vendors.errors import Rejected
from vendors.microsoft.demands import INCOMPLETE
from vendors.models import VendorOperation

pytestmark = pytest.mark.django_db


def test_an_order_is_told_with_its_amount(acme: Account, plan: Plan) -> None:
    order = make.order(account=acme, plan=plan, today=ORDERED_ON)
    (told,) = Notification.objects.filter(event="order_placed")
    assert told.email == acme.email
    assert order.number in told.subject
    assert "19.35" in told.body_text
    assert f"Name {Payment.objects.get().number} as the reference of the transfer" in told.body_text


def test_a_stop_by_the_night_is_told_once(acme: Account, plan: Plan) -> None:
    subscription = make.subscription(account=acme, plan=plan, today=ORDERED_ON)
    for _ in range(2):
        telling.stopped_for_funds(subscription, date(2018, 9, 1), Decimal("50.000"), Decimal("49.990"))
    (told,) = Notification.objects.filter(event="subscription_stopped_funds_short")
    assert "50.00" in told.body_text
    assert "49.99" in told.body_text


def test_an_activation_tells_the_facts(running: Subscription) -> None:
    (told,) = Notification.objects.filter(event="subscription_activated")
    assert running.name in told.body_text


def test_a_refusal_tells_the_managers_why(failed: Subscription) -> None:
    (told,) = Notification.objects.filter(event="provisioning_failed")
    assert VendorOperation.objects.get().last_error in told.body_text


@pytest.mark.parametrize("workers", ["en", "ru"])
def test_a_refusal_is_told_to_each_manager_in_its_own_language(failed: Subscription, workers: str) -> None:
    english, russian = cast.manager(language="en"), cast.manager(language="ru")
    operation = VendorOperation.objects.get()
    with translation.override(workers):
        refusal = Rejected(INCOMPLETE, field=gettext_lazy("City"))
        operation.last_error_message, operation.last_error_values = refusal.message, refusal.values
        operation.attempts += 1
        operation.save()
        operation = VendorOperation.objects.get()
        telling.vendor_refused(failed, operation)
    told = {row.user: row for row in Notification.objects.filter(key__contains=f":{operation.attempts}:")}
    assert "“Provision”" in told[english].body_text
    assert "The account lacks “City”, which Microsoft demands." in told[english].body_text
    with translation.override("ru"):
        assert str(operation.get_action_display()) in told[russian].body_text
        assert operation.last_error in told[russian].body_text
        assert "«Город»" in operation.last_error or "“Город”" in operation.last_error
    for words in ("Provision", "City", "Microsoft demands"):
        assert words not in told[russian].subject + told[russian].body_text


@pytest.mark.parametrize("workers", ["en", "ru"])
def test_the_facts_of_an_activation_are_labelled_for_each_reader(running: Subscription, workers: str) -> None:
    english = cast.customer_user(account=running.account, language="en")
    russian = cast.customer_user(account=running.account, language="ru", access_level="admin")
    operation = VendorOperation.objects.get()
    operation.key = "again"
    operation.result = {"facts": [{"name": "domain", "label": "Domain", "value": "acme.example"}]}
    with translation.override(workers):
        telling.done_at_vendor(running, operation, None)
    told = {row.user: row.body_text for row in Notification.objects.filter(key__contains="again")}
    assert "Domain: acme.example" in told[english]
    assert "Домен: acme.example" in told[russian]


STEPS = {
    "change": "subscription_changed",
    "stop": "subscription_stopped",
    "activate": "subscription_resumed",
    "delete": "subscription_deleted",
}


def _ask(step: str, actor: Actor, subscription: Subscription, day: date) -> None:
    """Have somebody ask for a step; what was asked for before it may be activated is the night's wish."""
    common = {"actor": actor, "subscription": subscription, "today": day}
    if step == "change":
        wanted = {"quantities": {"seats": 3}, "now": make.noon(day), "pay_from_balance": True}
        change_quantities(**common, **wanted)
        return
    if step == "activate":
        stop(actor=SYSTEM, subscription=subscription, today=day)
        work(day)
        subscription.refresh_from_db()
    {"stop": stop, "activate": activate, "delete": delete}[step](**common)


@pytest.mark.parametrize("vendor", [True, False], ids=["at a vendor", "billed only"])
@pytest.mark.parametrize(("step", "event"), STEPS.items())
def test_who_asked_and_the_accounts_people_hear_that_it_is_done(
    acme: Account, plan: Plan, backup_plan: Plan, step: str, event: str, vendor: bool
) -> None:
    subscription = make.subscription(account=acme, plan=backup_plan if vendor else plan, today=ORDERED_ON)
    work()
    subscription.refresh_from_db()
    top_up(account=acme, amount="100.00", today=ORDERED_ON)
    sales = cast.manager(role="sales")
    acme.manager = sales
    acme.save()
    owner, admin_ = cast.customer_user(account=acme), cast.customer_user(account=acme, access_level="admin")
    cast.customer_user(account=acme, access_level="user")
    _ask(step, actor_of(sales), subscription, date(2018, 8, 22))
    work(date(2018, 8, 22))
    told = Notification.objects.filter(event=event)
    assert {row.user for row in told} == {sales, owner, admin_}
    pages = {row.user: row.path for row in told}
    assert pages[sales] == f"/operator/subscriptions/{subscription.pk}/"
    assert pages[owner] == f"/subscriptions/{subscription.pk}/"


def test_what_the_night_decides_has_its_own_letter_and_no_second_one(running: Subscription) -> None:
    cast.customer_user(account=running.account)
    stop(actor=SYSTEM, subscription=running, today=date(2018, 8, 22))
    work(date(2018, 8, 22))
    assert not Notification.objects.filter(event="subscription_stopped").exists()


def test_who_asked_and_the_customer_hear_that_the_vendor_refused(
    running: Subscription, example_vendor: ExampleVendor
) -> None:
    owner, product_owner = cast.customer_user(account=running.account), cast.manager(role="sales")
    running.account.manager = product_owner
    running.account.save()
    administrator = cast.manager()
    refuse(example_vendor)
    stop(actor=actor_of(owner), subscription=running, today=date(2018, 8, 22))
    work(date(2018, 8, 22))
    told = {(row.event, row.user) for row in Notification.objects.filter(event__contains="failed")}
    assert told >= {
        ("service_step_failed", owner),
        ("provisioning_failed", administrator),
        ("provisioning_failed", product_owner),
    }


def test_a_message_is_mailed_to_who_wants_letters_and_stands_in_the_panel_of_all(acme: Account, plan: Plan) -> None:
    subscription = make.subscription(account=acme, plan=plan, today=ORDERED_ON)
    wants = cast.customer_user(account=acme)
    quiet = cast.customer_user(account=acme, access_level="admin", letters=False)
    delete(actor=actor_of(wants), subscription=subscription, today=date(2018, 8, 22))
    told = {row.user: row.status for row in Notification.objects.filter(event="subscription_deleted")}
    assert told == {wants: NotificationStatus.QUEUED, quiet: NotificationStatus.PANEL}
