"""One difference is settled as it was shown, or not at all; what the vendor refuses stays open and says why."""

import pytest

from accounts.actors import actor_of
from accounts.models import Role
from core.errors import Refused
from subscriptions.models import Difference, ResolutionLine
from subscriptions.resolving import working
from subscriptions.resolving.deeds import Acting
from subscriptions.resolving.drafting import ResolutionNotAllowed, confirm_resolution, draft_resolution
from subscriptions.resolving.settling import ShownOtherwise, foresee, mark_of, settle
from subscriptions.resolving.tasks import carry_on_resolutions, work_on_resolution
from tests.factories import accounts as cast
from tests.subscriptions.resolving.altered import Altered

pytestmark = pytest.mark.django_db


def test_deed_is_held_to_what_was_shown_and_refusals_stay_open(world: Altered) -> None:
    (row,) = world.untouched
    world.theirs(row, quantity=8)
    world.night()
    one, boss = Difference.objects.get(), actor_of(cast.manager())
    acting = Acting(boss, world.story.today, world.story.moment, keep=True)
    mark = mark_of(foresee(one.pk, "accept", Acting(boss, acting.today, acting.now)).preview)
    world.theirs(row, quantity=9)
    world.night()
    with pytest.raises(ShownOtherwise):
        settle(one.pk, "accept", acting, mark=mark)
    with pytest.raises(Refused):
        settle(one.pk, "accept", Acting(actor_of(cast.manager(role=Role.SALES)), acting.today, acting.now, keep=True))
    # Those seats are past their week at Microsoft: it takes none of them back.
    world.night(hours=24 * 8)
    world.story.microsoft.behave(agreement_required=False)
    settle(one.pk, "restore", Acting(boss, world.story.today, world.story.moment, keep=True))
    world.story.work()
    one.refresh_from_db()
    assert (one.settled, one.operation) == ("", "")
    assert one.refused
    row.refresh_from_db()
    assert (row.status, row.quantity) == ("active", 5)


def test_many_are_worked_out_looked_at_and_carried_out_and_a_killed_worker_goes_on(world: Altered) -> None:
    (row,) = world.untouched
    world.theirs(row, status="suspended")
    world.bought_by_hand(row, "By hand")
    world.night()
    boss, story = actor_of(cast.manager()), world.story
    with pytest.raises(ResolutionNotAllowed):
        draft_resolution(actor=boss, choice="accept", differences=Difference.objects.none())
    drafted = draft_resolution(actor=boss, choice="accept", differences=Difference.objects.all())
    with pytest.raises(ResolutionNotAllowed):
        confirm_resolution(actor=boss, resolution=drafted, now=story.moment)
    assert working.unfinished() == [drafted.pk]
    turns = iter([True, False])
    left = working.work_on(drafted.pk, today=story.today, now=story.moment, go_on=lambda: next(turns))
    assert left is not None
    assert (left.status, left.lines_foreseen) == ("draft", 1)
    done = working.work_on(drafted.pk, today=story.today, now=story.moment)
    assert done is not None
    assert (done.status, done.lines_foreseen, done.lines_refused) == ("ready", 2, 0)
    stopped = ResolutionLine.objects.get(difference__kind="suspended")
    assert (stopped.currency, stopped.taken < 0) == ("USD", True)
    assert [one["currency"] for one in done.sums()] == ["USD"]
    confirm_resolution(actor=boss, resolution=drafted, now=story.moment)
    # One of them is settled by somebody else meanwhile: it is refused, the other is carried out.
    Difference.objects.filter(kind="unknown").update(settled="vanished")
    done = working.work_on(drafted.pk, today=story.today, now=story.moment)
    assert done is not None
    assert (done.status, done.lines_done, done.lines_refused) == ("done", 1, 1)
    assert "settled already" in ResolutionLine.objects.get(difference__kind="unknown").refusal
    assert working.unfinished() == []
    work_on_resolution(resolution_id=drafted.pk)
    carry_on_resolutions()
    story.work()
    row.refresh_from_db()
    assert row.status == "stopped"


def test_who_may_act_no_more_settles_nothing(world: Altered) -> None:
    (row,) = world.untouched
    world.theirs(row, quantity=8)
    world.night()
    boss = cast.manager()
    drafted = draft_resolution(actor=actor_of(boss), choice="accept", differences=Difference.objects.all())
    boss.status = "blocked"
    boss.save(update_fields=["status"])
    done = working.work_on(drafted.pk, today=world.story.today, now=world.story.moment)
    assert done is not None
    assert (done.status, done.lines_refused) == ("ready", 1)
