"""What the vendor refused: corrected, tried again, or given up with everything as it was before."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from billing.queries import require_sight
from core.errors import Refused
from subscriptions.contract.handover import WORK_FAILED, payload_anew, service_as_held
from subscriptions.contract.terms import Contract
from subscriptions.models import Order, OrderStatus, OrderType, Subscription, SubscriptionStatus
from subscriptions.people.opening import NotInThisStatus, open_contract, refuse_held, save_state
from subscriptions.people.undoing import give_up_failed, has_failed
from subscriptions.tasks import hand_to_worker
from vendors import operations, questions
from vendors.base import Field
from vendors.models import VendorOperation

NOTHING_TO_CORRECT = _("Order %(order)s has not failed: there is nothing to correct.")


class OrderHasNotFailed(Refused):
    """Only an order that failed at the vendor is given up in this way."""

    code = "order_has_not_failed"


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that was given with an order: the vendor's question, what was said, whether it is used up already."""

    question: Field
    value: str
    fixed: bool


@dataclass(frozen=True, slots=True)
class Correction:
    """What can be corrected of an order that the vendor refused, and what the vendor said, each at its field.

    `waits`: the vendor has taken the order and waits for somebody; nothing is wrong, but the answers may be.
    """

    answers: tuple[Answer, ...]
    problems: tuple[Refused, ...]
    waits: bool = False


@transaction.atomic
def retry(*, actor: Actor, subscription: Subscription, today: date, now: datetime) -> Subscription:
    """Ask the vendor again for what it refused last, once the cause is removed. Raises Forbidden, NotInThisStatus.

    What is sent is read anew: the account, its contact person, the template's offers as they are now.
    """
    contract, today = open_contract(actor=actor, subscription=subscription, right="orders.retry", today=today)
    return _try_again(contract, may_retry(contract), today, now)


def correction_of(order: Order) -> Correction:
    """Return what can be corrected of a sale that failed at the vendor, or waits at one that takes other answers.

    Raises OrderHasNotFailed.
    """
    subscription = order.subscription
    operation = VendorOperation.objects.filter(key=subscription.awaited_operation).first()
    if order.type != OrderType.SALES or operation is None:
        raise OrderHasNotFailed(NOTHING_TO_CORRECT % {"order": order})
    waits = operation.waits_for is not None and questions.takes_corrections(operation.connection)
    if not has_failed(order) and not (waits and order.status == OrderStatus.PROVISIONING):
        raise OrderHasNotFailed(NOTHING_TO_CORRECT % {"order": order})
    given, used = subscription.parameters, set() if waits else set(operation.begun_steps)
    return Correction(
        answers=tuple(
            Answer(question, str(given.get(question.name, "")), fixed=question.used_by in used)
            for question in questions.order_fields(operation.connection)
            # What followed from other answers is asked again where it was asked.
            if not question.after or question.name in given
        ),
        problems=() if waits else _said(operation),
        waits=waits,
    )


def _said(operation: VendorOperation) -> tuple[Refused, ...]:
    each = tuple(Refused(said, code="vendor_refused", field=field) for field, said in operation.problems)
    return each or (Refused(operation.last_error, code="vendor_refused"),)


def may_correct(order: Order) -> None:
    """Raise OrderHasNotFailed, VendorUnavailable where there is nothing to correct, or nobody to hear of it now."""
    correction_of(order)
    questions.may_ask(order.subscription.plan.template.connection)


def correct_order(
    *, actor: Actor, order: Order, answers: Mapping[str, str], today: date, now: datetime
) -> Subscription:
    """Keep other answers to the vendor's questions and ask the vendor again, with the account as it is now.

    An answer that was used at the vendor already stays, unless the order waits at a vendor that takes another. The
    vendor may refuse what it could not provision, before anything is kept. Raises Forbidden, OrderHasNotFailed,
    NotWaiting, AccountOnHold to a customer, refusals of the vendor.
    """
    actor.require("orders.correct")
    require_sight(actor, order.account_id)
    fresh = Order.objects.select_related(
        "subscription__account__reseller", "subscription__plan__template__connection"
    ).get(pk=order.pk)
    _may_be_corrected(actor, fresh, today)
    _ask_vendor(fresh.subscription, _corrected(correction_of(fresh), answers), now)
    operation = VendorOperation.objects.get(key=fresh.subscription.awaited_operation)
    with operations.held_still(operation), transaction.atomic():
        contract, today = open_contract(
            actor=actor, subscription=fresh.subscription, right="orders.correct", today=today
        )
        if actor.is_customer:
            refuse_held(contract.subscription.account, today)
        waiting = contract.waiting
        if waiting is None or waiting.pk != order.pk:
            raise OrderHasNotFailed(NOTHING_TO_CORRECT % {"order": order})
        correction = correction_of(waiting)
        contract.subscription.parameters = _corrected(correction, answers)
        contract.subscription.save(update_fields=["parameters"])
        if correction.waits:
            return _looked_at_again(contract, now)
        return _try_again(contract, may_retry(contract), today, now)


def _corrected(correction: Correction, answers: Mapping[str, str]) -> dict[str, str]:
    return {
        answer.question.name: answer.value if answer.fixed else answers.get(answer.question.name, answer.value)
        for answer in correction.answers
    }


def _may_be_corrected(actor: Actor, order: Order, today: date) -> None:
    """Raise what the books would refuse, before the vendor is told anything."""
    if actor.is_customer:
        refuse_held(order.subscription.account, today)


def _ask_vendor(subscription: Subscription, parameters: Mapping[str, str], now: datetime) -> None:
    """Let the vendor refuse the corrected order, before anything is locked; what it has made already it knows."""
    operation = VendorOperation.objects.get(key=subscription.awaited_operation)
    subscription.parameters = dict(parameters)
    payload = payload_anew(subscription, operation)
    for left in operation.begun_steps.values():
        payload["vendor_ids"] = payload["vendor_ids"] | {name: value for name, value in left.items() if value}
    known = {"reference": operation.key, "payload": payload, "now": now}
    questions.validate_order(operation.connection, **known)
    if operation.waits_for is not None:
        service = service_as_held(subscription)
        questions.correct(operation.connection, service=service, **known)


def may_retry(contract: Contract) -> VendorOperation:
    """Return the operation that the vendor refused last. Raises NotInThisStatus where nothing has failed."""
    row = contract.subscription
    operation = VendorOperation.objects.filter(key=row.awaited_operation).first()
    if row.status not in WORK_FAILED or operation is None:
        raise NotInThisStatus(_("Nothing has failed here: there is nothing to try again."))
    return operation


def _looked_at_again(contract: Contract, now: datetime) -> Subscription:
    """Let the operation that waits go on with the corrected order; the vendor knows it already."""
    row = contract.subscription
    operation = VendorOperation.objects.get(key=row.awaited_operation)
    operations.amend(operation, payload=payload_anew(row, operation), now=now)
    hand_to_worker(operation.pk)
    return row


def _try_again(contract: Contract, operation: VendorOperation, today: date, now: datetime) -> Subscription:
    row = contract.subscription
    operations.retry(operation, now=now, payload=payload_anew(row, operation))
    row.status = WORK_FAILED[SubscriptionStatus(row.status)].meanwhile
    save_state(contract, today)
    if contract.waiting is not None and has_failed(contract.waiting):
        contract.waiting.status = OrderStatus.PROVISIONING
        contract.waiting.failure = ""
        contract.waiting.save(update_fields=["status", "failure"])
    hand_to_worker(operation.pk)
    return row


@transaction.atomic
def cancel_failed_order(*, actor: Actor, order: Order, today: date) -> Order:
    """Give up an order that failed at the vendor: what it reserved is released, what it gave back is reserved again.

    A sale takes its subscription with it; after a change the subscription runs on with the units it had. The money
    that was paid stays on the balance. Raises Forbidden, OrderHasNotFailed.
    """
    contract, today = open_contract(actor=actor, subscription=order.subscription, right="orders.retry", today=today)
    failed = may_give_up(contract, order)
    give_up_failed(contract, failed, today)
    return failed


def may_give_up(contract: Contract, order: Order) -> Order:
    """Return the subscription's order that failed at the vendor. Raises OrderHasNotFailed where it is not this one."""
    failed = contract.waiting
    if failed is None or failed.pk != order.pk or not has_failed(failed):
        raise OrderHasNotFailed(_("Order %(order)s has not failed: it cannot be given up.") % {"order": order})
    return failed
