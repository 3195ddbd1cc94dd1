"""What the composition root itself hands to the workers."""

from celery import current_app, shared_task
from django.utils import timezone

from brokerage import jobs


@shared_task
def run_missed_jobs() -> None:
    """Hand out the daily jobs that did not run at their time: beat or the queue was away."""
    for name in jobs.to_catch_up(now=timezone.now()):
        current_app.send_task(name)
