"""Who pays the added tax of a prepaid invoice: payments for orders, else the balance (decision 66)."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actors import SYSTEM
from accounts.models import Account
from accounts.registration import delete_account
from billing.audit import audit
from billing.funds import funds_of
from billing.invoicing import make_invoices
from billing.models import Book, Invoice, LedgerEntry, PrepaidTax
from subscriptions.models import Subscription
from subscriptions.night.renewals import run_billing_day
from subscriptions.people import changes, stopping
from subscriptions.receivers import AccountHasMoney
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.factories.billing import pay, top_up
from tests.factories.taxes import tax

pytestmark = pytest.mark.django_db
D = Decimal
AUG20, AUG25, AUG28 = (date(2018, 8, day) for day in (20, 25, 28))
SEP1, SEP2, OCT2 = date(2018, 9, 1), date(2018, 9, 2), date(2018, 10, 2)


@pytest.fixture
def account() -> Account:
    """A customer who pays in advance; 20 % are added to all prices."""
    tax()
    return cast.account()


@pytest.fixture
def seats(account: Account) -> Subscription:
    """Five seats at 10.00 a month, paid on 20 August: 19.35, and 3.87 of tax."""
    order = make.order(account=account, plan=make.plan(), today=AUG20)
    pay(order=order, today=AUG20)
    order.subscription.refresh_from_db()
    return order.subscription


def books(account: Account) -> tuple[Decimal, Decimal]:
    """Return the balance, and what the book of taxes has."""
    entries = LedgerEntry.objects.filter(book=Book.TAX).values_list("amount", flat=True)
    found = Account.objects.select_related("account_class").get(pk=account.pk)
    return funds_of(found).balance, sum(entries, D(0))


def test_what_an_order_has_brought_pays_its_invoice_and_a_billing_day_pays_from_the_balance(
    account: Account, seats: Subscription
) -> None:
    top_up(account=account, amount="100.00", today=AUG20)
    run_billing_day(today=SEP2)
    august = Invoice.objects.get()
    assert (august.total, august.added_tax, august.tax_from_balance) == (D("23.22"), D("3.87"), 0)
    (used,) = PrepaidTax.objects.all()
    assert (used.line, used.payment.order, used.amount) == (august.lines.get(), seats.orders.get(), D("3.87"))
    assert books(account) == (D("100.00"), D("3.87"))
    run_billing_day(today=OCT2)
    september = Invoice.objects.latest("pk")
    assert (september.total, september.added_tax, september.tax_from_balance) == (D(60), D(10), D(10))
    taken = LedgerEntry.objects.get(key=f"invoice:{september.pk}:tax", book=Book.ACCOUNT)
    assert (taken.amount, taken.day) == (D(-10), OCT2)
    assert taken.description == "Tax on the invoice of the billing day 01 Oct 2018"
    assert books(account) == (D("40.00"), D("13.87"))
    assert audit(today=OCT2) == []


def _stopped(seats: Subscription) -> None:
    stopping.stop(actor=SYSTEM, subscription=seats, today=AUG25)


def _stopped_and_activated(seats: Subscription) -> None:
    _stopped(seats)
    seats.refresh_from_db()
    stopping.activate(actor=SYSTEM, subscription=seats, today=AUG28)


def _deleted_at_once(seats: Subscription) -> None:
    stopping.delete(actor=SYSTEM, subscription=seats, today=AUG20)


@pytest.mark.parametrize(
    ("deed", "balance", "taxes"),
    [
        (_stopped, "13.55", "1.61"),  # 8.06 used; 11.29 and 2.26 are there again
        (_stopped_and_activated, "5.81", "2.90"),  # 8.06 + 6.45 used, 2.90 of tax: what is activated asks for none anew
        (_deleted_at_once, "23.22", "0"),
    ],
)
def test_what_is_left_of_taxes_paid_ahead_goes_back(
    account: Account, seats: Subscription, deed: Callable[[Subscription], None], balance: str, taxes: str
) -> None:
    deed(seats)
    run_billing_day(today=SEP2)
    assert books(account) == (D(balance), D(taxes))
    assert all(invoice.tax_from_balance == 0 for invoice in Invoice.objects.all())
    run_billing_day(today=OCT2)
    assert books(account) == (D(balance), D(taxes))
    assert audit(today=OCT2) == []


def test_what_a_lowering_leaves_pays_the_next_invoice(account: Account, seats: Subscription) -> None:
    top_up(account=account, amount="100.00", today=AUG20)
    fewer = {"actor": SYSTEM, "subscription": seats, "quantities": {"seats": 2}}
    changes.change_quantities(**fewer, today=AUG25, now=make.noon(AUG25))
    run_billing_day(today=SEP2)
    august = Invoice.objects.get()
    assert (august.added_tax, august.tax_from_balance) == (D("2.52"), 0)  # of 8.06 + 4.52
    run_billing_day(today=OCT2)
    assert Invoice.objects.latest("pk").tax_from_balance == D("2.65"), "4.00 less the 1.35 that were left"
    assert audit(today=OCT2) == []


def test_an_account_goes_after_the_night_that_moves_its_taxes(account: Account, seats: Subscription) -> None:
    stopping.delete(actor=SYSTEM, subscription=seats, today=AUG25)
    with pytest.raises(AccountHasMoney, match="02 Sep 2018"):
        delete_account(actor=SYSTEM, account=account, today=AUG25)
    run_billing_day(today=SEP2)
    with pytest.raises(AccountHasMoney, match=r"13\.55"):
        delete_account(actor=SYSTEM, account=account, today=SEP2)


def test_many_invoices_are_settled_in_as_many_statements_as_one(account: Account) -> None:
    plan = make.plan()
    accounts = [account, cast.account(), cast.account()]
    for one in accounts:
        pay(order=make.order(account=one, plan=plan, today=AUG20), today=AUG20)
        top_up(account=one, amount="100.00", today=AUG20)
    run_billing_day(today=SEP1)
    counts = []
    for some in (accounts[:1], accounts[1:]):
        rows = Account.objects.select_related("account_class").in_bulk([one.pk for one in some])
        with CaptureQueriesContext(connection) as asked:
            make_invoices(rows, SEP2)
        counts.append(len(asked))
    assert counts[0] == counts[1]
