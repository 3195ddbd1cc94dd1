"""What a card gateway has to be able to say: plain values in and out, no rows and no state."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol


class Forged(Exception):
    """A message that the gateway has not signed; nothing is done for it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A setting that a gateway needs: its key, label, what it is good for; `choices` where it is one of a few."""

    key: str
    label: object
    help: object = ""
    secret: bool = False
    choices: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the customer is to pay there: our number of it, an amount of the gateway's currency, a line of text."""

    number: int
    amount: Decimal
    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Told:
    """What a gateway says has been paid: our number, and how much of its currency."""

    number: int
    amount: Decimal


class Gateway(Protocol):
    """A card gateway; `values` are its settings and secrets by key."""

    key: str
    name: str
    # The currencies of which a shop there can have one.
    currencies: tuple[str, ...]
    fields: tuple[Asked, ...]

    def page(self, values: Mapping[str, str], currency: str, wanted: Wanted) -> str:
        """Return the address of the gateway's page on which the customer pays."""

    def read(self, values: Mapping[str, str], fields: Mapping[str, str]) -> Told:
        """Return what the fields of a message from the gateway say. Raises Forged where it has not signed them."""

    def receipt(self, told: Told) -> str:
        """Return the text by which the gateway knows that its message has arrived; without it, it repeats it."""
