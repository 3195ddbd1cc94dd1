"""Hand-over to the workers: ids in, one call out."""

from collections.abc import Callable
from datetime import time
from time import monotonic
from uuid import UUID

from celery import shared_task
from django.utils import timezone

from core.handover import hand_over
from subscriptions.night import auditing, invoiced, nights, reminding, windows
from subscriptions.workers import (
    committing,
    comparing,
    counting,
    observing,
    price_sheets,
    provisioning,
    renewed,
    reporting,
    repricing,
    sampling,
)

# Half an hour after brokerage/schedule.py has it begin.
NIGHT_IS_OVERDUE = time(0, 35)
# One task of the night takes up to so long, which its limits leave room for.
NIGHT_SECONDS = 600


@shared_task
def provision(*, operation_id: str) -> None:
    """Carry one operation on at its vendor, and ask then what the vendor holds of the service now."""
    operation = provisioning.carry_out(operation_id=operation_id, now=timezone.now(), today=timezone.localdate())
    if operation.finished:
        committing.refresh_after(operation, now=timezone.now())


def hand_to_worker(operation_id: UUID) -> None:
    """Have a worker carry the operation on once the transaction that planned it is committed.

    A queue that is down only delays it until the next sweep: the order stands.
    """
    hand_over(provision, operation_id=str(operation_id))


@shared_task
def carry_on_provisioning() -> None:
    """Try again all that is unfinished at the vendors: planned by the night, put off, or left by a killed worker."""
    for operation_id in provisioning.unfinished_work(now=timezone.now()):
        provision.delay(operation_id=str(operation_id))


@shared_task
def run_billing_day() -> None:
    """Bring every account up to today, in as many tasks as it takes."""
    night = nights.carry_out_night(today=timezone.localdate(), now=timezone.now(), go_on=_time_left())
    if night is not None and night.finished_at is None:
        run_billing_day.delay()


@shared_task
def audit_books() -> None:
    """Ask whether the books agree."""
    auditing.audit_books()


@shared_task
def run_missed_night() -> None:
    """Run tonight's billing day where its own time has passed and it is not through."""
    now = timezone.localtime()
    if now.time() >= NIGHT_IS_OVERDUE:
        nights.run_if_missed(today=now.date(), now=now, go_on=_time_left())


@shared_task
def change_prices(*, change_id: int) -> None:
    """Write the prices of a mass price change."""
    repricing.write_prices(change_id=change_id)


@shared_task
def carry_on_price_changes() -> None:
    """Hand out again the price changes that a lost queue or a killed worker left."""
    for change_id in repricing.unfinished():
        change_prices.delay(change_id=change_id)


def _time_left() -> Callable[[], bool]:
    end = monotonic() + NIGHT_SECONDS
    return lambda: monotonic() < end


@shared_task
def count_units() -> None:
    """Tell what our books have in service, where no vendor measures it."""
    counting.count_units(today=timezone.localdate())


@shared_task
def sample_usage() -> None:
    """Ask for this hour what is in use, where the vendor tells no more."""
    sampling.sample_usage(now=timezone.now())


@shared_task
def read_usage_reports() -> None:
    """Read what vendors report to have been used, and tell it."""
    reporting.read_usage_reports(now=timezone.now())


@shared_task
def read_price_sheets() -> None:
    """Read the vendors' price sheets of today that are not there yet, and tell who would sell below cost."""
    price_sheets.read_price_sheets(now=timezone.now(), today=timezone.localdate())


@shared_task
def compare_with_vendors() -> None:
    """Compare our books with what the vendors hold."""
    comparing.compare_with_vendors(now=timezone.now())


@shared_task
def observe_services() -> None:
    """Ask the vendors which ids and facts our services have now."""
    observing.observe_services(now=timezone.now())


@shared_task
def follow_renewals() -> None:
    """Look whether the terms that are over have begun anew at the vendors."""
    renewed.follow_renewals(now=timezone.now())


@shared_task
def refresh_commitments(after: int = 0) -> None:
    """Ask the vendors what they hold of services that are bought for a term, in as many tasks as it takes."""
    left = committing.refresh_commitments(now=timezone.now(), after=after, go_on=_time_left())
    if left is not None:
        refresh_commitments.delay(after=left)


@shared_task
def tell_of_invoices() -> None:
    """Write to customers of the invoices that the night has made."""
    invoiced.tell_of_invoices()


@shared_task
def remind_of_billing_day() -> None:
    """Tell customers in time what their billing day will need."""
    reminding.remind_of_billing_day(today=timezone.localdate())


@shared_task
def tell_of_commitments() -> None:
    """Tell customers and managers of windows that close, and of terms at vendors that end."""
    windows.tell_of_windows(now=timezone.now())
    windows.tell_of_renewals(today=timezone.localdate(), now=timezone.now())
