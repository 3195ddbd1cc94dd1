"""Plans at Google as the Reseller API writes them: which field of the seats each has, and how its term ends."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from vendors.base import Field, FieldKind
from vendors.commitments import END_OF_TERM, AtEnd

FLEXIBLE, MONTHLY, YEARLY, TRIAL = "FLEXIBLE", "ANNUAL_MONTHLY_PAY", "ANNUAL_YEARLY_PAY", "TRIAL"
ANNUAL = frozenset({MONTHLY, YEARLY})
# Google contradicts itself on what a plan paid by the month comes back as: its definition says ANNUAL, a sample what
# was sent. Both are the same plan.
ECHOES = {"ANNUAL": MONTHLY}
MOST_IN_TRIAL = 10
PENDING_TERMS, BY_RESELLER, NOT_RENEWED = "PENDING_TOS_ACCEPTANCE", "RESELLER_INITIATED", "RENEWAL_WITH_TYPE_CANCEL"
CANCELLED = "CANCELLED"
# What a renewal is called that keeps the seats, by the plan of the next term; and the ways to end.
RENEWS = {MONTHLY: "AUTO_RENEW_MONTHLY_PAY", YEARLY: "AUTO_RENEW_YEARLY_PAY"}
GOES_ON, STOPS = "SWITCH_TO_PAY_AS_YOU_GO", "CANCEL"

PLAN = "plan"
TEMPLATE_FIELDS = (
    Field(
        PLAN,
        _("Plan at Google"),
        FieldKind.CHOICE,
        choices=(
            (FLEXIBLE, _("Flexible: seats can be lowered to those in use")),
            (MONTHLY, _("Annual, paid by the month")),
            (YEARLY, _("Annual, paid by the year")),
            (TRIAL, _("Trial: 30 days, at most 10 seats")),
        ),
        default=FLEXIBLE,
        help=_("The seats of an annual plan are lowered only with its renewal. A trial moves to a plan that is paid."),
    ),
    Field(
        END_OF_TERM,
        _("At the end of a year"),
        FieldKind.CHOICE,
        choices=(
            (AtEnd.RENEWS.value, _("It renews with the same seats")),
            (AtEnd.ENDS.value, _("It ends")),
            (AtEnd.EXTENDS.value, _("It goes on as a flexible plan")),
        ),
        default=AtEnd.RENEWS.value,
        help=_("Arranged at Google with the purchase of an annual plan."),
    ),
)

Told = Mapping[str, Any]


def wanted(options: Mapping[str, str], *, trial: bool = False) -> str:
    """Return the plan that a template's settings ask for; that of a trial period is a trial."""
    return TRIAL if trial else options.get(PLAN) or FLEXIBLE


def name_of(told: Told) -> str:
    """Return the plan of a subscription, the same word for the same plan."""
    name = str((told.get("plan") or {}).get("planName") or "")
    return ECHOES.get(name, name)


def seats_field(plan: str) -> str:
    """Return which field of the seats a plan has; the other one is refused."""
    return "numberOfSeats" if plan in ANNUAL else "maximumNumberOfSeats"


def seats(plan: str, number: int) -> dict[str, Any]:
    """Return the seats of a plan as they are sent."""
    return {"kind": "subscriptions#seats", seats_field(plan): number}


def seats_of(told: Told) -> int:
    """Return how many seats a subscription has. Raises ValueError where it does not say."""
    return int((told.get("seats") or {})[seats_field(name_of(told))])


def used_of(told: Told) -> int:
    """Return how many licences of a subscription are assigned."""
    return int((told.get("seats") or {}).get("licensedNumberOfSeats") or 0)


def reasons_of(told: Told) -> frozenset[str]:
    """Return why a subscription is suspended."""
    return frozenset(map(str, told.get("suspensionReasons") or ()))


def is_cancelled(told: Told) -> bool:
    """Return whether a subscription was cancelled."""
    return str(told.get("status") or "") == CANCELLED


def renewal_of(told: Told) -> str:
    """Return what is arranged for the end of a term, in Google's word; "" where nothing is."""
    return str((told.get("renewalSettings") or {}).get("renewalType") or "")


def renewal(plan: str, at_end: AtEnd, *, lowers: bool = False) -> str:
    """Return how Google is told what comes after a term; "" for a plan without one.

    Fewer seats than are committed to come by way of the flexible plan: Google has no renewal with other seats.
    """
    if plan not in ANNUAL:
        return ""
    if at_end is AtEnd.ENDS:
        return STOPS
    return GOES_ON if at_end is AtEnd.EXTENDS or lowers else RENEWS[plan]


def moment_of(milliseconds: object) -> datetime | None:
    """Return a moment that Google writes as milliseconds since 1970; None where there is none."""
    if milliseconds in (None, ""):
        return None
    return datetime.fromtimestamp(int(str(milliseconds)) / 1000, UTC)


def ends_on(told: Told) -> date | None:
    """Return the first day after the term (UTC); None where there is none."""
    interval = (told.get("plan") or {}).get("commitmentInterval") or {}
    moment = moment_of(interval.get("endTime"))
    return None if moment is None else (moment - timedelta(microseconds=1)).date() + timedelta(days=1)
