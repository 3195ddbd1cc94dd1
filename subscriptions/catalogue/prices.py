"""Prices: of a plan's resources, and of the plan's own part for each period; appended, never changed."""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from billing.engine.lines import LineType
from billing.engine.rules import Rules
from billing.engine.types import is_by_cost, rules_of
from core.errors import Refusals, Refused
from core.panel.formats import unit_money_text
from core.period import FARTHEST_YEARS
from subscriptions.catalogue.downline import Priced, costs_of, kept
from subscriptions.catalogue.following import Followed, Follower, followed, followers_of
from subscriptions.catalogue.reach import require_reseller
from subscriptions.models import Plan, PlanPeriod, PlanPrice, PlanResource, ResourcePrice

PRICE_DECIMALS = 6
# What a unit costs once; its month, or its hour, every type charges.
ONCE = (LineType.SETUP_FEE, LineType.RENEWAL_FEE)
# Of a unit and month; a million units of it still fit an amount.
HIGHEST_PRICE = 10**10
SEEN_OTHERWISE = _("Prices of resellers below have changed since this was shown. Look at it again.")
UNCHARGED = _("This billing type charges no such fee: nobody would pay it. Enter 0.")


class PriceNotAllowed(Refused):
    """A price is negative, too fine, or of a day that has passed."""

    code = "price_not_allowed"
    field = "recurring_fee"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fees:
    """The prices of a unit, in the plan's currency: once, per month, at a renewal."""

    recurring_fee: Decimal
    setup_fee: Decimal = Decimal(0)
    renewal_fee: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanFees:
    """The plan's own prices for a period, in its currency: once, per month, at a renewal, at a transfer."""

    setup_fee: Decimal = Decimal(0)
    recurring_fee: Decimal = Decimal(0)
    renewal_fee: Decimal = Decimal(0)
    transfer_fee: Decimal = Decimal(0)
    # In percent of what the vendor takes, of a plan that charges that.
    markup: Decimal = Decimal(0)

    def __bool__(self) -> bool:
        """Return whether anything is charged at all."""
        return any(asdict(self).values())


@transaction.atomic
def set_price(
    *,
    actor: Actor,
    plan_resource: PlanResource,
    fees: Fees,
    valid_from: date,
    today: date,
    net_cost: Decimal | None = None,
    by_rule: bool = False,
    seen: Sequence[Follower] | None = None,
) -> ResourcePrice:
    """Append a price, in the plan's currency, valid from a day that has not passed. Touches nothing that is charged.

    For orders, raises and activations from that day; for renewals of floating prices from the next billing day.
    `net_cost` is the vendor's price of a plan of one's own, which goes on without it; what a delegated plan costs
    follows from the price of the plan above (`downline`). Where a markup rule holds on that day the monthly price is
    the rule's, and so are fees that it makes: with `by_rule` they are taken from there, others are refused. Prices of
    the levels below follow by their rules, and whose net cost changes is told; where `seen` says what was shown to
    follow, anything else is refused. Raises Forbidden, PriceNotAllowed.
    """
    row, follow = _entered(actor, plan_resource, fees, valid_from, today, net_cost=net_cost, by_rule=by_rule)
    if seen is not None and followers_of(follow, [plan_resource.pk]) != list(seen):
        raise PriceNotAllowed(SEEN_OTHERWISE)
    return row


def preview_followers(
    *,
    actor: Actor,
    plan_resource: PlanResource,
    fees: Fees,
    valid_from: date,
    today: date,
    net_cost: Decimal | None = None,
    by_rule: bool = False,
) -> list[Follower]:
    """Return which prices of the levels below a price would move, by entering it and rolling back; nobody is told.

    Raises what set_price raises.
    """
    with transaction.atomic():
        try:
            _row, follow = _entered(
                actor, plan_resource, fees, valid_from, today, net_cost=net_cost, by_rule=by_rule, tell=False
            )
            return followers_of(follow, [plan_resource.pk])
        finally:
            transaction.set_rollback(True)


def _entered(
    actor: Actor,
    plan_resource: PlanResource,
    fees: Fees,
    valid_from: date,
    today: date,
    *,
    net_cost: Decimal | None,
    by_rule: bool,
    tell: bool = True,
) -> tuple[ResourcePrice, Followed]:
    plan = plan_resource.plan
    require_reseller(actor, plan.reseller, "plans.change")
    check_day(valid_from, today)
    if net_cost is None and plan.parent_id is not None:
        net_cost = kept(costs_of([plan_resource.pk], valid_from)[plan_resource.pk])
    elif net_cost is None:
        newest = plan_resource.prices.order_by("-valid_from", "-pk").values_list("net_cost", flat=True)
        net_cost = newest.first()
    elif not may_set_net_cost(actor, plan):
        raise PriceNotAllowed(
            _("What this plan costs follows from its provider's own price and discount. Leave the net cost out."),
            field="net_cost",
        )
    with followed([plan_resource.pk], since=valid_from, today=today, tell=tell) as outcome:
        made = _made_by_rule(outcome.before.priced[plan_resource.pk], fees, net_cost, valid_from, by_rule=by_rule)
        if made is not None:
            fees, net_cost = replace(fees, recurring_fee=made.price, **made.fees), kept(made.cost)
        row = append(actor, plan_resource, fees, valid_from, today, net_cost=net_cost, made=made)
    return row, outcome


@dataclass(frozen=True, slots=True)
class Made:
    """What a markup rule makes of net costs, and the row of the level above that it comes from."""

    rule: int
    price: Decimal
    cost: Decimal
    source: int | None
    fees: Mapping[str, Decimal] = dataclasses.field(default_factory=dict)


def _made_by_rule(one: Priced, fees: Fees, vendors_price: Decimal | None, day: date, *, by_rule: bool) -> Made | None:
    """Return the price that the rule of a day makes, None where none holds. Raises PriceNotAllowed for another one."""
    rule = one.following_on(day)
    cost = vendors_price if one.above is None else one.cost_on(day)
    if rule is None or cost is None:
        if by_rule:
            raise PriceNotAllowed(_("No markup rule holds on that day: enter a price."))
        return None
    price, source = rule.price_of(cost, one.currency), one.source_on(day)
    if not by_rule and fees.recurring_fee != price:
        raise PriceNotAllowed(
            _("This price follows its net cost by a markup rule: on that day it is %(price)s. End the rule first.")
            % {"price": unit_money_text(price, one.currency)}
        )
    made = one.fees_on(day, rule)
    if not by_rule:
        _refuse_other_fees(asdict(fees), made, one.currency)
    return Made(rule.pk, price, cost, source.pk if source is not None else None, made)


def _refuse_other_fees(asked: Mapping[str, Decimal], made: Mapping[str, Decimal], currency: str) -> None:
    """Raise PriceNotAllowed for each fee that is another one than a markup rule makes."""
    refusals = Refusals()
    for name, fee in made.items():
        if asked[name] != fee:
            sentence = _(
                "This fee follows its net cost by a markup rule: on that day it is %(price)s. End the rule first."
            )
            refusals.add(PriceNotAllowed(sentence % {"price": unit_money_text(fee, currency)}, field=name))
    refusals.raise_any()


def may_set_net_cost(actor: Actor, plan: Plan) -> bool:
    """Return whether the actor says what the plan costs its reseller: what a vendor takes, for a plan of one's own."""
    return plan.parent_id is None and (actor.reseller is None or actor.reseller.pk == plan.reseller_id)


@transaction.atomic
def set_plan_price(
    *,
    actor: Actor,
    period: PlanPeriod,
    fees: PlanFees,
    valid_from: date,
    today: date,
    seen: Sequence[Follower] | None = None,
) -> PlanPrice:
    """Append what the plan costs itself for a period, valid from a day that has not passed, for orders and renewals.

    Where a markup rule makes fees, they are the rule's. Those of the levels below follow by their rules; `seen` is as
    of a resource's price. Raises Forbidden, PriceNotAllowed: also for a fee that the plan's billing type does not
    charge.
    """
    row, follow = _plan_entered(actor, period, fees, valid_from, today)
    if seen is not None and followers_of(follow, ()) != list(seen):
        raise PriceNotAllowed(SEEN_OTHERWISE)
    return row


def preview_plan_followers(
    *, actor: Actor, period: PlanPeriod, fees: PlanFees, valid_from: date, today: date
) -> list[Follower]:
    """Return which fees of the levels below such a price would move, by entering it and rolling back.

    Raises what set_plan_price raises.
    """
    with transaction.atomic():
        try:
            return followers_of(_plan_entered(actor, period, fees, valid_from, today, tell=False)[1], ())
        finally:
            transaction.set_rollback(True)


def _plan_entered(
    actor: Actor, period: PlanPeriod, fees: PlanFees, valid_from: date, today: date, *, tell: bool = True
) -> tuple[PlanPrice, Followed]:
    require_reseller(actor, period.plan.reseller, "plans.change")
    check_day(valid_from, today)
    refusals = Refusals()
    check_plan_fees(rules_of(period.plan.billing_type), fees, refusals, trial=period.trial)
    refusals.raise_any()
    with followed([], [period.pk], since=valid_from, today=today, tell=tell) as outcome:
        one = outcome.before.periods[period.pk]
        made = one.fees_on(valid_from, one.rule_on(valid_from))
        _refuse_other_fees(asdict(fees), made, one.currency)
        row = append_plan_price(actor, period, fees, valid_from, today)
    return row, outcome


def append_plan_price(actor: Actor, period: PlanPeriod, fees: PlanFees, valid_from: date, today: date) -> PlanPrice:
    """Append the plan's own prices for a period; the caller has checked them."""
    return PlanPrice.objects.create(
        period=period, valid_from=valid_from, entered_on=today, created_by=actor.user, **asdict(fees)
    )


def check_plan_fees(rules: Rules, fees: PlanFees, refusals: Refusals, *, prefix: str = "", trial: bool = False) -> None:
    """Add a PriceNotAllowed for each of the plan's own fees that cannot be a price, or that nobody would pay."""
    for name, fee in asdict(fees).items():
        field = f"{prefix}{name}"
        with refusals.gathered():
            check_fee(fee, field)
            if fee and name not in rules.fees and not (name == "markup" and is_by_cost(rules.key)):
                raise PriceNotAllowed(UNCHARGED, field=field)
            if fee and trial:
                raise PriceNotAllowed(_("A trial costs nothing: enter 0."), field=field)


def append(
    actor: Actor,
    resource: PlanResource,
    fees: Fees,
    valid_from: date,
    today: date,
    *,
    net_cost: Decimal | None,
    made: Made | None = None,
) -> ResourcePrice:
    """Append a price of a resource; `net_cost` is None for a plan of one's own. Raises PriceNotAllowed."""
    refusals = Refusals()
    for field, fee in {**asdict(fees), "net_cost": net_cost}.items():
        with refusals.gathered():
            check_fee(fee, field)
            refuse_uncharged(rules_of(resource.plan.billing_type), field, fee, field)
    refusals.raise_any()
    return ResourcePrice.objects.create(
        plan_resource=resource,
        valid_from=valid_from,
        entered_on=today,
        net_cost=net_cost,
        made_by_id=made.rule if made is not None else None,
        made_from_id=made.source if made is not None else None,
        created_by=actor.user,
        **asdict(fees),
    )


def check_fee(fee: Decimal | None, field: str) -> None:
    """Do nothing where the fee can be a price, else raise PriceNotAllowed for the field."""
    if fee is None:
        return
    if not fee.is_finite() or fee < 0:
        raise PriceNotAllowed(_("A price is zero or more."), field=field)
    if fee >= HIGHEST_PRICE:
        raise PriceNotAllowed(
            _("A price of a unit is less than %(highest)s. Check the number of zeros.") % {"highest": HIGHEST_PRICE},
            field=field,
        )
    if fee != round(fee, PRICE_DECIMALS):
        raise PriceNotAllowed(
            _("A price has at most %(decimals)s decimals.") % {"decimals": PRICE_DECIMALS}, field=field
        )


def refuse_uncharged(rules: Rules, name: str, fee: Decimal | None, field: str) -> None:
    """Do nothing where the billing type charges the fee of that name, or there is none, else raise PriceNotAllowed."""
    if name in ONCE and name not in rules.fees and fee:
        raise PriceNotAllowed(UNCHARGED, field=field)


def check_day(valid_from: date, today: date) -> None:
    if valid_from < today:
        raise PriceNotAllowed(
            _("A price cannot begin in the past: what is charged stays charged. Choose today or a later day."),
            field="valid_from",
        )
    if valid_from.year > today.year + FARTHEST_YEARS:
        raise PriceNotAllowed(
            _("Choose a day within the next %(years)s years.") % {"years": FARTHEST_YEARS}, field="valid_from"
        )
