"""Which units are in service: from which day how many, and which lines were never followed by any."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.db.models import Exists, OuterRef

from billing.engine.lines import Line
from billing.models import Charge, ChargeSource, ChargeStatus
from subscriptions.contract.due import next_term_on
from subscriptions.contract.terms import Contract
from subscriptions.models import HeldUnits


def note_units(contracts: Iterable[Contract], day: date) -> None:
    """Write down what the contracts have in service from `day` on, where it is not what they had when they were read.

    One statement; none where nothing changes, as on nearly every billing day; one more for a contract whose next term
    is paid ahead. Every way of saving a subscription calls it (`handover.save_states`, `opening.save_state`).
    """
    rows: list[HeldUnits] = []
    for contract in contracts:
        units = contract.units_in_service
        changed = {key: count for key, count in units.items() if count != contract.noted.get(key, 0)}
        ahead = next_term_on(contract.subscription, day) if changed else None
        rows += _rows(changed, day) if ahead is None else _before_a_term(changed, contract.noted, day, ahead)
        contract.noted = units
    if rows:
        HeldUnits.objects.bulk_create(rows)


def _rows(units: Mapping[str, int], day: date) -> list[HeldUnits]:
    return [HeldUnits(subscription_resource_id=int(key), day=day, units=count) for key, count in units.items()]


def _before_a_term(units: Mapping[str, int], noted: Mapping[str, int], day: date, ahead: date) -> list[HeldUnits]:
    """Return the rows of a change before the day on which a term begins that is paid already.

    Its units are the subscription's, other ones may be in service until then: the change is one of both.
    """
    written: dict[str, list[tuple[date, int]]] = {key: [] for key in units}
    rows = HeldUnits.objects.filter(subscription_resource__in=[int(key) for key in units]).order_by("pk")
    for resource, since, count in rows.values_list("subscription_resource", "day", "units"):
        written[str(resource)].append((since, count))
    now, then = {}, {}
    for key, count in units.items():
        # What was in service when it ran last: what had stopped runs with that again.
        running = _without_stops(written[key]) if count and not noted.get(key, 0) else written[key]
        more = count - _units_on(running, ahead)
        now[key] = max(_units_on(running, day) + more, 0) if count else 0
        if now[key] != count:
            then[key] = count
    return [*_rows(now, day), *_rows(then, ahead)]


def _units_on(written: Sequence[tuple[date, int]], day: date) -> int:
    """Return the units in service on a day: those written last that had begun by then."""
    return next((units for since, units in reversed(written) if since <= day), 0)


def _without_stops(written: Sequence[tuple[date, int]]) -> Sequence[tuple[date, int]]:
    """Return the rows up to the last that says units."""
    last = max((place for place, (_since, units) in enumerate(written) if units), default=-1)
    return written[: last + 1]


def activated_lines(contract: Contract) -> list[Line]:
    """Return the Blocked lines of an activation that the vendor has not carried out: no units came into service since.

    What an earlier activation of the same month has reserved is not among them: it was served.
    """
    served = HeldUnits.objects.filter(
        subscription_resource=OuterRef("subscription_resource"), units__gt=0, created_at__gte=OuterRef("created_at")
    )
    activated = Charge.objects.filter(
        ~Exists(served),
        subscription=contract.subscription,
        source=ChargeSource.ACTIVATION,
        status=ChargeStatus.BLOCKED,
    )
    rows = set(activated.values_list("pk", flat=True))
    return [line for line in contract.lines if line.row in rows]
