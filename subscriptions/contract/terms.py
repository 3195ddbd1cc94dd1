"""From rows to what the engine works on: the terms, units and lines of subscriptions, for one and for thousands."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import cached_property

from accounts.models import Account, PaymentModel
from billing.charging import PLAN, Booking, Owner, lines_of, resource_key
from billing.engine.by_hand import rules_when_closed
from billing.engine.chain import Level, retail_rows
from billing.engine.lines import Changes, Line, LineStatus, Source
from billing.engine.rules import Rules
from billing.engine.terms import Price, Terms
from billing.engine.types import rules_of
from core.among import Among
from core.prepared import Asked, Prepared
from subscriptions.contract.chains import chains_for
from subscriptions.contract.discounts import NO_OFFERS, Offer, offers_for, taken_off
from subscriptions.contract.due import last_term_on, months_of
from subscriptions.contract.prices import may_cost, plan_may_cost, plan_price_lists, price_lists
from subscriptions.contract.under_change import changes_at_vendor, is_at_vendor, units_arranged, units_of_changes
from subscriptions.models import (
    UNFINISHED,
    Order,
    OrderType,
    PlanPeriod,
    Subscription,
    SubscriptionResource,
    SubscriptionStatus,
)

# The vendor changes the units of what runs on meanwhile: the night acts on these too.
UNDER_CHANGE = (SubscriptionStatus.UPDATING, SubscriptionStatus.UPDATING_FAILED)

# What a subscription is read with, so that its contract needs no further statements; and what points to one.
WHOLE = ("account__account_class", "account__reseller", "plan__template__connection", "plan__service_term", "period")
WHOLE_BEHIND = tuple(f"subscription__{name}" for name in WHOLE)


@dataclass
class Contract:
    """One subscription as its operations need it: the row, its resources by the engine's key, its lines, its prices.

    `waiting` is its order that is neither completed nor cancelled, where there is one; `awaited` counts the units that
    the vendor has yet to provide, `leaving` those that go on the billing day for which a change waits; by the engine's
    key. `arranged` is its order of fewer units that the vendor has taken for its own next term, `arranged_units` count
    them. Lines of a renewal that is not carried out yet stand apart, in `renewal_lines`: they belong to a term that has
    not begun. `chain` are the levels above the seller of what is of a delegated plan, by the engine's key. `others` are
    the resources of plans that it was switched from, or is to be to.
    `noted` is what `units_in_service` gave when the contract was read or last saved. `offers` are
    the discounts that it has on some days; those of `day`, on which is acted, are in its terms.
    """

    subscription: Subscription
    resources: Mapping[str, SubscriptionResource]
    prices: Mapping[str, Sequence[Price]]
    lines: list[Line]
    waiting: Order | None = None
    awaited: dict[str, int] = field(default_factory=dict)
    leaving: dict[str, int] = field(default_factory=dict)
    noted: dict[str, int] = field(default_factory=dict)
    renewal_lines: list[Line] = field(default_factory=list)
    plan_prices: Sequence[Price] = ()
    chain: Mapping[str, Sequence[Level]] = field(default_factory=dict)
    others: Mapping[str, SubscriptionResource] = field(default_factory=dict)
    day: date | None = None
    offers: Sequence[Offer] = ()
    arranged: Order | None = None
    arranged_units: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Note the units in service as the rows stand."""
        self.noted = self.units_in_service

    @cached_property
    def terms(self) -> Terms:
        """What was agreed, for the engine."""
        return self.terms_on(self.day)

    def terms_on(self, day: date | None) -> Terms:
        """Return the terms as they are for what is charged on a day: with the discounts that hold on it."""
        subscription, (rates, rows) = self.subscription, taken_off(self.offers, day)
        # Of a price that floats no plan is asked what it was at ordering.
        ordered = self.resources if subscription.fixed_price else {}
        return Terms(
            currency=subscription.currency,
            billing_day=subscription.billing_day,
            prices=self.prices,
            ordering_prices=(
                {key: resource.ordering_price for key, resource in ordered.items()}
                if subscription.fixed_price
                else None
            ),
            ordering_rows={key: resource.ordered_at_id for key, resource in ordered.items()},
            ordering_taken={key: resource.taken for key, resource in ordered.items()},
            expires_on=subscription.expiration_date,
            started_on=subscription.start_date,
            anchor=subscription.term_anchor or subscription.start_date,
            plan_prices=self.plan_prices,
            last_term_on=last_term_on(subscription),
            discounts=rates,
            discount_rows=rows,
        )

    @property
    def rules(self) -> Rules:
        """What its billing type says to everything that can happen to it."""
        return self.rules_for(trial=self.subscription.trial)

    def rules_for(self, *, trial: bool) -> Rules:
        """Return the same for a trial of its type, or for what is paid."""
        row = self.subscription
        rules = rules_of(row.billing_type, trial=trial, postpay=row.payment_model == PaymentModel.POSTPAY)
        return rules if row.closed_to is None else rules_when_closed(rules, row.closed_to, row.closings)

    @property
    def postpay(self) -> bool:
        """Whether it is confirmed, and paid for afterwards; a trial is neither paid nor owed."""
        return self.subscription.payment_model == PaymentModel.POSTPAY and not self.subscription.trial

    @property
    def ordering_terms(self) -> Terms:
        """The terms of its order: with the months that it is ordered for, and before any expiry. Reads the period."""
        return replace(self.terms, months=months_of(self.subscription.period), expires_on=None)

    @property
    def renewal_terms(self) -> Terms:
        """The terms of a renewal: the plan's prices, fixed or not, for as many months as were ordered."""
        return replace(self.terms, months=months_of(self.subscription.period), ordering_prices=None)

    @property
    def renewal(self) -> Order | None:
        """Its order of another term that is not carried out yet, where there is one."""
        return self.waiting if self.waiting is not None and self.waiting.type == OrderType.RENEWAL else None

    @property
    def chargeable(self) -> dict[str, int]:
        """The units of each resource that are charged; those that the vendor has yet to provide are not."""
        return {key: resource.chargeable - self.awaited.get(key, 0) for key, resource in self.resources.items()}

    def retail_on(self, key: str, day: date) -> list[int] | None:
        """Return the rows of the levels above whose prices hold on `day`; None where nothing was delegated."""
        levels = self.chain.get(key)
        return list(retail_rows(levels, day)) if levels else None

    def sum_up(self) -> None:
        """Note on the subscription how many units all its resources hold; the caller saves STATE_FIELDS."""
        self.subscription.quantity = sum(resource.quantity for resource in self.resources.values())

    def coming(self, day: date) -> Changes:
        """Return what the billing day `day` reserves, once a change that waits for it is carried out: a dry run."""
        lines, units, terms = self.provided_lines, self.chargeable, self.terms_on(day)
        leaving = self.leaving_on(day)
        if leaving:
            lines = self.rules.leave(terms, lines, leaving, day).applied_to(lines)
            units = {key: count - leaving.get(key, 0) for key, count in units.items()}
        return self.rules.next_period(terms, units, lines, day)

    def leaving_on(self, day: date) -> Mapping[str, int]:
        """Return the units that leave on a billing day: by a change that waits for it, or arranged with the vendor."""
        order = self.arranged
        due = order is not None and order.effective_on is not None and order.effective_on <= day
        return self.arranged_units if due else self.leaving

    @property
    def units_in_service(self) -> dict[str, int]:
        """The units of each resource that are charged for the day as it stands: none of a trial, nor unless it runs."""
        subscription = self.subscription
        runs = subscription.status == SubscriptionStatus.ACTIVE
        if subscription.trial:
            return dict.fromkeys(self.resources, 0)
        if runs or (subscription.status in UNDER_CHANGE and not self.stop_decided):
            return self.chargeable | dict.fromkeys(self.others, 0)
        return dict.fromkeys([*self.resources, *self.others], 0)

    @property
    def stop_decided(self) -> bool:
        """Whether the night has stopped it while the vendor was changing its units: it stops once that has ended."""
        return self.subscription.status in UNDER_CHANGE and bool(self.subscription.stop_reason)

    @property
    def raised_lines(self) -> list[Line]:
        """The Blocked lines of units that the vendor has yet to provide."""
        return [line for line in self.lines_of_raise if line.status is LineStatus.BLOCKED]

    @property
    def lines_of_raise(self) -> list[Line]:
        """The lines that a raise has made which the vendor has yet to provide."""
        order = self.waiting
        if order is None or not changes_at_vendor(order):
            return []
        return [line for line in self.lines if line.order == order.pk and line.source is Source.UPGRADE]

    @property
    def provided_lines(self) -> list[Line]:
        """All other lines: a night closes no others."""
        awaited = self.lines_of_raise or self.lines_of_switch
        return [line for line in self.lines if line not in awaited] if awaited else self.lines

    @property
    def lines_of_switch(self) -> list[Line]:
        """The lines that a switch has made which the vendor has yet to carry out."""
        order = self.waiting
        if order is None or order.type != OrderType.SWITCH or not is_at_vendor(order):
            return []
        return [line for line in self.lines if line.order == order.pk]

    @cached_property
    def owner(self) -> Owner:
        """Whose charges they are, for the books."""
        subscription = self.subscription
        return Owner(
            account_id=subscription.account_id,
            reseller_id=subscription.reseller_id,
            subscription_id=subscription.pk,
            currency=subscription.currency,
            billing_day=subscription.billing_day,
            names={PLAN: subscription.plan_name}
            | {key: one.name for key, one in self.others.items()}
            | {key: service_first(subscription.plan_name, one.name) for key, one in self.resources.items()},
            chain=self.chain,
        )

    def count_closings(self, changes: Changes) -> None:
        """Count what the changes close by hand: the next has a block of its own. The caller saves STATE_FIELDS."""
        self.subscription.closings += any(line.source is Source.CLOSED_BY_HAND for line in changes.add)

    def booking(self, changes: Changes, day: date, order: Order | None = None) -> Booking:
        """Return the changes as the books take them."""
        return Booking(self.owner, changes, day, order.pk if order is not None else None)


def service_first(service: str, resource: str) -> str:
    """Return how a charge names its units: the service first, its resource where that says more."""
    if not service or resource.casefold() in service.casefold():
        return service or resource
    return resource if service.casefold() in resource.casefold() else f"{service}, {resource}"


ByKey = dict[int, dict[str, SubscriptionResource]]


def contracts_of(
    subscriptions: Iterable[Subscription], *, night_of: date | None = None, day: date | None = None
) -> dict[int, Contract]:
    """Return the contracts of the subscriptions by id. Five statements, however many.

    One more with changes at a vendor, one for plans that may cost something themselves or are not read yet, more for
    delegated ones. For the night of a day: with the prices entered before it. `day`: on which is acted, if another.
    """
    rows = {subscription.pk: subscription for subscription in subscriptions}
    resources, others = _resources_of(rows)
    lists = price_lists(
        (one.plan_resource_id for pk, of_one in resources.items() if may_cost(rows[pk]) for one in of_one.values()),
        entered_before=night_of,
    )
    plan_lists = plan_price_lists(
        (row.period_id for row in rows.values() if plan_may_cost(row)), entered_before=night_of
    )
    theirs = {pk: of_one | others.get(pk, {}) for pk, of_one in resources.items()} if others else resources
    chains = chains_for(rows, theirs, entered_before=night_of)
    offers, (waiting, ordered) = offers_for(rows), _ordered(resources)
    lines, ahead = _apart(lines_of(rows), {order.pk for order in waiting.values() if order.type == OrderType.RENEWAL})
    return {
        pk: Contract(
            subscription=subscription,
            resources=resources[pk],
            prices={key: lists.get(resource.plan_resource_id, ()) for key, resource in resources[pk].items()},
            lines=lines[pk],
            renewal_lines=ahead.get(pk, []),
            plan_prices=plan_lists.get(subscription.period_id, ()),
            chain=chains.get(pk, {}),
            others=others.get(pk, {}),
            day=day or night_of or offers.get(pk, NO_OFFERS)[0],
            offers=offers.get(pk, NO_OFFERS)[1],
            **ordered(pk),
        )
        for pk, subscription in rows.items()
    }


def _ordered(resources: ByKey) -> tuple[dict[int, Order], Callable[[int], dict[str, Any]]]:
    """Return the orders of subscriptions that wait or are carried out, and what a contract is told of all open ones."""
    orders = list(open_orders(resources))
    waiting = {order.subscription_id: order for order in orders if not order.is_arranged}
    arranged = {order.subscription_id: order for order in orders if order.is_arranged}
    awaited, leaving = units_of_changes(waiting.values(), resources)
    later = units_arranged(arranged.values(), resources)
    return waiting, lambda pk: {
        "waiting": waiting.get(pk),
        "awaited": awaited.get(pk, {}),
        "leaving": leaving.get(pk, {}),
        "arranged": arranged.get(pk),
        "arranged_units": later.get(pk, {}),
    }


def _apart(lines: dict[int, list[Line]], renewals: set[int]) -> tuple[dict[int, list[Line]], dict[int, list[Line]]]:
    """Return the lines by subscription without those of renewals that are not carried out yet, and these."""
    if not renewals:
        return lines, {}
    present = {pk: [line for line in of_one if line.order not in renewals] for pk, of_one in lines.items()}
    return present, {pk: [line for line in of_one if line.order in renewals] for pk, of_one in lines.items()}


def _resources_of(subscription_ids: Collection[int]) -> tuple[ByKey, ByKey]:
    """Return the resources of each subscription by the engine's key, in the order of the plan: so they were made.

    Apart from them those of plans that it had before, or is to have, where there are such.
    """
    resources: ByKey = {pk: {} for pk in subscription_ids}
    others: ByKey = {}
    for resource in _RESOURCES(ids=list(resources)):
        of_one = resources if resource.of_plan else others
        of_one.setdefault(resource.subscription_id, {})[resource_key(resource.pk)] = resource
    return resources, others


_RESOURCES = Prepared(lambda: SubscriptionResource.objects.filter(Among("subscription", Asked("ids"))).order_by("pk"))


def in_turn(rows: QuerySet[Subscription]) -> QuerySet[Subscription]:
    """Return the rows as `contracts_among` takes them: of each account by billing priority, then age."""
    return rows.defer("search_vector").order_by("account", "billing_priority", "pk")


def contracts_among(
    accounts: Mapping[int, Account], rows: QuerySet[Subscription] | list[Subscription], **when: date | None
) -> list[Contract]:
    """Return the contracts of the rows, subscriptions of the accounts, `in_turn` (lists are so already).

    Seven statements, however many there are; more for delegated plans. `when` is passed on to `contracts_of`.
    """
    subscriptions = rows if isinstance(rows, list) else list(in_turn(rows))
    if not subscriptions:
        return []
    # Thousands of subscriptions share a few periods and plans, and each account was read when it was locked.
    periods = {one.pk: one for one in _PERIODS(ids=list({subscription.period_id for subscription in subscriptions}))}
    for subscription in subscriptions:
        period = periods[subscription.period_id]
        subscription.account, subscription.period = accounts[subscription.account_id], period
        if period.plan_id == subscription.plan_id:
            subscription.plan = period.plan
    return list(contracts_of(subscriptions, **when).values())


_PERIODS = Prepared(
    lambda: PlanPeriod.objects.filter(Among("pk", Asked("ids"))).select_related(
        "plan__template__connection", "plan__service_term"
    )
)


def contract_of(subscription: Subscription, day: date | None = None) -> Contract:
    """Return the contract of one subscription; as of a day, where that is not the one of the books."""
    return contracts_of([subscription], day=day)[subscription.pk]


_OPEN_ORDERS = Prepared(lambda: Order.objects.filter(Among("subscription", Asked("ids")), status__in=UNFINISHED))


def open_orders(subscription_ids: Collection[int]) -> Iterable[Order]:
    """Return the orders of the subscriptions that are neither completed nor cancelled.

    At most one of each, beside one that is arranged with its vendor.
    """
    return _OPEN_ORDERS(ids=list(subscription_ids))
