"""A payment is created, approved, cancelled."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Account
from billing.models import Payment
from subscriptions.models import Plan, Subscription
from tests.factories import subscriptions as make
from tests.operator_panel.conftest import errors_of
from tests.operator_panel.previews import confirm

pytestmark = pytest.mark.django_db


def page(name: str, *args: object) -> str:
    return reverse(f"operator:{name}", args=args)


def test_payment_of_an_order_is_approved(client: Client, acme: Account, plan: Plan, today: date) -> None:
    order = make.order(account=acme, plan=plan, today=today)
    payment = order.payments.get()
    seen, charged, answer = confirm(client, page("payment_approve", payment.pk), method="card")
    payment.refresh_from_db()
    order.refresh_from_db()
    assert seen == charged
    assert (answer.url, payment.status, payment.method) == (page("payment", payment.pk), "completed", "card")
    assert (order.status, order.subscription.status) == ("completed", "active")


def test_payment_is_not_approved_twice(client: Client, subscription: Subscription) -> None:
    payment = subscription.orders.get().payments.get()
    answer = client.post(page("payment_approve", payment.pk), {"method": "card", "confirmed": "yes"})
    assert list(errors_of(answer)) == ["__all__"]


def test_top_up_is_created_for_a_chosen_account_and_cancelled(client: Client, acme: Account) -> None:
    answer = client.post(page("payment_create"), {"account": acme.pk, "amount": "20"})
    payment = Payment.objects.get()
    assert answer.url == page("payment", payment.pk)
    client.post(page("payment_cancel", payment.pk), {"confirmed": "yes"})
    payment.refresh_from_db()
    assert payment.status == "cancelled"


def test_payment_of_an_order_is_not_cancelled_alone(client: Client, acme: Account, plan: Plan, today: date) -> None:
    payment = make.order(account=acme, plan=plan, today=today).payments.get()
    answer = client.post(page("payment_cancel", payment.pk), {"confirmed": "yes"})
    assert list(errors_of(answer)) == ["__all__"]
