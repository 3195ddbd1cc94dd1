"""A promo code at an order: accepted or refused with the remedy, kept, taken off, and never used too often."""

import threading
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection

from accounts.actors import SYSTEM
from billing.models import Charge, Payment
from core.errors import Refused
from subscriptions.models import Subscription
from subscriptions.night.renewals import run_billing_day
from subscriptions.people.changes import change_quantities
from subscriptions.people.ordering import cancel_order
from subscriptions.people.promo_codes import PromoCodeNotAccepted
from tests.factories import accounts as cast
from tests.factories import discounts as grant
from tests.factories import subscriptions as make
from tests.factories.billing import pay, top_up
from tests.subscriptions.conftest import ORDERED_ON

SEP1, OCT1 = date(2018, 9, 1), date(2018, 10, 1)


@pytest.mark.django_db
def test_it_is_taken_off_the_order_and_all_that_follows(acme, plan):
    code = grant.promo_code("SUMMER", "10")
    order = make.order(account=acme, plan=plan, today=ORDERED_ON, promo_code=" summer ")
    assert (order.total, order.discount, order.subscription.promo_code) == (Decimal("17.42"), Decimal("1.93"), code)
    assert order.items.get().amount == Payment.objects.get().amount == Decimal("17.42")
    pay(order=order, today=ORDERED_ON)
    top_up(account=acme, amount="200", today=ORDERED_ON)
    raised = change_quantities(
        actor=SYSTEM, subscription=order.subscription, quantities={"seats": 8}, today=date(2018, 8, 25),
        now=make.noon(date(2018, 8, 25)), pay_from_balance=True,
    )  # fmt: skip
    assert (raised.total, raised.discount) == (Decimal("6.09"), Decimal("0.68"))
    run_billing_day(today=OCT1)
    assert [charge.amount for charge in Charge.objects.filter(operate_from__gte=SEP1)] == [Decimal(72)] * 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("granted", "sentence"),
    [
        ({"active": False}, "no promo code"),
        ({"valid_from": SEP1}, "from 01 Sep 2018 on"),
        ({"valid_until": ORDERED_ON}, "has ended"),
        ({"account_limit": 0}, "used up"),
        ({"subscription_limit": 0}, "used up"),
    ],
)
def test_what_cannot_be_used_is_refused_at_its_field(acme, plan, granted, sentence):
    grant.promo_code("SUMMER", **granted)
    with pytest.raises(PromoCodeNotAccepted, match=sentence) as refused:
        make.order(account=acme, plan=plan, today=ORDERED_ON, promo_code="SUMMER")
    assert refused.value.field == "promo_code"
    assert not Subscription.objects.exists()


@pytest.mark.django_db
def test_another_plan_another_seller_and_no_such_code_are_refused(acme, plan):
    grant.promo_code("SUMMER", all_plans=False, plans=[make.plan()])
    grant.promo_code("THEIRS", reseller=cast.reseller(parent=cast.operator()))
    for code, sentence in (("SUMMER", "is not for the plan"), ("THEIRS", "no promo code"), ("NONE", "no promo code")):
        with pytest.raises(PromoCodeNotAccepted, match=sentence):
            make.order(account=acme, plan=plan, today=ORDERED_ON, promo_code=code)


@pytest.mark.django_db
def test_limits_count_accounts_and_subscriptions_and_not_what_never_ran(acme, plan):
    grant.promo_code("ONE", account_limit=1, subscription_limit=2)
    cancelled = make.order(account=cast.account(), plan=plan, today=ORDERED_ON, promo_code="ONE")
    cancel_order(actor=SYSTEM, order=cancelled, today=ORDERED_ON)
    make.order(account=acme, plan=plan, today=ORDERED_ON, promo_code="ONE")
    with pytest.raises(PromoCodeNotAccepted, match="used up"):
        make.order(account=cast.account(), plan=plan, today=ORDERED_ON, promo_code="ONE")
    make.order(account=acme, plan=plan, today=ORDERED_ON, promo_code="ONE")
    with pytest.raises(PromoCodeNotAccepted, match="used up"):
        make.order(account=acme, plan=plan, today=ORDERED_ON, promo_code="ONE")


@pytest.mark.django_db
def test_all_taken_off_runs_at_once(acme, plan):
    grant.promo_code("FREE", "100")
    order = make.order(account=acme, plan=plan, today=ORDERED_ON, promo_code="FREE")
    assert (order.status, order.total, order.discount) == ("completed", 0, Decimal("19.35"))


@pytest.mark.django_db(transaction=True)
def test_the_last_use_is_had_by_one_of_many_at_once():
    plan = make.plan()
    grant.promo_code("LAST", subscription_limit=1)
    accounts = [cast.account() for _ in range(6)]
    start, given = threading.Barrier(len(accounts)), []

    def take(account) -> None:
        try:
            start.wait()
            given.append(make.order(account=account, plan=plan, today=ORDERED_ON, promo_code="LAST"))
        except Refused as no:
            given.append(no)
        finally:
            connection.close()

    threads = [threading.Thread(target=take, args=(account,)) for account in accounts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(type(one).__name__ for one in given) == ["Order", *["PromoCodeNotAccepted"] * 5]
    assert Subscription.objects.exclude(promo_code=None).count() == 1
