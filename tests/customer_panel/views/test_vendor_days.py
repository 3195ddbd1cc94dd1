"""A change that has a day: said before it is ordered, seen while it waits, and cancelled, in both panels."""

from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.actors import SYSTEM
from accounts.models import Account
from core.panel.formats import day_text
from subscriptions.models import Order, Subscription
from subscriptions.people.changes import change_quantities
from subscriptions.workers.provisioning import carry_out
from tests.browsing import confirmed
from tests.factories import accounts as cast
from tests.factories import billing as money
from tests.factories import subscriptions as make
from tests.factories.accounts import signed_in
from vendors.models import ConnectionState, VendorConnection, VendorOperation

pytestmark = pytest.mark.django_db


@pytest.fixture
def monthly(acme: Account, example: VendorConnection, now: datetime) -> Subscription:
    """Five seats of backup, whose number goes down on billing days only."""
    example.state = ConnectionState.GRANTED
    example.save()
    plan = make.plan(connection=example)
    plan.template.settings = {"seats_change": "monthly"}
    plan.template.save()
    money.top_up(account=acme, amount="1000", today=timezone.localdate())
    subscription = make.subscription(account=acme, plan=plan, today=timezone.localdate())
    carry_out(operation_id=VendorOperation.objects.get().pk, now=now, today=timezone.localdate())
    subscription.refresh_from_db()
    return subscription


def test_it_is_said_seen_and_cancelled(client: Client, monthly: Subscription, now: datetime) -> None:
    day = day_text(monthly.next_billing_day)
    address = reverse("customer:subscription_change", args=[monthly.pk])
    assert "Fewer units are there, and charged, from the next billing day on." in client.get(address).content.decode()
    proposed = client.post(address, {"quantities.seats": 2, "pay_from_balance": "on", "key": "k1"})
    assert f"from 5 to 2. It takes effect on {day}." in proposed.content.decode()
    change_quantities(
        actor=SYSTEM, subscription=monthly, quantities={"seats": 2},
        today=timezone.localdate(), now=now,
    )  # fmt: skip
    order, operator = Order.objects.latest("pk"), signed_in(cast.manager())
    pages = [
        client.get(reverse("customer:subscription", args=[monthly.pk])),
        client.get(reverse("customer:subscription_order", args=[order.pk])),
        operator.get(reverse("operator:subscription", args=[monthly.pk])),
        operator.get(reverse("operator:order", args=[order.pk])),
    ]
    for page in pages:
        assert f"The change of order {order.number} waits for {day}" in page.content.decode(), page.request["PATH_INFO"]
    cancel = reverse("operator:order_cancel", args=[order.pk])
    assert cancel in pages[3].content.decode()
    assert reverse("customer:order_cancel", args=[order.pk]) in pages[1].content.decode()
    confirmed(operator, cancel, {})
    order.refresh_from_db()
    assert order.status == "cancelled"
