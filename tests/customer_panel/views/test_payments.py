"""Payments: awaited ones above the list, topping up, cancelling."""

from datetime import date
from decimal import Decimal

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse

from accounts.actors import SYSTEM
from accounts.models import Account, Reseller
from billing.funds import funds_of
from billing.models import Payment, PaymentGateway
from billing.payments import cancel_payment, open_top_up
from core.secrets import encrypt
from subscriptions.models import Plan
from tests.factories import billing as money
from tests.factories import subscriptions as make

pytestmark = pytest.mark.django_db
PAYMENTS = "/payments/"
TOP_UP = "/payments/top-up/"


def said(answer: object) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


def test_awaited_payments_stand_above_those_that_are_done_with(
    client: Client, acme: Account, plan: Plan, today: date
) -> None:
    done = money.top_up(account=acme, amount="100.00", today=today)
    order = make.order(account=acme, plan=plan, today=today)
    awaited = open_top_up(actor=SYSTEM, account=acme, amount=Decimal(10), today=today)
    page = client.get(PAYMENTS)
    assert list(page.context["waiting"]) == [awaited, order.payments.get()]
    assert [row.url for row in page.context["list"].rows] != []
    assert f"<td>{done.number}</td>" in page.content.decode()


def test_payment_covered_by_the_balance_is_not_listed(client: Client, acme: Account, plan: Plan, today: date) -> None:
    money.top_up(account=acme, amount="100.00", today=today)
    order = make.order(account=acme, plan=plan, today=today)
    client.post(reverse("customer:order_pay_from_balance", args=[order.pk]))
    assert client.get(PAYMENTS).context["list"].total == "1"


def test_top_up_opens_a_payment_and_tells_its_number(client: Client, acme: Account) -> None:
    answer = client.post(TOP_UP, {"amount": "25.50", "comment": "June"})
    payment = Payment.objects.get()
    assert (payment.account, payment.amount, payment.comment, payment.status) == (
        acme,
        Decimal("25.50"),
        "June",
        "waiting_for_payment",
    )
    assert (answer.url, payment.number in said(answer)[0]) == (PAYMENTS, True)


@pytest.mark.parametrize(
    ("amount", "sentence"),
    [
        ("0", "The amount must be more than zero."),
        ("-5", "The amount must be more than zero."),
        ("1.005", "The amount may have at most 2 decimals in USD."),
        ("", "This field is required."),
        ("much", "Enter a number."),
        ("NaN", "Enter a number."),
    ],
)
def test_amount_that_is_none_comes_back_at_its_field(client: Client, amount: str, sentence: str) -> None:
    answer = client.post(TOP_UP, {"amount": amount, "comment": "June"})
    form = answer.context["form"]
    assert (answer.status_code, form.errors, form["comment"].value()) == (422, {"amount": [sentence]}, "June")
    assert not Payment.objects.exists()


@pytest.mark.parametrize("amount", ["", "much", "NaN", "-1", "1e99", "Infinity"])
def test_suggested_amount_that_is_none_is_left_out(client: Client, amount: str) -> None:
    assert client.get(TOP_UP, {"amount": amount}).context["form"]["amount"].value() is None


def test_top_up_is_cancelled_once(client: Client, acme: Account, today: date) -> None:
    payment = open_top_up(actor=SYSTEM, account=acme, amount=Decimal(10), today=today)
    address = reverse("customer:payment_cancel", args=[payment.pk])
    assert said(client.post(address)) == [f"The payment {payment.number} is cancelled."]
    assert said(client.post(address))[-1] == f"Payment {payment.number} is not waiting any more: it is “Cancelled”."


def test_payment_of_an_order_goes_with_its_order(client: Client, acme: Account, plan: Plan, today: date) -> None:
    order = make.order(account=acme, plan=plan, today=today)
    payment = order.payments.get()
    answer = client.post(reverse("customer:payment_cancel", args=[payment.pk]))
    assert said(answer) == [
        f"This payment is for the order {order}. Cancel the order, and the payment is cancelled with it."
        f' <a href="{reverse("customer:subscription_order", args=[order.pk])}">To the order</a>'
    ]


def test_demo_bank_tops_the_balance_up(client: Client, acme: Account, today: date, settings: object) -> None:
    settings.DEMO = True
    payment = open_top_up(actor=SYSTEM, account=acme, amount=Decimal(10), today=today)
    answer = client.post(reverse("customer:payment_demo_bank", args=[payment.pk]))
    payment.refresh_from_db()
    assert (answer.url, payment.status) == (PAYMENTS, "completed")


def test_what_the_demo_bank_pays_for_a_cancelled_payment_is_set_aside(
    client: Client, acme: Account, today: date, settings: object
) -> None:
    settings.DEMO = True
    payment = open_top_up(actor=SYSTEM, account=acme, amount=Decimal(10), today=today)
    cancel_payment(actor=SYSTEM, payment=payment, today=today)
    answer = client.post(reverse("customer:payment_demo_bank", args=[payment.pk]))
    payment.refresh_from_db()
    assert (answer.status_code, payment.status, funds_of(acme).balance) == (302, "parked", 0)


def test_every_page_to_pay_on_says_how(client: Client, acme: Account, plan: Plan, today: date) -> None:
    order = make.order(account=acme, plan=plan, today=today)
    payment = order.payments.get()
    pages = [reverse("customer:subscription_order", args=[order.pk]), PAYMENTS, reverse("customer:payment_top_up")]
    for address in pages:
        page = client.get(address).content.decode()
        assert acme.reseller.email in page, "who has given no bank details is asked for them"
        assert "Pay by card" not in page
    details = {"bank_details": "First Bank\nAccount 12 34", "card_page": "https://pay.example/"}
    Reseller.objects.filter(pk=acme.reseller_id).update(**details)
    for address in pages:
        page = client.get(address).content.decode()
        assert "First Bank<br>Account 12 34" in page
        assert 'href="https://pay.example/"' in page
        assert (payment.number in page) is ("top-up" not in address)


def test_a_payment_is_made_by_card_where_its_seller_takes_them(client: Client, acme: Account, today: date) -> None:
    payment = open_top_up(actor=SYSTEM, account=acme, amount=Decimal(10), today=today)
    card, leave = (reverse(f"customer:payment_{page}", args=[payment.pk]) for page in ("card", "card_leave"))
    assert card not in client.get(PAYMENTS).content.decode()
    assert client.get(leave).url == PAYMENTS  # nothing was begun
    assert said(client.post(card)) == ["The seller takes no cards for this payment. Pay by bank transfer."]
    PaymentGateway.objects.create(
        reseller=acme.reseller, plugin="robokassa", name="Cards", currency=acme.currency,
        settings={"merchant_login": "shop", "algorithm": "md5", "address": "https://cards.test/pay"},
        secrets=encrypt({"password_1": "a", "password_2": "b"}),
    )  # fmt: skip
    assert card in client.get(PAYMENTS).content.decode()
    assert client.post(card).url == leave
    answer = client.get(leave)
    begun = payment.gateway_payments.get()
    assert (
        f"https://cards.test/pay?MerchantLogin=shop&amp;OutSum=10.00&amp;InvId={begun.pk}&amp;"
        in answer.content.decode()
    )
    assert answer.headers["Refresh"].startswith("0; url=https://cards.test/pay?")
