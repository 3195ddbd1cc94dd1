"""From rows to what the engine works on: the terms, units and lines of subscriptions, for one and for thousands."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from django.db.models import QuerySet
from django.utils.functional import cached_property

from accounts.models import Account, PaymentModel
from billing.charging import PLAN, Booking, Owner, lines_of, resource_key
from billing.engine.chain import Level, retail_rows
from billing.engine.lines import Changes, Line, LineStatus, Source
from billing.engine.periods import next_billing_day
from billing.engine.renewing import last_term_starts
from billing.engine.rules import Rules
from billing.engine.terms import Price, Taken, Terms
from billing.engine.types import rules_of
from core.among import Among
from core.period import LONGEST_TIMER
from subscriptions.contract.chains import chains_for
from subscriptions.contract.prices import plan_price_lists, price_lists
from subscriptions.contract.under_change import changes_at_vendor, units_of_changes
from subscriptions.models import (
    UNFINISHED,
    DurationUnit,
    Order,
    OrderStatus,
    OrderType,
    Plan,
    PlanPeriod,
    Subscription,
    SubscriptionResource,
    SubscriptionStatus,
)

# The night acts on these; in all others the vendor has the word.
STABLE = (
    SubscriptionStatus.ORDERED,
    SubscriptionStatus.ACTIVE,
    SubscriptionStatus.GRACED,
    SubscriptionStatus.STOPPED,
    SubscriptionStatus.BLOCKED,
)
# The vendor changes the units of what runs on meanwhile: the night acts on these too.
UNDER_CHANGE = (SubscriptionStatus.UPDATING, SubscriptionStatus.UPDATING_FAILED)
MONTHS = {DurationUnit.MONTH: 1, DurationUnit.YEAR: 12}


@dataclass
class Contract:
    """One subscription as its operations need it: the row, its resources by the engine's key, its lines, its prices.

    `waiting` is its order that is neither completed nor cancelled, where there is one; `awaited` counts the units that
    the vendor has yet to provide, `leaving` those that go on the billing day for which a change waits; by the engine's
    key. Lines of a renewal that is not carried out yet stand apart, in `renewal_lines`: they belong to a term that has
    not begun. `chain` are the levels above the seller of what is of a delegated plan, by the engine's key.
    `noted` is what `units_in_service` gave when the contract was read or last saved.
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

    def __post_init__(self) -> None:
        """Note the units in service as the rows stand."""
        self.noted = self.units_in_service

    @cached_property
    def terms(self) -> Terms:
        """What was agreed, for the engine."""
        subscription = self.subscription
        return Terms(
            currency=subscription.currency,
            billing_day=subscription.billing_day,
            prices=self.prices,
            ordering_prices=(
                {key: resource.ordering_price for key, resource in self.resources.items()}
                if subscription.fixed_price
                else None
            ),
            ordering_rows={key: resource.ordered_at_id for key, resource in self.resources.items()},
            ordering_taken={
                key: Taken(resource.ordered_on, None if resource.retail is None else tuple(resource.retail))
                for key, resource in self.resources.items()
            },
            expires_on=subscription.expiration_date,
            started_on=subscription.start_date,
            anchor=subscription.term_anchor or subscription.start_date,
            plan_prices=self.plan_prices,
        )

    @property
    def rules(self) -> Rules:
        """What its billing type says to everything that can happen to it."""
        return self.subscription.rules

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
        """The terms of a renewal: the plan's prices, fixed or not, for as many months as were ordered.

        A stopped subscription begins anew: the months are counted from the day on which it does.
        """
        anchor = self.terms.anchor if self.subscription.stopped_on is None else None
        return replace(self.terms, months=months_of(self.subscription.period), ordering_prices=None, anchor=anchor)

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
        lines, units = self.provided_lines, self.chargeable
        if self.leaving:
            lines = self.rules.leave(self.terms, lines, self.leaving, day).applied_to(lines)
            units = {key: count - self.leaving.get(key, 0) for key, count in units.items()}
        return self.rules.next_period(self.terms, units, lines, day)

    @property
    def units_in_service(self) -> dict[str, int]:
        """The units of each resource that are charged for the day as the subscription stands: none unless it runs."""
        subscription = self.subscription
        runs = subscription.status == SubscriptionStatus.ACTIVE
        if runs or (subscription.status in UNDER_CHANGE and not self.stop_decided):
            return self.chargeable
        return dict.fromkeys(self.resources, 0)

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
        raised = self.lines_of_raise
        return [line for line in self.lines if line not in raised] if raised else self.lines

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
            | {key: service_first(subscription.plan_name, one.name) for key, one in self.resources.items()},
            chain=self.chain,
        )

    def booking(self, changes: Changes, day: date, order: Order | None = None) -> Booking:
        """Return the changes as the books take them."""
        return Booking(self.owner, changes, day, order.pk if order is not None else None)


def service_first(service: str, resource: str) -> str:
    """Return how a charge names its units: the service first, its resource where that says more."""
    if not service or resource.casefold() in service.casefold():
        return service or resource
    return resource if service.casefold() in resource.casefold() else f"{service}, {resource}"


def contracts_of(subscriptions: Iterable[Subscription], *, night_of: date | None = None) -> dict[int, Contract]:
    """Return the contracts of the subscriptions by id. Four statements, however many.

    One more with changes at a vendor, one for plans that may cost something themselves, one where the plans are not
    read yet, and more for delegated plans. For the night of a day: with the prices that had been entered before it.
    """
    rows = {subscription.pk: subscription for subscription in subscriptions}
    resources = _resources_of(rows)
    lists = price_lists(
        (one.plan_resource_id for pk, of_one in resources.items() if _may_cost(rows[pk]) for one in of_one.values()),
        entered_before=night_of,
    )
    plan_lists = plan_price_lists(
        (row.period_id for row in rows.values() if _plan_may_cost(row)), entered_before=night_of
    )
    chains = chains_for(rows, resources, entered_before=night_of)
    lines = lines_of(rows)
    waiting = {order.subscription_id: order for order in open_orders(rows)}
    renewals = {order.pk for order in waiting.values() if order.type == OrderType.RENEWAL}
    awaited, leaving = units_of_changes(waiting.values(), resources)
    return {
        pk: Contract(
            subscription=subscription,
            resources=resources[pk],
            prices={key: lists.get(resource.plan_resource_id, ()) for key, resource in resources[pk].items()},
            lines=[line for line in lines[pk] if line.order not in renewals] if renewals else lines[pk],
            waiting=waiting.get(pk),
            awaited=awaited.get(pk, {}),
            renewal_lines=[line for line in lines[pk] if line.order in renewals] if renewals else [],
            leaving=leaving.get(pk, {}),
            plan_prices=plan_lists.get(subscription.period_id, ()),
            chain=chains.get(pk, {}),
        )
        for pk, subscription in rows.items()
    }


def _resources_of(subscription_ids: Collection[int]) -> dict[int, dict[str, SubscriptionResource]]:
    """Return the resources of each subscription by the engine's key, in the order of the plan: so they were made."""
    resources: dict[int, dict[str, SubscriptionResource]] = {pk: {} for pk in subscription_ids}
    for resource in SubscriptionResource.objects.filter(Among("subscription", subscription_ids)).order_by("pk"):
        resources[resource.subscription_id][resource_key(resource.pk)] = resource
    return resources


def _may_cost(subscription: Subscription) -> bool:
    """Return whether the plan's prices are asked for: at a fixed price they are for fees, and for another term."""
    if not subscription.fixed_price or subscription.expiration_date:
        return True
    return bool(rules_of(subscription.billing_type).fees)


def _plan_may_cost(subscription: Subscription) -> bool:
    """Return whether a fee of the plan's own may be charged yet: with its order, or with another term."""
    begins = subscription.start_date is None or subscription.expiration_date is not None
    return begins and bool(rules_of(subscription.billing_type).fees)


def contracts_among(
    accounts: Mapping[int, Account], rows: QuerySet[Subscription], *, night_of: date | None = None
) -> list[Contract]:
    """Return the contracts of the rows, subscriptions of the accounts: of each account by billing priority, then age.

    Six statements, however many there are; more for delegated plans.
    """
    kept = rows.defer("search_vector").select_related("period")
    subscriptions = list(kept.order_by("account", "billing_priority", "pk"))
    if not subscriptions:
        return []
    # Thousands of subscriptions share a few plans, and each account was read when it was locked.
    plans = Plan.objects.select_related("template__connection", "service_term").in_bulk(
        {subscription.plan_id for subscription in subscriptions}
    )
    for subscription in subscriptions:
        subscription.account, subscription.plan = accounts[subscription.account_id], plans[subscription.plan_id]
    return list(contracts_of(subscriptions, night_of=night_of).values())


def contract_of(subscription: Subscription) -> Contract:
    """Return the contract of one subscription."""
    return contracts_of([subscription])[subscription.pk]


def open_orders(subscription_ids: Collection[int]) -> Iterable[Order]:
    """Return the orders of the subscriptions that are neither completed nor cancelled: at most one of each."""
    return Order.objects.filter(Among("subscription", subscription_ids), status__in=UNFINISHED)


def months_of(period: PlanPeriod) -> int | None:
    """Return how many months a plan's period lasts; None for an endless one."""
    return None if period.endless else (period.duration or 0) * MONTHS[DurationUnit(period.unit)]


def schedule(subscription: Subscription, waiting: Order | None, day: date, *, status: SubscriptionStatus) -> None:
    """Set when the night has to look at the subscription again, after all of `day`: `due_on` and `next_billing_day`.

    `status` is the stable status that it has or is on the way to. While the vendor works on it, and after a failure
    there, the night waits: what it missed is caught up once the subscription is stable. Needs plan.service_term.
    """
    coming: list[date] = []
    billing_day = next_billing_day(day, subscription.billing_day)
    expires = subscription.expiration_date
    if status == SubscriptionStatus.ACTIVE:
        coming.append(billing_day if expires is None else min(billing_day, expires))
        coming += _renew_point(subscription, day)
        coming += _next_term(subscription, day)
    elif status == SubscriptionStatus.GRACED and expires is not None:
        coming.append(grace_ends(subscription, expires))
        coming += _closes_afterwards(subscription, expires, day)
    elif status in (SubscriptionStatus.STOPPED, SubscriptionStatus.BLOCKED):
        coming += [*_while_stopped(subscription, day), *_next_term(subscription, day)]
    if status == SubscriptionStatus.DELETED:
        coming += _closes_afterwards(subscription, day, day)
    if status in STABLE:
        coming += _unpaid_until(waiting)
    subscription.next_billing_day = billing_day if status == SubscriptionStatus.ACTIVE else None
    subscription.due_on = min(coming, default=None)


def _closes_afterwards(row: Subscription, ended_on: date, day: date) -> Iterable[date]:
    """Yield the billing day after `day` on which what was used until `ended_on` closes in postpay; none in prepay."""
    billing_day = next_billing_day(day, row.billing_day)
    if row.payment_model == PaymentModel.POSTPAY and billing_day <= next_billing_day(ended_on, row.billing_day):
        yield billing_day


def _unpaid_until(order: Order | None) -> Iterable[date]:
    """Yield the day on which an order that waits for its payment is cancelled, where there is one."""
    if order is not None and order.status == OrderStatus.WAITING_FOR_PAYMENT and order.expires_on is not None:
        yield order.expires_on


def renew_point(subscription: Subscription) -> date | None:
    """Return the day in whose night a renewal is ordered of itself ahead of the end; None where none is."""
    expires, ahead = subscription.expiration_date, subscription.plan.service_term.auto_renew_point
    if expires is None or ahead <= 0 or not renews_itself(subscription):
        return None
    return expires - timedelta(days=min(ahead, LONGEST_TIMER))


def renews_itself(subscription: Subscription) -> bool:
    """Return whether another term follows without anybody's order: the option is on, and it is no trial (5.8)."""
    return subscription.auto_renew and not subscription.trial


def grace_ends(subscription: Subscription, expires: date) -> date:
    """Return the first day after the days of grace of what ends on `expires`."""
    return expires + timedelta(days=subscription.plan.service_term.grace_period)


def deletion_day(subscription: Subscription) -> date | None:
    """Return the day in whose night a stopped subscription is deleted: the stop period follows the days of grace.

    None where it is never: an endless one, or terms without a stop period.
    """
    expires, stop_period = subscription.expiration_date, subscription.plan.service_term.stop_period
    if expires is None or stop_period is None:
        return None
    return grace_ends(subscription, expires) + timedelta(days=stop_period)


def _renew_point(subscription: Subscription, day: date) -> Iterable[date]:
    point = renew_point(subscription)
    if point is not None and point > day:
        yield point


def next_term_on(subscription: Subscription, day: date) -> date | None:
    """Return the first day of a term that is paid ahead and comes after `day`; None where the present one is the last.

    Only a type that carries renewals out at once has such; then the period is read.
    """
    expires, start = subscription.expiration_date, subscription.term_anchor or subscription.start_date
    rules = rules_of(subscription.billing_type, trial=subscription.trial)
    if expires is None or start is None or not rules.renews_ahead:
        return None
    begins = last_term_starts(start, expires, months_of(subscription.period) or 0)
    return begins if begins > day else None


def _next_term(subscription: Subscription, day: date) -> Iterable[date]:
    begins = next_term_on(subscription, day)
    if begins is not None:
        yield begins


def _while_stopped(subscription: Subscription, day: date) -> Iterable[date]:
    """Yield the days on which a stopped subscription changes: its charges fall due, the stop period ends."""
    stopped_on = subscription.stopped_on or day
    days = Terms(subscription.currency, subscription.billing_day, {}, expires_on=subscription.expiration_date)
    due = subscription.rules.due_while_stopped(days, stopped_on, day)
    if due is not None:
        yield due
    deleted_on = deletion_day(subscription)
    if deleted_on is not None:
        yield max(deleted_on, day + timedelta(days=1))


def unpaid_until(account: Account, day: date) -> date | None:
    """Return the day in whose night an order placed on `day` is cancelled if nobody has paid; None for never.

    In 0 days means by the end of the day itself, which is the night of the next one, as in 1 day: a night comes first.
    """
    days = account.account_class.cancel_unpaid_order_in
    # Longer is refused where terms are kept (account_terms); terms from before mean as long as may be kept.
    return None if days is None else day + timedelta(days=min(max(days, 1), LONGEST_TIMER))
