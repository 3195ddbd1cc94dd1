"""Hand-over of resolutions to the workers."""

from collections.abc import Callable
from time import monotonic

from celery import shared_task
from django.utils import timezone

from subscriptions.models import ResolutionStatus
from subscriptions.resolving import working

# One task takes up to so long, which its limits leave room for.
SECONDS = 600


@shared_task
def work_on_resolution(*, resolution_id: int) -> None:
    """Work a resolution out or carry it out, in as many tasks as it takes."""
    done = working.work_on(resolution_id, today=timezone.localdate(), now=timezone.now(), go_on=_time_left())
    if done is not None and done.status in (ResolutionStatus.DRAFT, ResolutionStatus.RUNNING):
        work_on_resolution.delay(resolution_id=resolution_id)


@shared_task
def carry_on_resolutions() -> None:
    """Hand out again what a lost queue or a killed worker left."""
    for resolution_id in working.unfinished():
        work_on_resolution.delay(resolution_id=resolution_id)


def _time_left() -> Callable[[], bool]:
    end = monotonic() + SECONDS
    return lambda: monotonic() < end
