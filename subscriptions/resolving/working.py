"""What a worker does with a resolution: works each line out by the deed itself, rolled back; carries each line out."""

from collections.abc import Callable
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import override

from accounts.actors import MayNotAct, actor_of
from core.errors import Refused
from core.only_one import only_one
from subscriptions.models import LineState, Resolution, ResolutionLine, ResolutionStatus
from subscriptions.resolving.deeds import Acting
from subscriptions.resolving.settling import foresee, mark_of, settle
from subscriptions.told.proposals import Proposal

# The counts on the page are brought up to date after so many lines.
A_LOT = 20


def work_on(
    resolution_id: int, *, today: date, now: datetime, go_on: Callable[[], bool] = lambda: True
) -> Resolution | None:
    """Work a draft out, or carry a confirmed resolution out, line by line; return it, None where another worker has it.

    Killed anywhere, it goes on where it was; `go_on` may end it earlier.
    """
    with only_one("resolution", resolution_id) as mine:
        if not mine:
            return None
        resolution = Resolution.objects.select_related("created_by").get(pk=resolution_id)
        steps = {ResolutionStatus.DRAFT: (_foreseen, LineState.WAITING, ResolutionStatus.READY),
                 ResolutionStatus.RUNNING: (_carried_out, LineState.FORESEEN, ResolutionStatus.DONE)}  # fmt: skip
        if resolution.status not in steps:
            return resolution
        step, state, then = steps[ResolutionStatus(resolution.status)]
        with override(resolution.created_by.language or settings.LANGUAGE_CODE):
            finished = _lines(resolution, state, step, today, now, go_on)
        if finished:
            resolution.status = then
        _count(resolution)
        return resolution


def unfinished() -> list[int]:
    """Return the resolutions that a lost queue or a killed worker left."""
    rows = Resolution.objects.filter(status__in=[ResolutionStatus.DRAFT, ResolutionStatus.RUNNING])
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _lines(
    resolution: Resolution,
    state: LineState,
    step: Callable[[ResolutionLine, Acting], None],
    today: date,
    now: datetime,
    go_on: Callable[[], bool],
) -> bool:
    """Do a step for each line of a state; return whether none is left."""
    try:
        acting = Acting(actor_of(resolution.created_by), today, now)
    except MayNotAct as refusal:
        resolution.lines.filter(state=state).update(state=LineState.REFUSED, refusal=str(refusal))
        return True
    for number, line in enumerate(list(resolution.lines.filter(state=state).order_by("pk")), 1):
        if not go_on():
            return False
        step(line, acting)
        if number % A_LOT == 0:
            _count(resolution)
    return True


def _foreseen(line: ResolutionLine, acting: Acting) -> None:
    try:
        _note(line, foresee(line.difference_id, line.resolution.choice, acting))
        line.state = LineState.FORESEEN
    except Refused as refusal:
        _refuse(line, refusal)
    line.save()


def _carried_out(line: ResolutionLine, acting: Acting) -> None:
    """Settle one difference, with its line in the same transaction; a refusal leaves everything as it was."""
    acting = Acting(acting.actor, acting.today, acting.now, keep=True)
    try:
        with transaction.atomic():
            settle(line.difference_id, line.resolution.choice, acting, mark=line.mark)
            line.state = LineState.CARRIED_OUT
            line.save(update_fields=["state"])
    except Refused as refusal:
        _refuse(line, refusal)
        line.save(update_fields=["state", "refusal"])


def _refuse(line: ResolutionLine, refusal: Refused) -> None:
    line.state, line.refusal = LineState.REFUSED, str(refusal)[:1000]


def _note(line: ResolutionLine, proposal: Proposal) -> None:
    """Keep what the deed would do to the money."""
    seen = proposal.preview
    line.taken, line.written_off, line.mark = seen.reserved, seen.written_off, mark_of(seen)
    line.monthly = seen.upkeep.amount if seen.upkeep else None
    line.currency = line.difference.account.currency


def _count(resolution: Resolution) -> None:
    counts = resolution.lines.aggregate(
        lines_foreseen=Count("pk", filter=~Q(state=LineState.WAITING)),
        lines_done=Count("pk", filter=Q(state=LineState.CARRIED_OUT)),
        lines_refused=Count("pk", filter=Q(state=LineState.REFUSED)),
    )
    for name, count in counts.items():
        setattr(resolution, name, count)
    resolution.save(update_fields=["status", *counts])
