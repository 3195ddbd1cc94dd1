"""One difference is settled: previewed, done by the verb of its kind, and closed; held to what was shown of it."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.errors import Refused
from core.fingerprint import fingerprint_of
from subscriptions.contract.terms import WHOLE_BEHIND
from subscriptions.models import Choice, Difference, Settled
from subscriptions.queries import differences_visible_to
from subscriptions.resolving.deeds import Acting, propose_deed
from subscriptions.told.preview import Preview
from subscriptions.told.proposals import Proposal

# What a deed asks of a difference's subscription and connection.
RELATED = ("connection", "account__account_class", "account__reseller", *WHOLE_BEHIND)


class SettledBefore(Refused):
    """The difference was settled already, or agrees again."""

    code = "difference_settled"


class ShownOtherwise(Refused):
    """The deed would be another than the one that was shown: nothing is done."""

    code = "shown_otherwise"


def foresee(difference_id: int, choice: str, acting: Acting) -> Proposal:
    """Return what settling a difference so would do. Raises SettledBefore and what `propose_deed` raises."""
    return propose_deed(_open(difference_id, acting, locked=False), choice, acting)


@transaction.atomic
def settle(difference_id: int, choice: str, acting: Acting, *, mark: str = "") -> Proposal:
    """Settle an open difference: the books follow, or the vendor is to be brought back, in one transaction.

    What is accepted is settled at once; what is restored when the vendor has done it. `mark` is that of the preview
    which was shown. Raises SettledBefore, ShownOtherwise, and what `propose_deed` raises.
    """
    difference = _open(difference_id, acting, locked=True)
    proposal = propose_deed(difference, choice, acting)
    if mark and mark_of(proposal.preview) != mark:
        raise ShownOtherwise(_("It would do something else by now than what was shown. Look at it again."))
    if choice == Choice.ACCEPT:
        difference.settled, difference.settled_at = Settled.ACCEPTED, acting.now
        difference.settled_by = acting.actor.person
    difference.save(update_fields=["settled", "settled_at", "settled_by", "operation"])
    return proposal


def mark_of(seen: Preview) -> str:
    """Return a fingerprint of what a deed makes of charges and balance."""
    charges = [
        [str(getattr(charge, name)) for name in ("operate_from", "operate_to", "status", "amount", "quantity")]
        for charge in (*seen.added, *seen.moved)
    ]
    sums = [str(amount.normalize()) for amount in (seen.due, seen.reserved, seen.written_off)]
    return fingerprint_of({"charges": sorted(charges), "sums": sums})


def _open(difference_id: int, acting: Acting, *, locked: bool) -> Difference:
    """Return a difference that is still open, if the actor sees it. Raises SettledBefore."""
    rows = differences_visible_to(acting.actor).select_related(*RELATED)
    if locked:
        rows = rows.select_for_update(of=("self",))
    difference = rows.filter(pk=difference_id).first()
    if difference is None or difference.settled:
        raise SettledBefore(_("It is settled already, or agrees again."))
    return difference
