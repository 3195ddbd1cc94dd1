"""What was used is written down, for one subscription or thousands: told by a plugin or a simulation.

Unit-hours, or what the vendor takes for them: the billing type says which of the two is charged.

Nothing is charged here: the night charges it, or whoever opens the account next (subscriptions/night/used.py).
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from billing.charging import resource_key
from billing.engine.periods import next_billing_day
from billing.engine.rules import Metered, Told
from billing.engine.types import TYPES
from billing.models import Usage, UsageToCharge
from core.errors import Refusals, Refused
from subscriptions.contract.terms import Contract, contracts_of
from subscriptions.models import Subscription, SubscriptionResource, SubscriptionStatus
from subscriptions.night.renewals import renew_accounts
from subscriptions.night.used import sums_of_use
from vendors.registry import plugins_with

DECIMALS = 6
COST_DECIMALS = 10
LONGEST_KEY = 120
# Nothing is there yet that could be used, or nothing any more: its charges are closed.
NOT_THERE = {
    SubscriptionStatus.ORDERED,
    SubscriptionStatus.INSTALLING,
    SubscriptionStatus.INSTALLATION_FAILED,
    SubscriptionStatus.DELETING,
    SubscriptionStatus.DELETION_FAILED,
    SubscriptionStatus.DELETED,
}


class UsageRefused(Refused):
    """What is told to have been used cannot be charged; `field` names what is wrong."""

    code = "usage_refused"


@dataclass(frozen=True, slots=True)
class Measured:
    """Unit-hours that were used of a resource, by the template's key of it, on a day in the operator's time zone.

    `key` tells it from all others of that resource: what is told again under it is passed over. What `corrects` what
    was told before may be fewer than none. `cost` is what the vendor takes for it, in the subscription's currency; it
    is what counts where the billing type charges that, and the quantity may be none there.
    """

    resource: str
    quantity: Decimal
    day: date
    key: str
    corrects: bool = False
    cost: Decimal | None = None


@dataclass
class Recorded:
    """What came of telling what many subscriptions used: how much of it was new, and what was refused of which."""

    fresh: int = 0
    refused: dict[int, Refused] = field(default_factory=dict)
    # Of these a correction was left for later: the open period holds less than it takes back.
    left: set[int] = field(default_factory=set)


def metered_at(capability: type) -> QuerySet[Subscription]:
    """Return the subscriptions that a vendor with a capability serves, and whose plan charges what was used."""
    slugs = [plugin.slug for plugin in plugins_with(capability)]
    metered = [key for key, rules in TYPES.items() if isinstance(rules, Metered)]
    there = Subscription.objects.exclude(status__in=NOT_THERE)
    return there.filter(plan__template__connection__plugin__in=slugs, plan__billing_type__in=metered)


def record_usage(*, subscription: Subscription, measured: Sequence[Measured], today: date) -> int:
    """Write down what was used; return how much of it was told for the first time.

    Locks the account and carries its due days out first. A day before the subscription began, or after today, is
    refused; what belongs to a period that is over counts in the present one. Raises UsageRefused.
    """
    recorded = record_usage_of_many({subscription.pk: measured}, today=today)
    for refusal in recorded.refused.values():
        raise refusal
    return recorded.fresh


@transaction.atomic
def record_usage_of_many(told: Mapping[int, Sequence[Measured]], *, today: date) -> Recorded:
    """Write down what many subscriptions used, by their ids; one that refuses it does not hold up the others.

    One transaction, and the same number of statements however many there are. See `record_usage`.
    """
    recorded = Recorded()
    owners = dict(Subscription.objects.filter(pk__in=told).values_list("pk", "account"))
    days = renew_accounts(account_ids=set(owners.values()), today=today, more_is_told=True).days
    known, keys = _told_before(told), resource_keys(owners)
    rows: list[Usage] = []
    for contract in _contracts(owners):
        number, day = contract.subscription.pk, days[contract.subscription.account_id]
        try:
            used = _checked(contract, keys.get(number, {}), told[number], day)
        except Refused as refusal:
            recorded.refused[number] = refusal
            continue
        fresh = {at: one for at, one in used.items() if at not in known}
        rows += _rows(contract, fresh, next_billing_day(day, contract.subscription.billing_day))
    rows = _without_too_much(rows, days, owners, recorded)
    Usage.objects.bulk_create(rows)
    UsageToCharge.objects.bulk_create(
        [
            UsageToCharge(subscription_id=number, account_id=owners[number], day=days[owners[number]])
            for number in dict.fromkeys(row.subscription_id for row in rows)
        ],
        ignore_conflicts=True,
    )
    recorded.fresh = len(rows)
    return recorded


def _contracts(owners: Collection[int]) -> Iterator[Contract]:
    rows = Subscription.objects.filter(pk__in=owners).defer("search_vector").order_by("pk")
    yield from contracts_of(rows).values()


def _told_before(told: Mapping[int, Sequence[Measured]]) -> set[tuple[int, str]]:
    """Return the (resource, key) of what was told before, among what is told now."""
    keys = {one.key for measured in told.values() for one in measured}
    if not keys:
        return set()
    before = Usage.objects.filter(subscription__in=told, key__in=keys)
    return set(before.values_list("subscription_resource", "key"))


def _without_too_much(
    rows: list[Usage], days: Mapping[int, date], owners: Mapping[int, int], recorded: Recorded
) -> list[Usage]:
    """Leave out the corrections that take back more than the open period holds at their price: no charge is negative.

    Two statements where there is a correction, none else.
    """
    corrected = {row.subscription_id for row in rows if _takes_back(row)}
    if not corrected:
        return rows
    room: dict[tuple[str, Decimal], Decimal] = {}
    for day in sorted({days[owners[number]] for number in corrected}):
        of_the_day = [number for number in corrected if days[owners[number]] == day]
        for _number, used in sums_of_use(of_the_day, day):
            room[used.resource, used.price.amount] = used.cost or used.quantity
    kept = []
    for row in rows:
        at = (resource_key(row.subscription_resource_id), row.unit_price)
        more = _counts(row)
        if more < 0 and room.get(at, Decimal(0)) + more < 0:
            recorded.left.add(row.subscription_id)
            continue
        room[at] = room.get(at, Decimal(0)) + more
        kept.append(row)
    return kept


def _counts(row: Usage) -> Decimal:
    """Return by how much the row makes its sum larger: unit-hours, or the vendor's cost with the markup."""
    if row.cost is None or row.markup is None:
        return Decimal(row.quantity)
    return row.cost * (100 + row.markup) / 100


def _takes_back(row: Usage) -> bool:
    return _counts(row) < 0


def resource_keys(subscription_ids: Collection[int]) -> dict[int, dict[str, int]]:
    """Return the row of each resource of the subscriptions by the template's key of it. One statement."""
    keys: dict[int, dict[str, int]] = {}
    rows = SubscriptionResource.objects.filter(subscription__in=subscription_ids, of_plan=True).order_by("pk")
    for owner, key, number in rows.values_list("subscription", "plan_resource__resource__key", "pk"):
        keys.setdefault(owner, {})[key] = number
    return keys


def _checked(
    contract: Contract, keys: Mapping[str, int], measured: Sequence[Measured], today: date
) -> dict[tuple[int, str], Measured]:
    """Return what was used, by the row of the resource and its own key. Raises UsageRefused, all at once.

    Nothing of a trial, which may be used and charges nothing (5.8).
    """
    rules = contract.rules_for(trial=False)
    if not isinstance(rules, Metered):
        raise UsageRefused(_("The subscription is not charged by what is used."), field="subscription")
    if contract.subscription.status in NOT_THERE:
        raise UsageRefused(
            _("The subscription is “%(status)s”: nothing of it can be used.")
            % {"status": contract.subscription.get_status_display()},
            field="subscription",
        )
    started, told = contract.subscription.start_date or today, rules.told
    used: dict[tuple[int, str], Measured] = {}
    refusals = Refusals()
    for at, one in enumerate(measured):
        with refusals.gathered():
            _check(one, f"measured[{at}]", keys, started, today)
            if told is Told.COST:
                cost = _known_cost(one, contract.subscription.currency, f"measured[{at}].cost")
                _check_number(cost, one.corrects, COST_DECIMALS, f"measured[{at}].cost")
            else:
                _check_number(one.quantity, one.corrects, DECIMALS, f"measured[{at}].quantity")
                _refuse_without_price(contract, keys[one.resource], one.day, f"measured[{at}].day")
            used.setdefault((keys[one.resource], one.key), one)
    refusals.raise_any()
    return {} if contract.subscription.trial else used


def _check(one: Measured, path: str, keys: Mapping[str, int], started: date, today: date) -> None:
    if one.resource not in keys:
        raise UsageRefused(
            _("The subscription has no resource “%(key)s”.") % {"key": one.resource}, field=f"{path}.resource"
        )
    if not started <= one.day <= today:
        raise UsageRefused(_("The day lies before the subscription began, or has not come yet."), field=f"{path}.day")
    if not 0 < len(one.key) <= LONGEST_KEY:
        raise UsageRefused(_("A key has from 1 to %(most)s characters.") % {"most": LONGEST_KEY}, field=f"{path}.key")


def _known_cost(one: Measured, currency: str, path: str) -> Decimal:
    if one.cost is None:
        raise UsageRefused(
            _("The plan charges what the vendor takes, and the vendor does not say what that is in %(currency)s.")
            % {"currency": currency},
            field=path,
        )
    return one.cost


def _check_number(number: Decimal, corrects: bool, decimals: int, path: str) -> None:
    """Raise UsageRefused where what counts is not more than nothing, or less for a correction."""
    there = number.is_finite() and (number > 0 or (corrects and number < 0))
    if not there or number != round(number, decimals):
        raise UsageRefused(
            _("A quantity is more than zero, with at most %(decimals)s decimals.") % {"decimals": decimals}, field=path
        )


def _refuse_without_price(contract: Contract, resource_id: int, day: date, path: str) -> None:
    try:
        contract.terms.price(str(resource_id), day)
    except LookupError:
        raise UsageRefused(_("The plan has no price that is valid on that day: enter one."), field=path) from None


def _rows(contract: Contract, fresh: Mapping[tuple[int, str], Measured], counted_to: date) -> Iterator[Usage]:
    by_cost = isinstance(contract.rules, Metered) and contract.rules.told is Told.COST
    for (resource_id, key), one in fresh.items():
        row = Usage(
            subscription=contract.subscription,
            subscription_resource_id=resource_id,
            key=key,
            quantity=one.quantity,
            day=one.day,
            unit_price=Decimal(0),
            retail=contract.retail_on(str(resource_id), one.day),
            counted_to=counted_to,
        )
        if by_cost:
            row.cost, row.markup = one.cost, contract.terms.markup_on(one.day)
        else:
            price = contract.terms.price(str(resource_id), one.day)
            row.unit_price, row.price_id = price.amount, price.row
        yield row
