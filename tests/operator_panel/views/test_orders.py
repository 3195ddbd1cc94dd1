"""An order is cancelled, paid from the balance, given up."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Account
from subscriptions.models import Plan, Subscription
from tests.factories import subscriptions as make
from tests.operator_panel.conftest import errors_of
from tests.operator_panel.previews import confirm

pytestmark = pytest.mark.django_db


def page(name: str, *args: object) -> str:
    return reverse(f"operator:{name}", args=args)


def test_waiting_order_is_cancelled(client: Client, rich: Account, plan: Plan, today: date) -> None:
    order = make.order(account=rich, plan=plan, today=today)
    seen, charged, _answer = confirm(client, page("order_cancel", order.pk))
    assert seen == charged
    order.refresh_from_db()
    assert order.status == "cancelled"


def test_waiting_order_is_paid_from_the_balance(client: Client, rich: Account, plan: Plan, today: date) -> None:
    order = make.order(account=rich, plan=plan, today=today)
    seen, charged, _answer = confirm(client, page("order_pay", order.pk))
    assert seen == charged
    order.refresh_from_db()
    assert order.status == "completed"


def test_order_is_not_paid_from_an_empty_balance(client: Client, acme: Account, plan: Plan, today: date) -> None:
    order = make.order(account=acme, plan=plan, today=today)
    answer = client.get(page("order_pay", order.pk))
    assert "more are needed. Top up the balance first." in errors_of(answer)["__all__"][0]


def test_order_that_has_not_failed_is_not_given_up(client: Client, subscription: Subscription) -> None:
    answer = client.get(page("order_give_up", subscription.orders.get().pk))
    assert "has not failed: it cannot be given up." in errors_of(answer)["__all__"][0]
