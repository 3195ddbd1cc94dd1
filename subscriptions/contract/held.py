"""Writes down from which day how many units are in service, where that changes."""

from collections.abc import Iterable
from datetime import date

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
