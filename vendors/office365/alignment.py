"""Common end dates: a purchase may end with what the customer has already, or with a month (microsoft-2026.md, 3)."""

from dataclasses import replace
from datetime import date

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from vendors.base import Connection, Field, FieldKind, Order
from vendors.errors import Rejected
from vendors.microsoft.partner_center import PartnerCenter
from vendors.microsoft.plugin import partner_center_of
from vendors.microsoft.shapes import moment_of

NO_SUCH_DAY = gettext_noop(
    "Microsoft lets the first term not end on %(day)s. Choose one of the days that are offered, or a whole term."
)
ENDS_WITH = "ends_with"
WHOLE_TERM = ("", _("With a whole term"))
FIELD = Field(
    ENDS_WITH,
    _("When the first term ends"),
    FieldKind.CHOICE,
    required=False,
    choices=(WHOLE_TERM,),
    after=("domain_prefix",),
    help=_("Together with what is there already, or with a month: the first term is shorter, and is charged so."),
)


def asked(connection: Connection, order: Order) -> tuple[Field, ...]:
    """Return the question for the end of an order's first term, with the days that Microsoft allows; none without any.

    They are told of customers whom Microsoft knows, for products that are bought for a term. Raises VendorError.
    """
    customer_id, term = order.vendor_ids.get("customer_id", ""), order.options.get("term_duration", "")
    trial = order.term.trial or order.options.get("billing_cycle") == "none"
    if not customer_id or not term or trial or not any(":" in one.offer for one in order.resources.values()):
        return ()
    days = end_dates(partner_center_of(connection), customer_id, term)
    if not days:
        return ()
    return (
        replace(
            FIELD, choices=(WHOLE_TERM, *((day.isoformat(), _label(day, with_others)) for day, with_others in days))
        ),
    )


def check(connection: Connection, order: Order) -> None:
    """Raise Rejected where the first term is to end on a day that Microsoft does not allow."""
    wanted = order.answers.get(ENDS_WITH, "")
    if wanted and not any(wanted in dict(field.choices) for field in asked(connection, order)):
        raise Rejected(NO_SUCH_DAY, code="no_such_end", at=ENDS_WITH, day=wanted)


def end_dates(partner_center: PartnerCenter, customer_id: str, term: str) -> list[tuple[date, bool]]:
    """Return the last days on which a term may end early, each with whether something else ends on it.

    Only these are taken (900242). Raises VendorError.
    """
    path = f"customers/{customer_id}/subscriptions/customTermEndDates"
    found = {}
    for row in partner_center.collection(path, params={"term_duration": term}):
        moment = moment_of(row.get("allowedCustomTermEndDate"))
        if moment is not None:
            found[moment.date()] = bool(row.get("cotermSubscriptionIds"))
    return sorted(found.items())


def _label(day: date, with_others: bool) -> object:
    return _("%(day)s, with what is there already") % {"day": day} if with_others else day.isoformat()
