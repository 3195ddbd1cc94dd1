"""What is arranged for the end of Microsoft's term, over HTTP by the sandbox's clock, with the charges to the cent."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest

from accounts.actors import SYSTEM
from notifications.models import Notification
from subscriptions.contract.ends import wanted_end
from subscriptions.models import Order, Subscription
from subscriptions.night.nights import carry_out_night
from subscriptions.people.changes import change_quantities
from subscriptions.people.failures import cancel_failed_order
from subscriptions.people.stopping import activate, delete, stop
from subscriptions.told.upkeep import upkeep_of
from subscriptions.workers.provisioning import unfinished_work
from tests.stories.arranging import BY_MONTH, MARCH_10, RENEWAL, arranged, ten_seats, until_the_renewal
from tests.stories.office365 import Story, a_story, charges, written_off
from vendors import operations

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


def test_fewer_seats_leave_with_the_renewal_and_are_charged_until_then(story: Story, bought: Subscription) -> None:
    order = arranged(story, bought)
    assert charges(bought) == [("blocked", "10.03", "01.04", 10, "70.97")]
    upkeep = upkeep_of(bought, story.today)
    assert upkeep is not None
    assert upkeep.amount == Decimal(100)
    until_the_renewal(story)
    assert charges(bought)[-1] == ("blocked", "01.04", "01.05", 10, "100.00")
    story.night(RENEWAL)
    story.at(date(2027, 4, 11))
    story.work()
    order.refresh_from_db()
    bought.refresh_from_db()
    assert (order.status, bought.status, bought.quantity, bought.lowers_on) == ("completed", "active", 6, None)
    assert (story.one_held()["quantity"], story.one_held()["actions"]) == (6, [])
    # Nine of April's 30 days with ten seats, 21 with six.
    assert charges(bought)[-3:] == [
        ("closed", "01.04", "10.04", 10, "30.00"),
        ("blocked", "10.04", "01.05", 6, "42.00"),
        ("refunded", "10.04", "01.05", 4, "28.00"),
    ]
    story.night(date(2027, 5, 1))
    assert charges(bought)[-1] == ("blocked", "01.05", "01.06", 6, "60.00")
    assert written_off(bought) == Decimal("142.97")
    story.books_agree()


def test_a_stop_drops_it_at_microsoft_and_an_activation_arranges_it_anew(story: Story, bought: Subscription) -> None:
    arranged(story, bought)
    stop(actor=SYSTEM, subscription=bought, today=story.today)
    story.work()
    assert story.one_held()["actions"] == []
    activate(actor=SYSTEM, subscription=bought, today=story.today)
    story.work()
    bought.refresh_from_db()
    assert (bought.status, bought.lowers_on) == ("active", RENEWAL)
    assert story.one_held()["actions"][0]["instructions"]["quantity"] == 6
    delete(actor=SYSTEM, subscription=bought, today=story.today)
    assert Order.objects.get(takes_effect="end_of_term").status == "cancelled"
    end = wanted_end(Subscription.objects.get(pk=bought.pk))
    assert end is not None
    assert end.at_end == "ends"


def test_where_microsoft_lost_it_the_window_of_the_new_term_is_used(story: Story, bought: Subscription) -> None:
    arranged(story, bought)
    until_the_renewal(story)
    kept = story.one_held()
    store = story.microsoft.world.store
    (customer,) = [one for one in store.all("customer") if not one["foreign"]]
    store.put(f"subscription:{customer['id']}", kept["id"].lower(), {**kept, "actions": []})
    story.night(RENEWAL)
    story.at(date(2027, 4, 11))
    story.work()
    bought.refresh_from_db()
    assert (bought.status, bought.quantity, story.one_held()["quantity"]) == ("active", 6, 6)
    story.books_agree()


def test_what_microsoft_refuses_on_the_day_is_told_and_charged_again(story: Story, bought: Subscription) -> None:
    order = arranged(story, bought)
    until_the_renewal(story)
    kept = story.one_held()
    story.microsoft.alter_subscription(subscription_id=kept["id"], ends="2027-06-10")
    story.night(RENEWAL)
    story.work(hours=48)
    order.refresh_from_db()
    bought.refresh_from_db()
    assert (order.status, bought.status) == ("provisioning_failed", "updating_failed")
    assert Notification.objects.filter(event="provisioning_failed").exists()
    cancel_failed_order(actor=SYSTEM, order=order, today=story.today)
    bought.refresh_from_db()
    assert (bought.status, bought.quantity) == ("active", 10)
    story.books_agree()
    story.night(date(2027, 5, 1))
    assert written_off(bought) == Decimal("170.97")
    story.books_agree()


def test_the_window_that_closes_before_the_worker_comes_is_told_with_the_day() -> None:
    with a_story(MARCH_10) as story:
        bought = story.order(story.plan(**BY_MONTH), 10)
        story.at(date(2027, 3, 17), 11)
        change_quantities(
            actor=SYSTEM, subscription=bought, quantities={"seats": 6}, today=story.today, now=story.moment
        )
        story.at(date(2027, 3, 18), 13)
        story.work()
        order = Order.objects.get(type="change")
        assert order.status == "provisioning_failed"
        assert "2027-04-10" in order.failure
        cancel_failed_order(actor=SYSTEM, order=order, today=story.today)
        arranged(story, bought)
        story.books_agree()


def test_what_microsoft_does_not_take_is_given_up_and_nothing_has_changed(story: Story, bought: Subscription) -> None:
    story.microsoft.fail("error_before", method="PATCH", path="/subscriptions/", status=400, code=3000, times=2)
    order = story.change(bought, 6)
    assert order.status == "provisioning_failed"
    cancel_failed_order(actor=SYSTEM, order=order, today=story.today)
    bought.refresh_from_db()
    assert (bought.status, bought.quantity, bought.lowers_on) == ("active", 10, None)
    assert charges(bought) == [("blocked", "10.03", "01.04", 10, "70.97")]
    story.books_agree()


def killed_before_the_books(story: Story) -> None:
    """Have the vendor's part of all that is due done by a worker that dies before it tells the books."""
    for operation_id in unfinished_work(now=story.moment):
        assert operations.carry_out(operation_id, now=story.moment).finished


def test_a_worker_killed_between_microsofts_answer_and_the_books_leaves_nothing_undone_or_done_twice(
    story: Story, bought: Subscription
) -> None:
    order = change_quantities(
        actor=SYSTEM, subscription=bought, quantities={"seats": 6}, today=story.today, now=story.moment
    )
    killed_before_the_books(story)
    order.refresh_from_db()
    assert order.status == "provisioning"
    sent = len(story.microsoft.requests_seen(method="PATCH"))
    story.work()
    order.refresh_from_db()
    assert (order.status, len(story.microsoft.requests_seen(method="PATCH"))) == ("scheduled", sent)
    until_the_renewal(story)
    story.at(RENEWAL, 13)
    carry_out_night(today=RENEWAL, now=story.moment)
    killed_before_the_books(story)
    story.work()
    order.refresh_from_db()
    bought.refresh_from_db()
    assert (order.status, bought.status, bought.quantity) == ("completed", "active", 6)
    assert len(story.microsoft.requests_seen(method="PATCH")) == sent
    assert charges(bought)[-1] == ("refunded", "10.04", "01.05", 4, "28.00")
    story.books_agree()
