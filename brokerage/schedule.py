"""The whole night on one screen: which task runs when. Times are in settings.TIME_ZONE."""

from datetime import timedelta
from typing import Any

from celery.schedules import crontab


def night_and_day(*, sweep_seconds: int) -> dict[str, dict[str, Any]]:
    """Return Celery beat's schedule; a sweep, run every `sweep_seconds`, carries on what a killed worker left."""
    sweep = timedelta(seconds=sweep_seconds)
    return {
        "check connections to vendors": {
            "task": "vendors.tasks.check_connections",
            "schedule": crontab(hour="2", minute="30"),
        },
        "deliver due messages": {"task": "notifications.tasks.deliver_due", "schedule": sweep},
    }
