"""What a billing type says to everything that can happen to a subscription: one Protocol, kept by one module a type.

Conductors reach the rules of a subscription as `contract.rules` and know no type by its name.
`types.rules_of` has all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Protocol, runtime_checkable

from billing.engine.lines import Changes, Line, LineType
from billing.engine.terms import Terms, UnitPrice


class No(StrEnum):
    """Why a type lets something not happen; the sentences, with their remedies, stand where they are said."""

    NEVER_CHANGES = "never_changes"
    NOT_YET_CHARGED = "not_yet_charged"
    TRIAL = "trial"
    COMMITTED = "committed"
    ENDS_AT_VENDOR = "ends_at_vendor"
    KEEPS_PLAN = "keeps_plan"


class Deed(StrEnum):
    """What people do to a subscription and a type may refuse; what happens of itself is not asked about."""

    LOWER = "lower"
    STOP = "stop"
    ACTIVATE = "activate"
    DELETE = "delete"
    SWITCH = "switch"


class Keeps(StrEnum):
    """What a stop does to the charges of the current period, and so what an activation has to reserve."""

    USED_DAYS = "used_days"  # the days used are written off, the rest is released; activating reserves from that day on
    WHOLE_MONTH = "whole_month"  # a month that has begun stays charged; activating reserves one that is not yet
    WHAT_WAS_USED = "what_was_used"  # nothing is reserved ahead
    WHOLE_TERM = "whole_term"  # the term was bought: it runs on, and activating reserves nothing
    NOTHING = "nothing"  # nothing is charged at all: a trial


@dataclass(frozen=True, slots=True)
class Allows:
    """What a plan of the type may ask for."""

    endless: bool
    longest: int | None  # the longest period in months; None where the type knows no end
    billing_day: int | None = None  # the only billing day that it may have
    included: bool = True  # units that are included or demanded at least
    shortest: int = 1  # the shortest period in months, where it knows an end


class Told(StrEnum):
    """What is told of use: how much there was, or what the vendor takes for it."""

    UNIT_HOURS = "unit_hours"
    COST = "cost"


@dataclass(frozen=True, slots=True)
class Used:
    """All that was told to have been used of a resource in a billing period, unit-hours at one price: their sum.

    `valid_from` is the day from which that price holds; None where it is not known. `cost` is what the vendor takes,
    with the plan's markup, for types that charge it; then the quantity and the price do not matter.
    """

    resource: str
    price: UnitPrice
    quantity: Decimal
    valid_from: date | None = None
    cost: Decimal = Decimal(0)


@runtime_checkable
class Metered(Protocol):
    """A billing type that charges what was used."""

    @property
    def told(self) -> Told:
        """What it charges: unit-hours at a price, or the vendor's cost."""

    def use(self, terms: Terms, lines: Sequence[Line], used: Sequence[Used], day: date) -> Changes:
        """Return the lines of the period of `day`, made anew where a sum is another than what they charge."""


class Rules(Protocol):
    """A billing type. Pure functions of plain values: terms, live lines, units by resource, days.

    `lines` are those not Closed, Deleted or Refunded. What is added and moved comes back as Changes; funds
    must cover its `reserves` where a verb asks for them.
    """

    @property
    def key(self) -> str:
        """The type's name in the rows."""

    @property
    def allows(self) -> Allows:
        """What a plan of the type may ask for."""

    @property
    def fees(self) -> frozenset[LineType]:
        """The fees that the type charges besides what recurs for units; another one is refused when a plan is made.

        A recurring fee among them is that of the plan itself.
        """

    @property
    def keeps(self) -> Keeps:
        """What a stop does to the charges of the current period."""

    @property
    def counts_units(self) -> bool:
        """Whether each day is charged for the units in service on it: what the audit holds the charges against."""

    @property
    def closes_by_hand(self) -> bool:
        """Whether charges may be closed by hand (by_hand.py); else they close on their days."""

    @property
    def needs_funds(self) -> bool:
        """Whether a billing day on which less is available than it reserves stops the subscription."""

    @property
    def renews_ahead(self) -> bool:
        """Whether a renewal that is paid before the end is carried out at once: the whole term is reserved anyway."""

    @property
    def renews_by_default(self) -> bool:
        """Whether a subscription renews itself unless somebody says otherwise."""

    def refuses(self, deed: Deed) -> No | None:
        """Return why people may not do this to a subscription of the type; None where they may."""

    # ---- an order ---------------------------------------------------------------------------------------------

    def ends_on(self, terms: Terms, day: date) -> date | None:
        """Return the first day no longer served of an order that begins on `day`, of `terms.months`; None for never."""

    def order(self, terms: Terms, units: Mapping[str, int], day: date) -> Changes:
        """Return the New lines of an order placed on `day`; a payment covers `due` of them."""

    def due(self, lines: Sequence[Line], day: date) -> Decimal:
        """Return what the payment of an order placed on `day` covers of its lines."""

    def pay_order(self, terms: Terms, lines: Sequence[Line], day: date, *, provided: bool = True) -> Changes:
        """Return what payment on `day` makes of the New lines of an order, placed then or earlier (decision 8).

        `provided`: no vendor has to do so first.
        """

    def provide_order(self, terms: Terms, lines: Sequence[Line], day: date) -> Changes:
        """Return what becomes of the lines of a paid order that the vendor provides on `day` (decision 22)."""

    def cancel_unpaid(self, lines: Sequence[Line]) -> Changes:
        """Return the New lines of an order that nobody paid, Deleted."""

    def withdraw_order(self, lines: Sequence[Line]) -> Changes:
        """Return the lines of a paid order of which no day was served, Deleted."""

    # ---- quantities -------------------------------------------------------------------------------------------

    def may_change(self, terms: Terms, day: date) -> No | None:
        """Return why quantities cannot be changed on `day`; None where they can."""

    def change(
        self, terms: Terms, lines: Sequence[Line], present: Mapping[str, int], wanted: Mapping[str, int], day: date
    ) -> Changes:
        """Return what leads from the `present` units to the `wanted` ones on `day`; what is raised is New.

        A resource that `wanted` does not name stays as it is.
        """

    def leave(self, terms: Terms, lines: Sequence[Line], units: Mapping[str, int], day: date) -> Changes:
        """Return what becomes of the lines where `units` leave as the billing day `day` begins, before it is carried
        out: nothing of the period that ends is given back, and those that come are smaller.
        """

    def pay_raise(self, terms: Terms, lines: Sequence[Line], day: date, *, provided: bool = True) -> Changes:
        """Return what payment on `day` makes of the New lines of a raise; `provided`: no vendor has to do so first."""

    def provide_raise(self, terms: Terms, lines: Sequence[Line], raised: Sequence[Line], day: date) -> Changes:
        """Return what becomes of the Blocked lines `raised`, among `lines`, that the vendor provides on `day`."""

    def provide_raise_of_stopped(
        self, terms: Terms, lines: Sequence[Line], raised: Sequence[Line], day: date
    ) -> Changes:
        """Return the same where the subscription is stopped meanwhile."""

    def withdraw_raise(self, terms: Terms, lines: Sequence[Line], made: Sequence[Line]) -> Changes:
        """Return what becomes of the lines that a raise has `made` where it is given up before it was provided."""

    def restore(
        self, line: Line, parts: Sequence[Line], lowered_on: date, day: date, *, block: int, stopped_on: date | None
    ) -> Changes:
        """Return what brings back on `day` the units that a lowering took from `line`, of which `parts` are left."""

    def restore_renewals(
        self, terms: Terms, resource: str, units: int, *, lowered_on: date, until: date, day: date, block: int
    ) -> Changes:
        """Return what the nights from a lowering that is taken back up to `until` would have charged for `units`."""

    # ---- a stop, an activation, the end -----------------------------------------------------------------------

    def stop(self, terms: Terms, lines: Sequence[Line], day: date) -> Changes:
        """Return what a stop on `day`, which is not served, makes of the lines."""

    def activate(self, terms: Terms, lines: Sequence[Line], units: Mapping[str, int], day: date) -> Changes:
        """Return what an activation on `day`, which is served, makes of the lines of `units`."""

    def provide_activation(self, terms: Terms, lines: Sequence[Line], activated: Sequence[Line], day: date) -> Changes:
        """Return what becomes of an activation that the vendor carries out on `day`; it made the lines `activated`."""

    def withdraw_activation(self, lines: Sequence[Line], activated: Sequence[Line], day: date) -> Changes:
        """Return what becomes of the same where it is given up on `day`: the vendor has not carried it out."""

    def delete(self, terms: Terms, lines: Sequence[Line], day: date, *, unprovided: Sequence[Line] = ()) -> Changes:
        """Return what a deletion on `day` makes of the lines; `unprovided` are those of such an activation."""

    def switch_away(self, terms: Terms, lines: Sequence[Line], day: date) -> Changes:
        """Return what becomes of the lines where another plan serves `day`; those of that are `order`'s, by its terms.

        Terms with an `expires_on` are for an order up to it, whatever their `months`.
        """

    # ---- another term -----------------------------------------------------------------------------------------

    def renewal_starts(self, terms: Terms, day: date, *, stopped: bool) -> date:
        """Return the first day of the term of a renewal paid on `day`; `stopped`: no day is served until then."""

    def renewal_ends(self, terms: Terms, start: date) -> date:
        """Return the first day no longer served of another term, of `terms.months`, that begins on `start`."""

    def renew(self, terms: Terms, units: Mapping[str, int], start: date, day: date) -> Changes:
        """Return the New lines of a renewal ordered on `day`, at its prices, of the term that begins on `start`."""

    def renewal_due(self, lines: Sequence[Line], day: date) -> Decimal:
        """Return what the payment on `day` of a renewal covers of its lines."""

    def pay_renewal(
        self, terms: Terms, lines: Sequence[Line], start: date, day: date, *, provided: bool = True
    ) -> Changes:
        """Return what the lines of a paid renewal are on `day`, of the term that begins on `start`.

        Asked at payment, in the night in which the term begins, and once a vendor has renewed; `provided`: it has, or
        none has to. Funds must cover `reserves` at payment.
        """

    # ---- the night --------------------------------------------------------------------------------------------

    def close_period(self, terms: Terms, lines: Sequence[Line], day: date) -> Changes:
        """Return what the night closes and deletes of the lines that end by `day`."""

    def next_period(self, terms: Terms, units: Mapping[str, int], lines: Sequence[Line], day: date) -> Changes:
        """Return what the billing day `day` reserves for the period that begins with it, of an Active subscription."""

    def end(self, terms: Terms, lines: Sequence[Line], day: date) -> Changes:
        """Return what the expiry on `day` closes and deletes."""

    def due_while_stopped(self, terms: Terms, stopped_on: date, day: date) -> date | None:
        """Return the next day after `day` on which the night has charges of a stopped subscription to close."""


class MeteredRules(Rules, Metered, Protocol):
    """A billing type that charges what was used."""
