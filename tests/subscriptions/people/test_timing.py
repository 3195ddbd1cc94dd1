"""When a vendor takes other units, said beforehand and refused with the day on which it can be done."""

from datetime import date

import pytest

from accounts.actors import SYSTEM
from accounts.models import Account
from subscriptions.models import Plan, Subscription
from subscriptions.people.changes import change_quantities
from subscriptions.people.timing import OnlyWithTheTerm, RaiseOrLower, TooManyChanges, told_of_changes
from subscriptions.told.offered import looked_for_in_vain, steps_of_subscription
from tests.factories import subscriptions as make
from tests.factories.billing import top_up
from tests.subscriptions.conftest import ORDERED_ON, change, work
from tests.subscriptions.contract.test_effect import ruled

pytestmark = pytest.mark.django_db
AUG25, AUG26 = date(2018, 8, 25), date(2018, 8, 26)


def test_once_a_day_is_refused_with_the_moment_from_which_it_can_be_done(running: Subscription) -> None:
    """The vendor's day ends at midnight in Bratislava, which is 22:00 UTC."""
    ruled(running.plan, "daily")
    noon = make.noon(AUG25)
    assert told_of_changes(running, noon) == ("The quantities can be changed once a day.",)
    change(running, 4, AUG25)
    work(AUG25)
    with pytest.raises(TooManyChanges, match=r"from 25 Aug 2018, 22:00") as refusal:
        change(running, 3, AUG25)
    assert told_of_changes(running, noon)[-1] == str(refusal.value)
    running.refresh_from_db()
    steps = steps_of_subscription(SYSTEM, running, AUG25, noon)
    assert isinstance(looked_for_in_vain(SYSTEM, running, steps), TooManyChanges)
    assert steps_of_subscription(SYSTEM, running, AUG26, make.noon(AUG26))["change"] is None
    change(running, 3, AUG26)
    work(AUG26)
    running.refresh_from_db()
    assert (running.status, running.quantity) == ("active", 3)


@pytest.mark.parametrize(
    ("rule", "sentences"),
    [
        ("", []),
        ("monthly", ["Fewer units are there, and charged, from the next billing day on."]),
        ("yearly", ["Units are lowered only when the term is renewed."]),
        (
            "nightly",
            [
                "The quantities can be changed once a day.",
                "More units are there, and charged, from the next day on.",
                "Fewer units are there, and charged, from the next day on.",
            ],
        ),
    ],
)
def test_what_holds_at_the_vendor_is_said_before(running: Subscription, rule: str, sentences: list[str]) -> None:
    ruled(running.plan, rule)
    assert list(told_of_changes(running, make.noon(AUG25))) == sentences


@pytest.mark.parametrize(
    ("months", "rule", "seats", "said"),
    [
        (None, "yearly", 3, "lowers units only when its own term is renewed"),
        (2, "yearly", 3, "lowers units only when the term is renewed: on 20 Oct 2018"),
        (1, "monthly", 3, None),
        (1, "nightly", 8, "The term ends on 20 Sep 2018"),
    ],
)
def test_what_comes_only_with_the_term_is_refused_with_its_day(
    acme: Account, backup_plan: Plan, months: int | None, rule: str, seats: int, said: str | None
) -> None:
    plan = make.plan(months=months, connection=backup_plan.template.connection)
    ruled(plan, rule)
    subscription = make.subscription(account=acme, plan=plan, today=ORDERED_ON)
    top_up(account=acme, amount="100", today=ORDERED_ON)
    work()
    day = date(2018, 9, 19) if rule == "nightly" else AUG25
    if said is None:
        assert change(subscription, seats, day).status == "scheduled"
        return
    with pytest.raises(OnlyWithTheTerm, match=said):
        change(subscription, seats, day)


def test_after_the_last_billing_day_of_a_term_nothing_is_lowered_in_it(acme: Account, backup_plan: Plan) -> None:
    plan = make.plan(months=1, connection=backup_plan.template.connection)
    ruled(plan, "monthly")
    subscription = make.subscription(account=acme, plan=plan, today=ORDERED_ON)
    top_up(account=acme, amount="100", today=ORDERED_ON)
    work()
    with pytest.raises(OnlyWithTheTerm, match="The term ends on 20 Sep 2018"):
        change(subscription, 3, date(2018, 9, 2))


def test_a_vendor_that_raises_and_lowers_on_different_days_is_told_of_one_at_a_time(
    acme: Account, backup_plan: Plan
) -> None:
    plan = make.plan(prices={"seats": "10.00", "disks": "1.00"}, connection=backup_plan.template.connection)
    plan.template.resources.filter(key="disks").update(vendor_reference="archive")
    ruled(plan, "monthly")
    subscription = make.subscription(account=acme, plan=plan, today=ORDERED_ON, quantities={"seats": 5, "disks": 5})
    work()
    with pytest.raises(RaiseOrLower, match="order the one first"):
        change_quantities(
            actor=SYSTEM,
            subscription=subscription,
            quantities={"seats": 3, "disks": 8},
            today=AUG25,
            now=make.noon(AUG25),
        )
