"""Waiting until the real worker has carried out at the vendor what a verb has planned."""

import time
from collections.abc import Callable

from subscriptions.handover import WORK_MEANWHILE
from subscriptions.models import Subscription, SubscriptionStatus
from subscriptions.tasks import carry_on_provisioning
from vendors.models import UNFINISHED, VendorOperation

SECONDS = 60
# While the story runs there is no beat: what the worker has put off is handed to it again from here.
SWEEP_SECONDS = 5


class TookTooLong(Exception):
    """The worker has not come to an end; the text says with what."""


def until_status(pk: int, status: SubscriptionStatus, check: Callable[[], None]) -> Subscription:
    """Return the subscription when it has the status. Raises TookTooLong with what the vendor said last."""
    _until(lambda: Subscription.objects.filter(pk=pk, status=status).exists(), check)
    return Subscription.objects.get(pk=pk)


def until_all_is_done(check: Callable[[], None]) -> None:
    """Return when no operation at a vendor is unfinished and no subscription awaits one."""
    _until(
        lambda: (
            not VendorOperation.objects.filter(state__in=UNFINISHED).exists()
            and not Subscription.objects.filter(status__in=WORK_MEANWHILE).exists()
        ),
        check,
    )


def _until(done: Callable[[], bool], check: Callable[[], None]) -> None:
    deadline = time.monotonic() + SECONDS
    sweep = time.monotonic() + SWEEP_SECONDS
    while not done():
        check()
        if time.monotonic() > deadline:
            unfinished = VendorOperation.objects.filter(state__in=UNFINISHED)
            left = [f"{operation.key} ({operation.state}): {operation.last_error}" for operation in unfinished[:5]]
            raise TookTooLong("\n".join([f"the worker has not come to an end in {SECONDS} s:", *left]))
        if time.monotonic() > sweep:
            carry_on_provisioning.delay()
            sweep = time.monotonic() + SWEEP_SECONDS
        time.sleep(0.03)
