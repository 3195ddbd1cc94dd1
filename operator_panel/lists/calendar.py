"""The calendar of windows and renewals: until when something can be decided, and what its vendor does of itself."""

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

CALENDAR = Listing(
    name="operator.calendar",
    title=_("Windows and renewals"),
    right="subscriptions.view",
    actor_of=actor_of,
    rows=commitment_dates_visible_to,
    filterset=CommitmentDateFilter,
    filters_shown=("kind", "at", "reseller", "connection"),
    related=RELATED,
    without=WITHOUT,
    enrich=with_prices,
    sort="at",
    empty=EMPTY,
    columns=(
        Column("at", _("Date"), WHEN, sort="at", link=to("operator:subscription_commitment", "subscription_id")),
        WHAT,
        Column(
            "subscription",
            _("Subscription"),
            text("subscription.name"),
            link=to("operator:subscription", "subscription_id"),
        ),
        Column("account", _("Account"), text("subscription.account_name"), link=to("operator:account", "account_id")),
        RESOURCE,
        UNITS,
        *PRICES,
        Column("reseller", _("Reseller"), text("subscription.reseller_name"), shown=False),
        Column("connection", _("Vendor connection"), text("subscription.plan.template.connection"), shown=False),
        TERM,
        Column("vendor_id", _("Vendor's ID"), text("commitment.vendor_id"), shown=False),
        Column("seen_at", _("As the vendor told on"), moment("commitment.seen_at"), shown=False),
        Column("id", _("ID"), text("id"), sort="id", shown=False),
    ),
    quick=QUICK,
)
