"""How many seats a subscription may have: not fewer than are in use (CR-599), not more than a trial has."""

from django.utils.translation import gettext_noop

from vendors.base import JSON, Steps
from vendors.errors import NotYet, Rejected
from vendors.gsuite import plans
from vendors.gsuite.subscriptions import Subscription

IN_USE = gettext_noop(
    "%(used)s seats are in use at Google, so that there are at least %(used)s. Enter %(used)s or more, or let the"
    " administrator take licences from users in the Admin console first."
)
AT_LEAST_ONE = gettext_noop("A subscription at Google has at least one seat. Where none is wanted, delete it.")
IN_TRIAL = gettext_noop("A trial at Google has at most %(most)s seats. Switch to a plan that is paid first.")
RENEWING = gettext_noop("The seats of an annual plan are lowered with its renewal, and Google has not renewed it yet.")
NOT_LOWERED = gettext_noop(
    "Google lowers the seats of an annual plan only when its year ends, on %(day)s. Order fewer seats then."
)
# Google carries the renewal out some time on its day: two days of looks.
LOOKS = 48


def refuse(told: JSON, wanted: int, key: str) -> None:
    """Raise Rejected, naming the least or the most, for a number of a resource that Google would not take."""
    used = plans.used_of(told)
    if wanted < 1:
        raise Rejected(AT_LEAST_ONE, code="too_few_seats", at=key)
    if wanted < used:
        raise Rejected(IN_USE, code="seats_in_use", at=key, used=used)
    if plans.name_of(told) == plans.TRIAL and wanted > plans.MOST_IN_TRIAL:
        raise Rejected(IN_TRIAL, code="trial_limit", at=key, most=plans.MOST_IN_TRIAL)


def brought(subscription: Subscription, wanted: int, steps: Steps) -> str:
    """Bring a subscription to so many seats, once, and return its id. Raises Rejected, NotYet, Gone."""

    def may(told: JSON) -> None:
        refuse(told, wanted, subscription.key)
        if plans.name_of(told) in plans.ANNUAL and wanted < plans.seats_of(told):
            day = plans.ends_on(told)
            refusal = Rejected(NOT_LOWERED, code="annual_not_lowered", at=subscription.key, day=str(day or ""))
            raise NotYet(RENEWING, refusal=refusal, waits=LOOKS)

    made = subscription.brought(
        "seats",
        "changeSeats",
        steps,
        is_there=lambda told: plans.seats_of(told) == wanted,
        body=lambda told: plans.seats(plans.name_of(told), wanted),
        may=may,
    )
    return str(made["subscription_id"])
