"""What a confirmation asks and what its button says: where it is paid in advance, and where it is paid for afterwards.

Postpay reserves nothing of a balance and asks for nothing now: what is added is owed, and stands on an invoice.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from billing.engine.rules import Keeps
from billing.engine.types import rules_of
from core.panel.formats import day_text, money_text
from subscriptions.models import Subscription
from subscriptions.told.preview import Preview
from vendors.commitments import AtEnd

# What a stop and an activation mean, by what the billing type keeps.
STOPS = {
    Keeps.USED_DAYS: gettext_lazy(
        "Stop %(name)s? Today is not charged; what was reserved for the days left is released."
    ),
    Keeps.WHOLE_MONTH: gettext_lazy(
        "Stop %(name)s? A month that has begun stays charged as a whole; later ones are not while it is stopped."
    ),
    Keeps.WHOLE_TERM: gettext_lazy(
        "Stop %(name)s? The term was bought as a whole: it runs on and is charged, and activating costs nothing."
    ),
    Keeps.WHAT_WAS_USED: gettext_lazy("Stop %(name)s? What was used is charged on the billing day."),
    Keeps.NOTHING: gettext_lazy("Stop %(name)s? It is a trial: nothing is charged."),
}
ACTIVATES = {
    Keeps.USED_DAYS: gettext_lazy(
        "Activate %(name)s? Today is charged; the days up to the next billing day are reserved."
    ),
    Keeps.WHOLE_MONTH: gettext_lazy("Activate %(name)s? The whole month is charged, unless it has been already."),
    Keeps.WHOLE_TERM: gettext_lazy("Activate %(name)s? Its term is charged already: nothing more is due."),
    Keeps.WHAT_WAS_USED: gettext_lazy("Activate %(name)s? What is used is charged."),
    Keeps.NOTHING: gettext_lazy("Activate %(name)s? It is a trial: nothing is charged."),
}
# The same in postpay, where it is something else.
STOPS_OWED = {
    Keeps.USED_DAYS: gettext_lazy("Stop %(name)s? Today is not charged; the days used are on the next invoice."),
}
ACTIVATES_OWED = {
    Keeps.USED_DAYS: gettext_lazy(
        "Activate %(name)s? Today is charged; the days up to the next billing day are on the invoice after it."
    ),
}


def question_of_stop(subscription: Subscription) -> str:
    """Return what is asked before a stop."""
    return _asked(subscription, STOPS, STOPS_OWED)


def question_of_activation(subscription: Subscription) -> str:
    """Return what is asked before an activation."""
    return _asked(subscription, ACTIVATES, ACTIVATES_OWED)


def _asked(subscription: Subscription, words: Mapping[Keeps, object], owed: Mapping[Keeps, object]) -> str:
    keeps = rules_of(subscription.billing_type, trial=subscription.trial).keeps
    said = owed.get(keeps, words[keeps]) if subscription.postpay else words[keeps]
    return str(said) % {"name": subscription.name}


def button_of_order(seen: Preview, currency: str) -> str:
    """Return what the button of an order says."""
    if seen.due:
        return _("Order, pay %(amount)s") % _money(seen.due, currency)
    if seen.owing and seen.reserved > 0:
        return _("Order, pay %(amount)s later") % _money(seen.reserved, currency)
    return pgettext("button", "Order")


def button_of_renewal(seen: Preview, currency: str) -> str:
    """Return what the button of a renewal says."""
    if seen.due:
        return _("Renew, pay %(amount)s") % _money(seen.due, currency)
    if seen.reserved > 0:
        said = _("Renew, pay %(amount)s later") if seen.owing else _("Renew, reserve %(amount)s")
        return said % _money(seen.reserved, currency)
    return pgettext("button", "Renew")


def button_of_switch(seen: Preview, currency: str) -> str:
    """Return what the button of a switch to another plan says."""
    if seen.due:
        return _("Switch, pay %(amount)s") % _money(seen.due, currency)
    if seen.owing and seen.reserved > 0:
        return _("Switch, pay %(amount)s later") % _money(seen.reserved, currency)
    return _("Switch")


def button_of_change(seen: Preview, currency: str) -> str:
    """Return what the button of a change of quantities says."""
    if seen.due:
        return _("Change, pay %(amount)s") % _money(seen.due, currency)
    if seen.reserved > 0:
        said = _("Change, pay %(amount)s later") if seen.owing else _("Change, reserve %(amount)s")
        return said % _money(seen.reserved, currency)
    if seen.owing:
        less = -seen.reserved
        return _("Lower, owe %(amount)s less") % _money(less, currency) if less else _("Change")
    # Units bought today go without a refund of their own; what the vendor has to let go comes back later.
    back = seen.after.available - seen.before.available + seen.waits_for_vendor
    return _("Lower, get %(amount)s back") % _money(back, currency) if back > 0 else _("Change")


def button_of_stop(seen: Preview, currency: str) -> str:
    """Return what the button of a stop says."""
    if seen.owing:
        less = -seen.reserved
        return _("Stop, owe %(amount)s less") % _money(less, currency) if less > 0 else _("Stop")
    # Not all that was reserved comes back: the days used are written off.
    released = seen.after.available - seen.before.available
    return _("Stop, release %(amount)s") % _money(released, currency) if released > 0 else _("Stop")


def button_of_activation(seen: Preview, currency: str) -> str:
    """Return what the button of an activation says."""
    if not seen.reserved:
        return pgettext("button", "Activate")
    said = _("Activate, pay %(amount)s later") if seen.owing else _("Activate, reserve %(amount)s")
    return said % _money(seen.reserved, currency)


def _money(amount: Decimal, currency: str) -> dict[str, str]:
    return {"amount": money_text(amount, currency)}


def question_of_deletion(subscription: Subscription, ends_on: date | None) -> tuple[str, str]:
    """Return what is asked before a deletion, and what its button says; `ends_on`: nothing is given back before."""
    if ends_on is None:
        question = _("Delete %(name)s with all its data at the vendor? This cannot be undone.")
        return question % {"name": subscription.name}, _("Delete for good")
    question = _(
        "Let %(name)s end on %(day)s? The vendor gives nothing back any more: it is there, and charged, until then. On"
        " that day it is deleted with all its data at the vendor."
    )
    values = {"name": subscription.name, "day": day_text(ends_on)}
    return question % values, _("End it on %(day)s") % values


def question_of_end(subscription: Subscription, at_end: AtEnd, day: date) -> tuple[str, str]:
    """Return what is asked before the end of the vendor's term is arranged, and what the button says."""
    values = {"name": subscription.name, "day": day_text(day)}
    if at_end is AtEnd.ENDS:
        question = _(
            "Let %(name)s end on %(day)s? Until then it is there, and charged. On that day it is deleted with all its"
            " data at the vendor."
        )
        return question % values, _("End it on %(day)s") % values
    if at_end is AtEnd.EXTENDS:
        question = _(
            "Let %(name)s go on by the month from %(day)s, until somebody ends it? It can be ended at any time then,"
            " and the vendor asks more for a month than within a term."
        )
        return question % values, _("Go on by the month")
    question = _(
        "Renew %(name)s on %(day)s for another term at the vendor, with the units that it has then? It is bound to that"
        " term for as long as the present one."
    )
    return question % values, _("Renew it on %(day)s") % values
