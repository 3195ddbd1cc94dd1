"""Fewer licences than Microsoft takes back now, as a customer meets it: its day before confirming, and until then."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Browser

from core.panel.formats import day_text
from subscriptions.models import Order, OrderStatus, Subscription, SubscriptionStatus
from tests.browser.conftest import Stage
from tests.browser.person import Person
from tests.factories import accounts as cast
from tests.stories.office365 import a_story
from vendors.models import VendorOperation


@pytest.mark.slow
@pytest.mark.browser
def test_fewer_licences_are_ordered_for_the_renewal_seen_on_both_pages_and_cancelled(
    stage: Stage, chromium: Browser
) -> None:
    now = timezone.now()
    with a_story(now.date()) as story:
        story.moment = datetime.now(now.tzinfo)
        story.microsoft.set_clock(at=story.moment.isoformat())
        story.microsoft.behave(window_days=0)
        bought = story.order(story.plan(), 10)
        _until(bought, SubscriptionStatus.ACTIVE)  # the worker may have been quicker than the story's own
        renewal = story.one_held()["ends"]
        day = day_text(datetime.fromtimestamp(renewal, tz=now.tzinfo).date())
        owner = cast.customer_user(account=story.account, language="en")
        with Person(chromium, stage.web, "en") as customer:
            customer.sign_in(owner.email, cast.PASSWORD)
            customer.go("customer:subscription", bought.pk)
            customer.press("Change quantities")
            customer.fill(**{"quantities.seats": 6})
            customer.send()
            customer.sees(f"only with the renewal of its term: they are there, and charged, until {day}")
            customer.send()
            order = Order.objects.get(takes_effect="end_of_term")
            customer.go("customer:subscription", bought.pk)
            customer.sees(f"is arranged with the vendor for the renewal of its term on {day}")
            _until(order, OrderStatus.SCHEDULED)
            assert story.one_held()["actions"][0]["instructions"]["quantity"] == 6
            customer.go("customer:subscription_order", order.pk)
            customer.press("Cancel the order")
            _until(order, OrderStatus.CANCELLED)
        assert Subscription.objects.get(pk=bought.pk).lowers_on is None


def _until(order: Order | Subscription, status: str) -> None:
    """Wait until the worker has brought the order, or the subscription, there."""
    deadline = timezone.now() + timedelta(seconds=60)
    while timezone.now() < deadline:
        order.refresh_from_db()
        if order.status == status:
            return
    told = VendorOperation.objects.filter(subject=f"order:{order.pk}").values("state", "attempts", "last_error_message")
    pytest.fail(f"{order} is {order.status}: {list(told)}")
