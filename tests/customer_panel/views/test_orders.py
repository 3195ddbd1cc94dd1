"""An order's page: the ways to pay it, and giving it up."""

from datetime import date

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from accounts.actors import SYSTEM
from accounts.models import Account
from billing.funds import funds_of
from billing.models import Payment
from subscriptions.models import Order, OrderStatus, Plan, Subscription
from subscriptions.people.paying import pay_order_from_balance
from tests.browsing import form_of, on_another_day
from tests.factories import billing as money
from tests.factories import subscriptions as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(acme: Account, plan: Plan, today: date) -> Order:
    """Five seats that wait for their payment."""
    return make.order(account=acme, plan=plan, today=today)


def page_of(order: Order) -> str:
    return reverse("customer:subscription_order", args=[order.pk])


def said(answer: object) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


def test_page_tells_the_payment_number_and_what_is_missing(client: Client, order: Order) -> None:
    answer = client.get(page_of(order))
    payment = Payment.objects.get()
    assert (answer.context["payment"], answer.context["enough"], answer.context["missing"]) == (
        payment,
        False,
        order.total,
    )
    assert payment.number in answer.content.decode()


def test_order_is_paid_from_the_balance(client: Client, acme: Account, order: Order, today: date) -> None:
    money.top_up(account=acme, amount="100.00", today=today)
    asked = client.get(page_of(order))
    assert asked.context["enough"]
    answer = form_of(asked, holding="shown").send(client)
    order.refresh_from_db()
    assert (answer.url, order.status) == (page_of(order), OrderStatus.COMPLETED)
    assert funds_of(acme).blocked == order.total


def test_order_is_paid_at_the_price_that_was_shown_whatever_is_asked_since(
    client: Client, acme: Account, order: Order, plan: Plan, today: date
) -> None:
    money.top_up(account=acme, amount="100.00", today=today)
    asked = client.get(page_of(order))
    assert "Each month from" in asked.content.decode()
    make.reprice(plan=plan, fee="100.00", today=today)
    # The order itself costs what it did; what each month costs from the next billing day is shown anew.
    again = form_of(asked, holding="shown").send(client)
    assert (again.status_code, again.context["shown"].monthly) == (409, 500)
    assert form_of(again, holding="confirmed").send(client).status_code == 302
    assert funds_of(acme).blocked == order.total
    assert f"{order.total:.2f}" in asked.context["pay"].submit


def test_payment_of_another_day_is_shown_first(
    client: Client, acme: Account, order: Order, today: date, monkeypatch: pytest.MonkeyPatch
) -> None:
    money.top_up(account=acme, amount="100.00", today=today)
    asked = client.get(page_of(order))
    on_another_day(monkeypatch)
    answer = form_of(asked, holding="shown").send(client)
    order.refresh_from_db()
    assert (answer.status_code, order.status) == (409, OrderStatus.WAITING_FOR_PAYMENT)
    assert funds_of(acme).blocked == 0
    assert form_of(answer, holding="confirmed").send(client).status_code == 302


def test_payment_after_the_balance_shrank_is_shown_first(
    client: Client, acme: Account, order: Order, plan: Plan, today: date
) -> None:
    money.top_up(account=acme, amount="500.00", today=today)
    asked = client.get(page_of(order))
    other = make.order(account=acme, plan=plan, today=today)
    pay_order_from_balance(actor=SYSTEM, order=other, today=today)
    answer = form_of(asked, holding="shown").send(client)
    order.refresh_from_db()
    assert (answer.status_code, order.status) == (409, OrderStatus.WAITING_FOR_PAYMENT)
    assert answer.context["balance_after"] == 500 - other.total - order.total
    assert form_of(answer, holding="confirmed").send(client).status_code == 302


def test_empty_balance_is_refused_and_the_order_goes_on_waiting(client: Client, order: Order) -> None:
    answer = client.post(reverse("customer:order_pay_from_balance", args=[order.pk]), {"confirmed": "yes"})
    assert answer.context["form"].non_field_errors() == [
        f"${order.total:.2f} more are needed. Top up the balance first."
    ]
    order.refresh_from_db()
    assert order.status == OrderStatus.WAITING_FOR_PAYMENT


def test_demo_bank_pays_through_the_real_payment(client: Client, order: Order, settings: object) -> None:
    settings.DEMO = True
    payment = Payment.objects.get()
    assert reverse("customer:payment_demo_bank", args=[payment.pk]) in client.get(page_of(order)).content.decode()
    answer = client.post(reverse("customer:payment_demo_bank", args=[payment.pk]))
    order.refresh_from_db()
    payment.refresh_from_db()
    assert answer.url == page_of(order)
    assert (payment.status, payment.method, order.status) == ("completed", "card", OrderStatus.COMPLETED)


def test_without_the_demo_there_is_no_demo_bank(client: Client, order: Order, settings: object) -> None:
    settings.DEMO = False
    payment = Payment.objects.get()
    assert "demo-bank" not in client.get(page_of(order)).content.decode()
    assert client.post(reverse("customer:payment_demo_bank", args=[payment.pk])).status_code == 404
    payment.refresh_from_db()
    assert payment.status == "waiting_for_payment"


def test_unpaid_order_is_cancelled_with_its_payment(client: Client, order: Order) -> None:
    client.post(reverse("customer:order_cancel", args=[order.pk]))
    order.refresh_from_db()
    assert (order.status, Payment.objects.get().status) == (OrderStatus.CANCELLED, "cancelled")
    assert Subscription.objects.get().status == "deleted"


def test_paid_order_is_not_cancelled_any_more(client: Client, order: Order, today: date) -> None:
    money.pay(order=order, today=today)
    answer = client.post(reverse("customer:order_cancel", args=[order.pk]))
    assert said(answer) == [f"Order {order} is not waiting for its payment any more."]


def test_get_moves_no_money(client: Client, order: Order) -> None:
    answer = client.get(reverse("customer:order_cancel", args=[order.pk]))
    assert (answer.status_code, answer.url) == (302, reverse("customer:subscription_order", args=[order.pk]))
    client.get(reverse("customer:order_pay_from_balance", args=[order.pk]))
    order.refresh_from_db()
    assert order.status == OrderStatus.WAITING_FOR_PAYMENT
