"""Other quantities of the new commerce within a term: at once where Microsoft takes them, with the end put back.

More at any time; fewer while they can be given back (microsoft-2026.md, section 3, "Window"). What the renewal brings
by itself is waited for; while Microsoft renews, which takes up to a day (900277), so is all else.
"""

from datetime import UTC, datetime, time, timedelta

from django.utils.translation import gettext_noop

from vendors.base import Service, Steps
from vendors.errors import NotYet, Rejected
from vendors.microsoft.commitments import first_day_after
from vendors.microsoft.ends import End, put_back, remember
from vendors.microsoft.errors import QUEUE_WAITS
from vendors.microsoft.subscriptions import Subscriptions

LOWERS_LATER = gettext_noop(
    "Microsoft does not take so many licences back any more: they are paid until %(day)s. Give this order up and order"
    " the change anew: it is then arranged for the renewal on that day."
)
RENEWAL_PENDING = gettext_noop(
    "Microsoft renews the subscription on %(day)s, with the quantity that was arranged. It will be looked at again by"
    " itself."
)
# Refusals of a lowering whose window is over.
LOWERING_CLOSED = frozenset({"900257", "900214", "800090"})
# How long before its end a term counts as ending: our day may begin so much before the UTC day on which it is over.
NEAR = timedelta(hours=36)


def change_seats(
    subscriptions: Subscriptions, key: str, quantity: int, service: Service, steps: Steps, *, now: datetime
) -> None:
    """Bring a subscription to a quantity, and what was arranged for the end of its term back.

    Raises Rejected with the day of the renewal where Microsoft's window for giving back is over.
    """
    before = remember(subscriptions, key, steps)
    if before is not None:
        _wait_for_renewal(subscriptions, key, quantity, now)
    try:
        subscriptions.set_quantity(key, quantity, steps)
    except Rejected as refusal:
        if refusal.code not in LOWERING_CLOSED:
            raise
        raise _later(subscriptions, key, refusal.code) from refusal
    if quantity:
        put_back(subscriptions, key, before, service, steps)


def _wait_for_renewal(subscriptions: Subscriptions, key: str, quantity: int, now: datetime) -> None:
    """Raise NotYet where the renewal of these hours brings this very quantity: until it is through."""
    told = subscriptions.read(key)
    day = first_day_after(told)
    if day is None or quantity >= int(told["quantity"]) or End.told(told).quantity != quantity:
        return
    if datetime.combine(day, time.min, tzinfo=UTC) - now <= NEAR:
        refusal = _later(subscriptions, key, "renewal_pending")
        raise NotYet(RENEWAL_PENDING, code=refusal.code, refusal=refusal, waits=QUEUE_WAITS, day=day.isoformat())


def _later(subscriptions: Subscriptions, key: str, code: str) -> Rejected:
    day = first_day_after(subscriptions.read(key))
    return Rejected(LOWERS_LATER, code=code, at=key, day="" if day is None else day.isoformat())
