"""A term at a vendor that has begun is compared with what was arranged for it."""

from datetime import date

from django.utils.functional import lazy

from subscriptions.contract.telling import service_alarm
from subscriptions.models import Subscription, SubscriptionStatus
from vendors.commitments import Commitment, State
from vendors.errors import kept, sentence
from vendors.renewed import Surprise, has_begun, surprises


def look_at_term(subscription: Subscription, before: Commitment, after: Commitment, day: date) -> None:
    """Tell operators where a term that has begun by `day`, between two looks, is not what was arranged for it.

    What ends after we have deleted it is what we wanted.
    """
    if not has_begun(before, after, day):
        return
    if after.state is State.ENDED and subscription.status == SubscriptionStatus.DELETED:
        return
    for one in surprises(before, after):
        tell(subscription, before, one)


def tell(subscription: Subscription, before: Commitment, what: Surprise) -> None:
    """Tell operators, once for each term, what is not as it was arranged."""
    reason = lazy(lambda: sentence(what.message, kept(what.values)), str)()
    if before.ends_on is not None:
        service_alarm(subscription, f"term:{before.resource}:{what.name}", reason, before.ends_on)
