"""What the next term costs: by the price of its first day, for the units that it is to have."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from subscriptions.contract.next_terms import day_of, next_costs, next_prices
from subscriptions.models import CommitmentDate, Plan
from tests.factories import accounts as cast
from tests.factories import commitments as bound
from tests.factories import subscriptions as make
from vendors.commitments import AtEnd, NextTerm

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 29)
NOW = make.noon(TODAY)


def test_price_is_that_of_the_renewal_day_for_the_units_of_the_next_term(
    django_assert_num_queries: object,
) -> None:
    plan = make.plan(bounds={"seats": {"included": 1}})
    subscription = make.subscription(account=cast.account(), plan=plan, today=TODAY)
    bound.commitment(subscription=subscription, now=NOW, next_term=NextTerm(4))
    renewal = CommitmentDate.objects.get(kind="renews")
    assert day_of(renewal) == TODAY + timedelta(days=30)
    make.reprice(plan=plan, fee="12.50", today=TODAY + timedelta(days=30))
    make.reprice(plan=plan, fee="99", today=TODAY + timedelta(days=31))
    rows = list(CommitmentDate.objects.select_related("commitment", "subscription"))
    with django_assert_num_queries(2):
        found = next_prices(rows)
    assert set(found) == {renewal.pk}, "windows cost nothing"
    assert (found[renewal.pk].unit_price, found[renewal.pk].monthly) == (Decimal("12.50"), Decimal("37.50"))
    assert next_costs(rows, found, "US") == {}, "no vendor publishes its price"


@pytest.mark.parametrize("told", [{"at_end": AtEnd.ENDS}, {"resource": "unheard-of"}])
def test_what_ends_or_is_of_no_resource_has_no_price(plan: Plan, told: dict[str, object]) -> None:
    bound.commitment(subscription=make.subscription(account=cast.account(), plan=plan, today=TODAY), now=NOW, **told)
    assert next_prices(CommitmentDate.objects.select_related("commitment", "subscription")) == {}
