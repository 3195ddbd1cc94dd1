"""A waiting order is given up: by a person, by a stop, by the night when nobody paid or the term has ended."""

from collections.abc import Collection, Iterable
from datetime import date

from billing.charging import Booking, record
from billing.engine.lines import Changes, deleted
from billing.models import PaymentStatus
from billing.payments import close_order_payments
from subscriptions.contract.terms import Contract
from subscriptions.models import Order, OrderStatus


def is_waiting(order: Order | None) -> bool:
    """Return whether there is an order and nothing of it is carried out: it waits for its payment, term or day."""
    waits = (OrderStatus.WAITING_FOR_PAYMENT, OrderStatus.WAITING_FOR_PROVISIONING, OrderStatus.SCHEDULED)
    return order is not None and order.status in waits


def is_unpaid(order: Order | None) -> bool:
    """Return whether there is an order and it waits for its payment."""
    return order is not None and order.status == OrderStatus.WAITING_FOR_PAYMENT


def give_up(contract: Contract) -> Changes:
    """Return the lines of the contract's waiting order, Deleted, and take the order out of the contract.

    They are New; of a renewal that waits for its term, what was due of it is Blocked.
    """
    if contract.renewal is not None:
        changes = Changes(move=deleted(contract.renewal_lines))
        contract.renewal_lines = []
    else:
        changes = contract.rules.cancel_unpaid(contract.lines)
    gone = {move.line.row for move in changes.move}
    contract.lines = [line for line in contract.lines if line.row not in gone]
    contract.waiting, contract.leaving = None, {}
    return changes


def cancel_waiting(contract: Contract, order: Order, day: date) -> None:
    """Give the contract's waiting order up in the books of `day`, and cancel it with its payment."""
    record([contract.booking(give_up(contract), day, order)])
    close_orders(order_ids=[order.pk], day=day)


def stop_all(contracts: Iterable[Contract], day: date) -> tuple[list[Booking], list[int]]:
    """Return what a stop on `day` makes of the charges of what runs, and the waiting orders that are given up with it.

    The caller books the one and closes the other (`close_orders`).
    """
    bookings, orders = [], []
    for contract in contracts:
        order = contract.waiting
        if order is not None and is_waiting(order):
            bookings.append(contract.booking(give_up(contract), day, order))
            orders.append(order.pk)
        bookings.append(contract.booking(contract.rules.stop(contract.terms, contract.lines, day), day))
    return bookings, orders


def close_orders(*, order_ids: Collection[int], day: date) -> None:
    """Cancel orders and their waiting payments. Two statements; the accounts are locked by the caller."""
    Order.objects.filter(pk__in=order_ids).update(status=OrderStatus.CANCELLED, closed_on=day)
    close_order_payments(order_ids=list(order_ids), status=PaymentStatus.CANCELLED, today=day)
