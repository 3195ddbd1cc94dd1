"""Carrying out at the vendor what a verb has planned, on the day of the story on which it was planned.

A worker acts today, and what a vendor provides is charged from the day it is provided (decision 22): two months of
story would shrink to one day. So the story does the worker's part itself, by the worker's own verb and with its own
day; the worker starts when the story has ended.
"""

import time
from collections.abc import Callable
from datetime import date

from django.utils import timezone

from subscriptions.contract.handover import WORK_MEANWHILE
from subscriptions.models import Subscription, SubscriptionStatus
from subscriptions.workers.provisioning import carry_out, unfinished_work
from vendors.models import UNFINISHED, VendorOperation

SECONDS = 60


class TookTooLong(Exception):
    """What was planned has not come to an end; the text says what."""


def until_status(pk: int, status: SubscriptionStatus, check: Callable[[], None], *, day: date) -> Subscription:
    """Return the subscription when it has the status. Raises TookTooLong with what the vendor said last."""
    _until(lambda: Subscription.objects.filter(pk=pk, status=status).exists(), check, day)
    return Subscription.objects.get(pk=pk)


def until_all_is_done(check: Callable[[], None], *, day: date) -> None:
    """Return when no operation at a vendor is unfinished and no subscription awaits one."""
    _until(
        lambda: (
            not VendorOperation.objects.filter(state__in=UNFINISHED).exists()
            and not Subscription.objects.filter(status__in=WORK_MEANWHILE).exists()
        ),
        check,
        day,
    )


def _until(done: Callable[[], bool], check: Callable[[], None], day: date) -> None:
    deadline = time.monotonic() + SECONDS
    while not done():
        check()
        if time.monotonic() > deadline:
            unfinished = VendorOperation.objects.filter(state__in=UNFINISHED)
            left = [f"{operation.key} ({operation.state}): {operation.last_error}" for operation in unfinished[:5]]
            raise TookTooLong("\n".join([f"operations have not come to an end in {SECONDS} s:", *left]))
        for operation_id in unfinished_work(now=timezone.now()):
            carry_out(operation_id=operation_id, now=timezone.now(), today=day)
        time.sleep(0.03)
