"""A renewal that is ordered of itself ahead of the end of its term (renew point, billing-types.md 5.1)."""

from datetime import date

from billing.charging import record
from billing.engine.lines import Changes
from subscriptions.contract.confirming import OverCreditLimit
from subscriptions.contract.due import renew_point, schedule
from subscriptions.contract.handover import save_states
from subscriptions.contract.hands import ROWS, Hands
from subscriptions.contract.renewing import folded, paid, refuse_over_limit
from subscriptions.contract.terms import Contract
from subscriptions.models import Order, SubscriptionStatus


def order_ahead(contract: Contract, day: date, hands: Hands = ROWS) -> tuple[Order, Changes]:
    """Order the renewal of a subscription that renews itself ahead of its end; return it with the lines to be booked.

    It waits for its payment; where nothing is due, for its term, or is carried out where the type buys terms ahead.
    """
    order, placed = hands.place(contract, day)
    if order.total:
        if not contract.postpay:  # else the night in which the term begins confirms it
            hands.ask(contract, order)
    elif not contract.postpay or _may_owe(contract, day):
        placed = folded(placed, paid(contract, day))
        if contract.rules.renews_ahead:
            hands.paid(order, day, from_balance=False)
            hands.carry_out(contract, order, day)
            return order, placed
        hands.wait(order, day)
    schedule(contract.subscription, order, day, status=SubscriptionStatus.ACTIVE)
    return order, placed


def _may_owe(contract: Contract, day: date) -> bool:
    """Return whether the credit limit allows the renewal that was placed."""
    try:
        refuse_over_limit(contract, paid(contract, day), day)
    except OverCreditLimit:
        return False
    return True


def order_anew(contract: Contract, day: date) -> None:
    """Order ahead again, for the units and at the prices of `day`, where a change has taken the place of the order."""
    subscription = contract.subscription
    point, expires = renew_point(subscription), subscription.expiration_date
    stands = subscription.status == SubscriptionStatus.ACTIVE and contract.waiting is None
    if point is not None and expires is not None and stands and point <= day < expires:
        order, placed = order_ahead(contract, day)
        record([contract.booking(placed, day, order)])
        save_states([contract], day)
