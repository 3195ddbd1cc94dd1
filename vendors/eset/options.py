"""What an application template of ESET's says: full licences or trials, and whose day a change belongs to."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from vendors.base import ChangeRule, Effective, Field, FieldKind
from vendors.eset.licences import FULL, TRIAL

LICENCE, ZONE = "licence", "zone"
# ESET's own day is that of Bratislava: its snapshot is taken there at half past midnight.
OWN_ZONE = "Europe/Bratislava"
# By whose midnight a contract with ESET or its distributor may count.
OTHER_ZONES = (
    "UTC",
    "Europe/London",
    "Europe/Kyiv",
    "Europe/Istanbul",
    "Europe/Moscow",
    "Asia/Tbilisi",
    "Asia/Almaty",
    "Asia/Tashkent",
    "Asia/Singapore",
    "America/New_York",
)
ZONES = ((OWN_ZONE, _("Bratislava (CET): ESET's own day")), *((zone, zone) for zone in OTHER_ZONES))
KINDS = {"full": FULL, "trial": TRIAL}
FIELDS = (
    Field(
        LICENCE,
        _("Kind of licences"),
        FieldKind.CHOICE,
        choices=(("full", _("Full licences")), ("trial", _("Trial licences, for 30 days"))),
        default="full",
        help=_("Switching a subscription of trials to a plan of full licences makes a full licence of the trial."),
    ),
    Field(
        ZONE,
        _("Time zone of the vendor's day"),
        FieldKind.CHOICE,
        choices=ZONES,
        default=OWN_ZONE,
        help=_("The number of units can be changed once on each day of this zone."),
    ),
)


def kind_of(options: Mapping[str, str]) -> int:
    """Return ESET's number of the type of licence that a template sells."""
    return KINDS.get(options.get(LICENCE, ""), FULL)


def rule_of(options: Mapping[str, str]) -> ChangeRule:
    """Return when units can be changed and from when on they count: once a day, from the next day on (CR-613)."""
    zone = options.get(ZONE) or OWN_ZONE
    return ChangeRule(a_day=1, zone=zone, raise_from=Effective.NEXT_DAY, lower_from=Effective.NEXT_DAY)
