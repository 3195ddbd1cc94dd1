"""Terms at vendors that are over are looked after until the next is there."""

from datetime import datetime, timedelta

from django.utils import timezone

from subscriptions.contract.handover import start_of
from subscriptions.models import CommitmentState, HeldCommitment
from subscriptions.workers.committing import refresh_one
from subscriptions.workers.new_terms import tell
from vendors.renewed import NOT_BEGUN, Surprise

# A vendor begins a new term on the day after the last one, within this time (microsoft-2026.md, section 3).
AT_MOST = timedelta(days=1)


def follow_renewals(*, now: datetime) -> int:
    """Ask after every service whose term is over as we know it; return of how many something else is told now.

    Once an hour. What is not there within AT_MOST is told to operators, once.
    """
    today = timezone.localtime(now).date()
    over = HeldCommitment.objects.filter(ends_on__lte=today).exclude(state=CommitmentState.ENDED)
    changed = 0
    for pk in sorted(set(over.values_list("subscription", flat=True))):
        changed += refresh_one(pk, now=now)
    for row in over.select_related("subscription__account__reseller").order_by("pk"):
        if row.ends_on is not None and now >= start_of(row.ends_on) + AT_MOST:
            tell(
                row.subscription,
                row.told,
                Surprise("not_begun", NOT_BEGUN, {"vendor_id": row.vendor_id, "day": row.ends_on}),
            )
    return changed
