"""Moves to another product at Microsoft: upgrades, and from a trial to what is paid (microsoft-2026.md, section 3).

A subscription moves whole: in parts, Microsoft makes another of each part, and one of ours is one of Microsoft's.
"""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_noop

from vendors.base import JSON, Connection, Done, Outcome, Probe, Service, Steps, Verdict
from vendors.capabilities import SwitchesServices
from vendors.errors import LostAnswer, NotYet, Rejected
from vendors.microsoft.commitments import commitment_of
from vendors.microsoft.ends import arrange_bought, has_end
from vendors.microsoft.errors import IN_PROGRESS, PENDING_WAITS
from vendors.microsoft.partner_center import Members, PartnerCenter, require_same, same_id
from vendors.microsoft.patience import Patience
from vendors.microsoft.plugin import partner_center_of
from vendors.microsoft.subscriptions import SUBSCRIPTION, Subscriptions, is_new_commerce, subscription_ids
from vendors.office365.asked import Asked
from vendors.office365.lines import same_item
from vendors.office365.options import end_of

NOT_ONE_TO_ONE = gettext_noop(
    "Microsoft moves each subscription to one other product, and the plans have not as many resources at Microsoft."
    " Order the other plan, and delete this service."
)
BOUGHT_BEFORE = gettext_noop(
    "Microsoft does not move what was bought before the new commerce. Order the other plan, and delete this service."
)
OTHER_TERM = gettext_noop(
    "The plans sell the same product, for another term or billed otherwise: Microsoft takes that only with the renewal,"
    " or as an order of its own. Order the other plan, and let this one end."
)
NO_WAY = gettext_noop(
    "Microsoft does not let this product become the one of the other plan (%(item)s). Order the other plan, and let"
    " this one end."
)
NOT_NOW = gettext_noop("Microsoft does not move the subscription now: %(reason)s")
FEWER = gettext_noop(
    "All %(held)s units move to the other product, and Microsoft takes back %(returnable)s of them. Choose at least"
    " %(least)s, and lower with the renewal."
)
NOT_MOVED = gettext_noop(
    "Microsoft was asked to move subscription %(subscription)s to %(item)s, and has not done so for a day. Look at the"
    " subscription in Partner Center, ask Microsoft's support there, then try again."
)
FAILED = gettext_noop("Microsoft has not moved the subscription to the other product. Try again, or give the order up.")
WITH_LICENCES, ALONE = "transition_with_license_transfer", "transition_only"


@dataclass(frozen=True)
class Move:
    """A resource's subscription that is to become another product: from which of our keys to which, and how many."""

    old: str
    new: str
    item: str
    quantity: int


class MicrosoftTransitions(SwitchesServices):
    """Switches of plan as moves of subscriptions at Microsoft."""

    patience: Patience

    def may_switch(self, connection: Connection, service: Service, to: Service) -> None:
        """Raise Rejected where Microsoft does not let the subscriptions become what the other plan sells."""
        partner_center = partner_center_of(connection)
        customer_id = service.vendor_ids.get("customer_id", "")
        with partner_center.telling_what_is_gone(customer_id):
            subscriptions = Subscriptions(partner_center, service, patience=self.patience)
            for move in moves_of(service, to):
                told = subscriptions.read(move.old)
                if not is_new_commerce(told):
                    raise Rejected(BOUGHT_BEFORE, code="bought_before")
                if _is(told, move.item):
                    _refuse_other_term(told, to.options)
                else:
                    _eligible(partner_center, customer_id, str(told["id"]), move.item)
                _refuse_fewer(connection, move, told)

    def switch(self, connection: Connection, service: Service, to: Service, steps: Steps) -> Outcome:
        """Move each subscription, then bring it to its units."""
        partner_center = partner_center_of(connection)

        def switched() -> Done:
            moves, made = moves_of(service, to), {}
            for move in moves:
                transition = _Transition(partner_center, service, move, to.options, self.patience)
                made[move.new] = transition.carried_out(steps)
            there = _as_switched(service, to, moves, made)
            subscriptions = Subscriptions(partner_center, there, patience=self.patience)
            for move in moves:
                subscriptions.set_quantity(move.new, move.quantity, steps)
                arrange_bought(subscriptions, move.new, end_of(to.options), steps)
            return self.switched(connection, there)

        with partner_center.telling_what_is_gone(service.vendor_ids.get("customer_id", "")):
            return Asked(connection, partner_center, service.vendor_ids, steps).outcome(switched)

    @abstractmethod
    def switched(self, connection: Connection, service: Service) -> Done:
        """Return what a switch leaves behind, of the service as it is by then."""

    def probe_switch(self, connection: Connection, service: Service, to: Service) -> Probe:
        """Return whether Microsoft shows every subscription as what the other plan sells.

        What was made under another id is not looked for here: the step finds it.
        """
        moves, partner_center = moves_of(service, to), partner_center_of(connection)
        subscriptions = Subscriptions(partner_center, service, patience=self.patience)
        told = [(move, subscriptions.read(move.old)) for move in moves]
        at_end = end_of(to.options)
        if not all(
            _is(one, move.item) and int(one["quantity"]) == move.quantity and has_end(one, at_end) for move, one in told
        ):
            return Probe(Verdict.NOT_DONE)
        ids = {move.new: subscriptions.ids[move.old] for move in moves}
        return Probe(Verdict.DONE, self.switched(connection, _as_switched(service, to, moves, ids)))


def moves_of(service: Service, to: Service) -> Sequence[Move]:
    """Return which subscription becomes what: resources of one key, and the one that is left of each plan.

    Raises Rejected where that does not tell.
    """
    ids = subscription_ids(service)
    old = [key for key in ids if key in service.resources]
    new = {key: resource for key, resource in to.resources.items() if resource.offer and resource.quantity > 0}
    pairs = {key: key for key in old if key in new}
    left, free = [key for key in old if key not in pairs], [key for key in new if key not in pairs]
    if len(left) > 1 or len(left) != len(free):
        raise Rejected(NOT_ONE_TO_ONE, code="not_one_to_one", at="plan")
    pairs |= dict(zip(left, free, strict=True))
    return [Move(key, pairs[key], new[pairs[key]].offer, new[pairs[key]].quantity) for key in old]


def _as_switched(service: Service, to: Service, moves: Sequence[Move], made: Mapping[str, str]) -> Service:
    """Return the service with the ids of what was moved, under the other plan's keys."""
    ids = dict(service.vendor_ids)
    for move in moves:
        ids |= _under_new_key(ids, move) | {f"{SUBSCRIPTION}{move.new}": made[move.new]}
    return Service(ids, to.resources, to.label, to.options)


class _Transition:
    """One move: looked for before it is sent, and never sent while one is under way."""

    def __init__(
        self,
        partner_center: PartnerCenter,
        service: Service,
        move: Move,
        options: Mapping[str, str],
        patience: Patience,
    ) -> None:
        self.partner_center, self.move, self.options, self.patience = partner_center, move, options, patience
        self.customer_id = service.vendor_ids["customer_id"]
        self.source = subscription_ids(service)[move.old]
        self.path = f"customers/{self.customer_id}/subscriptions/{self.source}/transitions"

    def carried_out(self, steps: Steps) -> str:
        """Have the move made once; return the id of what it made. Raises NotYet while Microsoft is at it."""
        return str(steps.once(f"transition:{self.move.new}", send=self.send, find=self.find)["subscription_id"])

    def send(self, request_id: str) -> JSON:
        """Ask for the move, unless the subscription is there already, and look for what comes of it."""
        told = self._read(self.source)
        if _is(told, self.move.item):
            return {"subscription_id": self.source}
        kind, catalogue_item = _eligible(self.partner_center, self.customer_id, self.source, self.move.item)
        body = {
            "toCatalogItemId": catalogue_item,
            "quantity": int(told["quantity"]),
            "transitionType": kind,
            "termDuration": self.options.get("term_duration"),
            "billingCycle": self.options.get("billing_cycle"),
        }
        sent = {name: value for name, value in body.items() if value}
        begun = self.partner_center.write("POST", self.path, sent, request_id=request_id).body
        require_same(begun.get("fromSubscriptionId") or self.source, self.source)
        if _status(begun) == "failed":
            raise Rejected(FAILED, code="move_failed")
        found: list[JSON] = []

        def arrived() -> bool:
            found[:] = [one for one in [self._arrived(begun)] if one is not None]
            return bool(found)

        if not self.patience.until(arrived):
            # Microsoft may take up to a day; where it gives up, the move is sent again.
            raise LostAnswer(IN_PROGRESS, code="accepted", answered=True)
        return found[0]

    def find(self) -> JSON | None:
        """Return what was moved; None where nothing is on its way. Raises NotYet for what is."""
        rows = [row for row in self.partner_center.collection(self.path) if self._leads_where_ours_does(row)]
        last = rows[-1] if rows else Members()
        found = self._arrived(last)
        if found is None and _status(last) in ("started", "inprogress", "pending"):
            refusal = Rejected(NOT_MOVED, code="not_moved", subscription=self.source, item=self.move.item)
            raise NotYet(IN_PROGRESS, code="moving", refusal=refusal, waits=PENDING_WAITS)
        return found

    def _arrived(self, begun: Members) -> JSON | None:
        """Return the id of the subscription that is the other product by now: the same, or the one that was told."""
        for one in dict.fromkeys((str(begun.get("toSubscriptionId") or self.source), self.source)):
            if _is(self._read(one), self.move.item):
                return {"subscription_id": one}
        return None

    def _leads_where_ours_does(self, row: Members) -> bool:
        return same_item(str(row.get("toCatalogItemId") or ""), self.move.item)

    def _read(self, subscription_id: str) -> Members:
        return self.partner_center.subscription(self.customer_id, subscription_id)


def _status(move: Members) -> str:
    """Return how far a move is, by the last of its events; "" where it tells none."""
    events = move.get("events") or ()
    return str(events[-1].get("status") or "").casefold() if events else ""


def _eligible(partner_center: PartnerCenter, customer_id: str, subscription_id: str, item: str) -> tuple[str, str]:
    """Return how a subscription can move to an item at once, with its licences if it can, and the id of the item today.

    Raises Rejected.
    """
    path = f"customers/{customer_id}/subscriptions/{subscription_id}/transitionEligibilities"
    rows = partner_center.collection(path, params={"eligibilityType": "immediate"})
    row = next((row for row in rows if same_item(str(row.get("catalogItemId") or ""), item)), None)
    if row is None:
        raise Rejected(NO_WAY, code="no_transition", at="plan", item=item)
    ways = {str(way.get("transitionType") or "").casefold(): way for way in row.get("eligibilities") or ()}
    for kind in (WITH_LICENCES, ALONE):
        if ways.get(kind, Members()).get("isEligible"):
            return kind, str(row["catalogItemId"])
    errors = [error.get("description") for way in ways.values() for error in way.get("errors") or ()]
    raise Rejected(NOT_NOW, code="not_eligible", reason=next(filter(None, errors), "—"))


def _refuse_other_term(told: Members, options: Mapping[str, str]) -> None:
    """Raise Rejected where the other plan sells the same product for another term, or billed otherwise."""
    pairs = (("termDuration", "term_duration"), ("billingCycle", "billing_cycle"))
    if any(options.get(ours) and not same_id(str(told.get(theirs) or ""), options[ours]) for theirs, ours in pairs):
        raise Rejected(OTHER_TERM, code="other_term", at="plan")


def _refuse_fewer(connection: Connection, move: Move, told: Members) -> None:
    """Raise Rejected for fewer units than move and can be given back; after a trial, the week is a new one."""
    held = commitment_of(move.old, told)
    returnable = held.quantity if held.is_trial else held.units_returnable(connection.now)
    least = held.quantity - returnable
    if move.quantity < least:
        raise Rejected(FEWER, code="fewer", at="quantities", held=held.quantity, returnable=returnable, least=least)


def _is(told: Members, item: str) -> bool:
    return same_item(str(told.get("offerId") or ""), item)


def _under_new_key(ids: Mapping[str, str], move: Move) -> dict[str, str]:
    """Return the ids that stand under the old plan's key, under the new one's; what is empty is forgotten."""
    if move.old == move.new:
        return {}
    moved = {name: value for name, value in ids.items() if name.rpartition(".")[2] == move.old and "." in name}
    return dict.fromkeys(moved, "") | {f"{name.rpartition('.')[0]}.{move.new}": value for name, value in moved.items()}
