"""One account on one day of the night: what is available is taken by whoever comes first."""

from dataclasses import dataclass, field
from decimal import Decimal

from billing.charging import Booking
from subscriptions.contract.hands import ROWS, Hands
from subscriptions.contract.terms import Contract


@dataclass
class Ledge:
    """What is available of an account, and what the steps of a day have made: charges, and orders that are given up."""

    available: Decimal
    bookings: list[Booking] = field(default_factory=list)
    cancelled_orders: list[int] = field(default_factory=list)
    asked: dict[int, Decimal] = field(default_factory=dict)  # what each subscription needs to go on, had or not
    hands: Hands = ROWS

    def covers(self, needed: Decimal, contract: Contract) -> bool:
        """Return whether what is available suffices for what a step of the subscription needs."""
        return needed <= self.available
