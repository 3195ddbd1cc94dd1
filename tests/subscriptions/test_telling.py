"""What customers and managers are told."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation
from django.utils.translation import gettext_lazy

from accounts.models import Account
from notifications.models import Notification
from subscriptions import telling
from subscriptions.models import Plan, Subscription
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.subscriptions.conftest import ORDERED_ON
from vendors.errors import Rejected
from vendors.models import VendorOperation
from vendors.office365.demands import INCOMPLETE

pytestmark = pytest.mark.django_db


def test_an_order_is_told_with_its_amount(acme: Account, plan: Plan) -> None:
    order = make.order(account=acme, plan=plan, today=ORDERED_ON)
    (told,) = Notification.objects.filter(event="order_placed")
    assert told.email == acme.email
    assert order.number in told.subject
    assert "19.35" in told.body_text


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
        telling.subscription_activated(running, operation)
    told = {row.user: row.body_text for row in Notification.objects.filter(key__contains="again")}
    assert "Domain: acme.example" in told[english]
    assert "Домен: acme.example" in told[russian]
