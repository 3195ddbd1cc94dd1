"""Whether what a vendor holds in a new term is what was arranged for it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext_noop

from vendors.commitments import AtEnd, Commitment, NextTerm, State

NOT_BEGUN = gettext_noop(
    "The vendor was to begin a new term of %(vendor_id)s on %(day)s and has not done so for a day. Look at the vendor,"
    " and order it anew where it has ended."
)
ENDED = gettext_noop(
    "%(vendor_id)s was to be renewed on %(day)s, and the vendor has ended it. Look at the vendor, and order it anew."
)
WENT_ON = gettext_noop(
    "%(vendor_id)s was to end on %(day)s, and the vendor goes on with it until %(ends_on)s. It is billed to us: end it"
    " at the vendor while it can be given back."
)
OTHER = {
    "quantity": gettext_noop("In its new term %(vendor_id)s has %(found)s units instead of %(wanted)s."),
    "item": gettext_noop("In its new term %(vendor_id)s is sold as %(found)s instead of %(wanted)s."),
    "term": gettext_noop("%(vendor_id)s was renewed for the term %(found)s instead of %(wanted)s."),
    "billing_plan": gettext_noop("In its new term %(vendor_id)s is billed %(found)s instead of %(wanted)s."),
}


@dataclass(frozen=True)
class Surprise:
    """Something about a new term that was not arranged: its name, English source text (gettext_noop) and values."""

    name: str
    message: str
    values: dict[str, object] = field(default_factory=dict)


def has_begun(before: Commitment, after: Commitment, today: date) -> bool:
    """Return whether a term was over by `today` between two looks: another has begun, or nothing is left.

    A term that was replaced by another before its end was switched or cancelled by somebody.
    """
    known = before.ends_on is not None and before.state is not State.ENDED and before.vendor_id == after.vendor_id
    if not known or before.ends_on is None or before.ends_on > today:
        return False
    return after.state is State.ENDED or (after.ends_on is not None and after.ends_on > before.ends_on)


def surprises(before: Commitment, after: Commitment) -> Iterator[Surprise]:
    """Yield what a term that `has_begun` is unlike what was arranged before it.

    `before` was told in the term that is over, `after` now. What a suspended service comes to is no surprise.
    """
    told: dict[str, object] = {"vendor_id": before.vendor_id, "day": before.ends_on}
    if before.state is not State.ACTIVE:
        return
    if after.state is State.ENDED:
        if before.at_end is not AtEnd.ENDS:
            yield Surprise("ended", ENDED, told)
        return
    if before.at_end is AtEnd.ENDS:
        yield Surprise("went_on", WENT_ON, {**told, "ends_on": after.ends_on})
        return
    wanted = before.next_term or NextTerm(before.quantity)
    pairs = [("quantity", wanted.quantity, after.quantity)]
    if before.at_end is AtEnd.RENEWS:
        pairs += [
            ("item", wanted.item or before.item, after.item),
            ("term", wanted.term or before.term, after.term),
            ("billing_plan", wanted.billing_plan or before.billing_plan, after.billing_plan),
        ]
    for name, hoped, found in pairs:
        if not _alike(hoped, found):
            yield Surprise(name, OTHER[name], {**told, "wanted": hoped, "found": found})


def _alike(wanted: object, found: object) -> bool:
    """Return whether both say the same; of what something is sold as, the one may say less than the other."""
    if isinstance(wanted, int) or isinstance(found, int):
        return wanted == found
    one, other = str(wanted).casefold().split(":"), str(found).casefold().split(":")
    count = min(len(one), len(other), 2)
    return one[:count] == other[:count]
