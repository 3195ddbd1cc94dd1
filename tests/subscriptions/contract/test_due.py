"""When a subscription is looked at again: also on the day on which a term that is paid ahead begins."""

from datetime import date

import pytest

from accounts.models import PaymentModel
from subscriptions.contract.due import next_term_on, schedule
from subscriptions.models import Plan, PlanPeriod, ServiceTerm, Subscription, SubscriptionStatus

AUG20, NOV20 = date(2018, 8, 20), date(2018, 11, 20)


def subscription(billing_type: str, expires: date) -> Subscription:
    plan = Plan(service_term=ServiceTerm(billing_day=1))
    return Subscription(
        plan=plan,
        period=PlanPeriod(duration=3, unit="month"),
        billing_type=billing_type,
        payment_model=PaymentModel.PREPAY,
        currency="USD",
        billing_day=1,
        start_date=AUG20,
        expiration_date=expires,
    )


@pytest.mark.parametrize(
    ("billing_type", "expires", "begins"),
    [
        ("csp_annual", date(2019, 2, 20), NOV20),
        ("reservation", date(2019, 2, 20), NOV20),
        ("csp_annual", NOV20, None),
        ("non_refund", date(2019, 2, 20), None),  # its renewal waits
    ],
)
def test_a_term_that_is_paid_ahead(billing_type: str, expires: date, begins: date | None) -> None:
    row = subscription(billing_type, expires)
    assert next_term_on(row, date(2018, 11, 10)) == begins
    assert next_term_on(row, NOV20) is None


def test_the_night_looks_at_it_when_that_term_begins() -> None:
    row = subscription("csp_annual", date(2019, 2, 20))
    for status in (SubscriptionStatus.ACTIVE, SubscriptionStatus.STOPPED):
        schedule(row, None, date(2018, 11, 10), status=status)
        assert row.due_on == NOV20
        schedule(row, None, NOV20, status=status)
        assert row.due_on == date(2018, 12, 1)
