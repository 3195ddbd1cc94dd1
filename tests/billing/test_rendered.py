"""Payments for rendered services are taken from what no charge has taken yet, the oldest first."""

from datetime import date
from decimal import Decimal

import pytest

from billing.models import LedgerEntry, Payment, PaymentKind, PaymentStatus
from billing.payments import PaymentBelongsToInvoice, may_cancel
from billing.rendered import look_at_payments, not_allotted
from tests.factories import accounts as cast
from tests.factories.billing import top_up
from tests.remembering import remembered

pytestmark = pytest.mark.django_db

DUE, EXPIRES = date(2018, 9, 11), date(2018, 9, 12)


@pytest.fixture
@remembered
def account():
    found = cast.account()
    found.account_class.payment_model = "postpay"
    found.account_class.save()
    return found


def payment(account, amount: str, due: date = DUE, expires: date = EXPIRES) -> Payment:
    return Payment.opened(
        PaymentKind.RENDERED_SERVICES, account, Decimal(amount), date(2018, 9, 2), due_on=due, expires_on=expires,
        look_on=due,
    )  # fmt: skip


def test_the_oldest_is_paid_first_and_nothing_is_posted(account):
    # Nothing has closed here, so that all that is on the balance is left over, and what is unpaid besides.
    first, second = payment(account, "30.00"), payment(account, "50.00")
    top_up(account=account, amount="1.00", today=date(2018, 9, 1))
    assert not_allotted([account.pk]) == {account.pk: Decimal("81.00")}
    looked = look_at_payments([account.pk], DUE)
    assert (looked.completed, looked.expired) == ([first.pk, second.pk], [])
    assert LedgerEntry.objects.filter(payment__kind=PaymentKind.RENDERED_SERVICES).count() == 0
    assert look_at_payments([account.pk], DUE).completed == []


def test_what_is_not_covered_expires_on_its_day(account):
    one = payment(account, "30.00")
    Payment.objects.filter(pk=one.pk).update(look_on=EXPIRES)  # as its due date has left it
    assert look_at_payments([account.pk], EXPIRES).expired == [one.pk]
    one.refresh_from_db()
    assert (one.status, one.look_on) == (PaymentStatus.EXPIRED, None)
    with pytest.raises(PaymentBelongsToInvoice):
        may_cancel(one)
