"""What is arranged with a vendor for the end of its own term: told at once, in the books on the day (decision 74)."""

from collections.abc import Mapping
from copy import copy
from datetime import date

from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from core.errors import Remedy
from subscriptions.contract.handover import ARRANGE, give_up_arranged, hand_over
from subscriptions.contract.terms import Contract
from subscriptions.models import Order, Subscription, SubscriptionStatus, TakesEffect
from subscriptions.people.opening import OrderWaits, require_status, save_state
from subscriptions.tasks import hand_to_worker
from vendors.commitments import AtEnd


def refuse_below_arranged(contract: Contract, wanted: Mapping[str, int], effect: TakesEffect) -> None:
    """Raise OrderWaits where fewer units are arranged already, and the wanted ones leave nothing of it to be done."""
    order = contract.arranged
    if order is None:
        return
    items = order.items.values_list("subscription_resource", "quantity_after")
    below = any(str(pk) in wanted and wanted[str(pk)] <= after for pk, after in items)
    if below or effect == TakesEffect.END_OF_TERM:
        said = _("Order %(order)s waits for its day: cancel it first.") % {"order": order}
        raise OrderWaits(said, remedy=Remedy("order", order.pk))


def arrange_order(contract: Contract, order: Order, today: date, actor: Actor) -> Order:
    """Have the vendor take an order of fewer units for its next term. Nothing is in the books until that day."""
    row = contract.subscription
    row.lowers_on = order.effective_on
    row.save(update_fields=["lowers_on"])
    contract.waiting = order
    tell_vendor(contract, today, actor, order=order)
    return order


def take_back(contract: Contract, order: Order, today: date, actor: Actor) -> Order:
    """Cancel an arranged order and have the vendor renew all units again.

    Raises NotInThisStatus, VendorIsWorking. While it is stopped the vendor has dropped it by itself.
    """
    row = contract.subscription
    may = {SubscriptionStatus.ACTIVE, SubscriptionStatus.GRACED, SubscriptionStatus.STOPPED, SubscriptionStatus.BLOCKED}
    require_status(contract, may, _("The vendor has to be told: try again later."))
    give_up_arranged(contract, order, today)
    if row.status == SubscriptionStatus.ACTIVE:
        tell_vendor(contract, today, actor)
    else:
        save_state(contract, today)
    return order


def set_end(contract: Contract, at_end: AtEnd, ends_on: date | None, today: date, actor: Actor) -> None:
    """Have the vendor arrange what comes after its term; where nothing does, the night of `ends_on` deletes it here.

    What was arranged for a next term that does not come is cancelled.
    """
    row = contract.subscription
    before = copy(row)
    row.at_end, row.ends_on = at_end.value, ends_on if at_end is AtEnd.ENDS else None
    row.save(update_fields=["at_end", "ends_on"])
    if at_end is not AtEnd.RENEWS and contract.arranged is not None:
        give_up_arranged(contract, contract.arranged, today)
    tell_vendor(contract, today, actor, before=before)


def tell_vendor(
    contract: Contract, today: date, actor: Actor, *, order: Order | None = None, before: Subscription | None = None
) -> None:
    """Have the vendor arrange the end of its term as it is wanted now; if it refuses, it is wanted as in `before`."""
    was = before or contract.subscription
    operation = hand_over(contract, ARRANGE, day=today, order=order, asked_by=actor.person)
    save_state(contract, today)
    if operation is not None:
        ends_on = None if was.ends_on is None else was.ends_on.isoformat()
        operation.payload = {**operation.payload, "before": [was.at_end, ends_on]}
        operation.save(update_fields=["payload"])
        hand_to_worker(operation.pk)
