"""The night of a day, rehearsed for some accounts: what becomes of each subscription; nothing is kept."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.models import Account
from billing.models import Charge
from notifications.models import Notification
from subscriptions.catalogue.products import Timers
from subscriptions.models import Subscription
from subscriptions.told.rehearsing import Outcome, rehearse
from tests.factories import subscriptions as make
from tests.factories.billing import top_up
from tests.subscriptions.conftest import ORDERED_ON

pytestmark = pytest.mark.django_db


def test_a_term_from_its_renewal_over_grace_to_deletion_on_any_later_night(acme: Account) -> None:
    timers = Timers(billing_day=1, grace_period=3, stop_period=5)
    one = make.subscription(account=acme, plan=make.plan(months=1, timers=timers), today=ORDERED_ON)
    top_up(account=acme, amount="100", today=ORDERED_ON)
    rows = (list(Charge.objects.values()), Notification.objects.count())
    told = {
        day: [(fate.subscription_id, fate.outcome) for fate in rehearse([acme.pk], day).fates]
        for day in (date(2018, 9, 19), date(2018, 9, 20), date(2018, 9, 23), date(2018, 9, 28))
    }
    assert list(told.values()) == [
        [], [(one.pk, Outcome.GRACED)], [(one.pk, Outcome.ENDED)], [(one.pk, Outcome.DELETED)]
    ]  # fmt: skip
    assert rows == (list(Charge.objects.values()), Notification.objects.count())
    assert Subscription.objects.get(pk=one.pk).status == "active"


def test_what_is_written_off_reserved_and_stopped_for_want_of_money(acme: Account) -> None:
    plan = make.plan()
    kept, stopped = (make.subscription(account=acme, plan=plan, today=ORDERED_ON) for _number in range(2))
    top_up(account=acme, amount="70", today=ORDERED_ON)
    seen = rehearse([acme.pk], date(2018, 9, 1))
    assert [(fate.subscription_id, fate.outcome, fate.reserved) for fate in seen.fates] == [
        (kept.pk, Outcome.RENEWED, Decimal(50)),
        (stopped.pk, Outcome.SHORT, Decimal(0)),
    ]
    assert (seen.closed[acme.pk], seen.reserved[acme.pk]) == (Decimal("38.70"), Decimal(50))
