"""Seats for a month that renews itself, ten days old, and a lowering that is arranged with the renewal: for stories."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from subscriptions.models import Order, Subscription
from tests.stories.office365 import Story, a_story

MARCH_10, MARCH_20, RENEWAL = date(2027, 3, 10), date(2027, 3, 20), date(2027, 4, 10)
BY_MONTH = {"term_duration": "P1M"}


@contextmanager
def ten_seats() -> Iterator[tuple[Story, Subscription]]:
    """Yield ten seats on 20 March, with enough money: none of them can be given back any more."""
    with a_story(MARCH_10) as story:
        bought = story.order(story.plan(**BY_MONTH), 10)
        story.at(MARCH_20)
        yield story, bought


def arranged(story: Story, bought: Subscription, seats: int = 6) -> Order:
    """Lower the seats, which the vendor takes for its renewal; return the order that waits for it."""
    order = story.change(bought, seats)
    bought.refresh_from_db()
    assert (order.status, order.takes_effect, order.effective_on) == ("scheduled", "end_of_term", RENEWAL)
    assert (bought.status, bought.quantity, bought.lowers_on) == ("active", 10, RENEWAL)
    assert story.one_held()["actions"][0]["instructions"]["quantity"] == seats
    return order


def until_the_renewal(story: Story) -> None:
    """Carry out the billing day before the renewal."""
    story.night(date(2027, 4, 1))
