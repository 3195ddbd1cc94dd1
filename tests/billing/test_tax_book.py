"""Exclusive taxes are asked for by payments and kept in a book of their own: the balance is net (clarification 12)."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.actors import SYSTEM
from accounts.models import Account
from billing.audit import audit
from billing.funds import funds_of
from billing.models import Book, DocumentTax, Invoice, LedgerEntry, Payment, PaymentStatus
from billing.payments import complete_payment
from billing.tax_book import given_back
from subscriptions.models import OrderStatus
from subscriptions.night.renewals import run_billing_day
from subscriptions.people.paying import FundsShort, pay_order_from_balance
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.factories.billing import pay, top_up
from tests.factories.taxes import tax

pytestmark = pytest.mark.django_db
AUG20, SEP1, SEP2, SEP11, SEP12 = (date(2018, 8, 20), *(date(2018, 9, day) for day in (1, 2, 11, 12)))


@pytest.fixture
def postpay() -> Account:
    terms = cast.account_class(payment_model="postpay", payment_expiration_days=10)
    return cast.account(account_class=terms)


def book() -> Decimal:
    return sum(LedgerEntry.objects.filter(book=Book.TAX).values_list("amount", flat=True), Decimal(0))


def balance(account: Account) -> Decimal:
    return funds_of(Account.objects.select_related("account_class").get(pk=account.pk)).balance


def test_a_prepaid_order_asks_for_its_tax_and_the_balance_gets_the_rest() -> None:
    tax("20")
    tax("10", inclusive=True, name="Duty")
    account = cast.account()
    order = make.order(account=account, plan=make.plan(), today=AUG20)
    payment = Payment.objects.get(order=order)
    # 10 / 110 of 19.35 are contained in it, 1.76; 20 % of the 17.59 that are left are added.
    assert (order.total, payment.amount, payment.tax) == (Decimal("19.35"), Decimal("22.87"), Decimal("3.52"))
    explained = DocumentTax.objects.filter(payment=payment).order_by("pk")
    assert {(row.name, row.percent, row.base, row.amount) for row in explained} == {
        ("VAT", Decimal(20), Decimal("17.59"), Decimal("3.52")),
        ("Duty", Decimal(10), Decimal("17.59"), Decimal("1.76")),
    }
    pay(order=order, today=AUG20)
    assert (balance(account), book()) == (Decimal("19.35"), Decimal("3.52"))
    order.refresh_from_db()
    assert order.status == OrderStatus.COMPLETED
    assert audit(today=AUG20) == []


def test_what_is_paid_from_the_balance_takes_its_tax_from_there() -> None:
    tax()
    account = cast.account()
    order = make.order(account=account, plan=make.plan(), today=AUG20)
    top_up(account=account, amount="23.21", today=AUG20)
    with pytest.raises(FundsShort) as refusal:
        pay_order_from_balance(actor=SYSTEM, order=order, today=AUG20)
    assert refusal.value.missing == Decimal("0.01")
    top_up(account=account, amount="0.01", today=AUG20)
    pay_order_from_balance(actor=SYSTEM, order=order, today=AUG20)
    assert (balance(account), book()) == (Decimal("19.35"), Decimal("3.87"))
    assert audit(today=AUG20) == []


def test_an_order_that_came_to_nothing_gives_its_tax_back() -> None:
    tax()
    account = cast.account()
    order = make.order(account=account, plan=make.plan(), today=AUG20)
    pay(order=order, today=AUG20)
    given_back(order.pk, AUG20)
    given_back(order.pk, AUG20)
    assert (balance(account), book()) == (Decimal("23.22"), 0)
    assert audit(today=AUG20) == []


def test_the_payment_for_rendered_services_asks_for_the_invoice_with_its_tax(postpay: Account) -> None:
    tax()
    make.order(account=postpay, plan=make.plan(), today=AUG20)
    run_billing_day(today=SEP2)
    invoice = Invoice.objects.get(account=postpay)
    payment = invoice.payment
    assert (invoice.total, invoice.added_tax) == (Decimal("23.22"), Decimal("3.87"))
    assert (payment.amount, payment.tax) == (Decimal("23.22"), Decimal("3.87"))
    top_up(account=postpay, amount="23.21", today=SEP2)
    run_billing_day(today=SEP11)
    payment.refresh_from_db()
    assert payment.status == PaymentStatus.WAITING_FOR_PAYMENT, "a cent is missing of the tax"
    assert audit(today=SEP11) == []


@pytest.mark.parametrize("by_night", [True, False])
def test_its_tax_comes_into_the_book_from_outside_or_from_the_balance(postpay: Account, by_night: bool) -> None:
    tax()
    make.order(account=postpay, plan=make.plan(), today=AUG20)
    run_billing_day(today=SEP2)
    if by_night:
        top_up(account=postpay, amount="23.22", today=SEP2)
        run_billing_day(today=SEP11)
    else:
        complete_payment(actor=SYSTEM, payment=Payment.objects.get(account=postpay), today=SEP2)
    payment = Payment.objects.get(account=postpay, kind="rendered_services")
    assert (payment.status, payment.from_balance) == (PaymentStatus.COMPLETED, by_night)
    assert (balance(postpay), book()) == (0, Decimal("3.87"))
    assert audit(today=SEP11) == []
