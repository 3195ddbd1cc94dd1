"""Hand-over of exports to the workers."""

from celery import shared_task
from django.utils import timezone

from core.lists.export import carry_out
from core.lists.export import forget_old_exports as forget
from core.lists.models import ListExport


@shared_task
def write_export(*, export_id: int) -> None:
    """Write the file of one export."""
    carry_out(export=ListExport.objects.get(pk=export_id), now=timezone.now())


@shared_task
def forget_old_exports() -> None:
    """Delete exports that nobody fetched for long."""
    forget(now=timezone.now())
