"""Which discount holds for what is charged: by kind of fee and day, the highest, and never two on one."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing.engine.terms import LineType
from billing.models import Charge
from subscriptions.catalogue.grants import kinds_of
from subscriptions.contract.discounts import Offer, offers_for, taken_off
from subscriptions.contract.terms import contract_of
from subscriptions.models import Discount
from subscriptions.night.renewals import run_billing_day
from tests.factories import discounts as grant
from tests.factories import subscriptions as make
from tests.factories.billing import top_up
from tests.subscriptions.conftest import ORDERED_ON

ALL = kinds_of(setup=True, renewal=True, recurring=True)
OFFER = Offer(1, Decimal("0.1"), ALL, ORDERED_ON, ORDERED_ON + timedelta(days=10))
SEP1 = date(2018, 9, 1)


def test_of_several_the_highest_holds_for_each_kind_of_fee():
    setup = Offer(2, Decimal("0.5"), kinds_of(setup=True, renewal=False, recurring=False), ORDERED_ON, None)
    rates, rows = taken_off([OFFER, setup], ORDERED_ON)
    assert (rates[LineType.SETUP_FEE], rows[LineType.SETUP_FEE]) == (Decimal("0.5"), 2)
    assert (rates[LineType.RECURRING_FEE], rows[LineType.RECURRING_FEE]) == (Decimal("0.1"), 1)


@pytest.mark.parametrize(("days", "holds"), [(-1, False), (0, True), (9, True), (10, False)])
def test_it_holds_on_its_days(days: int, holds: bool):
    assert bool(taken_off([OFFER], ORDERED_ON + timedelta(days=days))[0]) is holds
    assert taken_off([replace(OFFER, valid_until=None)], date(2099, 1, 1))[0]


@pytest.mark.django_db
def test_the_night_takes_off_what_holds_on_its_day(acme, plan):
    """Charges keep what they had; the next one is made without what has ended (section 7)."""
    given = grant.of_account(acme, "10", valid_until=SEP1)
    sub = make.subscription(account=acme, plan=plan, today=ORDERED_ON)
    top_up(account=acme, amount="100", today=ORDERED_ON)
    run_billing_day(today=SEP1)
    charges = Charge.objects.filter(subscription=sub).order_by("pk").values_list("amount", "discount", "discount_rate")
    assert [tuple(map(float, row)) for row in charges] == [(17.42, 1.93, 0.1), (50.0, 0.0, 0.0)]
    assert [charge.discounted_by for charge in Charge.objects.order_by("pk")] == [given, None]


@pytest.mark.django_db
def test_an_account_has_it_by_itself_or_by_its_class_for_the_plans_listed(acme, plan):
    other = make.plan()
    sub = make.subscription(account=acme, plan=plan, today=ORDERED_ON)
    by_class = grant.of_account(acme, "20", all_plans=False, plans=[other])
    by_class.accounts.clear()
    by_class.account_classes.set([acme.account_class])
    assert offers_for([sub.pk]) == {}
    by_class.plans.set([plan])
    (offer,) = offers_for([sub.pk])[sub.pk][1]
    assert (offer.row, offer.rate) == (by_class.pk, Decimal("0.2"))
    Discount.objects.update(active=False)
    assert offers_for([sub.pk]) == {}


@pytest.mark.django_db
def test_terms_are_read_in_as_many_statements_with_a_discount_as_without(acme, plan):
    sub = make.subscription(account=acme, plan=plan, today=ORDERED_ON)
    with CaptureQueriesContext(connection) as without:
        contract_of(sub)
    for percent in ("5", "15", "10"):
        grant.of_account(acme, percent)
    with CaptureQueriesContext(connection) as more:
        contract = contract_of(sub)
    assert len(more) == len(without)
    assert contract.terms.discounts[LineType.RECURRING_FEE] == Decimal("0.15")
