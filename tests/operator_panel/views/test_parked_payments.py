"""What a manager does with money that nobody waits for."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from accounts.actors import SYSTEM
from accounts.models import Account
from billing.funds import funds_of
from billing.models import Payment
from billing.payments import complete_payment
from subscriptions.models import Plan
from subscriptions.people.ordering import cancel_order
from subscriptions.people.paying import pay_order_from_balance
from tests.browsing import form_of
from tests.factories import billing as money
from tests.factories import subscriptions as make
from tests.operator_panel.conftest import errors_of
from tests.remembering import remembered

pytestmark = pytest.mark.django_db


def page(name: str, *args: object) -> str:
    return reverse(f"operator:{name}", args=args)


@pytest.fixture
@remembered
def late(acme: Account, plan: Plan, today: date) -> Payment:
    """The payment of an order that was cancelled before the money came."""
    order = make.order(account=acme, plan=plan, today=today)
    cancel_order(actor=SYSTEM, order=order, today=today)
    return order.payments.get()


def test_late_money_is_taken_on_the_page_of_its_payment(client: Client, late: Payment) -> None:
    assert "The money came after all" in client.get(page("payment", late.pk)).content.decode()
    answer = client.post(page("payment_approve", late.pk), {"method": "card"})
    assert "Nobody waits for it any more" in answer.content.decode()
    answer = client.post(page("payment_approve", late.pk), {"method": "card", "confirmed": "yes"}, follow=True)
    late.refresh_from_db()
    assert late.status == "parked"
    assert "is set aside" in answer.content.decode()
    assert "Put on a balance" in answer.content.decode()
    assert late.number in client.get(page("payments") + "?quick=parked").content.decode()


def test_it_is_put_on_a_balance_as_it_was_shown(client: Client, late: Payment, acme: Account, today: date) -> None:
    complete_payment(actor=SYSTEM, payment=late, today=today)
    asked = client.post(page("payment_reassign", late.pk), {"account": acme.pk})
    assert asked.context["balance_after"] == late.amount
    answer = form_of(asked, holding="confirmed").send(client)
    made = Payment.objects.get(came_from=late)
    assert answer.url == page("payment", made.pk)
    assert funds_of(acme).balance == late.amount
    assert late.number in client.get(answer.url).content.decode()
    again = client.post(page("payment_reassign", late.pk), {"account": acme.pk, "confirmed": "yes"})
    assert list(errors_of(again)) == ["__all__"]


def test_it_is_put_on_a_balance_once(client: Client, late: Payment, acme: Account, today: date) -> None:
    complete_payment(actor=SYSTEM, payment=late, today=today)
    asked = form_of(client.post(page("payment_reassign", late.pk), {"account": acme.pk}), holding="confirmed")
    first, second = (asked.send(client) for _click in range(2))
    made = Payment.objects.get(came_from=late)
    assert (first.url, second.url) == (page("payment", made.pk), page("payment", made.pk))
    assert funds_of(acme).balance == late.amount


def test_it_is_shown_again_where_the_balance_has_shrunk_since(
    client: Client, late: Payment, acme: Account, plan: Plan, today: date
) -> None:
    complete_payment(actor=SYSTEM, payment=late, today=today)
    money.top_up(account=acme, amount="500.00", today=today)
    other = make.order(account=acme, plan=plan, today=today)
    asked = form_of(client.post(page("payment_reassign", late.pk), {"account": acme.pk}), holding="confirmed")
    pay_order_from_balance(actor=SYSTEM, order=other, today=today)
    answer = asked.send(client)
    assert answer.status_code == 409
    assert not Payment.objects.filter(came_from=late).exists()
    assert form_of(answer, holding="confirmed").send(client).status_code == 302


def test_it_is_noted_as_paid_back_once(client: Client, late: Payment, today: date) -> None:
    complete_payment(actor=SYSTEM, payment=late, today=today)
    asked = form_of(client.get(page("payment_return", late.pk)), holding="confirmed")
    first, second = (asked.send(client) for _click in range(2))
    assert (first.url, second.url) == (page("payment", late.pk), page("payment", late.pk))
    assert funds_of(late.account).balance == 0


def test_it_is_noted_as_paid_back(client: Client, late: Payment, today: date) -> None:
    complete_payment(actor=SYSTEM, payment=late, today=today)
    assert client.get(page("payment_return", late.pk)).status_code == 200
    assert client.post(page("payment_return", late.pk), {"confirmed": "yes"}).url == page("payment", late.pk)
    late.refresh_from_db()
    assert late.status == "returned"


def test_a_payment_that_is_not_set_aside_has_no_such_pages(client: Client, late: Payment) -> None:
    for name in ("payment_return", "payment_reassign"):
        assert client.get(page(name, late.pk)).status_code == 404
