"""What a vendor asks for a plan's resources by its published prices, and which plans sell below that from which day."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from accounts.models import Reseller
from billing.engine.renewing import last_term_starts
from billing.engine.terms import Price
from billing.engine.types import is_by_use
from subscriptions.contract.due import months_of
from subscriptions.contract.prices import price_lists, price_on
from subscriptions.models import CommitmentState, PlanResource, PlanStatus, Subscription
from vendors.capabilities import PriceKey, PublishesPrices
from vendors.commitments import AtEnd
from vendors.prices import Dated, Priced, vendor_prices
from vendors.registry import plugin_for, plugins

# As many decimals as a column of the price list has.
FINEST = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Bought:
    """How a resource is bought: its line of the vendor's lists, and the prices of that by market."""

    key: PriceKey
    markets: Mapping[str, Priced]

    def monthly(self, row: Dated) -> Decimal:
        """Return what a unit costs a month, as exactly as a price list has it."""
        return (row.unit_price / self.key.months).quantize(FINEST, ROUND_HALF_UP)


def bought_at_vendors(plan_resource_ids: Collection[int]) -> dict[int, Bought]:
    """Return how each of the resources is bought that is of a plan of its reseller's own and stands in a list.

    Two statements, one where no vendor of theirs publishes prices.
    """
    publishing = [plugin.slug for plugin in plugins() if isinstance(plugin, PublishesPrices)]
    rows = PlanResource.objects.filter(
        pk__in=plan_resource_ids, plan__parent=None, plan__template__connection__plugin__in=publishing
    ).values_list(
        "pk", "resource__vendor_reference", "plan__template__settings", "plan__template__connection",
        "plan__template__connection__plugin", "plan__template__connection__settings",
    )  # fmt: skip
    wanted = {}
    for pk, offer, options, connection, slug, settings in rows:
        plugin = plugin_for(slug)
        key = plugin.price_key(settings, offer, options) if isinstance(plugin, PublishesPrices) else None
        if key is not None:
            wanted[pk] = (connection, key)
    found = vendor_prices(set(wanted.values()))
    return {pk: Bought(one[1], found[one]) for pk, one in wanted.items() if one in found}


@dataclass(frozen=True, slots=True)
class VendorCost:
    """What a unit of a resource costs a month in a market on a day, in the currency of the vendor's list."""

    market: str
    currency: str
    cost: Decimal
    unit_price: Decimal
    months: int


def vendor_costs_on(plan_resource_ids: Collection[int], market: str, day: date) -> dict[int, VendorCost]:
    """Return what a unit costs a customer of a market that buys, or whose term is renewed, on a day.

    What the vendor does not sell there on that day is missing. Two statements.
    """
    costs = {}
    for pk, one in bought_at_vendors(plan_resource_ids).items():
        row = one.markets[market].on(day) if market in one.markets else None
        if row is not None:
            costs[pk] = VendorCost(market, row.currency, one.monthly(row), row.unit_price, one.key.months)
    return costs


def term_costs(
    subscription: Subscription, plan_resource_ids: Collection[int], *, today: date
) -> tuple[dict[int, VendorCost], dict[int, VendorCost]]:
    """Return what a unit costs in the customer's market, by the plan's resource: of the present term, and of the next.

    A term is bought at the price of its first day and renewed at that of the day after its last: the vendor's own term
    where it holds one, else ours; without a term today's price holds, and there is no next.
    """
    if is_by_use(subscription.billing_type):
        return {}, {}
    market, ours = subscription.account.country, _our_term(subscription, today)
    theirs = _vendors_terms(subscription, plan_resource_ids)
    present: dict[date, list[int]] = {}
    coming: dict[date, list[int]] = {}
    for pk in plan_resource_ids:
        bought_on, renewed_on = theirs.get(pk, ours)
        present.setdefault(bought_on, []).append(pk)
        if renewed_on is not None:
            coming.setdefault(renewed_on, []).append(pk)
    return _costs_by_day(present, market), _costs_by_day(coming, market)


def _our_term(subscription: Subscription, today: date) -> tuple[date, date | None]:
    """Return the days on which the present term was bought, and the next will be."""
    expires, begins = subscription.expiration_date, subscription.term_anchor or subscription.start_date
    if expires is None or begins is None:
        return today, None
    return last_term_starts(begins, expires, months_of(subscription.period) or 0), expires


def _vendors_terms(
    subscription: Subscription, plan_resource_ids: Collection[int]
) -> dict[int, tuple[date, date | None]]:
    """Return the same of terms that the vendor holds, by the plan's resource. Two statements, one where it holds none.

    What was bought within a term to end with it was bought when we began.
    """
    held = {row.resource: row.told for row in subscription.commitments.exclude(state=CommitmentState.ENDED)}
    if not held:
        return {}
    keys = PlanResource.objects.filter(pk__in=plan_resource_ids, resource__key__in=held)
    terms: dict[int, tuple[date, date | None]] = {}
    for pk, key in keys.values_list("pk", "resource__key"):
        began_on, renews = held[key].began_on, held[key].at_end is AtEnd.RENEWS
        if began_on is not None:
            bought_on = max(began_on, subscription.start_date or began_on)
            terms[pk] = (bought_on, held[key].ends_on if renews else None)
    return terms


def _costs_by_day(days: Mapping[date, Collection[int]], market: str) -> dict[int, VendorCost]:
    costs: dict[int, VendorCost] = {}
    for day, ids in days.items():
        costs |= vendor_costs_on(ids, market, day)
    return costs


@dataclass(frozen=True, slots=True)
class Asked:
    """What the vendor asks for a resource in a market from a day on, and what it is sold at on that day.

    `cost` is of a unit and month; `price` is None where the plan has none then, or has another currency.
    """

    market: str
    currency: str
    key: PriceKey
    unit_price: Decimal
    cost: Decimal
    valid_from: date
    price: Decimal | None


def asked_from(plan_resource_ids: Collection[int], currency: str, *, today: date) -> dict[int, list[Asked]]:
    """Return what vendors ask for the resources of a plan in a currency, today and from each coming day, by market.

    Three statements, one where no vendor of theirs publishes prices.
    """
    bought = bought_at_vendors(plan_resource_ids)
    prices = price_lists(bought)
    asked: dict[int, list[Asked]] = {}
    for pk, one in bought.items():
        for market, priced in one.markets.items():
            before = None
            for day in priced.days(today):
                row = priced.on(day)
                if row is not None and row != before:
                    sold = price_on(prices.get(pk, ()), day) if row.currency == currency else None
                    price = sold.amount if sold is not None else None
                    cost, since = one.monthly(row), row.valid_from if day == today else day
                    asked.setdefault(pk, []).append(
                        Asked(market, row.currency, one.key, row.unit_price, cost, since, price)
                    )
                before = row
    return asked


@dataclass(frozen=True, slots=True)
class BelowCost:
    """A price that is below what the vendor asks, a unit and month, from a day on; `today` where that day has come."""

    plan_id: int
    plan: str
    resource_id: int
    resource: str
    market: str
    currency: str
    term: str
    billing_plan: str
    day: date
    today: bool
    price: Decimal
    cost: Decimal

    @property
    def loss(self) -> Decimal:
        """What each unit loses a month."""
        return self.cost - self.price


def below_cost(reseller: Reseller, *, today: date) -> list[BelowCost]:
    """Return which prices of a reseller's own plans are below the vendor's, today or from a coming day on.

    Of each resource and market the first such day, the nearest first; of lists in the plan's currency. A fixed number
    of statements.
    """
    rows = PlanResource.objects.filter(
        plan__reseller=reseller, plan__parent=None, plan__status=PlanStatus.ACTIVE, active=True
    ).exclude(plan__template__connection=None)
    resources = {row.pk: row for row in rows.select_related("plan") if not is_by_use(row.plan.billing_type)}
    bought = bought_at_vendors(resources)
    prices = price_lists(bought)
    found = [
        first
        for pk, one in bought.items()
        for market in one.markets
        if (first := _first(resources[pk], prices.get(pk, ()), one, market, today)) is not None
    ]
    return sorted(found, key=lambda one: (one.day, one.plan, one.plan_id, one.resource_id, one.market))


def _first(
    resource: PlanResource, prices: Sequence[Price], bought: Bought, market: str, today: date
) -> BelowCost | None:
    """Return the first day from today on on which the resource is sold below cost in a market."""
    priced = bought.markets[market]
    for day in sorted({*priced.days(today), *(price.valid_from for price in prices if price.valid_from > today)}):
        row, sold = priced.on(day), price_on(prices, day)
        if row is None or sold is None or row.currency != resource.plan.currency:
            continue
        cost = bought.monthly(row)
        if sold.amount < cost:
            plan, key = resource.plan, bought.key
            return BelowCost(
                plan.pk, plan.name, resource.pk, resource.name, market, plan.currency, key.term, key.billing_plan, day,
                day == today, sold.amount, cost,
            )  # fmt: skip
    return None
