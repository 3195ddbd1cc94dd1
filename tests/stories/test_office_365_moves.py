"""Switches of plan that are moves at Microsoft: an upgrade, and a trial that becomes what is paid; over HTTP."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest

from accounts.actors import SYSTEM
from billing.funds import funds_of
from subscriptions.catalogue.plans import Lasting
from subscriptions.models import Order, Plan, Subscription
from subscriptions.night.renewals import run_billing_day
from subscriptions.people.failures import cancel_failed_order, retry
from subscriptions.people.stopping import delete
from subscriptions.people.switching import switch_plan
from tests.stories.office365 import Story, a_story, charges, written_off
from vendors.questions import VendorUnavailable

pytestmark = pytest.mark.django_db
BASIC, STANDARD, E1 = "CFQ7TTC0LH18:0001", "CFQ7TTC0LDPB:0001", "CFQ7TTC0LF8Q:0001"
TRIAL = "CFQ7TTC0LDPB:0003"


@pytest.fixture
def story() -> Iterator[Story]:
    """A story that begins on 10 March 2027, with enough money."""
    with a_story(date(2027, 3, 10)) as begun:
        yield begun


def switched(story: Story, subscription: Subscription, plan: Plan, seats: int) -> Order:
    order = switch_plan(
        actor=SYSTEM,
        subscription=subscription,
        period=plan.periods.get(),
        quantities={"seats": seats},
        today=story.today,
        now=story.moment,
        pay_from_balance=True,
    )
    subscription.refresh_from_db()
    return order


def after_work(story: Story, subscription: Subscription, hours: float = 1) -> str:
    story.work(hours)
    subscription.refresh_from_db()
    return subscription.status


def test_an_upgrade_is_one_move_at_microsoft_and_charged_from_the_day_it_is_made(story: Story) -> None:
    basic, standard = story.plan(BASIC, "6.00"), story.plan(STANDARD, "12.50")
    bought = story.order(basic, 5)
    subscription_id = story.one_held()["id"]
    story.at(date(2027, 3, 20))
    order = switched(story, bought, standard, 6)
    assert (bought.status, order.status) == ("updating", "provisioning")
    assert after_work(story, bought) == "active"
    order.refresh_from_db()
    assert (order.status, bought.plan_id) == ("completed", standard.pk)
    held = story.one_held()
    assert (held["id"], held["offer"].lower(), held["quantity"]) == (subscription_id, held["offer"].lower(), 6)
    assert held["catalogue_item"].startswith(STANDARD)
    assert [move["kind"] for move in held["transitions"]] == ["transition_with_license_transfer"]
    # 5 x 6.00 x 10/31; of the 21.29 paid, 11.61 counts; 6 x 12.50 x 12/31.
    assert charges(bought) == [
        ("closed", "10.03", "20.03", 5, "9.68"),
        ("blocked", "20.03", "01.04", 6, "29.03"),
        ("refunded", "20.03", "01.04", 5, "11.61"),
    ]
    story.night(date(2027, 4, 1))
    assert written_off(bought) == Decimal("38.71")
    assert charges(bought)[-1] == ("blocked", "01.04", "01.05", 6, "75.00")
    story.books_agree()


def test_what_microsoft_refuses_is_tried_again_or_given_up_with_everything_as_it_was(story: Story) -> None:
    basic, standard = story.plan(BASIC, "6.00"), story.plan(STANDARD, "12.50")
    bought = story.order(basic, 5)
    before = (funds_of(story.account).balance, funds_of(story.account).available)
    story.at(date(2027, 3, 20))
    body = {"code": 800020, "description": "No", "data": [], "source": "PartnerFD"}
    story.microsoft.fail("answer", method="POST", path="/transitions", status=403, body=body, times=2)
    order = switched(story, bought, standard, 5)
    assert after_work(story, bought) == "updating_failed"
    retry(actor=SYSTEM, subscription=bought, today=story.today, now=story.moment)
    assert after_work(story, bought) == "updating_failed"
    cancel_failed_order(actor=SYSTEM, order=Order.objects.get(pk=order.pk), today=story.today)
    bought.refresh_from_db()
    assert (bought.status, bought.plan_id) == ("active", basic.pk)
    assert charges(bought) == [("blocked", "10.03", "01.04", 5, "21.29")]
    assert (funds_of(story.account).balance, funds_of(story.account).available) == before
    assert story.one_held()["catalogue_item"].startswith(BASIC)
    story.books_agree()
    switched(story, bought, standard, 5)
    assert after_work(story, bought) == "active"
    assert bought.plan_id == standard.pk
    story.books_agree()


def test_a_move_that_takes_the_night_is_charged_from_the_day_after_it(story: Story) -> None:
    basic, standard = story.plan(BASIC, "6.00"), story.plan(STANDARD, "12.50")
    bought = story.order(basic, 5)
    story.at(date(2027, 3, 31), 20)
    story.microsoft.behave(transition_seconds=9 * 3600)
    switched(story, bought, standard, 5)
    assert after_work(story, bought, hours=2) == "updating"
    story.at(date(2027, 4, 1), 0, 5)
    run_billing_day(today=story.today)
    assert after_work(story, bought, hours=20) == "active"
    # April was begun with the old plan, and is charged for none of its days.
    assert charges(bought) == [
        ("closed", "10.03", "01.04", 5, "21.29"),
        ("blocked", "01.04", "01.05", 5, "62.50"),
    ]
    assert story.one_held()["catalogue_item"].startswith(STANDARD)
    story.books_agree()


def test_a_night_that_stops_it_for_funds_meanwhile_stops_what_it_has_become() -> None:
    with a_story(date(2027, 3, 10), balance="25.00") as story:
        bought = story.order(story.plan(BASIC, "6.00"), 5)  # its payment came besides: 25.00 stay
        standard = story.plan(STANDARD, "12.50")
        story.at(date(2027, 3, 31), 20)
        story.microsoft.behave(transition_seconds=9 * 3600)
        switched(story, bought, standard, 5)
        assert funds_of(story.account).available < 30
        story.at(date(2027, 4, 1), 0, 5)
        run_billing_day(today=story.today)
        bought.refresh_from_db()
        assert (bought.status, bought.stop_reason) == ("updating", "funds_short")
        assert after_work(story, bought, hours=20) == "stopped"
        assert (bought.plan_id, story.one_held()["status"]) == (standard.pk, "suspended")
        assert charges(bought) == [("closed", "10.03", "01.04", 5, "21.29")]
        assert funds_of(story.account).blocked == 0
        story.books_agree()


def test_what_failed_may_be_deleted(story: Story) -> None:
    bought = story.order(story.plan(BASIC, "6.00"), 5)
    story.at(date(2027, 3, 15))
    body = {"code": 800020, "description": "No", "data": [], "source": "PartnerFD"}
    story.microsoft.fail("answer", method="POST", path="/transitions", status=403, body=body)
    switched(story, bought, story.plan(STANDARD, "12.50"), 5)
    assert after_work(story, bought) == "updating_failed"
    delete(actor=SYSTEM, subscription=bought, today=story.today)
    assert after_work(story, bought) == "deleted"
    assert charges(bought) == [("closed", "10.03", "15.03", 5, "4.84")]
    assert (funds_of(story.account).blocked, story.one_held()["status"]) == (0, "deleted")
    story.books_agree()


def test_what_microsoft_does_not_let_become_the_other_is_said_before_anything_is_ordered(story: Story) -> None:
    bought = story.order(story.plan(BASIC, "6.00"), 5)
    with pytest.raises(VendorUnavailable, match="does not let this product become"):
        switched(story, bought, story.plan(E1, "10.00"), 5)
    assert Order.objects.count() == 1


def test_a_trial_becomes_what_is_paid_with_a_term_from_that_day(story: Story) -> None:
    trial = story.plan(
        TRIAL,
        "12.50",
        periods=[Lasting(duration=1, unit="month", trial=True)],
        billing_cycle="none",
        term_duration="P1M",
    )
    bought = story.order(trial, 5)
    assert (bought.trial, charges(bought)) == (True, [])
    assert story.one_held()["catalogue_item"].startswith(TRIAL)
    story.at(date(2027, 3, 20))
    paid = story.plan(STANDARD, "12.50")
    order = switched(story, bought, paid, 4)
    assert after_work(story, bought) == "active"
    order.refresh_from_db()
    held = story.one_held()
    assert (order.status, bought.trial, bought.plan_id) == ("completed", False, paid.pk)
    assert (held["quantity"], held["term"], held["status"], held["auto_renew"]) == (4, "P1Y", "active", True)
    assert charges(bought) == [("blocked", "20.03", "01.04", 4, "19.35")]  # 4 x 12.50 x 12/31
    story.night(date(2027, 4, 1))
    assert charges(bought)[-1] == ("blocked", "01.04", "01.05", 4, "50.00")
    story.books_agree()


def test_a_trial_that_nobody_switches_ends_here_and_at_microsoft(story: Story) -> None:
    trial = story.plan(
        TRIAL,
        "12.50",
        periods=[Lasting(duration=1, unit="month", trial=True)],
        billing_cycle="none",
        term_duration="P1M",
    )
    bought = story.order(trial, 5)
    for day in (date(2027, 4, 10), date(2027, 4, 11), date(2027, 4, 12)):
        story.night(day)
    bought.refresh_from_db()
    assert story.one_held()["status"] == "deleted", "Microsoft would have made it a paid one"
    assert charges(bought) == []
