"""What the night does besides charges: rows of orders and subscriptions, vendors' work, letters.

Who carries the night out hands it these. A forecast has hands of its own, which write nothing
(`told.foreseen`), so that it goes the very steps of the night.
"""

from collections.abc import Collection
from datetime import date
from decimal import Decimal

from billing.engine.lines import Changes
from billing.models import PaymentStatus
from billing.payments import close_order_payments
from subscriptions.contract import handover, renewing, telling
from subscriptions.contract.cancelling import close_orders
from subscriptions.contract.handover import Work
from subscriptions.contract.terms import Contract
from subscriptions.models import Order


class Hands:
    """The hands that write. The accounts are locked by the caller, who saves STATE_FIELDS and books the charges."""

    def hand_over(self, contract: Contract, work: Work, day: date) -> None:
        """Set the subscription on its way, and plan the vendor's part of it."""
        handover.hand_over(contract, work, day=day)

    def cancel(self, order_ids: Collection[int], day: date) -> None:
        """Cancel orders and their waiting payments."""
        close_orders(order_ids=order_ids, day=day)

    def place(self, contract: Contract, day: date) -> tuple[Order, Changes]:
        """Order the renewal of a subscription that renews itself, for the units that it has."""
        return renewing.place_automatic(contract, day)

    def ask(self, contract: Contract, order: Order) -> None:
        """Open the payment of a renewal, and tell the customer of it."""
        renewing.ask_for_payment(contract, order)

    def wait(self, order: Order, day: date) -> None:
        """Keep a renewal paid on `day` for the night in which its term begins."""
        renewing.wait_for_term(order, day)

    def paid(self, order: Order, day: date, *, from_balance: bool) -> None:
        """Note that a renewal is paid; `from_balance`: what was asked for it is not awaited any more."""
        if from_balance:
            close_order_payments(order_ids=[order.pk], status=PaymentStatus.PAID_FROM_BALANCE, today=day)
        order.paid_on = day
        order.save(update_fields=["paid_on"])

    def carry_out(self, contract: Contract, order: Order, day: date) -> None:
        """Begin the term of a paid renewal, or have the vendor renew first."""
        renewing.carry_out(contract, order, day)

    def stopped_for_funds(self, contract: Contract, day: date, required: Decimal, available: Decimal) -> None:
        """Tell that a billing day has stopped a subscription, for which less is available than it needs."""
        telling.stopped_for_funds(contract.subscription, day, required, available)

    def blocked(self, contract: Contract, day: date) -> None:
        """Tell that a postpay subscription is Blocked."""
        telling.subscription_blocked(contract.subscription, day)


ROWS = Hands()
