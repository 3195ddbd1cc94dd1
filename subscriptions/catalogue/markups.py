"""Markup rules: a reseller says how its own price follows its net cost, from a day on, or that it does no more."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, Forbidden
from billing.engine.types import is_by_cost
from core.errors import Refusals, Refused
from subscriptions.catalogue.downline import line_of
from subscriptions.catalogue.following import Followed, Moved, followed, moved_by
from subscriptions.catalogue.prices import HIGHEST_PRICE, PRICE_DECIMALS, check_day
from subscriptions.catalogue.reach import require_reseller
from subscriptions.models import MarkupRule, Plan, PlanResource, ResourcePrice, Rounding

# More than eleven times the net cost is a slip of the hand.
HIGHEST_PERCENT = 1000


class MarkupNotAllowed(Refused):
    """The price cannot follow its net cost so."""

    code = "markup_not_allowed"
    field = "percent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Markup:
    """Net cost + `percent` of it + `amount` in the plan's currency, a multiple of `step` (None: its smallest unit).

    Fees are their net cost + `fee_percent` of it; None where they are entered by hand.
    """

    percent: Decimal = Decimal(0)
    amount: Decimal = Decimal(0)
    step: Decimal | None = None
    rounding: str = Rounding.NEAREST
    fee_percent: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Repriced:
    """A price or fee of the actor's own plan that a rule makes another: from which day, what it was, what it leaves."""

    resource: str
    day: date
    old: Decimal
    new: Decimal
    cost: Decimal | None


@dataclass(frozen=True, slots=True)
class MarkupSet:
    """What setting a rule did: the prices of the own plan, and how many of resellers below followed by their rules."""

    rule: MarkupRule
    prices: Sequence[Repriced]
    below: int


@transaction.atomic
def set_markup(
    *,
    actor: Actor,
    plan: Plan,
    markup: Markup | None,
    valid_from: date,
    today: date,
    resource: PlanResource | None = None,
    tell: bool = True,
) -> MarkupSet:
    """Have the prices of a plan (of one resource, or of all) follow their net cost from a day on; None ends that.

    Rows of the price list are written at once for that day and for every later one on which the net cost is another
    already, and for the levels below that have rules of their own. Where a rule ends, the last price it made stays
    until another is entered. Only the plan's own reseller says what it earns. Raises Forbidden, PriceNotAllowed,
    MarkupNotAllowed.
    """
    require_reseller(actor, plan.reseller, "plans.change")
    if actor.reseller is not None and actor.reseller.pk != plan.reseller_id:
        raise Forbidden(_("A markup rule is set by the reseller whose prices it makes."))
    check_day(valid_from, today)
    sold = list(plan.sold)
    _check(plan, markup, resource, sold)
    concerned = [one.pk for one in sold if resource is None or one.pk == resource.pk]
    periods = list(plan.periods.filter(trial=False).values_list("pk", flat=True)) if resource is None else []
    with followed(concerned, periods, since=valid_from, today=today, whole=True, tell=tell) as outcome:
        _check_line(outcome, concerned, markup, valid_from)
        rule = MarkupRule.objects.create(
            plan=plan,
            plan_resource=resource,
            valid_from=valid_from,
            entered_on=today,
            follows=markup is not None,
            created_by=actor.user,
            **({} if markup is None else _columns(markup)),
        )
    return _told(outcome, rule, set(concerned), set(periods))


def _told(outcome: Followed, rule: MarkupRule, resources: Collection[int], periods: Collection[int]) -> MarkupSet:
    """Return what was written, of the own plan in full."""
    own = [made for made in outcome.made if made.plan_resource_id in resources]
    own_fees = [made for made in outcome.made_of_plans if made.period_id in periods]
    prices = [
        Repriced(one.label, one.day, one.old, one.new, one.of.cost_of(one.fee, one.day) if one.fee else _cost(own, one))
        for one in (*moved_by(outcome.before.priced, own), *moved_by(outcome.before.periods, own_fees))
    ]
    below = len(outcome.made) - len(own) + len(outcome.made_of_plans) - len(own_fees)
    return MarkupSet(rule, prices, below)


def _cost(made: Sequence[ResourcePrice], moved: Moved) -> Decimal | None:
    """Return the net cost of the row that made a price another one."""
    rows = (row for row in made if (row.plan_resource_id, row.valid_from) == (moved.of.pk, moved.day))
    return next((row.net_cost for row in rows), None)


def of_known_cost(plan: Plan, day: date) -> set[int]:
    """Return the ids of the plan's resources of which somebody knows the net cost on the day: a rule is for them."""
    sold = [one.pk for one in plan.sold]
    priced = line_of(sold, whole=True).priced
    return {pk for pk in sold if priced[pk].cost_on(day) is not None}


def preview_markup(
    *,
    actor: Actor,
    plan: Plan,
    markup: Markup | None,
    valid_from: date,
    today: date,
    resource: PlanResource | None = None,
) -> MarkupSet:
    """Return what set_markup would do, by doing it and rolling back. Raises what that raises."""
    with transaction.atomic():
        try:
            return set_markup(
                actor=actor, plan=plan, markup=markup, valid_from=valid_from, today=today, resource=resource, tell=False
            )
        finally:
            transaction.set_rollback(True)


def _columns(markup: Markup) -> dict[str, object]:
    return {
        "percent": markup.percent,
        "amount": markup.amount,
        "step": markup.step,
        "rounding": Rounding(markup.rounding),
        "fee_percent": markup.fee_percent,
    }


def _check(plan: Plan, markup: Markup | None, resource: PlanResource | None, sold: Sequence[PlanResource]) -> None:
    """Do nothing where the rule can be, else raise MarkupNotAllowed for each field that cannot."""
    if is_by_cost(plan.billing_type):
        raise MarkupNotAllowed(_("This plan charges the vendor's cost: its markup stands with its periods."))
    if resource is not None and resource.pk not in {one.pk for one in sold}:
        raise MarkupNotAllowed(_("Choose a resource that the plan sells."), field="resource")
    if markup is None:
        return
    _check_numbers(plan, markup)


def _check_numbers(plan: Plan, markup: Markup) -> None:
    refusals = Refusals()
    for name, percent in (("percent", markup.percent), ("fee_percent", markup.fee_percent or Decimal(0))):
        if not (percent.is_finite() and -100 < percent <= HIGHEST_PERCENT):
            sentence = _("Enter a percentage above -100, up to %(highest)s.") % {"highest": HIGHEST_PERCENT}
            refusals.add(MarkupNotAllowed(sentence, field=name))
    if markup.fee_percent is not None and plan.parent_id is None:
        sentence = _("A vendor's price is of a unit and month: fees of a plan of one's own are entered by hand.")
        refusals.add(MarkupNotAllowed(sentence, field="fee_percent"))
    if not (markup.amount.is_finite() and abs(markup.amount) < HIGHEST_PRICE):
        sentence = _("An amount of a unit is less than %(highest)s.") % {"highest": HIGHEST_PRICE}
        refusals.add(MarkupNotAllowed(sentence, field="amount"))
    if markup.step is not None and not (markup.step.is_finite() and 0 < markup.step < HIGHEST_PRICE):
        refusals.add(MarkupNotAllowed(_("Round to a positive amount, or leave this empty."), field="step"))
    refusals.raise_any()
    for name in ("percent", "fee_percent", "amount", "step"):
        value = getattr(markup, name)
        if value is not None and value != round(value, PRICE_DECIMALS):
            sentence = _("A price has at most %(decimals)s decimals.") % {"decimals": PRICE_DECIMALS}
            refusals.add(MarkupNotAllowed(sentence, field=name))
    refusals.raise_any()


def _check_line(outcome: Followed, concerned: Sequence[int], markup: Markup | None, valid_from: date) -> None:
    """Do nothing where net costs are known, and where a rule that is to end holds; else raise MarkupNotAllowed."""
    own = [outcome.before.priced[pk] for pk in concerned]
    if markup is None:
        if not any(one.following_on(valid_from) for one in own):
            raise MarkupNotAllowed(_("No rule holds on that day: prices are entered by hand."), field="follows")
        return
    unknown = [one.name for one in own if one.cost_on(valid_from) is None]
    if unknown:
        raise MarkupNotAllowed(
            _("Nobody knows what these cost on that day: %(resources)s. Enter the vendor's price first.")
            % {"resources": ", ".join(unknown)},
            field="resource",
        )
