"""What the order in which the night serves an account's subscriptions means: what each needs, and what comes of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import F, OuterRef, Subquery

from accounts.models import Account
from core.history import author_of
from subscriptions.models import Subscription
from subscriptions.told.rehearsing import RUNNING, Fate, Outcome, rehearse_nights

# What the night comes to later than this is not looked at.
LONGEST_AHEAD = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Turn:
    """What the next night on which a subscription is billed asks of the balance for it, and makes of it.

    In the account's currency. `day`, `needed` and `outcome` are None where nothing is billed in the coming year; the
    outcome may be that of an earlier night, which stops it before.
    """

    subscription: Subscription
    day: date | None
    needed: Decimal | None
    outcome: Outcome | None


def turns_of(account: Account, subscriptions: Iterable[Subscription], today: date) -> list[Turn]:
    """Return the turns of some of the account's subscriptions, in their order, as the coming nights will have them.

    Each night on which one of them is billed is rehearsed after the others, and nothing of it is kept.
    """
    days = {one: _billed_on(one, today) for one in subscriptions}
    nights = rehearse_nights([account.pk], {day for day in days.values() if day is not None})
    fates: dict[int, Fate] = {}
    for night in nights.values():
        for fate in night.fates:
            fates.setdefault(fate.subscription_id, fate)
    return [
        Turn(
            one,
            day,
            nights[day].asked.get(one.pk) if day is not None else None,
            fates[one.pk].outcome if one.pk in fates else None,
        )
        for one, day in days.items()
    ]


def _billed_on(subscription: Subscription, today: date) -> date | None:
    """Return the next day on which the night asks money for what runs; None where that is far, or never."""
    if subscription.status not in RUNNING:
        return None
    days = [day for day in (subscription.next_billing_day, subscription.expiration_date) if day is not None]
    return min((day for day in days if day <= today + LONGEST_AHEAD), default=None)


def last_set(account: Account) -> tuple[str, datetime] | None:
    """Return who has changed the order of the account's subscriptions last, and when; None where nobody has."""
    tracked: Any = Subscription
    events = tracked._meta.get_field("events").related_model._base_manager.filter(account_id=account.pk)
    earlier = events.filter(pgh_obj_id=OuterRef("pgh_obj_id"), pgh_id__lt=OuterRef("pgh_id")).order_by("-pgh_id")
    before = events.annotate(before=Subquery(earlier.values("billing_priority")[:1])).exclude(before=None)
    newest = before.exclude(before=F("billing_priority")).order_by("-pgh_id").first()
    if newest is None:
        return None
    return author_of(Subscription.objects.get(pk=newest.pgh_obj_id), "billing_priority"), newest.pgh_created_at
