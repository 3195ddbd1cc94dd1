"""What customers and managers are told."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.models import Account
from notifications.models import Notification
from subscriptions import telling
from subscriptions.models import Plan, Subscription
from tests.factories import subscriptions as make
from tests.subscriptions.conftest import ORDERED_ON
from vendors.models import VendorOperation

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
