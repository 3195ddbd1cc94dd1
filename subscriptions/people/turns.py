"""Who goes first when a balance is short: the order in which the night serves an account's subscriptions (7.7).

By the subscription's billing priority, lower first, then by its id: so by age where nobody has said anything.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Account
from core.errors import Refusals, Refused
from subscriptions.models import Subscription, SubscriptionStatus
from subscriptions.people.opening import open_account

# The priority that whatever is ordered begins with.
AT_FIRST = Subscription._meta.get_field("billing_priority").default
GONE = (SubscriptionStatus.DELETED, SubscriptionStatus.DELETING)


class NothingInTurn(Refused):
    """The account has fewer than two subscriptions: there is no order of them."""

    code = "nothing_in_turn"


class PlaceNotAllowed(Refused):
    """A place is not one of the account's, is given twice, or is given to a subscription of another account."""

    code = "place_not_allowed"


@transaction.atomic
def set_turns(*, actor: Actor, account: Account, places: Mapping[int, int], today: date) -> list[int]:
    """Have the night serve subscriptions of the account at these places (1 goes first), by subscription id.

    The others keep their order around them. Returns the ids in the new order; whatever is ordered later comes last.
    Raises Forbidden, NothingInTurn, PlaceNotAllowed.
    """
    account, _day = open_account(actor=actor, account_id=account.pk, right="subscriptions.change", today=today)
    may_set_turns(account)
    rows = {row.pk: row for row in in_turn(account).only("pk", "billing_priority")}
    _refuse_places(places, rows)
    order = [pk for pk in rows if pk not in places]
    for pk, place in sorted(places.items(), key=lambda one: one[1]):
        order.insert(place - 1, pk)
    priorities = _priorities(order)
    changed = [row for pk, row in rows.items() if row.billing_priority != priorities[pk]]
    for row in changed:
        row.billing_priority = priorities[row.pk]
    Subscription.objects.bulk_update(changed, ["billing_priority"])
    return order


def in_turn(account: Account) -> QuerySet[Subscription]:
    """Return what the account has in the order in which the night serves it, without what is deleted."""
    return Subscription.objects.filter(account=account).exclude(status__in=GONE).order_by("billing_priority", "pk")


def may_set_turns(account: Account) -> None:
    """Raise NothingInTurn where there are not two subscriptions of which one could go first."""
    if len(in_turn(account).values_list("pk", flat=True)[:2]) < 2:
        raise NothingInTurn(_("The account has fewer than two subscriptions: there is nothing to put in order."))


def _refuse_places(places: Mapping[int, int], rows: Mapping[int, Subscription]) -> None:
    refusals, taken = Refusals(), set[int]()
    for pk, place in places.items():
        if pk not in rows:
            sentence = _("The account has no such subscription (any more): open the page anew.")
        elif not 1 <= place <= len(rows):
            sentence = _("Enter a place from 1 to %(last)s.") % {"last": len(rows)}
        elif place in taken:
            sentence = _("Place %(place)s is given to two subscriptions: choose another for one of them.")
            sentence = sentence % {"place": place}
        else:
            taken.add(place)
            continue
        refusals.add(PlaceNotAllowed(sentence, field=f"place.{pk}"))
    refusals.raise_any()


def _priorities(order: Sequence[int]) -> dict[int, int]:
    """Return the fewest different priorities that give this order: what stands in the order of its age shares one.

    The last have the one that everything begins with, so that what is ordered later comes after them.
    """
    steps = [0]
    for earlier, later in pairwise(order):
        steps.append(steps[-1] + (later < earlier))
    first = max(AT_FIRST - steps[-1], 0)
    return {pk: first + step for pk, step in zip(order, steps, strict=True)}
