"""What settles a difference: by its kind and whose word is to hold, the verb that does it, previewed by itself."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from django.utils.functional import lazy
from django.utils.translation import gettext as _

from accounts.actors import Actor
from core.errors import Refused, Remedy
from subscriptions.contract.ends import running_terms
from subscriptions.contract.handover import held_units, service_as_held
from subscriptions.contract.telling import customer_has_to_agree
from subscriptions.models import (
    Choice,
    Difference,
    DifferenceKind,
    OrderStatus,
    Subscription,
    SubscriptionStatus,
    TakesEffect,
)
from subscriptions.people.ending import NO_TERM
from subscriptions.people.opening import open_account, open_contract
from subscriptions.people.ordering import cancel_order
from subscriptions.tasks import hand_to_worker
from subscriptions.told.preview import Preview
from subscriptions.told.proposals import (
    Proposal,
    propose,
    propose_activation,
    propose_change,
    propose_deletion,
    propose_end,
    propose_stop,
)
from subscriptions.workers.told import service_of
from vendors import operations
from vendors.commitments import AtEnd
from vendors.errors import sentence
from vendors.holdings import ListsHoldings
from vendors.models import UNFINISHED, OperationAction, VendorOperation
from vendors.registry import plugin_for

RIGHT = "differences.resolve"


class NothingToDo(Refused):
    """A difference of this kind is not settled so; the sentence says how it is."""

    code = "not_settled_so"


class UnderWay(Refused):
    """Something is on its way at the vendor for the service: whether it still differs is seen afterwards."""

    code = "vendor_is_working"


@dataclass(frozen=True)
class Acting:
    """Who settles a difference, and when; `keep` does it, else it is a preview."""

    actor: Actor
    today: date
    now: datetime
    keep: bool = False


Deed = Callable[[Difference, Acting], Proposal]


def propose_deed(difference: Difference, choice: str, acting: Acting) -> Proposal:
    """Return what settling the difference so would do, or does; the verb is the one that people use.

    Raises NothingToDo, UnderWay, Forbidden, and what the verb raises.
    """
    acting.actor.require(RIGHT)
    if difference.operation or (difference.subscription_id and _is_under_way(difference)):
        raise UnderWay(_("Something is on its way at the vendor already. Look again once it is done."))
    return _DEEDS[choice][DifferenceKind(difference.kind)](difference, acting)


def _is_under_way(difference: Difference) -> bool:
    service = f"subscription:{difference.subscription_id}"
    return VendorOperation.objects.filter(service=service, state__in=UNFINISHED).exists()


# The books follow


def _take_their_units(difference: Difference, acting: Acting) -> Proposal:
    return _to_units(difference, {difference.resource: int(difference.theirs)}, acting)


def _to_units(difference: Difference, quantities: Mapping[str, int], acting: Acting) -> Proposal:
    """Bring the books to the units; the vendor is told of what it holds already. What is more is paid at once."""
    return propose_change(
        actor=acting.actor,
        subscription=_subscription(difference),
        quantities=quantities,
        today=acting.today,
        now=acting.now,
        keep=acting.keep,
        vendor_asked=True,
        pay_from_balance=True,
    )


def _stop(difference: Difference, acting: Acting) -> Proposal:
    row = _subscription(difference)
    if not _is_all_of_it(difference, row):
        return _to_units(difference, {difference.resource: 0}, acting)
    comment = _("Suspended at the vendor")
    return propose_stop(actor=acting.actor, subscription=row, today=acting.today, comment=comment, keep=acting.keep)


def _activate(difference: Difference, acting: Acting) -> Proposal:
    row = _subscription(difference)
    if row.status == SubscriptionStatus.DELETED:
        raise NothingToDo(
            _("The subscription is deleted in our books and is not taken back: end it at the vendor (restore ours).")
        )
    return propose_activation(actor=acting.actor, subscription=row, today=acting.today, keep=acting.keep)


def _delete(difference: Difference, acting: Acting) -> Proposal:
    row = _subscription(difference)
    if not _is_all_of_it(difference, row):
        return _to_units(difference, {difference.resource: 0}, acting)
    return propose_deletion(actor=acting.actor, subscription=row, today=acting.today, keep=acting.keep)


def _is_all_of_it(difference: Difference, row: Subscription) -> bool:
    """Return whether all units of the subscription are of resources that differ in the same way."""
    units = {key for key, count in held_units(row).items() if count}
    same = row.differences.filter(settled="", kind=difference.kind).values_list("resource", flat=True)
    return units <= {difference.resource, *same}


def _note(difference: Difference, acting: Acting) -> Proposal:
    """Take what the vendor holds for right: nothing in the books says otherwise, and it is not told again."""
    words = _("Take it for right? Nothing is charged otherwise for it, and it is not told again."), _("Accept")
    return _proposed(lambda _day: difference, words, difference, acting)


def _take_their_end(difference: Difference, acting: Acting) -> Proposal:
    """Choose in the books what the vendor does at the end of its term; it is told of what it holds already."""
    row, theirs = _subscription(difference), AtEnd(difference.theirs)
    running = running_terms(row)
    if running.exclude(at_end=theirs).exists():
        raise NothingToDo(
            _(
                "Only a part of the subscription ends so at the vendor, and our books have one end for all of it."
                " Choose the end of the term for the whole subscription, or restore ours."
            )
        )
    days = list(running.values_list("ends_on", flat=True))
    if not days:
        raise NothingToDo(NO_TERM)
    return propose_end(
        actor=acting.actor,
        subscription=row,
        at_end=theirs,
        term_ends_on=max(days),
        today=acting.today,
        keep=acting.keep,
    )


def _take_their_schedule(difference: Difference, acting: Acting) -> Proposal:
    """Give up an order for fewer units of which the vendor has nothing; what it has of its own is taken for right."""
    row = _subscription(difference)
    order = row.orders.filter(status=OrderStatus.SCHEDULED, takes_effect=TakesEffect.END_OF_TERM).first()
    if order is None or difference.theirs:
        return _note(difference, acting)
    verb = partial(cancel_order, actor=acting.actor, order=order, today=acting.today)
    question = _("Cancel order %(order)s? All units are renewed, as the vendor has it.") % {"order": order}

    def said(_seen: Preview) -> tuple[str, str]:
        return question, _("Cancel the order")

    return propose(verb, said, account=difference.account, today=acting.today, keep=acting.keep)


def _nobody_accepts(_difference: Difference, _acting: Acting) -> Proposal:
    raise NothingToDo(_("Only the customer can accept the agreement. Restore ours: the customer is asked to."))


# The vendor is brought back


def _restore(action: OperationAction, *, units: bool = False) -> Deed:
    def deed(difference: Difference, acting: Acting) -> Proposal:
        row = _subscription(difference)
        wanted = {difference.resource: int(difference.ours)} if units else {}
        if units and row.status not in (SubscriptionStatus.ACTIVE, SubscriptionStatus.GRACED):
            raise NothingToDo(_("The units of a stopped service are not changed at the vendor: activate it first."))
        return _planned(difference, action, acting, quantities=wanted)

    return deed


def _stop_there(difference: Difference, acting: Acting) -> Proposal:
    ended = _subscription(difference).status == SubscriptionStatus.DELETED
    return _planned(difference, OperationAction.CANCEL if ended else OperationAction.SUSPEND, acting)


def _end_there(difference: Difference, acting: Acting) -> Proposal:
    """End at the vendor what nobody's books have."""
    return _planned(difference, OperationAction.CANCEL, acting)


def _planned(
    difference: Difference, action: OperationAction, acting: Acting, *, quantities: Mapping[str, int] | None = None
) -> Proposal:
    def verb(_day: date) -> Difference:
        row = difference.subscription
        service = {"vendor_ids": difference.vendor_ids, "resources": {}} if row is None else service_as_held(row)
        about = f"difference:{difference.pk}" if row is None else f"subscription:{row.pk}"
        earlier = VendorOperation.objects.filter(key__startswith=f"difference:{difference.pk}:").count()
        operation = operations.plan(
            difference.connection,
            action=action,
            key=f"difference:{difference.pk}:{earlier + 1}",
            subject=about,
            service=about,
            payload={"service": service, **({"quantities": dict(quantities)} if quantities else {})},
            now=acting.now,
            asked_by=acting.actor.person,
        )
        difference.operation = operation.key
        hand_to_worker(operation.pk)
        return difference

    question = _("Bring the vendor back to what our books say? Our books and what is charged stay as they are.")
    return _proposed(verb, (question, _("Restore")), difference, acting)


def _ask_customer(difference: Difference, acting: Acting) -> Proposal:
    """Write to the customer, who alone can accept."""
    row = _subscription(difference)
    plugin = plugin_for(difference.connection.plugin)
    missing = plugin.unagreed(service_of(row)) if isinstance(plugin, ListsHoldings) else None
    if missing is None:
        raise NothingToDo(_("The agreement counts again: the coming night settles this."))

    def verb(_day: date) -> Difference:
        instruction = lazy(lambda: sentence(missing.message, missing.values), str)()
        customer_has_to_agree(row, instruction, f"agreement:{row.account_id}:{acting.today}")
        return difference

    question = _("Write to the customer, and to its contact person, that the agreement has to be accepted anew?")
    return _proposed(verb, (question, _("Write")), difference, acting)


def _with_the_renewal(_difference: Difference, _acting: Acting) -> Proposal:
    raise NothingToDo(_("A running term is not changed back. Accept theirs, or end it and order anew."))


def _nothing_comes_back(difference: Difference, _acting: Acting) -> Proposal:
    raise NothingToDo(
        _("What has ended at the vendor does not come back. Accept theirs, which deletes it here; then order anew."),
        remedy=Remedy("new_order", difference.account_id),
    )


def _proposed(verb: Callable[[date], Any], words: tuple[str, str], difference: Difference, acting: Acting) -> Proposal:
    """Propose what leaves the books as they are; the account is locked and brought up to date as by any verb."""

    def opened() -> Any:
        if difference.subscription is None:
            _account, day = open_account(
                actor=acting.actor, account_id=difference.account_id, right=RIGHT, today=acting.today
            )
        else:
            contract, day = open_contract(
                actor=acting.actor, subscription=difference.subscription, right=RIGHT, today=acting.today
            )
            difference.subscription = contract.subscription
        return verb(day)

    def said(_seen: Preview) -> tuple[str, str]:
        return words

    return propose(opened, said, account=difference.account, today=acting.today, keep=acting.keep)


def _subscription(difference: Difference) -> Subscription:
    """Return the subscription of a difference that has one."""
    if difference.subscription is None:
        raise NothingToDo(_("No subscription of ours belongs to it."))
    return difference.subscription


_DEEDS: Mapping[str, Mapping[DifferenceKind, Deed]] = {
    Choice.ACCEPT: {
        DifferenceKind.QUANTITY: _take_their_units,
        DifferenceKind.SUSPENDED: _stop,
        DifferenceKind.RUNNING: _activate,
        DifferenceKind.ENDED: _delete,
        DifferenceKind.TERM: _note,
        DifferenceKind.END_OF_TERM: _take_their_end,
        DifferenceKind.SCHEDULE: _take_their_schedule,
        DifferenceKind.AGREEMENT: _nobody_accepts,
        DifferenceKind.UNKNOWN: _note,
    },
    Choice.RESTORE: {
        DifferenceKind.QUANTITY: _restore(OperationAction.CHANGE, units=True),
        DifferenceKind.SUSPENDED: _restore(OperationAction.RESUME),
        DifferenceKind.RUNNING: _stop_there,
        DifferenceKind.ENDED: _nothing_comes_back,
        DifferenceKind.TERM: _with_the_renewal,
        DifferenceKind.END_OF_TERM: _restore(OperationAction.ARRANGE),
        DifferenceKind.SCHEDULE: _restore(OperationAction.ARRANGE),
        DifferenceKind.AGREEMENT: _ask_customer,
        DifferenceKind.UNKNOWN: _end_there,
    },
}
