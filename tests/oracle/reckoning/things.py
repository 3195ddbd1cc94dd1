"""What is reckoned with: what each type does, subscriptions, what they were charged, and the orders that wait."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

OPENED, BLOCKED, CLOSED, GONE = "opened", "blocked", "closed", "gone"
ORDERED, ACTIVE, GRACED, STOPPED, SHUT, DELETED = "ordered", "active", "graced", "stopped", "blocked", "deleted"
SETUP, RENEWAL, TRANSFER = "setup_fee", "renewal_fee", "transfer_fee"
RECURRING, CONSUMED = "recurring_fee", "consumption"
PLAN = ""  # the plan's own part stands where a resource's key would


class NotAcceptedError(Exception):
    """An event that is refused."""


@dataclass(frozen=True)
class Kind:
    """What sets a billing type apart (billing-types.md, section 2)."""

    all_blocked: bool = False  # the whole term is reserved at payment
    written_off_ahead: bool = False  # a piece is closed on its first day
    whole_months: bool = False  # free up to the first month, then whole months at the peak
    metered: bool = False
    merges: bool = False
    stop_opens: bool = False  # a stop opens the days to come
    stop_splits: bool = False
    fees: bool = False  # fees and the plan's own part
    lowers: bool = True
    changes: bool = True
    stops: bool = True
    deletes: bool = True
    switches: bool = False
    renews_at_once: bool = False


KINDS = {
    "csp_monthly": Kind(merges=True, stop_opens=True, stop_splits=True, switches=True),
    "csp_annual": Kind(all_blocked=True, stop_splits=True, switches=True, renews_at_once=True),
    "reservation": Kind(all_blocked=True, fees=True, switches=True, renews_at_once=True),
    "pay_in_full": Kind(whole_months=True),
    "non_refund": Kind(written_off_ahead=True, lowers=False, stops=False, deletes=False),
    "gsuite": Kind(stop_opens=True, stop_splits=True, deletes=False, switches=True),
    "payg_internal": Kind(metered=True, changes=False),
    "payg_external": Kind(metered=True, changes=False),
}


@dataclass(eq=False)
class Charge:
    """Units of one resource together for some days of one billing period, and what that costs."""

    sub: Subscription
    key: str
    kind: str
    first: date
    to: date
    units: Fraction
    price: Fraction
    status: str
    amount: Fraction
    block: int  # a higher number was bought later
    retail: tuple = ()  # each level's price, root first, as of the day whose prices were taken
    gross: Fraction = Fraction(0)
    rate: Fraction = Fraction(0)
    closed_on: date | None = None
    instead_of: tuple = ()  # the charges that were closed together by hand
    since: date | None = None  # a meter's price: the day from which it holds


@dataclass(eq=False)
class Order:
    """What somebody ordered and has not paid, or what waits for its day: units, the prices agreed, what is due."""

    kind: str
    placed: date
    units: dict[str, int]
    agreed: dict[str, Fraction]
    retail: dict[str, tuple]
    due: Fraction = Fraction(0)
    automatic: bool = False
    paid: bool = False
    plan: str | None = None
    first: date | None = None
    end: date | None = None
    held: list[Charge] = field(default_factory=list)


@dataclass(eq=False)
class Subscription:
    """One subscription, its units by resource, and everything it was charged."""

    name: str
    number: int
    priority: int
    plan: str | None = None
    status: str = ORDERED
    units: dict[str, int] = field(default_factory=dict)
    agreed: dict[str, Fraction] = field(default_factory=dict)
    retail: dict[str, tuple] = field(default_factory=dict)
    charges: list[Charge] = field(default_factory=list)
    past: list[Charge] = field(default_factory=list)
    start: date | None = None
    anchor: date | None = None
    end: date | None = None
    ended: bool = False  # stopped after its term: only a renewal helps
    auto: bool = False
    order: Order | None = None
    renewal: Order | None = None
    term_ahead: date | None = None  # a term renewed at once begins on this day
    peak: dict[str, int] = field(default_factory=dict)
    month: date | None = None  # the month that is charged (whole months)
    by_hand: bool = False
    held_back: str | None = None  # its status before a hold stopped it
    used: dict = field(default_factory=dict)
    limit_hit: bool = False
    trial: bool = False

    def having(self, *statuses: str, kind: str | None = None) -> list[Charge]:
        """Return what it was charged with one of the statuses, in the order of making."""
        return [c for c in self.charges if c.status in statuses and (kind is None or c.kind == kind)]
