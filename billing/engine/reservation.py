"""Reservation: the whole term is reserved when it is ordered, with every fee; a stop changes nothing of it.

spec/billing-types.md 3.2.
"""

from __future__ import annotations

from billing.engine.by_the_term import ByTheTerm
from billing.engine.lines import LineType


class Reservation(ByTheTerm):
    """The rules of the type; `Rules` says what each answers. Its plan costs something a month too."""

    key = "reservation"
    fees = frozenset(LineType)
    renews_ahead = True
