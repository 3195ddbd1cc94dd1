"""The customer's calendar: until when it can give units back or cancel, and what is renewed when."""

from django.utils.translation import gettext_lazy as _

from accounts.actors import actor_of
from core.lists.columns import Column, moment, text, to
from core.lists.listing import Listing
from subscriptions.filters import CommitmentDateFilter
from subscriptions.queries import commitment_dates_visible_to
from subscriptions.told.calendar import (
    EMPTY,
    PRICES,
    QUICK,
    RELATED,
    RESOURCE,
    TERM,
    UNITS,
    WHAT,
    WHEN,
    WITHOUT,
    with_prices,
)


class CustomerCommitmentDateFilter(CommitmentDateFilter):
    """The filters of the calendar without those that say the same for all of a customer's, or are the seller's."""

    account = None
    account_id = None
    reseller = None
    connection = None


CALENDAR = Listing(
    name="customer.calendar",
    title=_("Windows and renewals"),
    right="subscriptions.view",
    actor_of=actor_of,
    rows=commitment_dates_visible_to,
    filterset=CustomerCommitmentDateFilter,
    filters_shown=("kind", "at"),
    related=RELATED,
    without=WITHOUT,
    enrich=with_prices,
    sort="at",
    empty=EMPTY,
    columns=(
        Column("at", _("Date"), WHEN, sort="at", link=to("customer:subscription_commitment", "subscription_id")),
        WHAT,
        Column(
            "subscription",
            _("Subscription"),
            text("subscription.name"),
            link=to("customer:subscription", "subscription_id"),
        ),
        RESOURCE,
        UNITS,
        *PRICES,
        TERM,
        Column("seen_at", _("As the vendor told on"), moment("commitment.seen_at"), shown=False),
        Column("id", _("ID"), text("id"), sort="id", shown=False),
    ),
    quick=QUICK,
)
