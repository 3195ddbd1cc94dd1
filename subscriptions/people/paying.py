"""An order is paid: its charges are reserved, its units are held, and the vendor is asked."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Account, AccountStatus, User
from billing.charging import in_minor_units, record, resource_key
from billing.engine.lines import Changes
from billing.funds import funds_of
from billing.models import PaymentStatus
from billing.payments import close_order_payments, open_order_payment
from billing.tax_book import tax_asked
from core.errors import Refused, Remedy
from core.panel.formats import money_text
from subscriptions.contract import renewing, switching
from subscriptions.contract.ahead import order_anew
from subscriptions.contract.confirming import newly_blocked, refuse_over_limit
from subscriptions.contract.due import schedule
from subscriptions.contract.effect import first_day
from subscriptions.contract.handover import INSTALL, UPDATE, complete, hand_over
from subscriptions.contract.telling import done_at_once
from subscriptions.contract.terms import Contract, contract_of
from subscriptions.models import Order, OrderItem, OrderStatus, OrderType, SubscriptionStatus, TakesEffect
from subscriptions.night.holds import hold_as_the_balance_says
from subscriptions.people.opening import open_contract, refuse_held, save_state
from subscriptions.tasks import hand_to_worker


class FundsShort(Refused):
    """Less is available than the step needs."""

    code = "funds_short"

    def __init__(self, missing: Decimal, account: Account) -> None:
        self.missing = in_minor_units(missing, account.currency)
        super().__init__(
            _("%(missing)s more are needed. Top up the balance first.")
            % {"missing": money_text(missing, account.currency)},
            remedy=Remedy("top_up", account.pk, f"{self.missing:f}"),
        )


class OrderIsNotWaiting(Refused):
    """The order was paid or cancelled before."""

    code = "order_is_not_waiting"


@transaction.atomic
def pay_order_from_balance(*, actor: Actor, order: Order, today: date) -> Order:
    """Pay a waiting order from the account's available funds and carry it out.

    Paid on a later day than placed, it costs what its units cost from today (decision 8). Raises Forbidden, FundsShort,
    AccountOnHold, OrderIsNotWaiting; OverCreditLimit in postpay, where it is confirmed instead.
    """
    contract, today = open_contract(
        actor=actor, subscription=order.subscription, right="subscriptions.order", today=today
    )
    changes = may_pay(contract, order, today)
    return _settle(
        contract, _waiting(contract, order), changes, today, status=PaymentStatus.PAID_FROM_BALANCE,
        asked_by=actor.person,
    )  # fmt: skip


def may_pay(contract: Contract, order: Order, today: date) -> Changes:
    """Return what paying the order from the balance would make of its charges.

    Raises OrderIsNotWaiting, AccountOnHold, FundsShort.
    """
    waiting = _waiting(contract, order)
    refuse_held(contract.subscription.account, today)
    changes = _paid(contract, waiting, today)
    if contract.postpay:
        _confirm(contract, waiting, changes, today)
    else:
        _refuse_short(contract, waiting, changes)
    return changes


@transaction.atomic
def carry_out_paid_order(*, actor: Actor, order: Order, today: date, debt_first: bool = False) -> Order:
    """Carry out an order whose payment has come in; the account's books are open and the money is on the balance.

    Where the order has become dearer meanwhile and the balance does not cover it, it goes on waiting as it is, and a
    further payment is opened for what is missing (decision 8); so too where the money went to a debt first
    (`debt_first`), or the account is on hold still. Raises OrderIsNotWaiting.
    """
    contract, today = open_contract(actor=actor, subscription=order.subscription, right="payments.approve", today=today)
    waiting = _waiting(contract, order)
    changes = _paid(contract, waiting, today)
    account = contract.subscription.account
    missing = changes.missing(funds_of(account).available)
    # On the day it was placed the payment is what the order costs.
    covered = not missing or (waiting.placed_on == today and not debt_first)
    if covered and account.status == AccountStatus.ACTIVE:
        return _settle(contract, waiting, changes, today, status=PaymentStatus.CANCELLED)
    if account.status == AccountStatus.CREDIT_HOLD:
        missing = changes.reserves  # all that came is owed, also where the limit would allow more
    if missing:
        open_order_payment(
            actor=actor,
            account=account,
            order_id=waiting.pk,
            amount=min(missing, changes.reserves),
            today=today,
            due_on=waiting.expires_on,
        )
    return waiting


def carry_out_at_once(contract: Contract, order: Order, today: date) -> Order:
    """Carry out an order that waits for no payment: nothing is due of it, or it is confirmed (postpay).

    Raises OverCreditLimit.
    """
    changes = _paid(contract, order, today)
    _confirm(contract, order, changes, today)
    return _settle(contract, order, changes, today, status=PaymentStatus.CANCELLED)


def _waiting(contract: Contract, order: Order) -> Order:
    waiting = contract.waiting
    if waiting is None or waiting.pk != order.pk or waiting.status != OrderStatus.WAITING_FOR_PAYMENT:
        raise OrderIsNotWaiting(_("Order %(order)s does not wait for a payment any more.") % {"order": order})
    return waiting


def _confirm(contract: Contract, order: Order, changes: Changes, today: date) -> None:
    """Raise OverCreditLimit where a postpay order would owe more than it may.

    A change was confirmed when it was made.
    """
    if not contract.postpay or order.type == OrderType.CHANGE:
        return
    if order.type == OrderType.RENEWAL:
        renewing.refuse_over_limit(contract, changes, today)
        return
    if order.type == OrderType.SWITCH:
        switching.refuse_over_limit(contract, order, changes, today)
        return
    refuse_over_limit(
        contract,
        debt=Decimal(0),
        new=newly_blocked(changes),
        after=changes.applied_to(contract.lines),
        day=today,
        terms=contract.ordering_terms,
    )


def _refuse_short(contract: Contract, order: Order, changes: Changes) -> None:
    """Raise FundsShort where less is available than the order reserves and its payment asks for in taxes."""
    available = funds_of(contract.subscription.account).available - tax_asked(order)
    missing = changes.missing(available)
    if missing:
        raise FundsShort(missing, contract.subscription.account)


def _paid(contract: Contract, order: Order, today: date) -> Changes:
    """Return what the order's payment today makes of its charges."""
    if order.type == OrderType.RENEWAL:
        return renewing.paid(contract, today)
    if order.type == OrderType.SWITCH:
        return switching.paid(contract, order, today)
    at_vendor = contract.subscription.plan.template.connection is not None
    if order.type == OrderType.SALES:
        return contract.rules.pay_order(contract.ordering_terms, contract.lines, today, provided=not at_vendor)
    day = first_day(contract, order.takes_effect, today)
    return contract.rules.pay_raise(contract.terms, contract.lines, day, provided=not at_vendor)


def _settle(
    contract: Contract,
    order: Order,
    changes: Changes,
    today: date,
    *,
    status: PaymentStatus,
    asked_by: User | None = None,
) -> Order:
    """Put the paid charges in the books, hold the units, ask the vendor. `status` closes a payment still waiting."""
    if order.type == OrderType.SWITCH:
        _switch(contract, order, today, status=status, asked_by=asked_by)
    else:
        _provide(contract, order, changes, today, status=status, asked_by=asked_by)
    hold_as_the_balance_says(contract.subscription.account, today)
    return order


def _provide(
    contract: Contract,
    order: Order,
    changes: Changes,
    today: date,
    *,
    status: PaymentStatus,
    asked_by: User | None,
) -> None:
    """Book what a paid order makes of the charges, and have its units or its term begin."""
    subscription = contract.subscription
    record([contract.booking(changes, today, order)])
    contract.count_closings(changes)
    close_order_payments(order_ids=[order.pk], status=status, today=today)
    order.paid_on = today
    if order.type != OrderType.RENEWAL:
        order.status = OrderStatus.PROVISIONING
    order.save(update_fields=["paid_on", "status"])
    if order.type == OrderType.RENEWAL:
        _begin_or_wait(contract_of(subscription), order, today, asked_by=asked_by)
        return
    contract.waiting = None
    if order.type == OrderType.SALES:
        subscription.start_date = today
        subscription.expiration_date = contract.rules.ends_on(contract.ordering_terms, today)
    hold_and_hand_over(contract, order, today, asked_by=asked_by)


def _switch(contract: Contract, order: Order, today: date, *, status: PaymentStatus, asked_by: User | None) -> None:
    """Have the other plan serve the subscription from today on, or have the vendor switch first."""
    target = switching.target_of_order(contract, order)
    close_order_payments(order_ids=[order.pk], status=status, today=today)
    order.paid_on = today
    if contract.subscription.plan.template.connection is not None:
        record([switching.reserve(contract, target, order, today)])
        order.status = OrderStatus.PROVISIONING
        order.save(update_fields=["paid_on", "status"])
        operation = switching.hand_over_switch(contract, target, order, today, asked_by=asked_by)
        save_state(contract, today)
        if operation is not None:
            hand_to_worker(operation.pk)
        return
    record(switching.bookings(contract, target, order, today))
    order.save(update_fields=["paid_on"])
    complete(order, today)
    switched = switching.carry_out(contract, target, order, today)
    done_at_once(switched.subscription, UPDATE.action, order=order, asked_by=asked_by)
    order_anew(switched, today)


def _begin_or_wait(contract: Contract, order: Order, today: date, *, asked_by: User | None) -> None:
    """Carry a paid renewal out where its term has begun; else it waits for the night of that day."""
    if renewing.term_of_renewal(contract, today).start > today and not contract.rules.renews_ahead:
        renewing.wait_for_term(order, today)
        schedule(contract.subscription, order, today, status=SubscriptionStatus.ACTIVE)
        operation = None
    else:
        operation = renewing.carry_out(contract, order, today, asked_by=asked_by)
    save_state(contract, today)
    if operation is not None:
        hand_to_worker(operation.pk)


def hold_and_hand_over(contract: Contract, order: Order, today: date, *, asked_by: User | None = None) -> None:
    """Hold the units that the order asks for, and have the vendor provide them; without a vendor it is complete.

    `asked_by` is told of it besides who placed the order and the account's people.
    """
    subscription = contract.subscription
    items = list(order.items.select_related("subscription_resource__plan_resource__resource").order_by("pk"))
    work = INSTALL if order.type == OrderType.SALES else UPDATE
    operation = hand_over(
        contract,
        work,
        day=today,
        order=order,
        asked_by=asked_by,
        quantities={
            item.subscription_resource.plan_resource.resource.key: item.quantity_after
            for item in items
            if item.quantity_after or order.type != OrderType.SALES
        },
    )
    if order.takes_effect == TakesEffect.NEXT_DAY:
        order.effective_on = today + timedelta(days=1)
        order.save(update_fields=["effective_on"])
    _hold(contract, order, items, at_vendor=operation is not None)
    contract.sum_up()
    save_state(contract, today)
    if operation is None:
        complete(order, today)
        done_at_once(subscription, work.action, order=order, asked_by=asked_by)
        if order.type == OrderType.CHANGE:
            order_anew(contract_of(subscription), today)
    else:
        hand_to_worker(operation.pk)


def _hold(contract: Contract, order: Order, items: Iterable[OrderItem], *, at_vendor: bool) -> None:
    """Hold the units of the order's items; those that a vendor has to provide first are awaited."""
    for item in items:
        resource = contract.resources[resource_key(item.subscription_resource_id)]
        before = resource.chargeable
        if order.takes_effect == TakesEffect.NEXT_DAY and item.quantity_after < resource.quantity:
            continue  # held, and charged, until the vendor has let them go
        resource.quantity = item.quantity_after
        resource.save(update_fields=["quantity"])
        if at_vendor and resource.chargeable > before:
            # Charged once the vendor has provided them (decision 22).
            contract.awaited[resource_key(resource.pk)] = resource.chargeable - before
