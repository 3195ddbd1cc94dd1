"""A night leaves its row; one that did not run is noticed, run and told, and so are accounts that failed."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from accounts.models import Account
from billing.models import Charge
from core.only_one import lock_number
from notifications.models import Notification
from subscriptions.models import BillingNight, Plan, Subscription
from subscriptions.night import renewals
from subscriptions.night.nights import carry_out_night, run_if_missed
from tests.core.test_only_one import other_session
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.factories.billing import top_up
from tests.subscriptions.conftest import ORDERED_ON

pytestmark = pytest.mark.django_db
DAY = date(2018, 9, 1)
AT = datetime(2018, 9, 1, 0, 40, tzinfo=UTC)


@pytest.fixture
def seats(acme: Account, plan: Plan) -> Subscription:
    """Five seats that are to be renewed on DAY, with the money there and somebody who hears of trouble."""
    cast.manager(email="root@example.com")
    subscription = make.subscription(account=acme, plan=plan, today=ORDERED_ON)
    top_up(account=acme, amount=1000, today=ORDERED_ON)
    return subscription


def told() -> list[str]:
    events = ("night_caught_up", "night_failed")
    return list(Notification.objects.filter(event__in=events).order_by("pk").values_list("event", flat=True))


def renewed() -> int:
    return Charge.objects.filter(operate_from=DAY).count()


def test_a_night_that_did_not_run_is_run_once_and_told(seats: Subscription) -> None:
    """Seen before: after a night without beat nothing was renewed until the next one."""
    night = run_if_missed(today=DAY, now=AT)
    assert (night.late, night.accounts, night.failed_accounts, renewed()) == (True, 1, [], 1)
    assert told() == ["night_caught_up"]
    assert run_if_missed(today=DAY, now=AT) is None
    assert (BillingNight.objects.get().runs, renewed(), told()) == (1, 1, ["night_caught_up"])


def test_a_night_in_time_is_kept_and_nobody_is_told(seats: Subscription) -> None:
    night = carry_out_night(today=DAY, now=AT)
    assert (night.day, night.finished_at, night.late, renewed(), told()) == (DAY, AT, False, 1, [])
    assert run_if_missed(today=DAY, now=AT) is None


def test_a_night_whose_worker_was_killed_is_carried_on_and_told(seats: Subscription) -> None:
    BillingNight.objects.create(day=DAY, started_at=AT - timedelta(minutes=35))
    assert run_if_missed(today=DAY, now=AT).finished_at == AT
    assert (renewed(), told()) == (1, ["night_caught_up"])


def test_a_night_that_another_process_runs_is_left_to_it(seats: Subscription) -> None:
    other = other_session()
    other.cursor().execute("SELECT pg_advisory_lock(%s)", [lock_number("the night")])
    assert run_if_missed(today=DAY, now=AT) is None
    assert (renewed(), BillingNight.objects.count()) == (0, 0)
    other.close()


def test_a_night_out_of_time_is_not_through_until_all_accounts_are(seats: Subscription, plan: Plan) -> None:
    night = carry_out_night(today=DAY, now=AT, go_on=lambda: False)
    assert night.finished_at is None
    night = carry_out_night(today=DAY, now=AT)
    assert (night.finished_at, night.runs, renewed()) == (AT, 2, 1)


def test_accounts_that_failed_are_told_and_tried_again_after_an_hour(
    seats: Subscription, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: Any) -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")
        return 0

    with monkeypatch.context() as broken:
        broken.setattr(renewals, "renew_accounts", refuse)
        night = carry_out_night(today=DAY, now=AT)
    assert (night.failed_accounts, told()) == ([seats.account_id], ["night_failed"])
    assert str(seats.account_id) in Notification.objects.get(event="night_failed").body_text
    assert run_if_missed(today=DAY, now=AT + timedelta(minutes=59)) is None
    assert run_if_missed(today=DAY, now=AT + timedelta(minutes=61)).failed_accounts == []
    assert (renewed(), told()) == (1, ["night_failed"])


def test_a_new_platform_has_missed_no_night() -> None:
    cast.manager()
    assert run_if_missed(today=DAY, now=AT).late is False
    assert told() == []
