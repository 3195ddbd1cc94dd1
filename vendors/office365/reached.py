"""Whether operations are where they were to lead, and what they leave behind: states, and days on which things end."""

from collections.abc import Iterable
from datetime import datetime

from vendors.base import Done, Fact, Service, Task
from vendors.microsoft.ends import is_at_end
from vendors.microsoft.partner_center import Members
from vendors.microsoft.subscriptions import (
    Subscriptions,
    ends_with_its_term,
    has_status,
    is_deleted,
    is_ended,
    is_new_commerce,
    last_day,
)
from vendors.office365 import licences

_STATUS = {"resume": "active", "suspend": "suspended"}


def reached(task: Task, key: str, subscription: Members, quantity: int, now: datetime) -> bool:
    """Return whether a subscription is where the action was to bring it, its end as the platform wants it included.

    What was arranged before a change its steps alone know: they are gone through again, and send nothing twice.
    """
    action, told = task.action, task.service or Service({}, {})
    if is_new_commerce(subscription) and not is_deleted(subscription) and action != "cancel":
        if action == "change":
            return not quantity and has_status(subscription, "suspended")
        arranged = action == "suspend" or is_at_end(subscription, told, key)
        return arranged and (action == "arrange" or has_status(subscription, _STATUS[action]))
    if action == "change" and quantity:
        return has_status(subscription, "active") and int(subscription["quantity"]) == quantity
    if action == "cancel" and is_new_commerce(subscription):
        return is_ended(subscription, now)
    if action == "cancel" and subscription.get("autoRenewEnabled") and not is_deleted(subscription):
        return False
    return action == "arrange" or has_status(subscription, _STATUS.get(action, "suspended"))


def now_in(status: str, service: Service, keys: Iterable[str]) -> Done:
    """Return what a step leaves behind that brought subscriptions to a status: what was told of it before is over."""
    return Done(service.vendor_ids, facts=tuple(Fact(f"status.{key}", licences.STATUS, status) for key in keys))


def ended(service: Service, subscriptions: Subscriptions) -> Done:
    """Return what a cancellation leaves behind: what is over, and what runs on to the last day of its term."""
    facts: list[Fact] = []
    for key in subscriptions.ids:
        told = subscriptions.read(key)
        status = str(told.get("status") or "")
        facts.append(Fact(f"status.{key}", licences.STATUS, status))
        runs = is_new_commerce(told) and not is_deleted(told)
        facts.append(Fact(f"ends_on.{key}", licences.ENDS_ON, last_day(told) if runs else ""))
    return Done(service.vendor_ids, facts=tuple(facts))


def ending(service: Service, subscriptions: Subscriptions) -> Done:
    """Return what an arrangement leaves behind: the last day of what ends with its term."""
    facts: list[Fact] = []
    for key in subscriptions.ids:
        told = subscriptions.read(key)
        if is_new_commerce(told):
            facts.append(Fact(f"ends_on.{key}", licences.ENDS_ON, last_day(told) if ends_with_its_term(told) else ""))
    return Done(service.vendor_ids, facts=tuple(facts))
