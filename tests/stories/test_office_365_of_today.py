"""Office 365 of today from order to end, over HTTP by the clock of the sandbox, with all charges to the cent."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest

from accounts.actors import SYSTEM
from billing.engine.periods import add_months
from notifications.models import Notification
from subscriptions.models import HeldCommitment
from subscriptions.people.stopping import activate, delete, stop
from subscriptions.workers.renewed import follow_renewals
from tests.stories.office365 import Story, a_story, charges, written_off

pytestmark = pytest.mark.django_db
MARCH_10 = date(2027, 3, 10)


def march(day: int) -> date:
    return date(2027, 3, day)


@pytest.fixture
def story() -> Iterator[Story]:
    """A story that begins on 10 March 2027, with enough money."""
    with a_story(MARCH_10) as begun:
        yield begun


def test_seats_are_ordered_raised_and_lowered_in_their_window(story: Story) -> None:
    bought = story.order(story.plan(), 5)
    # 22 of March's 31 days are left: 5 x 10.00 x 22/31.
    assert charges(bought) == [("blocked", "10.03", "01.04", 5, "35.48")]
    held = story.one_held()
    assert (held["quantity"], held["term"], held["cycle"], held["status"]) == (5, "P1Y", "monthly", "active")

    story.at(march(12))
    assert story.change(bought, 8).status == "completed"
    assert charges(bought)[1:] == [("blocked", "12.03", "01.04", 3, "19.35")]  # 3 x 10.00 x 20/31
    assert story.one_held()["quantity"] == 8

    story.at(march(18))  # the first five are past their week, the three of the 12th are not
    assert story.change(bought, 6).status == "completed"
    assert story.one_held()["quantity"] == 6
    assert charges(bought) == [
        ("blocked", "10.03", "01.04", 5, "35.48"),
        ("closed", "12.03", "18.03", 3, "5.81"),
        ("blocked", "18.03", "01.04", 1, "4.52"),
        ("refunded", "18.03", "01.04", 2, "9.02"),
    ]
    story.night(date(2027, 4, 1))
    assert written_off(bought) == Decimal("45.81")
    assert charges(bought)[-1] == ("blocked", "01.04", "01.05", 6, "60.00")
    story.books_agree()


def test_it_is_stopped_and_activated_while_microsoft_goes_on_billing(story: Story) -> None:
    bought = story.order(story.plan(), 5)
    story.at(march(20))
    stop(actor=SYSTEM, subscription=bought, today=story.today)
    story.work()
    bought.refresh_from_db()
    assert (bought.status, story.one_held()["status"]) == ("stopped", "suspended")
    story.at(march(25))
    activate(actor=SYSTEM, subscription=bought, today=story.today)
    story.work()
    bought.refresh_from_db()
    assert (bought.status, story.one_held()["status"]) == ("active", "active")
    assert charges(bought) == [("closed", "10.03", "20.03", 5, "16.13"), ("blocked", "25.03", "01.04", 5, "11.29")]
    story.books_agree()


def test_it_is_cancelled_in_its_window(story: Story) -> None:
    bought = story.order(story.plan(), 5)
    story.at(march(15))
    delete(actor=SYSTEM, subscription=bought, today=story.today)
    story.work()
    bought.refresh_from_db()
    assert (bought.status, story.one_held()["status"]) == ("deleted", "deleted")
    assert charges(bought) == [("closed", "10.03", "15.03", 5, "8.06")]
    story.books_agree()


def test_out_of_its_window_it_is_cancelled_with_the_end_of_its_term(story: Story) -> None:
    bought = story.order(story.plan(term_duration="P1M"), 5)
    story.at(march(25))
    delete(actor=SYSTEM, subscription=bought, today=story.today)
    story.work()
    bought.refresh_from_db()
    held = story.one_held()
    assert (bought.status, held["status"], held["auto_renew"]) == ("deleted", "active", False)
    assert [action["kind"] for action in held["actions"]] == ["Cancel"]
    assert bought.attributes["ends_on.seats"]["value"] == "2027-04-09"
    assert charges(bought) == [("closed", "10.03", "25.03", 5, "24.19")]  # 5 x 10.00 x 15/31
    story.night(date(2027, 4, 10))
    story.at(date(2027, 4, 11))
    follow_renewals(now=story.moment)
    assert story.one_held()["status"] == "deleted"
    assert HeldCommitment.objects.get().state == "ended"
    assert not Notification.objects.filter(event="service_alarm").exists()
    story.books_agree()


def test_it_is_renewed_at_microsoft_as_it_is(story: Story) -> None:
    bought = story.order(story.plan(), 5)
    for month in range(1, 13):
        story.night(add_months(date(2027, 3, 1), month))
    before, kept = story.one_held(), HeldCommitment.objects.get()
    story.night(date(2028, 3, 10))
    assert follow_renewals(now=story.moment) == 0, "the end waits in Microsoft's queue"
    story.at(date(2028, 3, 10), 7)
    assert follow_renewals(now=story.moment) == 1
    after = story.one_held()
    assert (after["quantity"], after["began"]) == (5, before["ends"])
    assert HeldCommitment.objects.get().ends_on == add_months(kept.ends_on, 12)
    assert not Notification.objects.filter(event="service_alarm").exists()
    story.night(date(2028, 4, 1))
    assert written_off(bought) == Decimal("635.48")  # 35.48 + 12 x 50.00
    assert charges(bought)[-1] == ("blocked", "01.04", "01.05", 5, "50.00")
    story.books_agree()


def test_it_goes_into_the_extended_term_by_the_month_and_is_cancelled_there_at_any_time(story: Story) -> None:
    bought = story.order(story.plan(end_of_term="extends"), 5)
    assert [action["kind"] for action in story.one_held()["actions"]] == ["RenewToExtendedServiceTerm"]
    for month in range(1, 13):
        story.night(add_months(date(2027, 3, 1), month))
    story.night(date(2028, 3, 10))
    story.at(date(2028, 3, 11))
    held = story.one_held()
    assert (held["extended"], held["term"], held["quantity"], held["status"]) == (True, "P1M", 5, "active")
    assert follow_renewals(now=story.moment) == 1
    assert not Notification.objects.filter(event="service_alarm").exists()
    story.night(date(2028, 4, 1))
    story.at(date(2028, 4, 21))
    delete(actor=SYSTEM, subscription=bought, today=story.today)
    story.work()
    bought.refresh_from_db()
    assert (bought.status, story.one_held()["status"]) == ("deleted", "deleted")
    assert written_off(bought) == Decimal("668.81")  # 35.48 + 12 x 50.00 + 5 x 10.00 x 20/30
    story.books_agree()


@pytest.mark.parametrize("road", ["direct", "attestation"])
def test_an_order_waits_for_the_agreement_and_is_charged_from_the_day_it_is_provided(road: str) -> None:
    with a_story(MARCH_10, agreement_road=road) as story:
        bought = story.order(story.plan(), 5, accepts=False)
        assert (bought.status, story.held()) == ("installing", [])
        assert charges(bought) == [("blocked", "10.03", "01.04", 5, "35.48")]
        story.at(march(12))
        if road == "direct":
            story.microsoft.accept_agreement(domain="acme.onmicrosoft.com")
        else:
            (asked,) = story.microsoft.world.store.all("attestation")
            story.microsoft.sign_attestation(attestation_id=asked["id"])
        story.work()
        bought.refresh_from_db()
        assert (bought.status, story.one_held()["quantity"]) == ("active", 5)
        assert charges(bought) == [("blocked", "12.03", "01.04", 5, "32.26")]  # 5 x 10.00 x 20/31
        story.books_agree()
