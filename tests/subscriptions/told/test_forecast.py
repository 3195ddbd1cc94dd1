"""The page of an account's months to come: its sums, what falls short when, what is known of days, what is guessed."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actors import SYSTEM
from accounts.models import Account, PaymentModel
from subscriptions.catalogue.prices import Fees, set_price
from subscriptions.catalogue.products import Timers
from subscriptions.models import Plan, Subscription
from subscriptions.night.renewals import renew_accounts
from subscriptions.told import forecast as told
from subscriptions.told.forecast import Event, TooManySubscriptions, What, forecast_of
from subscriptions.workers.usage import Measured, record_usage
from tests.factories import accounts as cast
from tests.factories import discounts
from tests.factories import subscriptions as make
from tests.factories.billing import top_up
from tests.subscriptions.conftest import ORDERED_ON

pytestmark = pytest.mark.django_db
D = Decimal


def _events(events: tuple[Event, ...]) -> list[tuple[date, What, bool, bool]]:
    return [(event.day, event.what, event.if_paid, event.unpaid) for event in events]


def test_months_shortage_and_top_ups_of_five_seats(acme: Account, plan: Plan) -> None:
    """50.00 a month from September on; 100.00 are there, so 1 November is the first day that falls short."""
    seats = make.subscription(account=acme, plan=plan, today=ORDERED_ON)
    top_up(account=acme, amount="100", today=ORDERED_ON)
    found = forecast_of(acme, ORDERED_ON)
    assert [month.first for month in found.months][::12] == [date(2018, 8, 1), date(2019, 8, 1)]
    assert [month.charged for month in found.months[:4]] == [D(0), D("19.35"), D(50), D(50)]
    assert [month.charged_alone for month in found.months[:5]] == [D(0), D("19.35"), D(50), D(50), D(0)]
    assert [month.top_up for month in found.months[:5]] == [D(0), D(0), D(0), D(50), D(50)]
    assert [month.balance for month in found.months[:5]] == [D("119.35"), D(100), D(50), D(0), D(0)]
    assert found.short is not None
    assert (found.short.day, found.short.missing, found.short_of) == (date(2018, 11, 1), D(50), seats)
    assert [(need.day.month, need.top_up, need.together) for need in found.needs[1:4]] == [
        (10, D(0), D(0)),
        (11, D(50), D(50)),
        (12, D(50), D(100)),
    ]
    assert _events(found.events) == [(date(2018, 11, 1), What.SHORT, False, True)]


def test_prices_discounts_trials_and_terms_that_are_known(acme: Account, plan: Plan) -> None:
    discounts.of_account(acme, "50", valid_until=date(2018, 10, 15), all_plans=False, plans=[plan])
    make.subscription(account=acme, plan=plan, today=ORDERED_ON)
    monthly = make.plan(months=1, timers=Timers(billing_day=1, grace_period=3, stop_period=10))
    make.subscription(account=acme, plan=monthly, today=ORDERED_ON)
    for resource in plan.resources.all():
        dearer = Fees(recurring_fee=D("12.00"))
        set_price(actor=SYSTEM, plan_resource=resource, fees=dearer, valid_from=date(2018, 12, 1), today=ORDERED_ON)
    top_up(account=acme, amount="10000", today=ORDERED_ON)
    found = forecast_of(acme, ORDERED_ON)
    assert found.short is None
    # Half of 19.35 and the first piece of the month, half of 50.00 and its last days; then 50.00, 60.00 from December.
    assert [month.charged for month in found.months[1:7]] == [
        D("9.68") + D("19.35") + D("31.67"), D(25), D(25), D(50), D(60), D(60)
    ]  # fmt: skip
    assert _events(found.events) == [
        (date(2018, 9, 20), What.GRACED, True, True),
        (date(2018, 9, 23), What.ENDED, True, True),
        (date(2018, 10, 3), What.DELETED, True, True),
        (date(2018, 10, 15), What.DISCOUNT_ENDS, True, True),
        (date(2018, 12, 1), What.PRICE, True, True),
    ]


def test_use_is_estimated_from_the_last_whole_period_and_in_no_other_sum(acme: Account) -> None:
    top_up(account=acme, amount="1000", today=date(2018, 7, 20))
    metered = make.plan(billing_type="payg_internal", prices={"hours": "0.50"})
    used = make.subscription(account=acme, plan=metered, today=date(2018, 7, 20), quantities={"hours": 1})
    for day, hours in ((date(2018, 7, 25), 100), (date(2018, 8, 25), 40), (date(2018, 9, 5), 10)):
        renew_accounts(account_ids=[acme.pk], today=day)
        record_usage(subscription=used, measured=[Measured("hours", D(hours), day, str(day))], today=day)
    found = forecast_of(acme, date(2018, 9, 5))
    assert [month.charged for month in found.months[:3]] == [D(0), D(5), D(0)]
    assert found.estimated
    # August has used 20.00: September 15.00 more than is used already.
    assert [month.estimated for month in found.months[:3]] == [D(0), D(15), D(20)]


def test_what_postpay_will_ask_and_until_when(plan: Plan) -> None:
    account = cast.account()
    account.account_class.payment_model = PaymentModel.POSTPAY
    account.account_class.payment_expiration_days = 10
    account.account_class.save(update_fields=["payment_model", "payment_expiration_days"])
    make.order(account=account, plan=plan, today=ORDERED_ON)
    found = forecast_of(Account.objects.get(pk=account.pk), ORDERED_ON)
    asked = [(bill.opened_on, bill.due_on, bill.amount) for bill in found.bills[:2]]
    assert asked == [
        (date(2018, 9, 2), date(2018, 9, 11), D("19.35")),
        (date(2018, 10, 2), date(2018, 10, 11), D(50)),
    ]
    assert found.months[1].billed == D("19.35")
    assert found.short is not None
    assert (found.short.day, found.short.missing, found.short_of) == (date(2018, 9, 11), D("19.35"), None)
    assert (date(2018, 9, 12), What.UNPAID, False, True) in _events(found.events)
    renew_accounts(account_ids=[account.pk], today=date(2018, 9, 11))
    found = forecast_of(Account.objects.get(pk=account.pk), date(2018, 9, 11))
    # Its due date is over, and it expires whatever comes: the next one is that of September's eleven days.
    assert found.short is not None
    assert (found.short.day, found.short.missing) == (date(2018, 10, 11), D("18.33"))
    assert (date(2018, 9, 12), What.UNPAID, True, True) in _events(found.events)


def test_as_many_statements_for_many_as_for_one_and_a_word_for_too_many(
    acme: Account, plan: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    make.subscription(account=acme, plan=plan, today=ORDERED_ON)
    with CaptureQueriesContext(
        connection,
    ) as one:
        forecast_of(acme, ORDERED_ON)
    for _number in range(2):
        make.subscription(account=acme, plan=plan, today=ORDERED_ON)
    waiting = Subscription.objects.get(pk=make.order(account=acme, plan=plan, today=ORDERED_ON).subscription_id)
    with CaptureQueriesContext(connection) as many:
        found = forecast_of(acme, ORDERED_ON)
    assert len(many) <= len(one) + 1, "one more for the items of what waits"
    assert found.months[2].charged == 3 * D(50)
    assert waiting not in found.left_out or waiting.due_on is None
    monkeypatch.setattr(told, "AT_MOST", 2)
    with pytest.raises(TooManySubscriptions, match="more than 2"):
        forecast_of(acme, ORDERED_ON)
