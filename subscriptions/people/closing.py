"""Closing a subscription's charges by hand: all that is reserved or lies ahead is written off at once."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from billing.charging import record
from billing.engine.by_hand import closable, closed
from billing.engine.lines import Changes, Line, LineStatus, Move, with_status
from core.errors import Refused
from core.panel.formats import day_text
from subscriptions.contract.cancelling import close_orders, give_up, is_unpaid
from subscriptions.contract.due import schedule
from subscriptions.contract.terms import Contract
from subscriptions.models import OrderType, Subscription, SubscriptionStatus
from subscriptions.night.holds import hold_as_the_balance_says
from subscriptions.people.opening import open_contract, require_status, save_state

CLOSABLE = {SubscriptionStatus.ACTIVE, SubscriptionStatus.GRACED, SubscriptionStatus.STOPPED}


class NothingToClose(Refused):
    """Nothing is reserved, or lies ahead, that could be closed by hand."""

    code = "nothing_to_close"


class NotByHand(Refused):
    """The billing type lets no charges be closed by hand."""

    code = "charges_close_on_their_days"


class ClosedByHand(Refused):
    """Charges were closed by hand: what is given up before their end would not come back."""

    code = "charges_closed_by_hand"


@transaction.atomic
def close_charges(*, actor: Actor, subscription: Subscription, today: date) -> Subscription:
    """Write off all that is reserved or lies ahead, in one charge for the plan and one a resource, on `today`.

    Until the end of what is closed, raises are written off with their payment, and nothing is lowered or switched. A
    raise that waits for its payment stays; a switch is cancelled. Raises Forbidden, NotInThisStatus, NotByHand,
    NothingToClose.
    """
    contract, today = open_contract(actor=actor, subscription=subscription, right="charges.close", today=today)
    lines, row = may_close(contract), contract.subscription
    _cancel_switch(contract, today)
    changes = closed(lines, today, row.closings)
    record([contract.booking(changes, today)])
    contract.count_closings(changes)
    row.closed_to = max(line.period.end for line in lines)
    row.save(update_fields=["closed_to"])
    save_state(contract, today)
    hold_as_the_balance_says(row.account, today)
    return row


def may_close(contract: Contract) -> list[Line]:
    """Return the lines that would be closed. Raises NotInThisStatus, NotByHand, NothingToClose."""
    require_status(contract, CLOSABLE, _("Charges are closed by hand while a subscription runs, or is stopped."))
    if not contract.rules.closes_by_hand:
        raise NotByHand(
            _("Charges of “%(type)s” close on their days, and not by hand.")
            % {"type": contract.subscription.get_billing_type_display()}
        )
    lines = closable(contract.provided_lines)
    if not lines:
        raise NothingToClose(_("Nothing of the subscription is reserved or lies ahead: there is nothing to close."))
    return lines


def refuse_closed(contract: Contract, today: date) -> None:
    """Raise ClosedByHand where charges of `today` were closed by hand."""
    closed_to = contract.subscription.closed_to
    if closed_to is not None and today < closed_to:
        raise ClosedByHand(
            _("The charges up to %(day)s were closed by hand, and nothing of them comes back: wait for that day.")
            % {"day": day_text(closed_to)}
        )


def _cancel_switch(contract: Contract, today: date) -> None:
    """Cancel a switch that waits for its payment: its New charges end Refunded."""
    order = contract.waiting
    if order is None or order.type != OrderType.SWITCH or not is_unpaid(order):
        return
    new = with_status(contract.lines, LineStatus.NEW)
    record([contract.booking(Changes(move=tuple(Move(line, LineStatus.REFUNDED) for line in new)), today, order)])
    give_up(contract)
    close_orders(order_ids=[order.pk], day=today)
    row = contract.subscription
    schedule(row, None, today, status=SubscriptionStatus(row.status))
