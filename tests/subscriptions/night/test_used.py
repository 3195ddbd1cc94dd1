"""Charging what was told: which sums there are for a period. What comes of it: workers/test_usage.py."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.actors import SYSTEM
from accounts.models import Account
from billing.models import Charge, UsageToCharge
from subscriptions.catalogue.prices import Fees, set_price
from subscriptions.night.renewals import run_billing_day
from subscriptions.night.used import sums_of_use, to_charge
from subscriptions.workers.usage import Measured, record_usage
from tests.factories import subscriptions as make
from tests.factories.billing import top_up
from tests.subscriptions.conftest import ORDERED_ON

pytestmark = pytest.mark.django_db
AUG22, AUG25, SEP2 = date(2018, 8, 22), date(2018, 8, 25), date(2018, 9, 2)


def test_sums_of_a_period_are_by_price_and_know_where_it_came_from(acme: Account) -> None:
    """A price that is entered later for an earlier day does not reach what was told before."""
    top_up(account=acme, amount="100", today=ORDERED_ON)
    plan = make.plan(billing_type="payg_internal", prices={"seats": "0.01"})
    used = make.subscription(account=acme, plan=plan, today=ORDERED_ON)

    def tell(key: str, day: date, today: date) -> None:
        record_usage(subscription=used, measured=[Measured("seats", Decimal(10), day, key)], today=today)

    tell("a", AUG22, AUG22)
    priced = set_price(
        actor=SYSTEM, plan_resource=plan.resources.get(), fees=Fees(recurring_fee=Decimal("0.02")), valid_from=AUG25,
        today=AUG22,
    )  # fmt: skip
    tell("b", AUG25, AUG25)
    tell("c", AUG22, AUG25)
    sums = [(one.price[:2], one.quantity, one.valid_from) for _, one in sums_of_use([used.pk], AUG25)]
    first, second = plan.resources.get().prices.order_by("valid_from")
    assert priced == second
    assert sums == [
        ((first.recurring_fee, first.pk), 20, first.valid_from), ((second.recurring_fee, second.pk), 10, AUG25),
    ]  # fmt: skip
    assert list(sums_of_use([used.pk], date(2018, 9, 1))) == [], "they are those of a period that is over by then"
    assert to_charge(AUG25).values_list("subscription", "account", "day").get() == (used.pk, acme.pk, AUG25)
    run_billing_day(today=SEP2)
    assert not UsageToCharge.objects.exists()
    made = Charge.objects.exclude(status="deleted").order_by("pk").values_list("quantity", "operate_from", "status")
    assert list(made) == [(20, ORDERED_ON, "closed"), (10, AUG25, "closed")]
