"""What a markup rule makes of a net cost: exact, rounded once, to the step that the rule names."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor

from core.money import minor_units
from subscriptions.models import MarkupRule, PlanResource, Rounding

HALF = Fraction(1, 2)


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of MarkupRule as it holds for one resource; with `follows` off it ends the ones before."""

    pk: int
    valid_from: date
    follows: bool
    percent: Decimal
    amount: Decimal
    step: Decimal | None
    rounding: str
    fee_percent: Decimal | None = None

    @property
    def makes_fees(self) -> bool:
        """Whether fees follow too, and not the monthly price of a unit alone."""
        return self.follows and self.fee_percent is not None

    def price_of(self, cost: Decimal, currency: str) -> Decimal:
        """Return the price that a net cost makes, in the currency: a multiple of the step, never below zero."""
        return self._rounded(Fraction(cost) * Fraction(100 + self.percent) / 100 + Fraction(self.amount), currency)

    def fee_of(self, cost: Decimal, currency: str) -> Decimal:
        """Return the fee that the net cost of one makes, rounded as the price is."""
        return self._rounded(Fraction(cost) * Fraction(100 + (self.fee_percent or 0)) / 100, currency)

    def _rounded(self, exact_price: Fraction, currency: str) -> Decimal:
        step = Fraction(smallest_step(currency) if self.step is None else self.step)
        steps = exact_price / step
        whole = ceil(steps) if self.rounding == Rounding.UP else floor(steps + HALF)
        exact = max(whole, 0) * step
        return Decimal(exact.numerator) / Decimal(exact.denominator)


def smallest_step(currency: str) -> Decimal:
    """Return the smallest unit of a currency: 0.01 of most."""
    return Decimal(1).scaleb(-minor_units(currency))


def rule_on(rules: Sequence[Rule], day: date) -> Rule | None:
    """Return what was last said that holds on a day, of the rules of a resource; None where nothing was."""
    return next((rule for rule in reversed(rules) if rule.valid_from <= day), None)


def follows_on(rules: Sequence[Rule], day: date) -> bool:
    """Return whether the price follows its net cost on a day."""
    rule = rule_on(rules, day)
    return rule is not None and rule.follows


def has_markup_rules(resource: PlanResource) -> bool:
    """Return whether a rule was ever said of a resource's price, of today or of a day to come."""
    return resource.pk in rules_by_resource([(resource.pk, resource.plan_id)])


RULE_COLUMNS = ("pk", "valid_from", "follows", "percent", "amount", "step", "rounding", "fee_percent")


def rules_by_resource(resources: Iterable[tuple[int, int]]) -> dict[int, list[Rule]]:
    """Return the rules of each resource, of (plan resource, plan), the one that holds longest ago first. One statement.

    What was said of the whole plan holds for each of its resources, until something newer is said of that.
    """
    plans: dict[int, list[int]] = {}
    for resource, plan in resources:
        plans.setdefault(plan, []).append(resource)
    rules: dict[int, list[Rule]] = {}
    rows = MarkupRule.objects.filter(plan__in=plans).order_by("valid_from", "pk")
    for plan, of_one, *values in rows.values_list("plan", "plan_resource", *RULE_COLUMNS):
        for resource in plans[plan]:
            if of_one in (None, resource):
                rules.setdefault(resource, []).append(Rule(*values))
    return rules


def rules_by_period(periods: Iterable[tuple[int, int]]) -> dict[int, list[Rule]]:
    """Return the rules that move what plans cost themselves, of each (period, plan): said of all resources of a plan.

    One statement.
    """
    plans: dict[int, list[int]] = {}
    for period, plan in periods:
        plans.setdefault(plan, []).append(period)
    rules: dict[int, list[Rule]] = {}
    rows = MarkupRule.objects.filter(plan__in=plans, plan_resource=None).order_by("valid_from", "pk")
    for plan, *values in rows.values_list("plan", *RULE_COLUMNS):
        for period in plans[plan]:
            rules.setdefault(period, []).append(Rule(*values))
    return rules
