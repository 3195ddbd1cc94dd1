"""What charges, payments and transactions are filtered by."""

from datetime import date

import pytest
from django.http import QueryDict

from accounts.actors import SYSTEM
from accounts.models import Account
from billing.filters import ChargeFilter, PaymentFilter, TransactionFilter
from billing.models import Charge, LedgerEntry, Payment
from subscriptions.models import Subscription
from subscriptions.people.stopping import stop
from tests.factories.billing import top_up
from tests.remembering import remembered

pytestmark = pytest.mark.django_db


@pytest.fixture
@remembered
def stopped(seats: Subscription) -> Subscription:
    """Three charges: 19.35 deleted, 8.06 closed on 25 August, 11.29 opened."""
    stop(actor=SYSTEM, subscription=seats, today=date(2018, 8, 25))
    return seats


@pytest.mark.parametrize(
    ("query", "amounts"),
    [
        ("", ["19.350", "8.060", "11.290"]),
        ("status=closed", ["8.060"]),
        ("status=closed,opened", ["8.060", "11.290"]),
        ("close_date=2018-08-25", ["8.060"]),
        ("close_date__gt=2018-08-24", ["8.060"]),
        ("close_date__gt=2018-08-25", []),
        ("close_date__lt=2018-08-26", ["8.060"]),
        ("operate_from__gt=2018-08-20", ["11.290"]),
        ("source=remainder", ["11.290"]),
        ("type=recurring_fee", ["19.350", "8.060", "11.290"]),
        ("amount__gt=10&amount__lt=12", ["11.290"]),
        ("created_at__gt=2018-01-01T00:00:00Z&created_at__lt=2018-12-31T00:00:00Z", []),
    ],
)
def test_charges(stopped: Subscription, query: str, amounts: list[str]) -> None:
    found = ChargeFilter(QueryDict(query), queryset=Charge.objects.order_by("pk"))
    assert found.is_valid(), found.errors
    assert [str(charge.amount) for charge in found.qs] == amounts


def test_charges_of_a_subscription(stopped: Subscription) -> None:
    for wanted, count in ((stopped.pk, 3), (stopped.pk + 1, 0)):
        assert ChargeFilter(QueryDict(f"subscription_id={wanted}"), queryset=Charge.objects.all()).qs.count() == count


@pytest.mark.parametrize("query", ["status=sleeping", "close_date=yesterday", "subscription_id=x"])
def test_what_is_no_filter_is_refused(db: None, query: str) -> None:
    assert not ChargeFilter(QueryDict(query), queryset=Charge.objects.all()).is_valid()


def test_payments_and_transactions(stopped: Subscription, acme: Account) -> None:
    top_up(account=acme, amount="5", today=date(2018, 8, 26))
    kinds = PaymentFilter(QueryDict("kind=top_up&status=completed"), queryset=Payment.objects.all()).qs
    assert [payment.amount for payment in kinds] == [5]
    own = LedgerEntry.objects.filter(book="account")
    assert TransactionFilter(QueryDict("day__gt=2018-08-25"), queryset=own).qs.count() == 1
    assert TransactionFilter(QueryDict(f"subscription_id={stopped.pk}"), queryset=own).qs.count() == 1
