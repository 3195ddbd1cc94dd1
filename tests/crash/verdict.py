"""What has to be true once all is quiet after tests/crash/chaos.py: all ended, once; the vendor has what is sold."""

import json
import sqlite3
import time
from collections import Counter
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import requests
from django.db import connection

from billing.audit import audit
from core.lists.models import ListExport
from notifications.models import Notification, NotificationStatus
from subscriptions.models import Order, OrderStatus, OrderType, Subscription, SubscriptionResource, SubscriptionStatus
from tests.crash.people import Person, pay_what_waits
from vendors.models import UNFINISHED, VendorOperation

if TYPE_CHECKING:
    from tests.crash.attack import Stage

ENDED = (OrderStatus.COMPLETED, OrderStatus.CANCELLED, OrderStatus.PROVISIONING_FAILED)
AT_VENDOR = {
    SubscriptionStatus.ACTIVE: "active", SubscriptionStatus.STOPPED: "suspended",
    SubscriptionStatus.DELETED: "suspended",
}  # fmt: skip
PAY_EVERY = 10  # seconds


def unsettled() -> dict[str, list[str]]:
    """Return what has not come to its end."""
    left = {
        "orders": [f"{order} {order.status}" for order in Order.objects.exclude(status__in=ENDED)],
        "subscriptions": [f"{row.pk} {row.status}" for row in Subscription.objects.exclude(status__in=AT_VENDOR)],
        "operations": [
            f"{row} {row.state} {row.last_error_code}" for row in VendorOperation.objects.filter(state__in=UNFINISHED)
        ],
        "exports": [f"{export} {export.state}" for export in ListExport.objects.exclude(state__in=["ready", "failed"])],
        "messages": [str(row) for row in Notification.objects.exclude(status=NotificationStatus.SENT)],
    }
    return {what: rows for what, rows in left.items() if rows}


def settle(stage: "Stage", customers: list[Person], quiet: float) -> float:
    """Wait until all has come to its end, at most `quiet` seconds; return how long it took."""
    began, paid = time.monotonic(), 0.0
    while time.monotonic() - began < quiet:
        stage.tend()
        try:
            if time.monotonic() - paid > PAY_EVERY:
                paid = time.monotonic()
                for person in customers:
                    person.sign_in()
                    pay_what_waits(person)
            if not unsettled():
                break
        except Exception as trouble:  # noqa: BLE001 - the last blow may still be felt
            stage.troubles[f"in the quiet: {type(trouble).__name__}"] += 1
            connection.close()
        time.sleep(0.5)
    return time.monotonic() - began


def verdict(stage: "Stage", today: date, took: float) -> list[str]:
    """Print the summary and return everything that is not as it has to be once all is quiet."""
    findings = list(audit(today=today))
    counts = requests.get(stage.addresses.control, timeout=30).json()["counts"]
    found = [f"{what} without an end: {rows[:5]} ({len(rows)})" for what, rows in unsettled().items()]
    found += [f"audit: {finding}" for finding in findings]
    found += [
        f"order {order} failed: {order.failure or 'without a sentence'}"
        for order in Order.objects.filter(status=OrderStatus.PROVISIONING_FAILED)
    ]
    found += [f"export {export} failed: {export.failure}" for export in ListExport.objects.filter(state="failed")]
    found += vendors_differences(stage.folder / "sandbox", counts)
    found += stage.broken
    for line in summary(stage, took, counts, len(findings)):
        stage.tell(line)
    return found


def vendors_differences(state: Path, counts: dict[str, int]) -> list[str]:
    """Return where the vendor's records are not one subscription per completed order, of our units and state."""
    completed = Order.objects.filter(type=OrderType.SALES, status=OrderStatus.COMPLETED).count()
    found = []
    if counts["subscriptions"] != completed or counts["orders"] != completed:
        found.append(f"{completed} orders completed, and at the vendor {counts}")
    theirs = vendors_subscriptions(state)
    for row in SubscriptionResource.objects.exclude(vendor_reference="").select_related("subscription").order_by("pk"):
        kept = theirs.get(row.vendor_reference.lower())
        ours = (row.quantity, AT_VENDOR.get(SubscriptionStatus(row.subscription.status)))
        if kept is None or (kept["quantity"], kept["status"]) != ours:
            there = kept and (kept["quantity"], kept["status"])
            found.append(f"subscription {row.subscription_id} has {ours}, and at the vendor {there}")
    return found


def vendors_subscriptions(state: Path) -> dict[str, Any]:
    """Return the pretend vendor's subscriptions by id, from the file where it keeps them."""
    store = sqlite3.connect(f"file:{state / 'microsoft.sqlite3'}?mode=ro", uri=True)
    rows = store.execute("SELECT body FROM documents WHERE kind LIKE 'subscription:%'").fetchall()
    store.close()
    return {str(kept["id"]).lower(): kept for kept in (json.loads(body) for (body,) in rows)}


def summary(stage: "Stage", took: float, counts: dict[str, int], findings: int) -> list[str]:
    """Return the lines that say what was done and what came of it."""
    orders = Counter(f"{kind} {status}" for kind, status in Order.objects.values_list("type", "status"))
    return [
        f"seed {stage.seed}; quiet after {took:.0f} s",
        f"blows: {_said(stage.blows)}",
        f"deeds: {_said(stage.deeds)}",
        f"HTTP answers by status: {_said(stage.answers)}; no answer: {_said(stage.troubles)}",
        f"orders: {_said(orders)}",
        f"subscriptions: {_said(Counter(Subscription.objects.values_list('status', flat=True)))}",
        f"at the vendor: {_said(counts)}",
        f"exports: {_said(Counter(ListExport.objects.values_list('state', flat=True)))}",
        f"audit findings: {findings}",
    ]


def _said(counted: Any) -> str:
    return ", ".join(f"{what} {many}" for what, many in sorted(counted.items(), key=str)) or "none"
