"""What a vendor has bound us to: terms that are paid to their end, units that can still be given back, what comes next.

A vendor that sells by commitment says `HoldsCommitments` on its class line. Everything is told by the vendor and
nothing is computed here: a window is open as long as the vendor says (Microsoft: microsoft-2026.md, section 3).
"""

from abc import ABC, abstractmethod
from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from core.errors import Refused
from core.panel.formats import day_text
from core.period import months_in
from vendors.base import Connection, Outcome, Service, Steps

# The field of application templates that says, in the words of AtEnd, what happens where nobody chose.
END_OF_TERM = "end_of_term"


class State(StrEnum):
    """Whether what was bought can be used: SUSPENDED is paid on; ENDED does not come back."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    ENDED = "ended"


class AtEnd(StrEnum):
    """What the vendor does when the term is over.

    EXTENDS: it goes on by the month, dearer, until somebody ends it.
    """

    RENEWS = "renews"
    ENDS = "ends"
    EXTENDS = "extends"


@dataclass(frozen=True)
class Returnable:
    """Units that can be given back, with a refund, before the moment `until`."""

    quantity: int
    until: datetime


@dataclass(frozen=True)
class NextTerm:
    """What a renewal is arranged to bring: units, item, term and billing plan in the vendor's words."""

    quantity: int
    item: str = ""
    term: str = ""
    billing_plan: str = ""


@dataclass(frozen=True)
class Commitment:
    """What the vendor holds of one resource of a service.

    `resource` is the resource's key, `vendor_id` what the vendor calls it by, `item` what it is sold as, `term` and
    `billing_plan` the vendor's words ("P1Y", "monthly"). Days are the vendor's own (Microsoft: UTC), half open:
    `ends_on` is the first day after the term, None where there is no end. `cancel_until` is the moment before which all
    of it can be given back, None where it cannot. `at_end` is None where nothing ends; `next_term` is None where the
    next is to be like this one, or where there is none.
    """

    resource: str
    vendor_id: str
    item: str
    state: State
    quantity: int
    term: str = ""
    billing_plan: str = ""
    ends_on: date | None = None
    cancel_until: datetime | None = None
    returnable: tuple[Returnable, ...] = ()
    at_end: AtEnd | None = None
    next_term: NextTerm | None = None
    is_trial: bool = False

    @property
    def began_on(self) -> date | None:
        """The first day of a whole term that ends as told; None where there is no end, or the term is no length.

        A length is one of ISO 8601 in months or years. A first term with an end of its own choosing began later.
        """
        length = months_in(self.term)
        if self.ends_on is None or length is None:
            return None
        months = self.ends_on.year * 12 + self.ends_on.month - 1 - length
        year, month = divmod(months, 12)
        return date(year, month + 1, min(self.ends_on.day, monthrange(year, month + 1)[1]))

    def may_cancel(self, now: datetime) -> bool:
        """Return whether all of it can be given back now."""
        return self.cancel_until is not None and now < self.cancel_until

    def units_returnable(self, now: datetime) -> int:
        """Return how many units can be given back now."""
        return sum(batch.quantity for batch in self.returnable if now < batch.until)


class HoldsCommitments(ABC):
    """A vendor that sells for terms which cannot be left at any time."""

    @abstractmethod
    def commitments(self, connection: Connection, service: Service) -> Sequence[Commitment]:
        """Return what the vendor holds now of each resource that it has sold; raises VendorError.

        Services of the same vendor that are not bought for terms (older offers) are left out.
        """

    @abstractmethod
    def arrange_end(self, connection: Connection, service: Service, steps: Steps) -> Outcome:
        """Bring what the vendor does at the end of the terms to what `service.at_end` and `next_units` say.

        The same again changes nothing; services that are not bought for terms are left as they are.
        """


# How a vendor bills a term, in the words that its catalogue has for it.
_BILLING_PLANS = {
    "monthly": _("Monthly"),
    "annual": _("Annual"),
    "triennial": _("Every three years"),
}


def billing_plan_text(plan: str) -> str:
    """Return how a vendor bills a term, as people say it; what is not known so in the vendor's own word."""
    return str(_BILLING_PLANS.get(plan.casefold(), plan))


class NotLoweredSo(Refused):
    """Fewer units cannot be arranged at the vendor in this way; `field` names the quantities."""

    code = "not_lowered_so"
    field = "quantities"


def lowers_on(held: Sequence[Commitment], quantities: Mapping[str, int], now: datetime) -> date | None:
    """Return the first day with fewer units: that of the next term; None where all of them can be given back now.

    Where only a part can be, all of it comes with the next term. Nothing that is lowered gives None. Raises
    NotLoweredSo for terms that end on different days, that are not renewed, or of which nothing would be left.
    """
    lowered = [one for one in held if quantities.get(one.resource, one.quantity) < one.quantity]
    if not lowered:
        return None
    if any(not quantities[one.resource] for one in lowered):
        raise NotLoweredSo(
            _("At least one unit is renewed. Where none is wanted, let the subscription end or delete it.")
        )
    if all(_returned(one, quantities[one.resource], now) for one in lowered):
        return None
    days = {one.ends_on for one in lowered}
    first = min(filter(None, days), default=None)
    if first is None or len(days) > 1:
        raise NotLoweredSo(_("The terms of these units end on different days: lower one after the other."))
    if any(one.at_end is not AtEnd.RENEWS for one in lowered):
        raise NotLoweredSo(
            _("The units are paid until %(day)s and not renewed then: let the subscription be renewed first.")
            % {"day": day_text(first)}
        )
    return first


def bound_until(held: Iterable[Commitment], now: datetime) -> date | None:
    """Return the first day after the terms in use that cannot be cancelled now; None where all of them can be."""
    bound = (one for one in held if one.state is State.ACTIVE and not one.may_cancel(now))
    return max((one.ends_on for one in bound if one.ends_on is not None), default=None)


def _returned(held: Commitment, quantity: int, now: datetime) -> bool:
    return held.may_cancel(now) or held.quantity - quantity <= held.units_returnable(now)
