"""What the next twelve months bring an account of which nothing changes: what is charged, asked for, left and short.

Reckoned by the nights themselves (`course`), twice: with no money coming in any more, and with all that is missing
coming in on the day that needs it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from billing.books import day_of
from billing.engine.lines import FEES, Source
from billing.engine.periods import add_months, last_billing_day, next_billing_day
from billing.engine.rules import Metered
from billing.models import Charge, ChargeStatus
from core.among import Among
from core.errors import Refused
from subscriptions.contract.terms import Contract
from subscriptions.models import StopReason, Subscription, SubscriptionStatus
from subscriptions.told.course import Course
from subscriptions.told.forecast_rows import looked_at, starts_of
from subscriptions.told.foreseen import ONE_DAY, Bill, Happening, Need, Start

MONTHS = 12
# Of more subscriptions an account's page would take too long to be shown.
AT_MOST = 500


class TooManySubscriptions(Refused):
    """The account has more subscriptions than a page looks ahead for."""

    code = "too_many_to_forecast"


class What(models.TextChoices):
    """What happens to a subscription on a day to come."""

    RENEWED = "renewed", _("another term begins")
    ACTIVATED = "activated", _("works again")
    SHORT = "short", _("stops: funds short")
    HELD = "held", _("stops: the account is put on hold")
    UNPAID = "unpaid", _("blocked: a payment for rendered services was not made")
    LIMIT = "limit", _("blocked: the credit limit is reached")
    GRACED = "graced", _("its term ends, days of grace begin")
    ENDED = "ended", _("its term ends, it stops")
    TRIAL_ENDS = "trial_ends", _("its trial ends")
    DELETED = "deleted", _("is deleted")
    PRICE = "price", _("a price changes")
    DISCOUNT_BEGINS = "discount_begins", _("a discount begins")
    DISCOUNT_ENDS = "discount_ends", _("a discount ends")


class Event(NamedTuple):
    """Something known of a day to come: whether it happens where everything is paid, and where nothing more is."""

    day: date
    subscription: Subscription
    what: What
    if_paid: bool = True
    unpaid: bool = True


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month, of the first one what is left of it; all in the account's currency.

    `charged` and `fees` among it are what leaves the balance where everything is paid; `reserved` is what its nights
    need for that, `top_up` what of it has to come in. `billed` is what postpay asks to be paid in it. `charged_alone`,
    `balance` and `available` at its end are where nothing more comes in. `estimated` is what use would add.
    """

    first: date
    charged: Decimal
    fees: Decimal
    needed: Decimal
    top_up: Decimal
    billed: Decimal
    charged_alone: Decimal
    balance: Decimal
    available: Decimal
    estimated: Decimal


@dataclass(frozen=True, slots=True)
class NeedOfDay:
    """What the night of a day needs, and what of it has to come in by then, where all before it came in."""

    day: date
    needed: Decimal
    top_up: Decimal
    together: Decimal


@dataclass(frozen=True, slots=True)
class Forecast:
    """The months to come of an account; the first shortage where nothing more comes in, and whose it is."""

    account: Account
    today: date
    until: date
    months: tuple[Month, ...]
    short: Need | None
    short_of: Subscription | None
    needs: tuple[NeedOfDay, ...]
    bills: tuple[Bill, ...]
    events: tuple[Event, ...]
    estimated: bool
    left_out: tuple[Subscription, ...]


def months_ahead(today: date) -> list[date]:
    """Return the first days of the months that are looked at: of the present one and of the twelve after it."""
    return [add_months(today.replace(day=1), number) for number in range(MONTHS + 1)]


def forecast_of(account: Account, today: date) -> Forecast:
    """Return the months to come of an account that the caller may see; its class and reseller are loaded.

    A fixed number of statements. Raises TooManySubscriptions.
    """
    today = day_of(account.pk, today)
    rows = Subscription.objects.filter(account=account)
    if rows.filter(looked_at()).count() > AT_MOST:
        raise TooManySubscriptions(
            _("The account has more than %(count)s subscriptions: too many to look ahead for on a page.")
            % {"count": AT_MOST}
        )
    (start,) = starts_of({account.pk: account}, today)
    known = [contract.subscription.pk for contract in start.contracts]
    at_rest = (SubscriptionStatus.STOPPED, SubscriptionStatus.BLOCKED, SubscriptionStatus.DELETED)
    left_out = rows.exclude(Among("pk", known)).exclude(status__in=at_rest).only("pk", "name", "status").order_by("pk")
    return foreseen(start, today, estimates_of(start.contracts, today), tuple(left_out))


def foreseen(
    start: Start, today: date, estimates: Mapping[tuple[int, date], Decimal], left_out: tuple[Subscription, ...] = ()
) -> Forecast:
    """Return the months to come of an account that was read. No statement."""
    firsts = months_ahead(today)
    until = add_months(firsts[-1], 1) - ONE_DAY
    alone, paid = (Course(start, today, paid=paid) for paid in (False, True))
    alone.play(until)
    paid.play(until)
    names = {contract.subscription.pk: contract.subscription for contract in start.contracts}
    short = next((need for need in alone.needs if need.missing), None)
    return Forecast(
        account=start.account,
        today=today,
        until=until,
        months=tuple(_months(firsts, today, alone, paid, _still_to_come(estimates, paid))),
        short=short,
        short_of=names.get(short.subscription_id) if short and short.subscription_id else None,
        needs=tuple(_needs(paid)),
        bills=tuple(bill for bill in paid.bills if bill.due_on is not None and today <= bill.due_on <= until),
        events=tuple(_events(start, names, alone, paid, today, until)),
        estimated=bool(estimates),
        left_out=left_out,
    )


def estimates_of(contracts: Sequence[Contract], today: date) -> dict[tuple[int, date], Decimal]:
    """Return, by subscription and billing day to come, what its use would cost in all: as in the last whole period.

    Of running subscriptions that are charged by use. An estimate, named as one. One statement, or none.
    """
    metered = {
        one.subscription.pk: one.subscription
        for one in contracts
        if isinstance(one.rules, Metered) and one.subscription.status == SubscriptionStatus.ACTIVE
    }
    if not metered:
        return {}
    ended = Charge.objects.filter(Among("subscription", metered), status=ChargeStatus.CLOSED, source=Source.USAGE)
    rows = ended.filter(operate_to__gt=add_months(today, -2)).values_list("subscription", "operate_to", "amount")
    sums: dict[tuple[int, date], Decimal] = defaultdict(Decimal)
    for pk, ends, amount in rows:
        sums[pk, ends] += amount
    estimates: dict[tuple[int, date], Decimal] = {}
    for pk, row in metered.items():
        last = last_billing_day(today, row.billing_day)
        whole = row.start_date is not None and row.start_date <= last_billing_day(last - ONE_DAY, row.billing_day)
        day = next_billing_day(today, row.billing_day)
        for _number in range(MONTHS + 1):
            if whole and sums[pk, last]:
                estimates[pk, day] = sums[pk, last]
            day = next_billing_day(day, row.billing_day)
    return estimates


def _still_to_come(estimates: Mapping[tuple[int, date], Decimal], course: Course) -> dict[date, Decimal]:
    """Return, by day, what use would cost beyond what was used already, which the course charges."""
    charged: dict[tuple[int, date], Decimal] = defaultdict(Decimal)
    for one in course.closings:
        if one.line.source is Source.USAGE:
            charged[one.contract.subscription.pk, one.day] += one.line.amount
    days: dict[date, Decimal] = defaultdict(Decimal)
    for (pk, day), used in estimates.items():
        days[day] += max(used - charged[pk, day], Decimal(0))
    return days


def _months(
    firsts: Sequence[date], today: date, alone: Course, paid: Course, estimates: Mapping[date, Decimal]
) -> Iterable[Month]:
    balance, available = alone.day_ends[0].balance, alone.day_ends[0].available
    for first in firsts:
        end = add_months(first, 1)

        def within(day: date, first: date = first, end: date = end) -> bool:
            return max(day, today) < end and (first <= day or first <= today)

        for of_day in alone.day_ends:
            if within(of_day.day):
                balance, available = of_day.balance, of_day.available
        closings = [one for one in paid.closings if within(one.day)]
        yield Month(
            first=first,
            charged=_sum(one.line.amount for one in closings),
            fees=_sum(one.line.amount for one in closings if one.line.type in FEES),
            needed=_sum(need.needed for need in paid.needs if within(need.day)),
            top_up=_sum(amount for day, amount in paid.top_ups if within(day)),
            billed=_sum(bill.amount for bill in paid.bills if bill.due_on is not None and first <= bill.due_on < end),
            charged_alone=_sum(one.line.amount for one in alone.closings if within(one.day)),
            balance=balance,
            available=available,
            estimated=_sum(amount for day, amount in estimates.items() if within(day)),
        )


def _needs(paid: Course) -> Iterable[NeedOfDay]:
    days: dict[date, list[Need]] = defaultdict(list)
    for need in paid.needs:
        days[need.day].append(need)
    together = Decimal(0)
    for day, of_day in sorted(days.items()):
        missing = _sum(need.missing for need in of_day)
        together += missing
        yield NeedOfDay(day, _sum(need.needed for need in of_day), missing, together)


def _events(
    start: Start, names: Mapping[int, Subscription], alone: Course, paid: Course, today: date, until: date
) -> list[Event]:
    lonely, funded = ({(one.day, one.subscription_id, what_of(one, names)) for one in course.happenings}
                      for course in (alone, paid))  # fmt: skip
    events = [
        Event(day, names[pk], what, (day, pk, what) in funded, (day, pk, what) in lonely)
        for day, pk, what in lonely | funded
    ]
    for contract in start.contracts:
        if contract.subscription.status not in (SubscriptionStatus.STOPPED, SubscriptionStatus.DELETED):
            events += _dated(contract, today, until)
    return sorted(events, key=lambda event: (event.day, event.subscription.pk, event.what))


def _dated(contract: Contract, today: date, until: date) -> Iterable[Event]:
    """Yield the new prices and discounts that are known of days to come."""
    lists = (*contract.prices.values(), contract.plan_prices)
    days = {price.valid_from for prices in lists for price in prices}
    yield from (Event(day, contract.subscription, What.PRICE) for day in sorted(days) if today < day <= until)
    for offer in contract.offers:
        if today < offer.valid_from <= until:
            yield Event(offer.valid_from, contract.subscription, What.DISCOUNT_BEGINS)
        if offer.valid_until is not None and today < offer.valid_until <= until:
            yield Event(offer.valid_until, contract.subscription, What.DISCOUNT_ENDS)


def what_of(one: Happening, names: Mapping[int, Subscription]) -> What:
    """Return what a happening is to its reader."""
    status, trial = one.status, names[one.subscription_id].trial
    if status == SubscriptionStatus.ACTIVE:
        return What.RENEWED if one.begins_term else What.ACTIVATED
    if status == SubscriptionStatus.DELETED:
        return What.DELETED
    if status == SubscriptionStatus.GRACED:
        return What.GRACED
    reasons = {
        StopReason.FUNDS_SHORT: What.SHORT,
        StopReason.CREDIT_HOLD: What.HELD,
        StopReason.ADMINISTRATIVE_HOLD: What.HELD,
        StopReason.PAYMENT_EXPIRED: What.UNPAID,
        StopReason.CREDIT_LIMIT: What.LIMIT,
    }
    return reasons.get(StopReason(one.reason), What.TRIAL_ENDS if trial else What.ENDED)


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, Decimal(0))
