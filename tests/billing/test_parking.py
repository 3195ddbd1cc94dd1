"""Money for what is closed or deleted: never lost, on no deleted account's balance, told, sent on once."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, InternalError, transaction
from django.db.models import Sum

from accounts.actors import SYSTEM, Forbidden
from accounts.models import Account, AccountStatus, Role
from accounts.registration import delete_account
from billing.audit import audit
from billing.funds import funds_of
from billing.models import Book, LedgerEntry, Payment
from billing.parking import NotSetAside, NotThisAccount, reassign_money, return_money
from billing.payments import PaymentIsClosed, cancel_payment, complete_payment, open_top_up
from notifications.models import Notification
from subscriptions.models import Order, Plan
from subscriptions.people.ordering import cancel_order
from subscriptions.people.paying import pay_order_from_balance
from tests.billing.conftest import ORDERED_ON
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.factories.billing import top_up

pytestmark = pytest.mark.django_db


def set_aside() -> Decimal:
    return LedgerEntry.objects.filter(book=Book.UNALLOCATED).aggregate(total=Sum("amount"))["total"] or Decimal(0)


def gone(account: Account) -> Payment:
    """Return the waiting top-up of an account that is deleted meanwhile."""
    payment = open_top_up(actor=SYSTEM, account=account, amount=Decimal(100), today=ORDERED_ON)
    delete_account(actor=SYSTEM, account=account, today=ORDERED_ON)
    return payment


def parked(account: Account) -> Payment:
    return complete_payment(actor=SYSTEM, payment=gone(account), today=ORDERED_ON, method="bank_transfer")


def test_money_for_a_deleted_account_is_on_nobodys_balance(acme: Account) -> None:
    """It was put on the balance of the deleted account, where nobody could use it or pay it back."""
    payment = parked(acme)
    assert (payment.status, payment.closed_on, payment.method) == ("parked", ORDERED_ON, "bank_transfer")
    assert funds_of(acme).balance == 0
    assert set_aside() == 100
    assert audit(today=ORDERED_ON) == []


def test_money_for_a_cancelled_order_is_set_aside(acme: Account, plan: Plan) -> None:
    """It was refused: it had come, and stood nowhere in the books."""
    order = make.order(account=acme, plan=plan, today=ORDERED_ON)
    payment = order.payments.get()
    cancel_order(actor=SYSTEM, order=order, today=ORDERED_ON)
    assert complete_payment(actor=SYSTEM, payment=payment, today=ORDERED_ON).status == "parked"
    assert (funds_of(acme).balance, set_aside()) == (0, payment.amount)
    assert Order.objects.get().status == "cancelled"
    assert audit(today=ORDERED_ON) == []


def test_money_for_an_order_that_the_balance_paid_is_set_aside(acme: Account, plan: Plan) -> None:
    top_up(account=acme, amount="100", today=ORDERED_ON)
    order = make.order(account=acme, plan=plan, today=ORDERED_ON)
    payment = order.payments.get()
    pay_order_from_balance(actor=SYSTEM, order=order, today=ORDERED_ON)
    assert complete_payment(actor=SYSTEM, payment=payment, today=ORDERED_ON).status == "parked"
    assert (funds_of(acme).balance, set_aside()) == (100, payment.amount)
    assert audit(today=ORDERED_ON) == []


def test_money_for_a_closed_order_is_set_aside_whatever_its_payment_says(acme: Account, plan: Plan) -> None:
    """A waiting payment of a closed order is found by the audit; money that comes for it still goes astray nowhere."""
    order = make.order(account=acme, plan=plan, today=ORDERED_ON)
    Order.objects.update(status="cancelled", closed_on=ORDERED_ON)
    assert complete_payment(actor=SYSTEM, payment=order.payments.get(), today=ORDERED_ON).status == "parked"
    assert funds_of(acme).balance == 0


def test_money_for_a_cancelled_top_up_is_set_aside(acme: Account) -> None:
    payment = open_top_up(actor=SYSTEM, account=acme, amount=Decimal(7), today=ORDERED_ON)
    cancel_payment(actor=SYSTEM, payment=payment, today=ORDERED_ON)
    assert complete_payment(actor=SYSTEM, payment=payment, today=ORDERED_ON).status == "parked"
    assert set_aside() == 7


def test_money_that_comes_after_the_night_cancelled_the_order_is_set_aside(acme: Account, plan: Plan) -> None:
    """Unpaid orders go in a day; the bank's word comes two days later, before any night has run."""
    type(acme.account_class).objects.filter(pk=acme.account_class_id).update(cancel_unpaid_order_in=1)
    acme = Account.objects.get(pk=acme.pk)
    payment = make.order(account=acme, plan=plan, today=ORDERED_ON).payments.get()
    later = date(2018, 8, 22)
    assert complete_payment(actor=SYSTEM, payment=payment, today=later).status == "parked"
    assert Order.objects.get().status == "cancelled"
    assert audit(today=later) == []


def test_the_managers_are_told_with_the_reason(acme: Account) -> None:
    administrator = cast.manager(reseller=acme.reseller)
    payment = parked(acme)
    [told] = Notification.objects.filter(event="payment_set_aside", user=administrator)
    assert told.subject == f"$100.00 came that nobody waits for: payment {payment.number}"
    assert "The account was deleted before the money came." in told.body_text
    assert told.path == f"/operator/payments/{payment.pk}/"
    assert not Notification.objects.filter(event="payment_set_aside").exclude(user=administrator).exists()


def test_it_is_booked_and_told_once(acme: Account) -> None:
    cast.manager(reseller=acme.reseller)
    payment = parked(acme)
    with pytest.raises(PaymentIsClosed):
        complete_payment(actor=SYSTEM, payment=payment, today=ORDERED_ON)
    assert set_aside() == 100
    assert Notification.objects.filter(event="payment_set_aside").count() == 1


def test_a_manager_puts_it_on_another_balance(acme: Account) -> None:
    other = cast.account(reseller=acme.reseller)
    manager = cast.manager_actor(reseller=acme.reseller, role=Role.ADMIN)
    payment = parked(acme)
    made = reassign_money(actor=manager, payment=payment, account=other, today=ORDERED_ON)
    payment.refresh_from_db()
    assert (made.account, made.amount, made.status, made.came_from) == (other, 100, "completed", payment)
    assert (payment.status, payment.approved_by) == ("reassigned", manager.user)
    assert (funds_of(other).balance, funds_of(acme).balance, set_aside()) == (100, 0, 0)
    assert audit(today=ORDERED_ON) == []


def test_a_manager_puts_it_on_the_own_balance_of_a_living_account_which_leaves_its_hold(
    acme: Account, plan: Plan
) -> None:
    order = make.order(account=acme, plan=plan, today=ORDERED_ON)
    payment = order.payments.get()
    cancel_order(actor=SYSTEM, order=order, today=ORDERED_ON)
    payment = complete_payment(actor=SYSTEM, payment=payment, today=ORDERED_ON)
    Account.objects.filter(pk=acme.pk).update(status=AccountStatus.CREDIT_HOLD)
    reassign_money(actor=SYSTEM, payment=payment, account=acme, today=ORDERED_ON)
    acme.refresh_from_db()
    assert (funds_of(acme).balance, acme.status) == (payment.amount, "active")
    assert audit(today=ORDERED_ON) == []


def test_a_manager_notes_that_it_was_paid_back(acme: Account) -> None:
    payment = return_money(actor=SYSTEM, payment=parked(acme), today=ORDERED_ON)
    assert (payment.status, set_aside(), funds_of(acme).balance) == ("returned", 0, 0)
    assert LedgerEntry.objects.filter(book=Book.CASH).aggregate(total=Sum("amount"))["total"] == 0
    assert audit(today=ORDERED_ON) == []


def test_it_is_sent_on_once(acme: Account) -> None:
    other = cast.account(reseller=acme.reseller)
    payment = parked(acme)
    return_money(actor=SYSTEM, payment=payment, today=ORDERED_ON)
    with pytest.raises(NotSetAside, match=r"is not set aside: it is “Paid back”"):
        return_money(actor=SYSTEM, payment=payment, today=ORDERED_ON)
    with pytest.raises(NotSetAside):
        reassign_money(actor=SYSTEM, payment=payment, account=other, today=ORDERED_ON)
    Payment.opened("top_up", other, Decimal(1), ORDERED_ON, came_from=payment)
    with pytest.raises(IntegrityError), transaction.atomic():
        Payment.opened("top_up", other, Decimal(1), ORDERED_ON, came_from=payment)
    with pytest.raises(InternalError), transaction.atomic():  # the trigger's word, whoever writes
        Payment.objects.filter(pk=payment.pk).update(status="parked")


def test_it_goes_to_no_account_of_others_of_another_currency_or_deleted(acme: Account) -> None:
    payment = parked(acme)
    foreign = cast.account(reseller=cast.reseller())
    euros = cast.account(reseller=acme.reseller, currency="EUR")
    for account in (foreign, euros, acme):
        with pytest.raises(NotThisAccount) as refusal:
            reassign_money(actor=SYSTEM, payment=payment, account=account, today=ORDERED_ON)
        assert refusal.value.field == "account"
    assert set_aside() == 100


def test_who_may_not_approve_sends_no_money_on(acme: Account) -> None:
    other = cast.account(reseller=acme.reseller)
    payment = parked(acme)
    for actor in (
        cast.manager_actor(reseller=acme.reseller, role=Role.MARKETING),
        cast.manager_actor(reseller=cast.reseller(), role=Role.ADMIN),
        cast.customer_actor(account=other),
    ):
        with pytest.raises(Forbidden):
            return_money(actor=actor, payment=payment, today=ORDERED_ON)
        with pytest.raises(Forbidden):
            reassign_money(actor=actor, payment=payment, account=other, today=ORDERED_ON)
    assert set_aside() == 100
