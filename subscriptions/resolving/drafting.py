"""Many differences settled together: drafted with what it would do, carried out as a job once somebody has looked."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from core.errors import Refused
from core.handover import hand_over
from subscriptions.models import Choice, Difference, Resolution, ResolutionLine, ResolutionStatus
from subscriptions.resolving.deeds import RIGHT
from subscriptions.resolving.tasks import work_on_resolution


class ResolutionNotAllowed(Refused):
    """There is nothing to settle, or it was carried out already."""

    code = "resolution_not_allowed"


@transaction.atomic
def draft_resolution(*, actor: Actor, choice: str, differences: QuerySet[Difference]) -> Resolution:
    """Have a job work out what settling the differences so would do; nothing is changed yet.

    `differences` are of those that the actor sees; settled ones are left out. Raises Forbidden, ResolutionNotAllowed.
    """
    actor.require(RIGHT)
    if actor.user is None or actor.reseller is None:
        raise ResolutionNotAllowed(_("Only a person settles differences."))
    ids = list(differences.filter(settled="").order_by("pk").values_list("pk", flat=True))
    if not ids:
        raise ResolutionNotAllowed(_("Nothing open is chosen. Tick differences, or choose all that are shown."))
    resolution = Resolution.objects.create(
        reseller=actor.reseller, choice=Choice(choice), lines_total=len(ids), created_by=actor.user
    )
    ResolutionLine.objects.bulk_create(ResolutionLine(resolution=resolution, difference_id=pk) for pk in ids)
    hand_over(work_on_resolution, resolution_id=resolution.pk)
    return resolution


@transaction.atomic
def confirm_resolution(*, actor: Actor, resolution: Resolution, now: datetime) -> Resolution:
    """Have the job carry a resolution out, each line for itself and as it was shown. Raises ResolutionNotAllowed."""
    actor.require(RIGHT)
    row = Resolution.objects.select_for_update().get(pk=resolution.pk)
    may_confirm(row)
    row.status, row.confirmed_at = ResolutionStatus.RUNNING, now
    row.save(update_fields=["status", "confirmed_at"])
    hand_over(work_on_resolution, resolution_id=row.pk)
    return row


def may_confirm(resolution: Resolution) -> None:
    """Raise ResolutionNotAllowed where it is not worked out yet, or was carried out already."""
    if resolution.status == ResolutionStatus.DRAFT:
        raise ResolutionNotAllowed(_("What it would do is still being worked out. Load the page again in a moment."))
    if resolution.status != ResolutionStatus.READY:
        raise ResolutionNotAllowed(_("These differences were settled already, as far as it went."))
    if resolution.lines_total == resolution.lines_refused:
        raise ResolutionNotAllowed(_("None of these can be settled so: each line says why."))
