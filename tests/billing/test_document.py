"""Numbers of documents: given at the commit, without gaps, whoever tries out, gives up or comes at the same time."""

from decimal import Decimal
from functools import partial
from importlib import import_module

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.actors import SYSTEM
from billing.models import DocumentCounter, Payment, unnumbered
from billing.payments import open_top_up
from subscriptions.models import Order
from subscriptions.told.preview import preview
from tests.billing.conftest import ORDERED_ON
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.factories.billing import invoice
from tests.subscriptions.test_races import at_once, while_it_waits


def _serials(model: type) -> list[int]:
    return list(model.objects.order_by("serial").values_list("serial", flat=True))


def _opened(account) -> Payment:
    return open_top_up(actor=SYSTEM, account=account, amount=Decimal(5), today=ORDERED_ON)


@pytest.mark.django_db(transaction=True)
def test_previews_refusals_and_those_who_come_at_once_leave_no_gap() -> None:
    account, plan = cast.account(), make.plan()
    others = [cast.account() for _ in range(4)]
    order = partial(make.order, account=account, plan=plan, today=ORDERED_ON)
    first = order()
    for _ in range(3):
        preview(order, account=account, today=ORDERED_ON)
    with transaction.atomic():
        assert _opened(account).number  # asked for, and given back
        transaction.set_rollback(True)
    at_once(*(partial(make.order, account=one, plan=plan, today=ORDERED_ON) for one in others))
    start = first.serial or Order.objects.order_by("pk").values_list("serial", flat=True)[0]
    assert _serials(Order) == list(range(start, start + 5))
    payments = _serials(Payment)
    assert payments == list(range(payments[0], payments[0] + 5))
    assert Payment.objects.order_by("-pk")[0].pk - Payment.objects.order_by("pk")[0].pk > 4, "ids do have gaps"


@pytest.mark.django_db(transaction=True)
def test_the_counter_is_not_locked_before_the_commit() -> None:
    """Two transactions that each hold a new document do not wait for each other: only their commits do."""
    accounts = [cast.account(), cast.account()]

    def slow_order() -> object:
        with transaction.atomic():
            _opened(accounts[0])
            given = at_once(partial(_opened, accounts[1]))  # another connection commits in between
            assert given[0].number
        return None

    slow_order()
    assert list(Payment.objects.order_by("serial").values_list("account", flat=True)) == [
        accounts[1].pk, accounts[0].pk,
    ]  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_those_who_number_kinds_in_another_order_come_one_after_the_other() -> None:
    """A night that has told of an invoice opens a payment, while an order's payment has its number: as above them."""
    accounts = [cast.account(), cast.account()]

    def others() -> None:
        with transaction.atomic():
            assert invoice(accounts[1]).number
            assert _opened(accounts[1]).number

    with transaction.atomic():
        assert _opened(accounts[0]).number
        other = while_it_waits(others)
        assert invoice(accounts[0]).number
    other.result()
    assert list(Payment.objects.order_by("serial").values_list("account", flat=True)) == [one.pk for one in accounts]


@pytest.mark.django_db
def test_many_rows_of_one_transaction_are_numbered_in_the_order_of_their_ids() -> None:
    account = cast.account()
    made = [_opened(account) for _ in range(5)]
    numbers = [payment.number for payment in made]  # asked for within the transaction: given now
    last = DocumentCounter.objects.get(kind="PM").last
    assert numbers == [f"PM{last - 4 + place:06d}" for place in range(5)]
    assert [payment.number for payment in Payment.objects.order_by("pk")] == numbers
    assert _opened(account).number == f"PM{last + 1:06d}"


@pytest.mark.django_db
def test_what_is_tried_out_has_no_number_and_does_not_touch_the_counter() -> None:
    account = cast.account()
    with unnumbered():
        tried = _opened(account)
        assert (tried.number, tried.serial) == ("PM", None)
    assert Payment(pk=7).serial is None
    assert tried.number != "PM"


@pytest.mark.django_db
def test_a_number_stays_and_leaves_no_entry_of_its_own_in_the_log() -> None:
    made = _opened(cast.account())
    assert made.number
    assert [event.pgh_label for event in made.events.all()] == ["insert"]
    with pytest.raises(DatabaseError, match="stays"), transaction.atomic():
        Payment.objects.filter(pk=made.pk).update(serial=99)


@pytest.mark.django_db
def test_documents_from_before_keep_the_number_that_was_their_id() -> None:
    """The migration's own statement, on a row as it stood before."""
    made = _opened(cast.account())
    sql = import_module("billing.migrations.0007_documents_are_numbered").NUMBERED_SO_FAR
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; DELETE FROM billing_documentcounter")
        cursor.execute(sql)
    made = Payment.objects.get(pk=made.pk)
    assert (made.number, DocumentCounter.objects.get(kind="PM").last) == (f"PM{made.pk:06d}", made.pk)
