"""What follows when a price moves: prices of the levels below that have a rule, and the news that net costs change."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby
from typing import Any
from uuid import uuid4

from django.utils.translation import gettext_lazy

from accounts.models import Reseller
from notifications.announce import announce
from subscriptions.catalogue.downline import A_DAY, Line, Priced, Row, kept, line_of, lock_lines
from subscriptions.catalogue.markup_rules import Rule
from subscriptions.models import PlanPeriod, PlanPrice, ResourcePrice

# A letter lists so many changes, and says how many more there are.
LISTED = 50


# What a fee is called, behind what it is of.
FEE_NAMES = {
    "recurring_fee": gettext_lazy("recurring fee a month"),
    "setup_fee": gettext_lazy("setup fee"),
    "renewal_fee": gettext_lazy("renewal fee"),
    "transfer_fee": gettext_lazy("transfer fee"),
}


@dataclass(slots=True)
class Followed:
    """What an act did along a line: the line before it, and afterwards the rows that rules made, from above."""

    before: Line
    made: list[ResourcePrice] = field(default_factory=list)
    made_of_plans: list[PlanPrice] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class NetCostChange:
    """What a unit costs a reseller from a day on, and what its own price of that day leaves, in the plan's currency.

    Or what a `fee` does: of a unit, or of the plan itself for a period.
    """

    reseller: int
    plan_id: int
    plan: str
    resource: str | PlanPeriod
    currency: str
    day: date
    old: Decimal | None
    new: Decimal | None
    retail: Decimal
    by_rule: bool
    fee: str = ""

    @property
    def label(self) -> str:
        """What it is of, in the active language."""
        return named(self.resource, self.fee)

    @property
    def margin(self) -> Decimal | None:
        """What a unit leaves."""
        return None if self.new is None else self.retail - self.new

    @property
    def share(self) -> Decimal | None:
        """What part of the price that is, in percent."""
        if self.margin is None or not self.retail:
            return None
        return (self.margin * 100 / self.retail).quantize(Decimal("0.1"), ROUND_HALF_UP).normalize()

    @property
    def loss(self) -> Decimal | None:
        """What a unit loses where its price is below its net cost."""
        return None if self.margin is None else -self.margin

    @property
    def below_cost(self) -> bool:
        """Whether each unit loses."""
        return self.margin is not None and self.margin < 0


def named(resource: str | PlanPeriod, fee: str) -> str:
    """Return a resource or period in the active language, with the fee of it that is meant."""
    return f"{resource}, {FEE_NAMES[fee]}" if fee else str(resource)


@contextmanager
def followed(
    plan_resource_ids: Collection[int],
    period_ids: Collection[int] = (),
    *,
    since: date,
    today: date,
    whole: bool = False,
    tell: bool = True,
) -> Iterator[Followed]:
    """Let prices, discounts or rules of resources and periods change inside, from a day on; then what follows.

    Every price that a rule makes is written anew where its net cost or rule makes it another one, level by level down
    the line and in nobody's name, and every reseller whose net cost changes is told. A fixed number of statements a
    level, in the caller's transaction; two and the caller's own where nobody resells the plans and no rule holds.
    `whole` where something else than a row of their price lists changes: then the line is always looked at.
    """
    lock_lines(plan_resource_ids, period_ids)
    outcome = Followed(line_of(plan_resource_ids, period_ids, whole=whole))
    yield outcome
    if not whole and not outcome.before.matters:
        return
    after = line_of(plan_resource_ids, period_ids, whole=True)
    _write(after, outcome, since, today)
    if tell:
        tell_net_costs(net_cost_changes(outcome.before, after, since))


@dataclass(frozen=True, slots=True)
class Follower:
    """A price of a reseller below that a rule of its own makes another one, from a day on; in the plan's currency."""

    reseller: str
    plan: str
    resource: str
    currency: str
    day: date
    old: Decimal
    new: Decimal


def followers_of(outcome: Followed, besides: Collection[int]) -> list[Follower]:
    """Return which prices of levels below became others by rules, of all but these plan resources. One statement."""
    below = [row for row in outcome.made if row.plan_resource_id not in besides]
    moved = [*moved_by(outcome.before.priced, below), *moved_by(outcome.before.periods, outcome.made_of_plans)]
    names = Reseller.objects.in_bulk({one.of.reseller for one in moved}) if moved else {}
    return [
        Follower(names[one.of.reseller].name, one.of.plan_name, one.label, one.of.currency, one.day, one.old, one.new)
        for one in moved
    ]


@dataclass(frozen=True, slots=True)
class Moved:
    """A price or fee that a rule has made another one from a day on: of what, and what it was."""

    of: Priced
    fee: str
    day: date
    old: Decimal
    new: Decimal

    @property
    def label(self) -> str:
        """What it is of, in the active language."""
        return named(self.of.name, self.fee)


def moved_by(before: Mapping[int, Priced], rows: Iterable[ResourcePrice | PlanPrice]) -> list[Moved]:
    """Return what the rows that rules made have changed, of what was there before."""
    moved = []
    for row in rows:
        one = before[row.plan_resource_id if isinstance(row, ResourcePrice) else row.period_id]
        was = one.row_on(row.valid_from)
        for fee in ("", *one.fees) if not one.of_plan else one.fees:
            column = fee or "recurring_fee"
            if was is not None and getattr(was, column) != getattr(row, column):
                moved.append(Moved(one, fee, row.valid_from, getattr(was, column), getattr(row, column)))
    return moved


def _write(line: Line, outcome: Followed, since: date, today: date) -> None:
    """Write what the rules of a line make of its prices from a day on: one statement a level and list that has any."""
    for level in line.levels():
        wanted = [(one, row, source) for one in level for row, source in rows_by_rules(one, since)]
        units = [(row, _made(one, row, source, today)) for one, row, source in wanted if not one.of_plan]
        plans = [(row, _made(one, row, source, today)) for one, row, source in wanted if one.of_plan]
        outcome.made += _numbered(units, ResourcePrice)
        outcome.made_of_plans += _numbered(plans, PlanPrice)


def _made(one: Priced, row: Row, source: int | None, today: date) -> ResourcePrice | PlanPrice:
    """Return the row of the price list, of a resource or a plan itself, that a rule makes."""
    values: dict[str, Any] = {
        "valid_from": row.valid_from,
        "entered_on": today,
        "recurring_fee": row.recurring_fee,
        "setup_fee": row.setup_fee,
        "renewal_fee": row.renewal_fee,
        "made_by_id": row.made_by,
        "made_from_id": source,
    }
    if one.of_plan:
        return PlanPrice(period_id=one.pk, transfer_fee=row.transfer_fee, **values)
    return ResourcePrice(plan_resource_id=one.pk, net_cost=row.net_cost, **values)


def _numbered(wanted: Sequence[tuple[Row, Any]], model: Any) -> list[Any]:
    """Write the rows; those of the line get their numbers, which the level below names."""
    written: list[Any] = model.objects.bulk_create(row for _of_line, row in wanted) if wanted else []
    for (row, _made), made in zip(wanted, written, strict=True):
        row.pk = made.pk
    return written


def rows_by_rules(one: Priced, since: date) -> list[tuple[Row, int | None]]:
    """Return the rows that the rules of a resource or period lack from a day on, each with the row above it follows.

    They are put into its price list. Where a rule has ended, what it had made ahead gives way to the price of the day
    before.
    """
    made = []
    for day in one.days(since):
        now, rule = one.row_on(day), one.rule_on(day)
        if now is None or rule is None:
            continue
        row = _by_rule(one, rule, now, day)
        if row is not None:
            one.add(row)
            source = one.source_on(day) if rule.follows else None
            made.append((row, (source.pk or None) if source is not None else None))
    return made


def _by_rule(one: Priced, rule: Rule, now: Row, day: date) -> Row | None:
    """Return the row that is to hold from a day on; None where the one that does says the same."""
    makers = {other.pk: other for other in one.rules if other.follows}
    ahead = makers.get(now.made_by or 0) if now.valid_from >= rule.valid_from else None
    before = one.row_on(rule.valid_from - A_DAY)
    then = replace(now)
    if rule.follows and not one.of_plan:
        cost = one.cost_on(day)
        if cost is None:
            return None
        then.recurring_fee, then.net_cost = rule.price_of(cost, one.currency), kept(cost)
    elif ahead is not None and before is not None and not one.of_plan:
        then.recurring_fee = before.recurring_fee
    if rule.makes_fees:
        for fee, made in one.fees_on(day, rule).items():
            setattr(then, fee, made)
    elif ahead is not None and ahead.makes_fees and before is not None:
        for fee in one.fees:
            setattr(then, fee, getattr(before, fee))
    if then == now:
        return None
    then.pk, then.valid_from, then.made_by = 0, day, rule.pk
    return then


def net_cost_changes(before: Line, after: Line, since: date) -> list[NetCostChange]:
    """Return what resellers pay another net cost for than before, by reseller, plan, resource and day."""
    changes = [
        change
        for olds, news in ((before.priced, after.priced), (before.periods, after.periods))
        for one in news.values()
        for fee in (("", *one.fees) if not one.of_plan else one.fees)
        for change in _changes(olds.get(one.pk), one, fee, since)
    ]
    return sorted(changes, key=lambda one: (one.reseller, one.plan, one.plan_id, str(one.resource), one.fee, one.day))


def _changes(before: Priced | None, after: Priced, fee: str, since: date) -> Iterator[NetCostChange]:
    if before is None or after.above is None:
        return
    told: tuple[Decimal | None, Decimal | None] | None = None
    for day in sorted({*before.days(since), *after.days(since)}):
        costs, row = (_cost(before, fee, day), _cost(after, fee, day)), after.row_on(day)
        if row is not None and costs[0] != costs[1] and costs != told:
            rule = after.following_on(day)
            yield NetCostChange(
                after.reseller, after.plan, after.plan_name, after.name, after.currency, day, *costs,
                getattr(row, fee or "recurring_fee"), rule is not None and (not fee or rule.makes_fees), fee,
            )  # fmt: skip
        told = costs


def _cost(one: Priced, fee: str, day: date) -> Decimal | None:
    return one.cost_of(fee, day) if fee else one.cost_on(day)


def tell_net_costs(changes: Sequence[NetCostChange]) -> None:
    """Tell the administrators of each reseller what changes, in one letter."""
    by_reseller = {pk: list(of_one) for pk, of_one in groupby(changes, key=lambda change: change.reseller)}
    for reseller in Reseller.objects.filter(pk__in=by_reseller).order_by("pk") if by_reseller else ():
        own = by_reseller[reseller.pk]
        announce(
            "net_cost_has_been_changed",
            reseller=reseller,
            about=("plan", own[0].plan_id),
            key=uuid4().hex,
            context={
                "plans": ", ".join(dict.fromkeys(change.plan for change in own)),
                "changes": own[:LISTED],
                "more": len(own[LISTED:]),
            },
        )
