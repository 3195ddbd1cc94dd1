"""What settles each kind, by whose word is to hold: the verb that people use, or an operation at the vendor."""

from typing import Any

import pytest

from accounts.actors import SYSTEM, actor_of
from core.errors import Refused
from notifications.models import Notification
from sandbox.microsoft.listing import keep as kept_there
from subscriptions.models import Choice, Difference, HeldCommitment, Subscription
from subscriptions.people.ending import choose_end
from subscriptions.resolving.deeds import Acting, NothingToDo, UnderWay, propose_deed
from subscriptions.resolving.settling import SettledBefore, foresee, settle
from subscriptions.told.differing import does, said_of
from tests.factories import accounts as cast
from tests.subscriptions.resolving.altered import SUBSCRIPTION, Altered, an_altered_world
from vendors.commitments import AtEnd

pytestmark = pytest.mark.django_db
# Whose word is not to be had: what has ended or runs is not changed back, nobody accepts for the customer.
NEVER = {("accept", "agreement"), ("restore", "ended"), ("restore", "term")}
# What is not told by tests/subscriptions/resolving/test_line_five.py.
OTHERWISE = {
    "quantity": Choice.RESTORE,
    "suspended": Choice.ACCEPT,
    "running": Choice.ACCEPT,
    "unknown": Choice.ACCEPT,
    "agreement": Choice.RESTORE,
}


def held(world: Altered, row: Subscription) -> dict[str, Any]:
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


def test_what_is_arranged_for_the_renewal_is_restored_and_what_people_chose_is_no_difference(world: Altered) -> None:
    """Ten days after the purchase: Microsoft gives nothing back any more."""
    (row,) = world.untouched
    story = world.story
    world.night(hours=24 * 10)
    order = story.change(row, 3)
    assert order.status == "scheduled"
    lost = held(world, row)
    (planned,) = lost["actions"]
    customer = f"subscription:{row.vendor_ids['customer_id']}"
    another = {**planned, "instructions": {**planned["instructions"], "term": "P1M"}}
    for actions in ([], [another]):
        kept_there(story.microsoft.world, customer, {**held(world, row), "actions": actions})
        assert world.night() == 1
        one = Difference.objects.get(settled="")
        assert (one.kind, one.ours) == ("schedule", "3")
        _settled(world, one, Choice.RESTORE)
        assert held(world, row)["actions"] == [planned]
        assert world.night() == 0

    world.theirs(row, quantity=4)
    assert world.night() == 1
    _settled(world, Difference.objects.get(settled=""), Choice.ACCEPT)
    row.refresh_from_db()
    assert (row.status, row.quantity) == ("active", 4), "the vendor holds it already: at once, not with the renewal"
    assert (held(world, row)["quantity"], held(world, row)["actions"]) == (4, [planned])
    assert world.night() == 0

    kept_there(story.microsoft.world, customer, {**held(world, row), "actions": []})
    assert world.night() == 1
    _settled(world, Difference.objects.get(settled=""), Choice.ACCEPT)
    order.refresh_from_db()
    assert (order.status, held(world, row)["actions"]) == ("cancelled", []), "what the vendor has lost is given up"
    assert world.night() == 0

    ends_on = HeldCommitment.objects.get(subscription=row).ends_on
    assert ends_on is not None
    choose_end(actor=SYSTEM, subscription=row, at_end=AtEnd.ENDS, term_ends_on=ends_on, today=story.today)
    story.work()
    assert world.night() == 0, "what people chose is what is wanted"
    story.books_agree()


def test_another_end_of_the_term_that_is_accepted_is_chosen_in_the_books(world: Altered) -> None:
    """What comes after the term is what the vendor does then, also after the next change, which puts it back."""
    (row,) = world.untouched
    term = HeldCommitment.objects.get(subscription=row).ends_on
    assert term is not None
    for end in (AtEnd.EXTENDS, AtEnd.ENDS):
        _end_there(world, row, end)
        assert world.night() == 1
        one = Difference.objects.get(settled="")
        assert (one.kind, one.theirs) == ("end_of_term", end)
        _settled(world, one, Choice.ACCEPT)
        row.refresh_from_db()
        assert (row.at_end, row.ends_on) == (end, term if end is AtEnd.ENDS else None)
        assert world.night() == 0
    assert world.story.change(row, 7).status == "completed"
    there = held(world, row)
    assert (there["quantity"], there["auto_renew"], [one["kind"] for one in there["actions"]]) == (7, False, ["Cancel"])
    assert world.night() == 0

    choose_end(actor=SYSTEM, subscription=row, at_end=AtEnd.RENEWS, term_ends_on=term, today=world.story.today)
    world.story.work()
    _end_there(world, row, AtEnd.ENDS)
    assert world.night() == 1, "what was accepted once hides nothing later"
    world.story.books_agree()


def _end_there(world: Altered, row: Subscription, end: AtEnd) -> None:
    """Let somebody choose in Partner Center that it ends, or goes into the extended term."""
    actions = [{"kind": "Cancel", "instructions": None}] if end is AtEnd.ENDS else []
    customer = f"subscription:{row.vendor_ids['customer_id']}"
    kept_there(world.story.microsoft.world, customer, {**held(world, row), "auto_renew": False, "actions": actions})


def test_our_books_have_one_end_for_all_of_a_subscription(world: Altered) -> None:
    """Where a part alone ends at the vendor, its end is not taken for that of the whole."""
    (row,) = world.untouched
    world.theirs(row, auto_renew=False)
    assert world.night() == 1
    told = HeldCommitment.objects.get(subscription=row)
    HeldCommitment.objects.create(
        subscription=row, resource="other", vendor_id="other", state="active", quantity=1, ends_on=told.ends_on,
        at_end=AtEnd.RENEWS, seen_at=told.seen_at, name="Other",
    )  # fmt: skip
    acting = Acting(actor_of(cast.manager()), world.story.today, world.story.moment, keep=True)
    with pytest.raises(NothingToDo, match="Only a part of the subscription"):
        settle(Difference.objects.get().pk, Choice.ACCEPT, acting)


def _settled(world: Altered, one: Difference, choice: str) -> None:
    actor, story = actor_of(cast.manager()), world.story
    settle(one.pk, choice, Acting(actor, story.today, story.moment, keep=True))
    story.work()
    one.refresh_from_db()
    assert one.settled == {Choice.ACCEPT: "accepted", Choice.RESTORE: "restored"}[Choice(choice)]
