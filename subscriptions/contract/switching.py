"""Another plan takes the place of the present one: ordered, paid, carried out. Spec/billing-types.md 5.6.

The resources of both plans are rows of the subscription: which are of its plan says `of_plan`. Those of a plan that was
left hold no units, and keep their charges.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from accounts.models import User
from billing.charging import PLAN, Booking, Owner, resource_key
from billing.engine.chain import retail_rows
from billing.engine.lines import Changes, Line
from billing.engine.postpay import Postpay
from billing.engine.rules import Rules
from billing.engine.terms import Terms
from subscriptions.contract import confirming
from subscriptions.contract.chains import chains_of
from subscriptions.contract.due import months_of, schedule, unpaid_until
from subscriptions.contract.handover import Work, hand_over, offers_of, save_states, service_as_held, stop_as_decided
from subscriptions.contract.prices import plan_price_lists, price_lists, price_rows
from subscriptions.contract.terms import Contract, contract_of, service_first
from subscriptions.models import (
    Order,
    OrderItem,
    OrderStatus,
    OrderType,
    PlanPeriod,
    PlanResource,
    Subscription,
    SubscriptionResource,
    SubscriptionStatus,
)
from vendors.base import Term
from vendors.models import OperationAction, VendorOperation

# The columns that follow the plan.
_OF_PLAN = ("plan", "period", "plan_name", "fixed_price", "trial")
# Where a vendor has to switch first, the subscription is as under any change of its units.
SWITCH = Work(
    OperationAction.SWITCH,
    SubscriptionStatus.UPDATING,
    SubscriptionStatus.UPDATING_FAILED,
    SubscriptionStatus.ACTIVE,
)


@dataclass(frozen=True)
class Target:
    """The plan that is switched to: for which period, its resources by the engine's key, its terms and rules."""

    period: PlanPeriod
    resources: Mapping[str, SubscriptionResource]
    terms: Terms
    rules: Rules
    owner: Owner


def target_of(contract: Contract, period: PlanPeriod, resources: Mapping[str, SubscriptionResource]) -> Target:
    """Return what the contract would be with another plan: up to the end of its term; after a trial for one of its own.

    Two statements.
    """
    subscription, plan = contract.subscription, period.plan
    lists = price_lists(resource.plan_resource_id for resource in resources.values())
    terms = replace(
        contract.terms,
        prices={key: lists.get(resource.plan_resource_id, ()) for key, resource in resources.items()},
        # Nothing is transferred by a switch.
        plan_prices=[one._replace(transfer_fee=Decimal(0)) for one in plan_price_lists([period.pk]).get(period.pk, ())],
        ordering_prices={key: one.ordering_price for key, one in resources.items()} if plan.fixed_price else None,
        ordering_rows={key: one.ordered_at_id for key, one in resources.items()},
        ordering_taken={key: one.taken for key, one in resources.items()},
        months=months_of(period),
    )
    if subscription.trial:
        terms = replace(terms, expires_on=None, started_on=None, anchor=None)
    names = {key: service_first(plan.name, one.name) for key, one in resources.items()}
    sold, of_plan = chains_of({one.plan_resource_id for one in resources.values()}, {period.pk})
    chain = {key: sold.get(one.plan_resource_id, ()) for key, one in resources.items()}
    owner = replace(
        contract.owner,
        names={PLAN: plan.name} | names,
        chain={PLAN: of_plan.get(period.pk, ())} | chain if sold else {},
    )
    return Target(period, resources, terms, contract.rules_for(trial=False), owner)


def rows_for(contract: Contract, wanted: Mapping[PlanResource, int], day: date) -> dict[str, SubscriptionResource]:
    """Return the subscription's rows for another plan's resources, at its prices of `day`; made where there are none.

    They hold nothing yet. Raises LookupError where the plan has no price that early.
    """
    subscription = contract.subscription
    keys = [resource.pk for resource in wanted]
    prices, (chains, _of_plan) = price_rows(keys, day), chains_of(keys, [])
    there = SubscriptionResource.objects.filter(subscription=subscription, plan_resource__in=wanted)
    known = {row.plan_resource_id: row for row in there}
    rows = {}
    for resource in wanted:
        if resource.pk not in prices:
            raise LookupError(f"no price of {resource} on {day}")
        row = known.get(resource.pk) or SubscriptionResource(
            subscription=subscription, plan_resource=resource, of_plan=False
        )
        row.name, row.included = resource.name, resource.included
        row.ordering_price, row.ordered_at_id = prices[resource.pk].amount, prices[resource.pk].row
        levels = chains.get(resource.pk, ())
        row.ordered_on, row.retail = day, list(retail_rows(levels, day)) if levels else None
        row.save()
        rows[resource_key(row.pk)] = row
    return rows


def place(contract: Contract, target: Target, units: Mapping[str, int], day: date, **how: Any) -> tuple[Order, Booking]:
    """Write a switch down that waits for its payment, for `units` by the engine's key; return it with its New lines.

    `how` are further columns of the order. What is due is what the new plan takes at once less what the old one gives
    back (T35). The caller books the lines, and opens the payment.
    """
    subscription = contract.subscription
    chargeable = {key: target.resources[key].chargeable_of(count) for key, count in units.items()}
    placed = target.rules.order(target.terms, chargeable, day)
    due = _of_payment(contract, target, contract.lines, list(placed.add), day).missing(Decimal(0))
    order = Order.objects.create(
        account_id=subscription.account_id,
        reseller_id=subscription.reseller_id,
        subscription=subscription,
        to_period=target.period,
        type=OrderType.SWITCH,
        status=OrderStatus.WAITING_FOR_PAYMENT,
        total=due,
        discount=placed.discount,
        currency=subscription.currency,
        placed_on=day,
        expires_on=unpaid_until(subscription.account, day),
        **how,
    )
    OrderItem.objects.bulk_create(_items(contract, target, order, units, list(placed.add), day))
    contract.waiting = order
    return order, Booking(target.owner, placed, day, order.pk)


def _items(
    contract: Contract, target: Target, order: Order, units: Mapping[str, int], placed: list[Line], day: date
) -> list[OrderItem]:
    """Return what the order says of each resource: all units of the old plan go, those wanted of the new one come."""
    left = [
        OrderItem(
            order=order,
            subscription_resource=resource,
            quantity_before=resource.quantity,
            quantity_after=0,
            unit_price=contract.terms.unit_price(key, day),
            amount=Decimal(0),
        )
        for key, resource in contract.resources.items()
        if resource.quantity
    ]
    taken = [
        OrderItem(
            order=order,
            subscription_resource=resource,
            quantity_before=0,
            quantity_after=units[key],
            unit_price=target.terms.unit_price(key, day),
            amount=target.rules.due([line for line in placed if line.resource == key], day),
        )
        for key, resource in target.resources.items()
    ]
    return [*left, *taken]


def target_of_order(contract: Contract, order: Order) -> Target:
    """Return the plan that a switch which waits for its payment leads to. Four statements."""
    period = PlanPeriod.objects.select_related("plan__template", "plan__service_term").get(pk=order.to_period_id)
    rows = SubscriptionResource.objects.filter(order_items__order=order, plan_resource__plan=period.plan_id)
    return target_of(contract, period, {resource_key(row.pk): row for row in rows.order_by("pk")})


def bookings(contract: Contract, target: Target, order: Order, day: date) -> list[Booking]:
    """Return what payment on `day` makes of the lines of both plans, each as the books name them."""
    made, others = _parted(contract, order)
    away = contract.rules.switch_away(contract.terms, others, day)
    taken = target.rules.pay_order(target.terms, made, day)
    return [contract.booking(away, day, order), Booking(target.owner, taken, day, order.pk)]


def service_of(subscription: Subscription, period: PlanPeriod, units: Mapping[str, int]) -> dict[str, Any]:
    """Return what the service is to be at the vendor, with another plan and its units by the template's keys."""
    template = period.plan.template
    return service_as_held(subscription) | {
        "resources": offers_of(template, units),
        "options": template.settings,
        "term": Term(months_of(period), period.trial).payload,
    }


def reserve(contract: Contract, target: Target, order: Order, day: date) -> Booking:
    """Return the lines of a switch paid on `day` that a vendor has to carry out first: reserved, beside the old ones.

    What the old plan gives back, the payment counted on (5.6): until the vendor has switched so much less is available.
    """
    made, _others = _parted(contract, order)
    taken = target.rules.pay_order(target.terms, made, day, provided=False)
    return Booking(target.owner, taken, day, order.pk)


def hand_over_switch(
    contract: Contract, target: Target, order: Order, day: date, *, asked_by: User | None
) -> VendorOperation | None:
    """Plan at the vendor what a paid switch asks for; None where no vendor provides. The caller saves STATE_FIELDS."""
    counts = dict(order.items.values_list("subscription_resource", "quantity_after"))
    rows = SubscriptionResource.objects.filter(pk__in=[row.pk for row in target.resources.values()])
    keys = dict(rows.values_list("pk", "plan_resource__resource__key"))
    to = service_of(contract.subscription, target.period, {key: counts[pk] for pk, key in keys.items()})
    return hand_over(contract, SWITCH, day=day, order=order, asked_by=asked_by, more={"to": to})


def provided(contract: Contract, target: Target, order: Order, day: date) -> list[Booking]:
    """Return what becomes of the lines of both plans once the vendor has switched on `day` (decision 22).

    Of one that the night has stopped meanwhile, the new plan charges nothing: it is stopped too.
    """
    made, others = _parted(contract, order)
    away = contract.rules.switch_away(contract.terms, others, day)
    if contract.stop_decided:
        taken = target.rules.withdraw_order(made)
    else:
        taken = target.rules.provide_order(target.terms, made, day)
    return [contract.booking(away, day, order), Booking(target.owner, taken, day, order.pk)]


def paid(contract: Contract, order: Order, day: date) -> Changes:
    """Return the same as one: what of it has to be available is `missing`."""
    return sum(
        (booking.changes for booking in bookings(contract, target_of_order(contract, order), order, day)), Changes()
    )


def refuse_over_limit(contract: Contract, order: Order, changes: Changes, day: date) -> None:
    """Do nothing where the limit allows a postpay switch: what it releases is taken off. Raises OverCreditLimit."""
    made, others = _parted(contract, order)
    target, rules = target_of_order(contract, order), contract.subscription.rules
    confirming.refuse_over_limit(
        contract,
        debt=rules.debt(contract.terms, others, day) if isinstance(rules, Postpay) else Decimal(0),
        new=confirming.newly_blocked(changes) - changes.given_back,
        after=changes.applied_to([*others, *made]),
        day=day,
        terms=target.terms,
    )


def _of_payment(contract: Contract, target: Target, others: list[Line], made: list[Line], day: date) -> Changes:
    away = contract.rules.switch_away(contract.terms, others, day)
    return away + target.rules.pay_order(target.terms, made, day)


def _parted(contract: Contract, order: Order) -> tuple[list[Line], list[Line]]:
    """Return the live lines that the switch has made, and all others."""
    made = [line for line in contract.lines if line.order == order.pk]
    return made, [line for line in contract.lines if line not in made]


def carry_out(contract: Contract, target: Target, order: Order, day: date) -> Contract:
    """Have the new plan serve the subscription from `day` on; return the contract as it then is. Saves its state.

    Its end, the anchor of its months and its billing day stay; after a trial a term begins on `day` (5.8).
    """
    row, plan = contract.subscription, target.period.plan
    stops = contract.stop_decided
    row.status, row.awaited_operation = SubscriptionStatus.ACTIVE, ""
    if row.trial:
        row.start_date = row.term_anchor = day
        row.expiration_date = target.rules.ends_on(target.terms, day)
    row.plan, row.period, row.plan_name = plan, target.period, plan.name
    row.fixed_price, row.trial = plan.fixed_price, False
    row.save(update_fields=[*_OF_PLAN, "start_date", "expiration_date", "term_anchor"])
    for resource in contract.resources.values():
        resource.quantity, resource.of_plan = 0, False
        resource.save(update_fields=["quantity", "of_plan"])
    counts = dict(order.items.values_list("subscription_resource", "quantity_after"))
    for resource in target.resources.values():
        resource.quantity, resource.of_plan = counts[resource.pk], True
        resource.save(update_fields=["quantity", "of_plan"])
    switched = contract_of(row)
    switched.noted = contract.noted
    switched.waiting = None
    switched.sum_up()
    schedule(row, None, day, status=SubscriptionStatus.ACTIVE)
    if stops:
        stop_as_decided(switched, day)
    save_states([switched], day)
    return switched
