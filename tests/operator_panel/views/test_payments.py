"""A payment is created, approved, cancelled."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Account
from billing.models import Payment
from core.panel.formats import money_text
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


def test_who_pays_and_how_much_stands_above_the_first_question(
    client: Client, acme: Account, plan: Plan, today: date
) -> None:
    order = make.order(account=acme, plan=plan, today=today)
    payment = order.payments.get()
    asked = client.get(page("payment_approve", payment.pk)).content.decode()
    for told in (acme.name, money_text(payment.amount, "USD"), payment.number, order.number):
        assert told in asked


def test_payment_is_not_approved_twice(client: Client, subscription: Subscription) -> None:
    payment = subscription.orders.get().payments.get()
    answer = client.post(page("payment_approve", payment.pk), {"method": "card", "confirmed": "yes"})
    assert list(errors_of(answer)) == ["__all__"]


def test_top_up_is_created_for_a_chosen_account_and_cancelled(client: Client, acme: Account) -> None:
    found = client.get(page("payment_create"), {"q": acme.name[:3].lower()})
    ((account, address),) = [choice for choice in found.context["choices"] if choice[0] == acme]
    assert (account, address) == (acme, page("account_top_up", acme.pk))
    answer = client.post(address, {"amount": "20"})
    payment = Payment.objects.get()
    assert answer.url == page("payment", payment.pk)
    client.post(page("payment_cancel", payment.pk), {"confirmed": "yes"})
    payment.refresh_from_db()
    assert payment.status == "cancelled"


def test_payment_of_an_order_is_not_cancelled_alone(client: Client, acme: Account, plan: Plan, today: date) -> None:
    payment = make.order(account=acme, plan=plan, today=today).payments.get()
    answer = client.post(page("payment_cancel", payment.pk), {"confirmed": "yes"})
    assert list(errors_of(answer)) == ["__all__"]
