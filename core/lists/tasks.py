"""Hand-over of exports to the workers."""

from celery import shared_task
from django.utils import timezone

from core.lists.export import carry_out, left_behind
from core.lists.export import forget_old_exports as forget
from core.lists.models import ListExport


@shared_task
def write_export(*, export_id: int) -> None:
    """Write the file of one export."""
    export = ListExport.objects.filter(pk=export_id).first()
    if export is not None:  # else forgotten, or gone with its person, before a worker came to it
        carry_out(export=export, now=timezone.now())


@shared_task
def carry_on_exports() -> None:
    """Hand out again the exports that a lost queue or a killed worker left."""
    for export_id in left_behind(now=timezone.now()):
        write_export.delay(export_id=export_id)


@shared_task
def forget_old_exports() -> None:
    """Delete exports that nobody fetched for long."""
    forget(now=timezone.now())
