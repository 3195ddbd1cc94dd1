"""The whole night on one screen: which task runs when. Times are in settings.TIME_ZONE."""

from datetime import timedelta
from typing import Any

from celery.schedules import crontab


def night_and_day(*, sweep_seconds: int) -> dict[str, dict[str, Any]]:
    """Return Celery beat's schedule; a sweep, run every `sweep_seconds`, carries on what a killed worker left.

    A sweep that no worker took before the next one is dropped, so that they do not pile up while workers are down.
    """
    sweep = {"schedule": timedelta(seconds=sweep_seconds), "options": {"expires": sweep_seconds}}
    return {
        # the night: also catches up the nights before it
        "billing day": {"task": "subscriptions.tasks.run_billing_day", "schedule": _at(0, 5)},
        "check connections to vendors": {"task": "vendors.tasks.check_connections", "schedule": _at(2, 30)},
        "observe services at vendors": {"task": "subscriptions.tasks.observe_services", "schedule": _at(2, 35)},
        "ask vendors for commitments": {"task": "subscriptions.tasks.refresh_commitments", "schedule": _at(2, 38)},
        "compare with vendors": {"task": "subscriptions.tasks.compare_with_vendors", "schedule": _at(3, 15)},
        "forget old forms": {"task": "core.panel.tasks.forget_old_forms", "schedule": _at(2, 45)},
        "forget old exports": {"task": "core.lists.tasks.forget_old_exports", "schedule": _at(3, 0)},
        "forget old exchanges": {"task": "vendors.tasks.forget_old_exchanges", "schedule": _at(3, 30)},
        "forget old sign-ins": {"task": "accounts.tasks.forget_old_sign_ins", "schedule": _at(3, 45)},
        "audit the books": {"task": "subscriptions.tasks.audit_books", "schedule": _at(4, 0)},
        "dates at vendors are coming": {"task": "subscriptions.tasks.tell_of_commitments", "schedule": _at(7, 45)},
        "billing day is coming": {"task": "subscriptions.tasks.remind_of_billing_day", "schedule": _at(9, 0)},
        # what was missed
        "missed night": {"task": "subscriptions.tasks.run_missed_night", **sweep},
        "missed jobs": {"task": "brokerage.tasks.run_missed_jobs", **sweep},
        # the day; samples twice an hour, so that a run that is late or lost loses no hour
        "count units": {"task": "subscriptions.tasks.count_units", **_every(60)},
        "sample usage": {"task": "subscriptions.tasks.sample_usage", **_every(30)},
        "read usage reports": {"task": "subscriptions.tasks.read_usage_reports", **_every(60)},
        # once a day each, as soon as it is to be had: what came today already is not asked for again
        "read price sheets": {"task": "subscriptions.tasks.read_price_sheets", **_every(60)},
        "follow renewals": {"task": "subscriptions.tasks.follow_renewals", **_every(60)},
        "tell of invoices": {"task": "subscriptions.tasks.tell_of_invoices", **_every(60)},
        "carry on exports": {"task": "core.lists.tasks.carry_on_exports", **sweep},
        "carry on price changes": {"task": "subscriptions.tasks.carry_on_price_changes", **sweep},
        "carry on resolutions": {"task": "subscriptions.resolving.tasks.carry_on_resolutions", **sweep},
        "carry on provisioning": {"task": "subscriptions.tasks.carry_on_provisioning", **sweep},
        "deliver due messages": {"task": "notifications.tasks.deliver_due", **sweep},
    }


def _every(minutes: int) -> dict[str, Any]:
    """Return the times of what is dropped where no worker took it before the next one."""
    return {"schedule": timedelta(minutes=minutes), "options": {"expires": minutes * 60}}


def _at(hour: int, minute: int) -> crontab:
    return crontab(hour=str(hour), minute=str(minute))
