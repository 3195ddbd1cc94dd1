"""What comes after a vendor's term, chosen by people, on the pretend Microsoft over HTTP."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest

from accounts.actors import SYSTEM
from notifications.models import Notification
from subscriptions.models import Order, Subscription
from subscriptions.people.ending import ChosenAlready, ask_vendor_of_deletion, ask_vendor_of_end, choose_end
from subscriptions.people.opening import VendorIsWorking
from subscriptions.people.stopping import delete, stop
from tests.stories.arranging import BY_MONTH, MARCH_10, RENEWAL, arranged, ten_seats, until_the_renewal
from tests.stories.office365 import Story, a_story, charges, written_off
from vendors.commitments import AtEnd, NotLoweredSo

pytestmark = pytest.mark.django_db


@pytest.fixture
def sold(db: None) -> Iterator[tuple[Story, Subscription]]:
    """Ten seats that cannot be given back any more."""
    with ten_seats() as both:
        yield both


@pytest.fixture
def story(sold: tuple[Story, Subscription]) -> Story:
    return sold[0]


@pytest.fixture
def bought(sold: tuple[Story, Subscription]) -> Subscription:
    return sold[1]


def ended_for(story: Story, bought: Subscription, at_end: AtEnd) -> Subscription:
    """Choose what comes after the term, as Microsoft tells its day, and have the workers arrange it."""
    told = ask_vendor_of_end(actor=SYSTEM, subscription=bought, now=story.moment)
    assert told == {"term_ends_on": RENEWAL}
    choose_end(actor=SYSTEM, subscription=bought, at_end=at_end, today=story.today, **told)
    story.work()
    return Subscription.objects.get(pk=bought.pk)


def test_what_is_deleted_beyond_its_window_ends_with_its_term_and_is_charged_until_then(
    story: Story, bought: Subscription
) -> None:
    arranged(story, bought)
    told = ask_vendor_of_deletion(actor=SYSTEM, subscription=bought, now=story.moment)
    assert told == {"ends_on": RENEWAL}
    delete(actor=SYSTEM, subscription=bought, today=story.today, **told)
    story.work()
    bought.refresh_from_db()
    assert (bought.status, bought.ends_on, bought.lowers_on) == ("active", RENEWAL, None)
    assert Order.objects.get(takes_effect="end_of_term").status == "cancelled"
    held = story.one_held()
    assert (held["auto_renew"], held["actions"][0]["kind"]) == (False, "Cancel")
    until_the_renewal(story)
    story.night(RENEWAL)
    story.at(date(2027, 4, 11))
    story.work()
    bought.refresh_from_db()
    assert (bought.status, story.one_held()["status"]) == ("deleted", "deleted")
    assert written_off(bought) == Decimal("100.97")
    story.books_agree()


def test_inside_the_window_it_is_deleted_at_once() -> None:
    with a_story(MARCH_10) as story:
        bought = story.order(story.plan(**BY_MONTH), 10)
        assert ask_vendor_of_deletion(actor=SYSTEM, subscription=bought, now=story.moment) == {"ends_on": None}


def test_the_end_is_chosen_told_and_chosen_otherwise(story: Story, bought: Subscription) -> None:
    ending = ended_for(story, bought, AtEnd.ENDS)
    assert (ending.at_end, ending.ends_on, ending.due_on) == ("ends", RENEWAL, date(2027, 4, 1))
    with pytest.raises(ChosenAlready):
        choose_end(actor=SYSTEM, subscription=bought, at_end=AtEnd.ENDS, term_ends_on=RENEWAL, today=story.today)
    with pytest.raises(NotLoweredSo):
        story.change(bought, 6)
    extending = ended_for(story, bought, AtEnd.EXTENDS)
    assert (extending.at_end, extending.ends_on) == ("extends", None)
    assert story.one_held()["actions"][0]["kind"] == "RenewToExtendedServiceTerm"
    renewing = ended_for(story, bought, AtEnd.RENEWS)
    assert (renewing.at_end, renewing.ends_on, story.one_held()["auto_renew"]) == ("renews", None, True)


def test_what_the_vendor_refuses_is_wanted_no_more_and_everybody_hears(story: Story, bought: Subscription) -> None:
    story.microsoft.fail("error_before", method="PATCH", path="/subscriptions/", status=400, code=3000, times=2)
    refused = ended_for(story, bought, AtEnd.ENDS)
    assert (refused.status, refused.at_end, refused.ends_on) == ("active", "", None)
    assert Notification.objects.filter(event="provisioning_failed").exists()
    stop(actor=SYSTEM, subscription=bought, today=story.today)
    with pytest.raises(VendorIsWorking):
        choose_end(actor=SYSTEM, subscription=bought, at_end=AtEnd.ENDS, term_ends_on=RENEWAL, today=story.today)


def test_an_extended_term_ends_at_any_time_by_the_day(story: Story, bought: Subscription) -> None:
    story.microsoft.behave(extended_bought_since="2025-04-01", extended_since="2026-05-04")
    ended_for(story, bought, AtEnd.EXTENDS)
    until_the_renewal(story)
    story.night(RENEWAL)
    story.at(date(2027, 4, 25))
    assert story.one_held()["extended"] is True
    assert story.change(bought, 4).status == "completed"
    story.at(date(2027, 4, 27))
    assert ask_vendor_of_deletion(actor=SYSTEM, subscription=bought, now=story.moment) == {"ends_on": None}
    delete(actor=SYSTEM, subscription=bought, today=story.today)
    story.work()
    bought.refresh_from_db()
    assert (bought.status, story.one_held()["status"]) == ("deleted", "deleted")
    # 24 days with ten seats, two with four.
    assert [one[4] for one in charges(bought) if one[0] == "closed"][-2:] == ["80.00", "2.67"]
    story.books_agree()
