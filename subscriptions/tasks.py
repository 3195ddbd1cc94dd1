"""Hand-over to the workers: ids in, one call out."""

from uuid import UUID

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from subscriptions import provisioning, reminding, renewals


@shared_task
def provision(*, operation_id: str) -> None:
    """Carry one operation on at its vendor."""
    provisioning.carry_out(operation_id=operation_id, now=timezone.now(), today=timezone.localdate())


def hand_to_worker(operation_id: UUID) -> None:
    """Have a worker carry the operation on once the transaction that planned it is committed.

    A queue that is down only delays it until the next sweep: the order stands.
    """
    # A function with a name: Django logs it by __qualname__, which a partial lacks.
    transaction.on_commit(lambda: provision.delay(operation_id=str(operation_id)), robust=True)


@shared_task
def carry_on_provisioning() -> None:
    """Try again all that is unfinished at the vendors: planned by the night, put off, or left by a killed worker."""
    for operation_id in provisioning.unfinished_work(now=timezone.now()):
        provision.delay(operation_id=str(operation_id))


@shared_task
def run_billing_day() -> None:
    """Bring every account up to today."""
    renewals.run_billing_day(today=timezone.localdate())


@shared_task
def remind_of_billing_day() -> None:
    """Tell customers in time what their billing day will need."""
    reminding.remind_of_billing_day(today=timezone.localdate())
