"""What workers do: carry an operation out at the vendor, then apply what came of it, once."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from billing.books import day_of
from billing.funds import lock_accounts
from core.secrets import encrypt
from subscriptions.handover import INSTALL, STATE_FIELDS, WORK_MEANWHILE, complete
from subscriptions.holds import is_left_over
from subscriptions.models import Order, OrderStatus, Subscription, SubscriptionSecret
from subscriptions.renewals import renew_accounts
from subscriptions.telling import subscription_activated, vendor_refused
from subscriptions.terms import open_orders
from vendors import operations
from vendors.models import OperationState, VendorOperation
from vendors.operations import unsealed

FINISHED = (OperationState.CONFIRMED, OperationState.REJECTED)
A_SWEEP = 500


def carry_out(*, operation_id: UUID | str, now: datetime, today: date) -> VendorOperation:
    """Carry an operation on as far as the vendor lets it, and apply its outcome once it has one."""
    operation = operations.carry_out(operation_id, now=now)
    if operation.finished:
        conclude(operation=operation, today=today)
    return operation


def unfinished_work(*, now: datetime) -> Iterable[UUID]:
    """Return the operations that a worker should look at: those due, and those done whose outcome is not applied.

    The latter are left by a worker that was killed between the vendor's answer and our books. At most A_SWEEP of each,
    the oldest first: a night may plan thousands, and each sweep would queue them all again.
    """
    awaited = Subscription.objects.exclude(awaited_operation="").filter(status__in=WORK_MEANWHILE)
    left = VendorOperation.objects.filter(state__in=FINISHED, key__in=awaited.values("awaited_operation")).order_by(
        "created_at", "pk"
    )
    return [*left.values_list("pk", flat=True)[:A_SWEEP], *operations.due(now).values_list("pk", flat=True)[:A_SWEEP]]


@transaction.atomic
def conclude(*, operation: VendorOperation, today: date) -> Subscription | None:
    """Apply the outcome of a finished operation to the subscription that awaits it, in one transaction.

    Returns the subscription, None where nobody waits for it any more (it was applied before).
    """
    awaiting = Subscription.objects.filter(awaited_operation=operation.key, status__in=WORK_MEANWHILE)
    found = awaiting.values_list("pk", "account_id").first()
    if found is None:
        return None
    renew_accounts(account_ids=[found[1]], today=today)
    (account,) = lock_accounts([found[1]])
    today = day_of(account.pk, today)
    subscription = awaiting.select_related(
        "account__reseller", "plan__template__connection", "plan__service_term"
    ).first()
    if subscription is None:
        return None
    order = next(iter(open_orders([subscription.pk])), None)
    if operation.state == OperationState.CONFIRMED:
        _confirmed(subscription, order, operation, today)
        if is_left_over(subscription, account):
            # A hold began or ended while the vendor was at work: what it means for this one follows now.
            renew_accounts(account_ids=[account.pk], today=today)
            subscription.refresh_from_db()
    else:
        _rejected(subscription, order, operation)
    return subscription


def _confirmed(subscription: Subscription, order: Order | None, operation: VendorOperation, today: date) -> None:
    work = WORK_MEANWHILE[subscription.status]
    subscription.status = work.then
    subscription.awaited_operation = ""
    subscription.vendor_ids |= operation.result.get("vendor_ids", {})
    subscription.attributes |= {
        fact["name"]: {"label": fact["label"], "value": fact["value"]} for fact in operation.result.get("facts", ())
    }
    subscription.save(update_fields=[*STATE_FIELDS, "vendor_ids", "attributes"])
    for key, value in unsealed(operation).items():
        SubscriptionSecret.objects.update_or_create(
            subscription=subscription, key=key, defaults={"value": encrypt({key: value})}
        )
    if order is not None and order.status == OrderStatus.PROVISIONING:
        complete(order, today)
    if work is INSTALL:
        subscription_activated(subscription, operation)


def _rejected(subscription: Subscription, order: Order | None, operation: VendorOperation) -> None:
    """Nothing is undone: the charges stay as they are until somebody tries again or cancels."""
    subscription.status = WORK_MEANWHILE[subscription.status].failed
    subscription.save(update_fields=STATE_FIELDS)
    if order is not None and order.status == OrderStatus.PROVISIONING:
        order.status = OrderStatus.PROVISIONING_FAILED
        order.failure = operation.last_error
        order.save(update_fields=["status", "failure"])
    vendor_refused(subscription, operation)
