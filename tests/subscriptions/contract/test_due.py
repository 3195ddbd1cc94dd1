"""When a subscription is looked at again: also on the day on which a term that is paid ahead begins."""

from datetime import date

import pytest

from accounts.models import PaymentModel
from subscriptions.contract.due import next_term_on, schedule, trial_ends_at_vendor
from subscriptions.models import ApplicationTemplate, Plan, PlanPeriod, ServiceTerm, Subscription, SubscriptionStatus
from vendors.models import VendorConnection

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


@pytest.mark.parametrize(
    ("plugin", "trial", "ends"),
    [("kaspersky", True, date(2018, 9, 1)), ("kaspersky", False, None), ("drweb", True, None), (None, True, None)],
)
def test_a_vendor_whose_calendar_says_when_a_trial_ends(plugin: str | None, trial: bool, ends: date | None) -> None:
    row = subscription("csp_monthly", NOV20)
    connection = None if plugin is None else VendorConnection(plugin=plugin)
    row.trial, row.plan.template = trial, ApplicationTemplate(connection=connection)
    assert trial_ends_at_vendor(row, AUG20) == ends
