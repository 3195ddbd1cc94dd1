"""What the database itself refuses: changing the ledger, unbalanced postings, charging a block twice for a day."""

from datetime import date
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts.models import Account
from billing.models import Charge, LedgerEntry, Payment
from subscriptions.models import ResourcePrice, Subscription
from tests.billing.conftest import ORDERED_ON
from tests.factories.billing import top_up

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry(acme: Account) -> LedgerEntry:
    """An entry of 100 on Acme's balance."""
    top_up(account=acme, amount="100", today=ORDERED_ON)
    return LedgerEntry.objects.get(book="account")


def test_an_entry_is_never_changed_or_deleted(entry: LedgerEntry) -> None:
    for deed in (lambda: LedgerEntry.objects.update(amount=1), lambda: LedgerEntry.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            deed()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE billing_ledgerentry SET amount = 1")
    entry.refresh_from_db()
    assert entry.amount == 100


def test_an_unbalanced_posting_is_refused_at_the_end_of_the_transaction(acme: Account) -> None:
    _entry(acme, amount=5)
    with (
        pytest.raises(IntegrityError, match="is not balanced"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    transaction.set_rollback(True)  # the entry stays unbalanced: let the test's end not look at it again


@pytest.mark.parametrize("fault", [{"key": "payment:{pk}", "number": 2}, {"key": "other", "number": 1}])
def test_nothing_is_posted_twice_and_numbers_follow(entry: LedgerEntry, acme: Account, fault: dict) -> None:
    pk = Payment.objects.get().pk
    with pytest.raises(IntegrityError), transaction.atomic():
        _entry(acme, amount=5, **{**fault, "key": fault["key"].format(pk=pk)})


def test_a_block_is_charged_once_a_day(seats: Subscription) -> None:
    charge = Charge.objects.get()
    for start, end in ((charge.operate_from, charge.operate_to), (date(2018, 8, 31), date(2018, 9, 30))):
        with pytest.raises(IntegrityError, match="charge_block_once_a_day"), transaction.atomic():
            Charge.objects.create(**_copied(charge, operate_from=start, operate_to=end))
    Charge.objects.create(**_copied(charge, operate_from=date(2018, 9, 1), operate_to=date(2018, 9, 30)))
    Charge.objects.create(**_copied(charge, block=2))


def test_a_charge_moves_forward_only_and_keeps_its_amount(seats: Subscription) -> None:
    charge = Charge.objects.get()
    for change in ({"amount": 1}, {"status": "new"}, {"status": "opened"}, {"quantity": 9}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Charge.objects.filter(pk=charge.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        Charge.objects.filter(pk=charge.pk).delete()
    with pytest.raises(IntegrityError, match="charge_closed_has_its_day"), transaction.atomic():
        Charge.objects.filter(pk=charge.pk).update(status="closed")


def test_a_price_is_never_changed(seats: Subscription) -> None:
    for deed in (lambda: ResourcePrice.objects.update(recurring_fee=1), lambda: ResourcePrice.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            deed()


def _entry(account: Account, **fields: object) -> LedgerEntry:
    values = {
        "posting": uuid4(),
        "key": "test",
        "kind": "payment",
        "book": "account",
        "account": account,
        "number": 7,
        "balance": 0,
        "currency": "USD",
        "day": ORDERED_ON,
        "description": "test",
        **fields,
    }
    return LedgerEntry.objects.create(**values)


def _copied(charge: Charge, **changes: object) -> dict[str, object]:
    names = (field.attname for field in Charge._meta.concrete_fields)
    left_out = ("id", "created_at", "updated_at")
    return {**{name: getattr(charge, name) for name in names if name not in left_out}, **changes}
