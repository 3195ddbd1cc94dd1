"""Holds in nights that are late, run twice or are killed; what slipped through is found."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from accounts.actors import SYSTEM
from accounts.models import Account
from accounts.registration import change_account
from billing.audit import audit
from subscriptions.catalogue.products import Timers
from subscriptions.models import Plan, Subscription
from subscriptions.night import renewals
from subscriptions.night.holds import settle_holds, unsettled
from subscriptions.night.renewals import renew_accounts, run_billing_day
from tests.factories import subscriptions as make
from tests.factories.billing import top_up
from tests.factories.taxes import tax
from tests.subscriptions.conftest import ORDERED_ON
from tests.subscriptions.holding import HELD_ON, again, books, charges, on_credit, stands

pytestmark = pytest.mark.django_db


# --- the night


def _crowd() -> list[int]:
    """Return accounts of every kind of hold: within and without the limit, early, late, never, and paying."""
    plans = [make.plan(), make.plan(timers=Timers(billing_day=15)), make.plan(fixed_price=True)]
    accounts = []
    for place, period in enumerate((-1, 0, 3, 5, 20, 40, 0, 5, 3)):
        seats = on_credit(plans[place % 3], subzero_period=period, credit_limit=Decimal(60 + 20 * place))
        accounts.append(seats.account_id)
        if place == 7:
            top_up(account=seats.account, amount="30", today=ORDERED_ON)
    return accounts


def test_late_equals_on_time() -> None:
    accounts = _crowd()
    start = connection.savepoint()
    day = ORDERED_ON
    while day < date(2018, 11, 20):
        day += timedelta(days=1)
        run_billing_day(today=day)
    on_time = books()
    assert audit(today=day) == []
    assert Account.objects.filter(status="credit_hold").count() > 4
    connection.savepoint_rollback(start)

    run_billing_day(today=day)
    assert books() == on_time
    connection.savepoint_rollback(start)

    for account in accounts:
        renew_accounts(account_ids=[account], today=day)
    assert books() == on_time


def test_a_night_run_twice_changes_nothing() -> None:
    _crowd()
    run_billing_day(today=HELD_ON)
    once = books()
    night = run_billing_day(today=HELD_ON)
    assert (night.accounts, night.subscriptions) == (0, 0)
    assert books() == once


def test_a_killed_night_is_carried_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second batch dies after it has put accounts on hold; the next run finishes all."""
    _crowd()
    start = connection.savepoint()
    run_billing_day(today=HELD_ON, batch_size=3)
    whole = books()
    connection.savepoint_rollback(start)
    calls = []

    def killed(*args: Any, **more: Any) -> int:
        moved = settle_holds(*args, **more)
        calls.append(moved)
        if len(calls) == 4:
            raise KeyboardInterrupt
        return moved

    monkeypatch.setattr(renewals, "settle_holds", killed)
    with pytest.raises(KeyboardInterrupt):
        run_billing_day(today=HELD_ON, batch_size=3)
    assert books() != whole
    monkeypatch.undo()
    run_billing_day(today=HELD_ON, batch_size=3)
    assert books() == whole


def test_the_night_finds_what_slipped_through(held: Subscription) -> None:
    """A subscription that became Active beside the hold, and one that stayed stopped by none."""
    Subscription.objects.filter(pk=held.pk).update(status="active", stop_reason="")
    assert unsettled(HELD_ON) == {held.account_id}
    assert run_billing_day(today=HELD_ON).subscriptions == 1
    assert stands(held)[1:] == ("stopped", "credit_hold")
    Account.objects.filter(pk=held.account_id).update(credit_limit_override=None)
    type(held.account.account_class).objects.update(subzero_period=-1)
    assert run_billing_day(today=HELD_ON).subscriptions == 1
    assert stands(held) == ("active", "active", "")


def test_what_slipped_through_stops_on_the_day_it_is_found(acme: Account, plan: Plan) -> None:
    """A late night does not know since when it ran, and writes off what was served."""
    seats = make.subscription(account=acme, plan=plan, today=ORDERED_ON)
    top_up(account=acme, amount="500", today=ORDERED_ON)
    Account.objects.filter(pk=acme.pk).update(status="administrative_hold")
    run_billing_day(today=date(2018, 9, 4))
    assert again(seats).stopped_on == date(2018, 9, 4)
    # Three of the 30 days of September.
    assert charges(seats) == [
        ("closed", Decimal("19.35")), ("deleted", Decimal("50.00")), ("closed", Decimal("5.00")),
        ("opened", Decimal("45.00")),
    ]  # fmt: skip


def test_a_tax_that_takes_the_balance_below_its_limit_holds_on_its_day_however_late_the_night(plan: Plan) -> None:
    """On 1 October 73.22 are owed, on the 2nd 10.00 of tax more. Seen before: held on the day of the night."""
    tax()
    seats = on_credit(plan, credit_limit=Decimal(200), subzero_period=-1)
    run_billing_day(today=date(2018, 10, 1))
    lower = {"credit_limit_override": Decimal(80)}
    change_account(actor=SYSTEM, account=seats.account, values=lower, today=date(2018, 10, 1))
    assert stands(seats)[:2] == ("active", "active")
    run_billing_day(today=date(2018, 10, 5))
    assert stands(seats) == ("credit_hold", "stopped", "credit_hold")
    assert again(seats).stopped_on == date(2018, 10, 2)
