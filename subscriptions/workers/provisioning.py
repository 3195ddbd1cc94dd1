"""What workers do: carry an operation out at the vendor, then apply what came of it, once."""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts.models import AccountStatus
from billing.charging import record
from billing.engine.lines import Changes
from billing.funds import funds_of
from core.secrets import encrypt
from subscriptions.contract import renewing, switching
from subscriptions.contract.ahead import order_anew
from subscriptions.contract.due import schedule, trial_ends_at_vendor
from subscriptions.contract.effect import let_go, waits_for_its_day
from subscriptions.contract.handover import (
    ACTIVATE,
    INSTALL,
    RENEW_STOPPED,
    STATE_FIELDS,
    STOP,
    UPDATE,
    WORK_MEANWHILE,
    Work,
    complete,
    does,
    hand_over,
    save_states,
    status_after,
    stop_as_decided,
)
from subscriptions.contract.held import activated_lines
from subscriptions.contract.telling import (
    done_at_vendor,
    in_doubt_at_vendor,
    stopped_for_funds,
    vendor_refused,
    waits_at_vendor,
)
from subscriptions.contract.terms import WHOLE, Contract, contract_of
from subscriptions.models import (
    Order,
    OrderStatus,
    OrderType,
    StopReason,
    Subscription,
    SubscriptionSecret,
    SubscriptionStatus,
    TakesEffect,
)
from subscriptions.night.holds import hold_as_the_balance_says, is_left_over
from subscriptions.night.renewals import renew_accounts
from subscriptions.workers.differing import restored, restoring
from vendors import operations
from vendors.facts import told_over
from vendors.models import OperationAction, OperationState, VendorOperation
from vendors.operations import unsealed

FINISHED = (OperationState.CONFIRMED, OperationState.REJECTED)
A_SWEEP = 500


def carry_out(*, operation_id: UUID | str, now: datetime, today: date) -> VendorOperation:
    """Carry an operation on as far as the vendor lets it, and apply its outcome once it has one."""
    try:
        operation = operations.carry_out(operation_id, now=now)
    except Exception:
        note_unfinished(VendorOperation.objects.get(pk=operation_id))
        raise
    if operation.finished:
        conclude(operation=operation, today=today)
        restored(operation, now=now)
    else:
        note_unfinished(operation)
    return operation


@transaction.atomic
def note_unfinished(operation: VendorOperation) -> None:
    """Keep at once what the vendor told of a service that waits for somebody, and tell those who have to know.

    A cancellation needs its ids. Told is who has to do what, and what has been in doubt for too long: each once.
    """
    if operation.finished or (operation.waits_for is None and operation.doubtful_since is None):
        return
    awaiting = Subscription.objects.filter(awaited_operation=operation.key, status__in=WORK_MEANWHILE)
    row = awaiting.select_related("account__reseller").select_for_update(of=("self",)).first()
    if row is None:
        return
    order = Order.objects.filter(subscription=row, status=OrderStatus.PROVISIONING).order_by("-pk").first()
    if operation.waits_for is not None:
        before = (dict(row.vendor_ids), dict(row.attributes))
        _learn(row, operation)
        if (row.vendor_ids, row.attributes) != before:
            row.save(update_fields=["vendor_ids", "attributes"])
        # Who has to act may need them to sign in at the vendor.
        for key, value in unsealed(operation).items():
            SubscriptionSecret.objects.get_or_create(
                subscription=row, key=key, defaults={"value": encrypt({key: value})}
            )
        waits_at_vendor(row, operation, order)
    in_doubt_at_vendor(row, operation, order)


def _learn(row: Subscription, operation: VendorOperation) -> None:
    """Take over ids and facts that an operation told of; a fact told empty is forgotten."""
    row.vendor_ids = row.vendor_ids | operation.result.get("vendor_ids", {})
    row.attributes = told_over(row.attributes, operation.result.get("facts", ()))


def unfinished_work(*, now: datetime) -> Iterable[UUID]:
    """Return the operations that a worker should look at: those due, and those done whose outcome is not applied.

    The latter are left by a worker that was killed between the vendor's answer and our books. At most A_SWEEP of each,
    the oldest first: a night may plan thousands, and each sweep would queue them all again.
    """
    today = timezone.localtime(now).date()
    accepted = Order.objects.filter(
        subscription=OuterRef("pk"),
        status=OrderStatus.PROVISIONING,
        takes_effect=TakesEffect.NEXT_DAY,
        effective_on__gt=today,
    )
    awaited = Subscription.objects.filter(~Exists(accepted), status__in=WORK_MEANWHILE).exclude(awaited_operation="")
    waited_for = Q(key__in=awaited.values("awaited_operation")) | Q(key__in=restoring().values("operation"))
    left = VendorOperation.objects.filter(waited_for, state__in=FINISHED).order_by("created_at", "pk")
    return [*left.values_list("pk", flat=True)[:A_SWEEP], *operations.due(now).values_list("pk", flat=True)[:A_SWEEP]]


@transaction.atomic
def conclude(*, operation: VendorOperation, today: date) -> Subscription | None:
    """Apply the outcome of a finished operation to the subscription that awaits it, in one transaction.

    Returns the subscription, None where nobody waits for it any more (it was applied before), or where the vendor does
    on the next day what it has accepted: it is applied on that day.
    """
    awaiting = Subscription.objects.filter(awaited_operation=operation.key, status__in=WORK_MEANWHILE)
    found = awaiting.values_list("pk", "account_id").first()
    if found is None:
        return None
    renewed = renew_accounts(account_ids=[found[1]], today=today)
    account, today = renewed.accounts[found[1]], renewed.days[found[1]]
    subscription = awaiting.select_related(*WHOLE).first()
    if subscription is None:
        return None
    contract = contract_of(subscription)
    order = order_of(contract, operation)
    if operation.state == OperationState.CONFIRMED:
        if waits_for_its_day(order, operation, today):
            return None
        _confirmed(contract, operation, today)
        hold_as_the_balance_says(account, today)
        if is_left_over(subscription, account):
            # A hold began or ended while the vendor was at work: what it means for this one follows now.
            renew_accounts(account_ids=[account.pk], today=today)
            subscription.refresh_from_db()
    else:
        _rejected(subscription, order, operation)
    return subscription


def order_of(contract: Contract, operation: VendorOperation) -> Order | None:
    """Return the order that the operation carries out; what arranges the end of a term may stand beside another."""
    order = contract.waiting
    if operation.action != OperationAction.ARRANGE or order is None:
        return order
    return order if operation.subject == f"order:{order.pk}" else None


def _confirmed(contract: Contract, operation: VendorOperation, today: date) -> None:
    subscription, order = contract.subscription, order_of(contract, operation)
    if order is not None and order.type == OrderType.SWITCH:
        _switched(contract, order, operation, today)
        return
    work = WORK_MEANWHILE[SubscriptionStatus(subscription.status)]
    stop_decided = contract.stop_decided
    if _runs_again_first(contract, operation, today):
        return
    changes = Changes() if operation.action == OperationAction.ARRANGE else _provided(contract, work, today)
    subscription.status = status_after(subscription, work)
    subscription.awaited_operation = ""
    _learn(subscription, operation)
    subscription.save(update_fields=["vendor_ids", "attributes"])
    for key, value in unsealed(operation).items():
        SubscriptionSecret.objects.update_or_create(
            subscription=subscription, key=key, defaults={"value": encrypt({key: value})}
        )
    record([contract.booking(changes, today, order)] if changes else [])
    contract.count_closings(changes)
    if order is not None and contract.renewal is not None:
        renewing.begin(contract, order, today)
    elif order is not None and order.status == OrderStatus.PROVISIONING:
        _end_order(order, operation, today)
    contract.waiting, contract.awaited = None, {}
    if stop_decided:
        stop_as_decided(contract, today)
    save_states([contract], today)
    if work is UPDATE:
        order_anew(contract_of(subscription), today)
    if changes.reserves > changes.releases:
        _stop_what_is_short(contract, changes, today)
    done_at_vendor(subscription, operation, order)


def _switched(contract: Contract, order: Order, operation: VendorOperation, today: date) -> None:
    """Have the other plan serve the subscription from today on, which the vendor has switched to."""
    target = switching.target_of_order(contract, order)
    bookings = switching.provided(contract, target, order, today)
    _learn(contract.subscription, operation)
    contract.subscription.save(update_fields=["vendor_ids", "attributes"])
    record(bookings)
    complete(order, today)
    switched = switching.carry_out(contract, target, order, today)
    changes = sum((booking.changes for booking in bookings), Changes())
    if changes.reserves > changes.releases:
        _stop_what_is_short(switched, changes, today)
    order_anew(contract_of(switched.subscription), today)
    done_at_vendor(switched.subscription, operation, order)


def _end_order(order: Order, operation: VendorOperation, today: date) -> None:
    """Complete an order that is carried out; one that the vendor has taken for its next term waits for that day."""
    if operation.action == OperationAction.ARRANGE:
        order.status, order.failure = OrderStatus.SCHEDULED, ""
        order.save(update_fields=["status", "failure"])
    else:
        complete(order, today)


def _provided(contract: Contract, work: Work, today: date) -> Changes:
    """Return what becomes of the charges that waited for the vendor, now that it has provided (decision 22).

    An order that is provided on a later day than it was paid runs from that day.
    """
    subscription, rules = contract.subscription, contract.rules
    if contract.renewal is not None:
        return renewing.renewed_by_vendor(contract, today)
    if work is UPDATE:
        provide = rules.provide_raise_of_stopped if contract.stop_decided else rules.provide_raise
        provided = provide(contract.terms, contract.lines, contract.raised_lines, today)
        return provided + let_go(contract, contract.waiting, today)
    if work is ACTIVATE:
        changes = rules.provide_activation(contract.terms, contract.lines, activated_lines(contract), today)
    elif work is INSTALL:
        changes = rules.provide_order(contract.ordering_terms, contract.lines, today)
        if changes or subscription.trial:
            subscription.start_date = today
            ends = trial_ends_at_vendor(subscription, today)
            subscription.expiration_date = ends or rules.ends_on(contract.ordering_terms, today)
    else:
        return Changes()
    if changes or subscription.trial:
        schedule(subscription, None, today, status=SubscriptionStatus.ACTIVE)
    return changes


def _runs_again_first(contract: Contract, operation: VendorOperation, today: date) -> bool:
    """Have the vendor let a stopped service run again that it has renewed; return whether it has to."""
    subscription, order = contract.subscription, contract.renewal
    renewed = order is not None and operation.action == OperationAction.RENEW
    if not renewed or subscription.stopped_on is None or not does(subscription, OperationAction.RESUME):
        return False
    _learn(subscription, operation)
    subscription.save(update_fields=["vendor_ids", "attributes"])
    hand_over(contract, RENEW_STOPPED, day=today, order=order)
    save_states([contract], today)
    return True


def _stop_what_is_short(contract: Contract, changes: Changes, today: date) -> None:
    """Stop the subscription, as a billing day would have, where less is available than it costs from today.

    Only where a billing day has passed since it was paid does it cost more than what was reserved.
    """
    row = contract.subscription
    available = funds_of(row.account).available
    if (
        contract.postpay
        or available >= 0
        or row.account.status != AccountStatus.ACTIVE
        or row.status != SubscriptionStatus.ACTIVE
    ):
        return
    contract = contract_of(row)
    record([contract.booking(contract.rules.stop(contract.terms, contract.lines, today), today)])
    row.stop_reason, row.stop_comment, row.stopped_on = StopReason.FUNDS_SHORT, "", today
    hand_over(contract, STOP, day=today)
    save_states([contract], today)
    stopped_for_funds(row, today, changes.reserves, available + changes.reserves)


def _rejected(subscription: Subscription, order: Order | None, operation: VendorOperation) -> None:
    """Nothing is undone: the charges stay as they are until somebody tries again or cancels.

    What was chosen for the end of the term is as it was before, and the subscription goes on.
    """
    subscription.status = WORK_MEANWHILE[subscription.status].failed
    if operation.action == OperationAction.ARRANGE and order is None:
        subscription.status, subscription.awaited_operation = SubscriptionStatus.ACTIVE, ""
        at_end, ends_on = operation.payload["before"]
        subscription.at_end, subscription.ends_on = at_end, date.fromisoformat(ends_on) if ends_on else None
        subscription.save(update_fields=["at_end", "ends_on"])
    subscription.save(update_fields=STATE_FIELDS)
    if order is not None and order.status == OrderStatus.PROVISIONING:
        order.status = OrderStatus.PROVISIONING_FAILED
        order.failure = operation.last_error
        order.save(update_fields=["status", "failure"])
    vendor_refused(subscription, operation, order)
