"""What our books want a vendor to hold of a service, beside what it holds: where the two differ."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from subscriptions.models import DifferenceKind, SubscriptionStatus
from vendors.commitments import AtEnd, Commitment, NextTerm, State
from vendors.holdings import Sold

RUNNING = (SubscriptionStatus.ACTIVE, SubscriptionStatus.GRACED)


@dataclass(frozen=True)
class Wanted:
    """What the books say of a service: its status, its units by resource key, and what was sold.

    `names` are those of the resources; `at_end` is what is wanted at the end of the term, None where nothing is;
    `scheduled` the units that a renewal is to bring, of the resources for which a change waits. `suspends`: the
    vendor stops a service for a while; where it does not, one that we have stopped runs on.
    """

    status: str
    units: Mapping[str, int]
    names: Mapping[str, str]
    sold: Sold = field(default_factory=Sold)
    at_end: AtEnd | None = None
    scheduled: Mapping[str, int] | None = None
    suspends: bool = True


@dataclass(frozen=True)
class Found:
    """One difference, as the columns of its row."""

    kind: DifferenceKind
    resource: str
    name: str
    ours: str
    theirs: str
    vendor_id: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """What there is one open difference of, for each subscription."""
        return self.resource, self.kind


def differences(wanted: Wanted, told: Iterable[Commitment]) -> Iterator[Found]:
    """Yield where what the vendor holds is not what the books want; each resource for itself."""
    for one in told:
        if one.resource not in wanted.units:
            continue
        for kind, ours, theirs in _of_resource(wanted, one):
            name = wanted.names.get(one.resource, one.resource)
            yield Found(kind, one.resource, name, ours, theirs, one.vendor_id)


def counted(wanted: Wanted, units: Mapping[str, int]) -> Iterator[Found]:
    """Yield where a vendor that tells nothing but units holds others than the books."""
    for key, ours in wanted.units.items():
        theirs = units.get(key, 0)
        if theirs != ours:
            yield Found(DifferenceKind.QUANTITY, key, wanted.names.get(key, key), str(ours), str(theirs))


def term_text(term: str, billing_plan: str) -> str:
    """Return term and billing plan as one value of a difference."""
    return " ".join(part for part in (term, billing_plan) if part)


def _of_resource(wanted: Wanted, told: Commitment) -> Iterator[tuple[DifferenceKind, str, str]]:
    units = wanted.units[told.resource]
    if wanted.status == SubscriptionStatus.DELETED:
        if told.state is State.ACTIVE and told.at_end is not AtEnd.ENDS:
            yield DifferenceKind.RUNNING, State.ENDED, told.at_end or told.state
        return
    if told.state is State.ENDED:
        if units:
            yield DifferenceKind.ENDED, State.ACTIVE if wanted.status in RUNNING else State.SUSPENDED, State.ENDED
        return
    runs = told.state is State.ACTIVE
    if wanted.status in RUNNING and units and not runs:
        yield DifferenceKind.SUSPENDED, State.ACTIVE, State.SUSPENDED
    if wanted.status not in RUNNING and runs and wanted.suspends and units:
        yield DifferenceKind.RUNNING, State.SUSPENDED, State.ACTIVE
    # None of a resource is a suspended one at vendors that sell no less than one.
    if told.quantity != units and (units or runs):
        yield DifferenceKind.QUANTITY, str(units), str(told.quantity)
    if wanted.status in RUNNING and runs and units and not told.is_trial:
        yield from _of_term(wanted, told)


def _of_term(wanted: Wanted, told: Commitment) -> Iterator[tuple[DifferenceKind, str, str]]:
    """Yield what differs in the term and in what comes after it, of what runs on both sides."""
    sold = wanted.sold
    ours, theirs = term_text(sold.term, sold.billing_plan), term_text(told.term, told.billing_plan)
    if sold.term and told.term and ours.casefold() != theirs.casefold():
        yield DifferenceKind.TERM, ours, theirs
    if wanted.at_end is not None and told.at_end is not None and told.at_end != wanted.at_end:
        yield DifferenceKind.END_OF_TERM, wanted.at_end, told.at_end
    elif told.at_end is AtEnd.RENEWS and wanted.scheduled is not None:
        ours, theirs = str(wanted.scheduled.get(told.resource, "")), scheduled_text(told)
        if ours != theirs:
            yield DifferenceKind.SCHEDULE, ours, theirs


def scheduled_text(told: Commitment) -> str:
    """Return what a renewal is arranged to change: the units, and item or term where they are others; "" for nothing.

    A renewal that is arranged to bring what is there anyway changes nothing.
    """
    planned = told.next_term
    if planned is None:
        return ""
    others = _others(told, planned)
    if planned.quantity == told.quantity and not others:
        return ""
    return " ".join((str(planned.quantity), *others))


def _others(told: Commitment, planned: NextTerm) -> list[str]:
    pairs = ((planned.item, told.item), (planned.term, told.term), (planned.billing_plan, told.billing_plan))
    return [new for new, now in pairs if new and new.casefold() != now.casefold() and not _same_item(new, now)]


def _same_item(new: str, now: str) -> bool:
    """Return whether a product and SKU are those of an item, whose availability changes with time."""
    return now.casefold().startswith(f"{new.casefold()}:")
