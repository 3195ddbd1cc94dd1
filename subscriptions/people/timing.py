"""When a vendor takes other units, said to people: before they ask, and as a refusal that says when it can be done."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.utils.translation import gettext_lazy as _

from core.errors import Refused
from core.panel.formats import day_text, moment_text
from subscriptions.contract.effect import rule_of
from subscriptions.contract.terms import Contract
from subscriptions.models import Subscription, TakesEffect
from vendors.base import Effective
from vendors.queries import next_change_of
from vendors.registry import plugin_for


class TooManyChanges(Refused):
    """The vendor takes no more changes of the subscription today."""

    code = "too_many_changes"


class OnlyWithTheTerm(Refused):
    """Other units come with a renewal, or the term ends before they would be there."""

    code = "only_with_the_term"
    field = "quantities"


class RaiseOrLower(Refused):
    """The vendor raises and lowers on different days, so that one change cannot do both."""

    code = "raise_or_lower"
    field = "quantities"


# What holds of the quantities at a vendor, said where they are changed (CR-613).
FROM = {
    ("raise", Effective.NEXT_DAY): _("More units are there, and charged, from the next day on."),
    ("lower", Effective.NEXT_DAY): _("Fewer units are there, and charged, from the next day on."),
    ("lower", Effective.END_OF_PERIOD): _("Fewer units are there, and charged, from the next billing day on."),
    ("lower", Effective.END_OF_TERM): _("Units are lowered only when the term is renewed."),
}


def refuse_too_often(subscription: Subscription, now: datetime) -> None:
    """Raise TooManyChanges where the vendor has taken as many changes today as it takes on one day."""
    rule = rule_of(subscription)
    moment = next_change_of(_service(subscription), rule, now)
    if moment is not None:
        raise TooManyChanges(_TOO_MANY % {"vendor": _vendor(subscription), "moment": moment_text(moment)})


_TOO_MANY = _("%(vendor)s takes no more changes of the quantities today. The next one can be ordered from %(moment)s.")


def effect_of(
    contract: Contract,
    raised: Collection[str],
    lowered: Collection[str],
    today: date,
    *,
    lowers_on: date | None = None,
) -> TakesEffect:
    """Return from when on a change holds that raises and lowers these resources.

    `lowers_on` is the first day of the vendor's next term, where it takes no units back before. Raises RaiseOrLower,
    OnlyWithTheTerm.
    """
    row, rule = contract.subscription, rule_of(contract.subscription)
    if raised and lowered and (lowers_on is not None or rule.raise_from != rule.lower_from):
        raise RaiseOrLower(
            _("%(vendor)s raises and lowers units on different days: order the one first, then the other.")
            % {"vendor": _vendor(row)}
        )
    if lowered and lowers_on is not None:
        return _with_vendors_term(row, lowers_on, today)
    effective, expires = rule.lower_from if lowered else rule.raise_from, row.expiration_date
    if effective is Effective.END_OF_TERM:
        raise OnlyWithTheTerm(_when_renewed(row, expires))
    first = _first_day(row, effective, today)
    if expires is not None and effective is not Effective.AT_ONCE and (first is None or first >= expires):
        raise OnlyWithTheTerm(
            _("The term ends on %(day)s, before the other units would be there: they come with its renewal.")
            % {"day": day_text(expires)}
        )
    return TakesEffect(effective.value)


def _with_vendors_term(row: Subscription, lowers_on: date, today: date) -> TakesEffect:
    if lowers_on <= today:
        raise OnlyWithTheTerm(
            _("%(vendor)s is renewing its term in these hours: lower the units tomorrow.") % {"vendor": _vendor(row)}
        )
    expires = row.expiration_date
    if expires is not None and lowers_on >= expires:
        raise OnlyWithTheTerm(
            _("The term ends on %(day)s, before the other units would be there: they come with its renewal.")
            % {"day": day_text(expires)}
        )
    return TakesEffect.END_OF_TERM


def told_of_changes(subscription: Subscription, now: datetime) -> tuple[str, ...]:
    """Return what holds of changes at the vendor, as sentences to be shown where quantities are changed."""
    rule = rule_of(subscription)
    told = [str(said) for said in (FROM.get(("raise", rule.raise_from)), FROM.get(("lower", rule.lower_from))) if said]
    if rule.a_day == 1:
        told.insert(0, str(_("The quantities can be changed once a day.")))
    elif rule.a_day is not None:
        told.insert(0, str(_("The quantities can be changed %(times)s times a day.") % {"times": rule.a_day}))
    moment = next_change_of(_service(subscription), rule, now)
    if moment is not None:
        told.append(str(_TOO_MANY % {"vendor": _vendor(subscription), "moment": moment_text(moment)}))
    return tuple(told)


def _first_day(row: Subscription, effective: Effective, today: date) -> date | None:
    return today + timedelta(days=1) if effective is Effective.NEXT_DAY else row.next_billing_day


def _when_renewed(row: Subscription, expires: date | None) -> str:
    if expires is None:
        return str(_("%(vendor)s lowers units only when its own term is renewed.") % {"vendor": _vendor(row)})
    return str(
        _("%(vendor)s lowers units only when the term is renewed: on %(day)s.")
        % {"vendor": _vendor(row), "day": day_text(expires)}
    )


def _vendor(subscription: Subscription) -> object:
    connection = subscription.plan.template.connection
    return plugin_for(connection.plugin).name if connection is not None else ""


def _service(subscription: Subscription) -> str:
    return f"subscription:{subscription.pk}"
