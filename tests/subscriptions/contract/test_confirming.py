"""The credit limit of a postpay subscription: the narrowest holds, and none limits nothing."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.account_terms import change_account_class
from accounts.actors import SYSTEM
from accounts.models import Account
from accounts.registration import change_account
from subscriptions.contract.confirming import OverCreditLimit, debt_of, limit_of
from subscriptions.contract.terms import contract_of
from subscriptions.models import OrderStatus, Subscription
from subscriptions.people.ordering import PlanNotForSale
from subscriptions.receivers import PaymentModelStays
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.remembering import remembered

pytestmark = pytest.mark.django_db

AUG20 = date(2018, 8, 20)


@pytest.fixture
@remembered
def account() -> Account:
    found = cast.account()
    values = {"payment_model": "postpay", "subscription_credit_limit": Decimal(100)}
    change_account_class(actor=SYSTEM, account_class=found.account_class, values=values, today=AUG20)
    return Account.objects.select_related("account_class", "reseller").get(pk=found.pk)


def test_an_order_is_confirmed_and_carried_out_at_once_within_the_narrowest_limit(account: Account):
    order = make.order(account=account, plan=make.plan(), quantities={"seats": 5}, today=AUG20)
    assert (order.status, order.payments.count()) == (OrderStatus.COMPLETED, 0)
    row = Subscription.objects.select_related("account__account_class").get(pk=order.subscription_id)
    assert (row.payment_model, limit_of(row)) == ("postpay", Decimal(100))
    assert debt_of(contract_of(row), AUG20) == Decimal("19.35")
    row.account.subscription_credit_limit = Decimal(60)
    assert limit_of(row) == Decimal(60)
    row.subscription_credit_limit = Decimal(0)
    assert limit_of(row) == Decimal(0)


def test_an_order_above_the_limit_leaves_nothing_behind(account: Account):
    with pytest.raises(OverCreditLimit) as refusal:
        make.order(account=account, plan=make.plan(), quantities={"seats": 11}, today=AUG20)
    assert "$110.00" in str(refusal.value)
    assert not Subscription.objects.filter(account=account).exists()


def test_a_type_that_is_paid_in_advance_only_is_refused(account: Account):
    with pytest.raises(PlanNotForSale):
        make.order(account=account, plan=make.plan(billing_type="pay_in_full", months=12), today=AUG20)


def test_the_payment_model_stays_while_there_are_subscriptions(account: Account):
    make.order(account=account, plan=make.plan(), quantities={"seats": 5}, today=AUG20)
    values = {"payment_model": "prepay"}
    with pytest.raises(PaymentModelStays):
        change_account_class(actor=SYSTEM, account_class=account.account_class, values=values, today=AUG20)
    prepaid = cast.account(reseller=account.reseller).account_class
    prepaid.payment_model = "prepay"
    prepaid.save()
    if prepaid.pk != account.account_class_id:
        with pytest.raises(PaymentModelStays):
            change_account(actor=SYSTEM, account=account, values={"account_class": prepaid}, today=AUG20)
