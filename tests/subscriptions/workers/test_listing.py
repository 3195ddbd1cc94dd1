"""The whole list of a customer: what nobody's books have, and what was bought for no term."""

import pytest

from accounts.actors import actor_of
from subscriptions.models import Difference, Settled, Subscription
from subscriptions.resolving.deeds import Acting
from subscriptions.resolving.settling import settle
from tests.factories import accounts as cast
from tests.subscriptions.resolving.altered import SUBSCRIPTION, Altered

pytestmark = pytest.mark.django_db


def told() -> list[tuple[str, str]]:
    return list(Difference.objects.filter(settled="").order_by("pk").values_list("kind", "theirs"))


def test_what_was_bought_by_hand_is_found_once_and_is_gone_again(world: Altered) -> None:
    (row,) = world.untouched
    vendor_id = world.bought_by_hand(row, "By hand")
    assert (world.night(), told()) == (1, [("unknown", "active 5")])
    found = Difference.objects.get()
    assert (found.subscription, found.account, found.name) == (None, row.account, "By hand")
    assert world.night() == 0
    world.story.microsoft.alter_subscription(subscription_id=vendor_id, status="deleted")
    assert (world.night(), told()) == (0, [])
    assert Difference.objects.get().settled == Settled.VANISHED


def test_list_that_lags_is_not_believed(world: Altered) -> None:
    (row,) = world.untouched
    vendor_id = world.bought_by_hand(row, "By hand")
    world.story.microsoft.behave(list_lag_seconds=86_400)
    world.story.microsoft.alter_subscription(subscription_id=vendor_id, status="deleted")
    assert (world.night(), told()) == (0, [])


def test_while_something_is_on_its_way_nothing_of_the_customer_is_unknown(world: Altered) -> None:
    (row,) = world.untouched
    world.bought_by_hand(row, "By hand")
    Subscription.objects.filter(pk=row.pk).update(awaited_operation="order:1:provision")
    assert (world.night(), told()) == (0, [])


def test_what_is_left_alone_is_not_told_again(world: Altered) -> None:
    (row,) = world.untouched
    world.bought_by_hand(row, "By hand")
    assert world.night() == 1
    acting = Acting(actor_of(cast.manager()), world.story.today, world.story.moment, keep=True)
    settle(Difference.objects.get().pk, "accept", acting)
    assert (world.night(), told()) == (0, [])


def test_subscription_of_before_the_new_commerce_is_compared_by_the_list(world: Altered) -> None:
    """It is bound to nothing, so no commitment tells of it; where the list differs it is read by its id."""
    (row,) = world.untouched
    microsoft = world.story.microsoft.world
    kind = f"subscription:{row.vendor_ids['customer_id']}"
    kept = microsoft.store.get(kind, row.vendor_ids[SUBSCRIPTION].lower())
    assert kept is not None
    microsoft.store.put(kind, kept["id"].lower(), {**kept, "catalogue_item": None, "quantity": 9})
    row.commitments.all().delete()
    assert (world.night(), told()) == (1, [("quantity", "9")])
    world.theirs(row, quantity=5)
    assert (world.night(), told()) == (0, [])
    world.story.microsoft.remove_subscriptions(domain="customer1.onmicrosoft.com")
    assert (world.night(), told()) == (1, [("ended", "ended")])
