"""What is arranged for a vendor's next term: cancelled, and beside other orders."""

from collections.abc import Iterator
from datetime import date

import pytest

from accounts.actors import SYSTEM, actor_of
from core.panel.formats import day_text
from notifications.models import Notification
from subscriptions.models import Subscription
from subscriptions.people.changes import change_quantities
from subscriptions.people.opening import OrderWaits
from subscriptions.people.ordering import cancel_order
from tests.factories import accounts as cast
from tests.stories.arranging import RENEWAL, arranged, ten_seats, until_the_renewal
from tests.stories.office365 import Story

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


def test_it_is_cancelled_and_all_seats_are_renewed(story: Story, bought: Subscription) -> None:
    order = arranged(story, bought)
    cancelled = cancel_order(actor=SYSTEM, order=order, today=story.today)
    story.work()
    bought.refresh_from_db()
    assert (cancelled.status, bought.status, bought.lowers_on) == ("cancelled", "active", None)
    assert story.one_held()["actions"][0]["instructions"] is None
    until_the_renewal(story)
    story.night(RENEWAL)
    story.at(date(2027, 4, 11))
    assert story.one_held()["quantity"] == 10
    story.books_agree()


def test_a_raise_meanwhile_leaves_it_arranged_and_all_but_six_leave(story: Story, bought: Subscription) -> None:
    arranged(story, bought)
    assert story.change(bought, 12).status == "completed"
    assert story.one_held()["actions"][0]["instructions"]["quantity"] == 6
    for seats in (6, 4):
        with pytest.raises(OrderWaits):
            change_quantities(
                actor=SYSTEM, subscription=bought, quantities={"seats": seats}, today=story.today, now=story.moment
            )
    until_the_renewal(story)
    story.night(RENEWAL)
    story.at(date(2027, 4, 11))
    story.work()
    bought.refresh_from_db()
    assert (bought.quantity, story.one_held()["quantity"]) == (6, 6)
    story.books_agree()


def test_who_asked_is_told_what_is_arranged_and_for_which_day(story: Story, bought: Subscription) -> None:
    owner = cast.customer_user(account=story.account, language="en")
    change_quantities(
        actor=actor_of(owner), subscription=bought, quantities={"seats": 6}, today=story.today, now=story.moment
    )
    story.work()
    letter = Notification.objects.get(event="subscription_arranged", user=owner)
    assert "10 → 6" in letter.body_text
    assert day_text(RENEWAL) in letter.body_text
