"""What keeping, lowering and cancelling cost: as the deeds themselves would, today and once the window has closed."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from accounts.actors import SYSTEM
from billing.models import Charge
from subscriptions.models import Plan, Subscription
from subscriptions.people.stopping import delete
from subscriptions.told.decisions import Bound, bound_of, units_thought_of
from subscriptions.told.preview import preview
from tests.factories import accounts as cast
from tests.factories import commitments as bound
from tests.factories import subscriptions as make
from vendors.commitments import AtEnd, Returnable, State

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 10)
NOW = make.noon(TODAY)


@pytest.fixture
def held(plan: Plan) -> Subscription:
    """Five seats at 10.00, bought on the tenth; the vendor takes all back for six days."""
    subscription = make.subscription(account=cast.account(), plan=plan, today=TODAY)
    bound.commitment(subscription=subscription, now=NOW)
    return subscription


def looked(subscription: Subscription, **units: int) -> Bound:
    (found,) = bound_of(SYSTEM, subscription, units=units, now=NOW, costs=True)
    return found


def test_decisions_cost_what_the_deeds_bring_today_and_after_the_window(held: Subscription) -> None:
    found = looked(held, seats=2)
    keep, lower, cancel = found.decisions
    assert [(one.name, len(one.outcomes), one.units) for one in found.decisions] == [
        ("keep", 1, 5), ("lower", 2, 2), ("cancel", 2, 0),
    ]  # fmt: skip
    assert found.fewer == 2
    assert (keep.outcomes[0].paid_until, keep.outcomes[0].monthly) == (date(2026, 12, 1), Decimal(50))
    assert (keep.outcomes[0].given_back, keep.outcomes[0].bound_until) == (0, TODAY + timedelta(days=30))
    term_over = TODAY + timedelta(days=30)
    assert [(one.monthly, one.bound_until) for one in lower.outcomes] == [(20, None), (50, term_over)]
    assert [one.paid_until for one in lower.outcomes] == [date(2026, 12, 1)] * 2
    assert lower.outcomes[1].given_back == 0, "they leave with the renewal"
    today, later = cancel.outcomes
    deed = preview(lambda: delete(actor=SYSTEM, subscription=held, today=TODAY), account=held.account, today=TODAY)
    assert today.given_back == deed.given_back
    assert (today.bound_until, later.bound_until) == (None, term_over)
    assert (today.monthly, later.monthly) == (0, 50), "beyond its window it is there, and charged, until its term ends"
    assert later.at == NOW + timedelta(days=6)
    assert (later.paid_until, later.given_back) == (date(2026, 12, 1), 0)
    held.refresh_from_db()
    assert (held.lowers_on, held.ends_on) == (None, None)
    assert (held.status, Charge.objects.exclude(status="blocked").count()) == ("active", 0), "nothing was done"


def test_without_a_wish_as_few_are_kept_as_can_be_given_back(held: Subscription) -> None:
    closes = NOW + timedelta(days=1)
    bound.commitment(subscription=held, now=NOW, returnable=(Returnable(3, closes),), cancel_until=closes)
    found = looked(held)
    assert found.fewer == 2
    assert found.last_day == TODAY + timedelta(days=29)
    assert [one.row.kind for one in found.dates] == ["units", "cancel", "renews"]
    assert found.dates[2].price is not None
    taken, not_taken = next(one for one in found.decisions if one.name == "lower").outcomes
    assert (taken.bound_until, not_taken.bound_until) == (None, TODAY + timedelta(days=30))


def test_what_is_refused_says_why_and_what_has_ended_is_decided_no_more(held: Subscription) -> None:
    Subscription.objects.filter(pk=held.pk).update(status="stopped")
    lower = next(one for one in looked(held, seats=2).decisions if one.name == "lower")
    assert lower.outcomes[0].refusal
    bound.commitment(
        subscription=held, now=NOW, state=State.ENDED, at_end=None, ends_on=None, cancel_until=None, returnable=()
    )
    found = looked(held)
    assert (found.decisions, found.dates, found.last_day, found.fewer) == ((), (), None, "")


def test_fewer_of_what_is_not_renewed_are_refused_as_the_deed_is(held: Subscription) -> None:
    bound.commitment(subscription=held, now=NOW, at_end=AtEnd.ENDS)
    lower = next(one for one in looked(held, seats=2).decisions if one.name == "lower")
    assert [bool(one.refusal) for one in lower.outcomes] == [False, True]
    assert "not renewed then" in lower.outcomes[1].refusal


def test_units_of_an_address_are_numbers() -> None:
    assert units_thought_of({"seats": "3", "mailboxes": "-1", "x": "", "y": "99999999999", "z": "²"}) == {"seats": 3}
