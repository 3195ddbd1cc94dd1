"""What settles each kind, by whose word is to hold: the verb that people use, or an operation at the vendor."""

import pytest

from accounts.actors import actor_of
from core.errors import Refused
from notifications.models import Notification
from subscriptions.models import Choice, Difference, Subscription
from subscriptions.resolving.deeds import Acting, UnderWay, propose_deed
from subscriptions.resolving.settling import SettledBefore, foresee, settle
from subscriptions.told.differing import does, said_of
from tests.factories import accounts as cast
from tests.subscriptions.resolving.altered import SUBSCRIPTION, Altered, an_altered_world

pytestmark = pytest.mark.django_db
# Whose word is not to be had: what has ended or runs is not changed back, nobody accepts for the customer.
NEVER = {("accept", "agreement"), ("restore", "ended"), ("restore", "term"), ("restore", "end_of_term")}
# What is not told by tests/subscriptions/resolving/test_line_five.py.
OTHERWISE = {
    "quantity": Choice.RESTORE,
    "suspended": Choice.ACCEPT,
    "running": Choice.ACCEPT,
    "unknown": Choice.ACCEPT,
    "agreement": Choice.RESTORE,
}


def held(world: Altered, row: Subscription) -> dict[str, object]:
    kept = world.story.microsoft.world.store.get(
        f"subscription:{row.vendor_ids['customer_id']}", row.vendor_ids[SUBSCRIPTION].lower()
    )
    assert kept is not None
    return kept


def test_each_kind_is_settled_by_the_word_that_is_chosen() -> None:
    with an_altered_world(1) as world:
        world.night()
        acting = Acting(actor_of(cast.manager()), world.story.today, world.story.moment)
        for one in Difference.objects.order_by("pk"):
            assert one.name in said_of(one)
            for choice in Choice.values:
                assert does(choice, one)
                if (choice, one.kind) in NEVER:
                    with pytest.raises(Refused):
                        foresee(one.pk, choice, acting)
                else:
                    assert foresee(one.pk, choice, acting).question
        assert not Difference.objects.exclude(settled="").exists(), "a preview keeps nothing"

        keep = Acting(acting.actor, acting.today, acting.now, keep=True)
        for kind, choice in OTHERWISE.items():
            settle(Difference.objects.get(kind=kind).pk, choice, keep)
        taken = Difference.objects.get(kind="quantity")
        with pytest.raises(UnderWay):
            propose_deed(taken, Choice.RESTORE, keep)
        with pytest.raises(SettledBefore):
            settle(Difference.objects.get(kind="unknown").pk, Choice.ACCEPT, keep)
        world.story.work()
        _both_sides_agree(world)
        assert Notification.objects.filter(event="service_waits_for_you").exists()
        assert Notification.objects.filter(event="contact_is_asked", email="tania2@customer.example").exists()
        world.story.books_agree()


def _both_sides_agree(world: Altered) -> None:
    rows = {one.kind: one for one in Difference.objects.select_related("subscription")}
    quantity, stopped, running = (rows[kind].subscription for kind in ("quantity", "suspended", "running"))
    assert held(world, quantity)["quantity"] == quantity.quantity == 5
    assert (stopped.status, held(world, stopped)["status"]) == ("stopped", "suspended")
    assert (running.status, held(world, running)["status"]) == ("active", "active")
    assert {kind: one.settled for kind, one in rows.items() if one.settled} == {
        "quantity": "restored",
        "suspended": "accepted",
        "running": "accepted",
        "unknown": "accepted",
    }
