"""What an operation comes to that Microsoft does not carry out at once: somebody has to act, or to look, first."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext_noop

from vendors.base import Connection, Done, Outcome, Steps, Waiting, Who
from vendors.microsoft.errors import AgreementNeeded
from vendors.microsoft.partner_center import PartnerCenter
from vendors.microsoft.plugin import agreement_of
from vendors.office365.ordering import InReview

REVIEWED = gettext_noop(
    "Microsoft is reviewing order %(order)s before it carries it out. Nothing has to be done; it goes on by itself."
)
# How long a review is waited for before people are told that it comes to no end.
REVIEW_AT_MOST = timedelta(days=30)


@dataclass(frozen=True)
class Asked:
    """One operation of a customer: `ids` are those known so far, `who` has to act where the agreement is missing."""

    connection: Connection
    partner_center: PartnerCenter
    ids: Mapping[str, str]
    steps: Steps
    who: Who = Who.CUSTOMER

    def outcome(self, deed: Callable[[], Done]) -> Outcome:
        """Do it, and return what it came to: done, or for whom it waits (13605, a review by Microsoft)."""
        try:
            return deed()
        except AgreementNeeded as needed:
            agreement = agreement_of(self.connection, self.partner_center, self.ids, self.steps)
            return agreement.needed(self.who, needed.placed)
        except InReview as review:
            ids = {**self.ids, **review.ids}
            return Waiting(
                REVIEWED,
                {"order": review.order_id},
                who=Who.VENDOR,
                vendor_ids={name: value for name, value in ids.items() if not name.startswith("line.")},
                look_again=timedelta(hours=1),
                at_most=REVIEW_AT_MOST,
            )
