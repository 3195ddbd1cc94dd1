"""Which units are in service: from which day how many, and which lines were never followed by any."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Exists, OuterRef

from billing.engine.lines import Line
from billing.models import Charge, ChargeSource, ChargeStatus
from subscriptions.contract.terms import Contract
from subscriptions.models import HeldUnits


def note_units(contracts: Iterable[Contract], day: date) -> None:
    """Write down what the contracts have in service from `day` on, where it is not what they had when they were read.

    One statement; none where nothing changes, as on nearly every billing day. Every way of saving a subscription calls
    it (`handover.save_states`, `opening.save_state`).
    """
    rows = []
    for contract in contracts:
        units = contract.units_in_service
        rows += [
            HeldUnits(subscription_resource_id=int(key), day=day, units=count)
            for key, count in units.items()
            if count != contract.noted.get(key, 0)
        ]
        contract.noted = units
    if rows:
        HeldUnits.objects.bulk_create(rows)


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
