"""What the books announce is heard."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.actors import SYSTEM
from accounts.models import Account
from accounts.registration import delete_account
from billing.funds import funds_of
from billing.models import Payment
from billing.payments import complete_payment
from billing.signals import books_opening
from subscriptions.models import Plan, Subscription
from subscriptions.people.ordering import cancel_order
from subscriptions.people.stopping import delete
from subscriptions.receivers import AccountHasMoney, AccountHasSubscriptions
from tests.factories import subscriptions as make
from tests.factories.billing import top_up
from tests.subscriptions.conftest import ORDERED_ON

pytestmark = pytest.mark.django_db


def test_opening_the_books_carries_out_the_nights(acme: Account, plan: Plan) -> None:
    make.subscription(account=acme, plan=plan, today=ORDERED_ON)
    books_opening.send(sender=Payment, account_ids=[acme.pk], today=date(2018, 9, 2))
    assert Subscription.objects.get().status == "stopped"


def test_money_for_an_order_carries_it_out(acme: Account, plan: Plan) -> None:
    order = make.order(account=acme, plan=plan, today=ORDERED_ON)
    complete_payment(actor=SYSTEM, payment=Payment.objects.get(), today=ORDERED_ON)
    order.refresh_from_db()
    assert order.status == "completed"


def test_money_for_a_top_up_stays_on_the_balance(acme: Account, plan: Plan) -> None:
    order = make.order(account=acme, plan=plan, today=ORDERED_ON)
    top_up(account=acme, amount="100", today=ORDERED_ON)
    order.refresh_from_db()
    assert order.status == "waiting_for_payment"
    cancel_order(actor=SYSTEM, order=order, today=ORDERED_ON)
    assert funds_of(acme).available == Decimal(100)


def test_an_account_with_business_is_not_deleted(acme: Account, plan: Plan) -> None:
    subscription = make.subscription(account=acme, plan=plan, today=ORDERED_ON)
    with pytest.raises(AccountHasSubscriptions):
        delete_account(actor=SYSTEM, account=acme, today=ORDERED_ON)
    delete(actor=SYSTEM, subscription=subscription, today=ORDERED_ON)
    with pytest.raises(AccountHasMoney) as refusal:
        delete_account(actor=SYSTEM, account=acme, today=ORDERED_ON)
    assert str(refusal.value) == "The balance is $19.35. Pay it back first: an account goes with nothing on it."
