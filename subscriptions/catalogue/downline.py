"""A line of plans from level to level: what a unit costs each reseller on a day, and what its rule makes of that."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from accounts.models import Reseller
from billing.engine.chain import Grant, Level
from billing.engine.terms import LineType
from subscriptions.catalogue.grants import Link, grants_of
from subscriptions.catalogue.markup_rules import Rule, rule_on, rules_by_period, rules_by_resource
from subscriptions.models import Plan, PlanPeriod, PlanPrice, ResourcePrice

A_DAY = timedelta(days=1)
# As many decimals as a column of the price list has.
FINEST = Decimal("0.000001")
# What a unit costs besides its month, and what a plan costs itself: the columns, and the kind of each fee.
OF_UNIT = {"setup_fee": LineType.SETUP_FEE, "renewal_fee": LineType.RENEWAL_FEE}
OF_PLAN = {"recurring_fee": LineType.RECURRING_FEE, **OF_UNIT, "transfer_fee": LineType.TRANSFER_FEE}
# The resources that are asked for, and level by level those of the plans that were handed down from theirs.
BELOW = """
    WITH RECURSIVE line AS (
        SELECT asked.id, above.id AS upstream, asked.plan_id, asked.resource_id, 1 AS level
        FROM subscriptions_planresource asked
        JOIN subscriptions_plan plan ON plan.id = asked.plan_id
        LEFT JOIN subscriptions_planresource above
            ON above.plan_id = plan.parent_id AND above.resource_id = asked.resource_id
        WHERE asked.id = ANY(%(resources)s)
        UNION ALL
        SELECT below.id, line.id, below.plan_id, below.resource_id, line.level + 1
        FROM line
        JOIN subscriptions_plan plan ON plan.parent_id = line.plan_id
        JOIN subscriptions_planresource below ON below.plan_id = plan.id AND below.resource_id = line.resource_id
    )
    SELECT line.id, line.upstream, MAX(line.level), plan.id, plan.name, resource.name, plan.currency, plan.reseller_id,
           plan.parent_id, parent.reseller_id
    FROM line
    JOIN subscriptions_planresource resource ON resource.id = line.id
    JOIN subscriptions_plan plan ON plan.id = line.plan_id
    LEFT JOIN subscriptions_plan parent ON parent.id = plan.parent_id
    GROUP BY line.id, line.upstream, plan.id, resource.id, parent.id
    ORDER BY 3, 1
"""
# The same of periods: each has above it the newest period of the plan above that is as long (contract/chains.py).
PERIODS_BELOW = """
    WITH RECURSIVE same AS (
        SELECT period.id, period.plan_id, (
            SELECT above.id FROM subscriptions_planperiod above
            WHERE above.plan_id = plan.parent_id
              AND (above.endless, above.duration, above.unit, above.trial)
                  IS NOT DISTINCT FROM (period.endless, period.duration, period.unit, period.trial)
            ORDER BY above.active DESC, above.id DESC LIMIT 1
        ) AS upstream
        FROM subscriptions_planperiod period JOIN subscriptions_plan plan ON plan.id = period.plan_id
        WHERE period.plan_id IN (
            WITH RECURSIVE plans AS (
                SELECT plan_id AS id FROM subscriptions_planperiod WHERE id = ANY(%(periods)s)
                UNION
                SELECT plan.id FROM subscriptions_plan plan JOIN plans ON plan.parent_id = plans.id
            )
            SELECT id FROM plans
        )
    ), line AS (
        SELECT id, upstream, plan_id, 1 AS level FROM same WHERE id = ANY(%(periods)s)
        UNION ALL
        SELECT same.id, same.upstream, same.plan_id, line.level + 1 FROM line JOIN same ON same.upstream = line.id
    )
    SELECT line.id, line.upstream, MAX(line.level), plan.id, plan.name, plan.currency, plan.reseller_id,
           plan.parent_id, parent.reseller_id, period.endless, period.duration, period.unit
    FROM line
    JOIN subscriptions_planperiod period ON period.id = line.id
    JOIN subscriptions_plan plan ON plan.id = line.plan_id
    LEFT JOIN subscriptions_plan parent ON parent.id = plan.parent_id
    GROUP BY line.id, line.upstream, plan.id, period.id, parent.id
    ORDER BY 3, 1
"""
# Whoever moves prices along a line holds the plan at its root: nobody reads half of what another is writing.
ROOTS = """
    WITH RECURSIVE up AS (
        SELECT plan.id, plan.parent_id FROM subscriptions_plan plan
        WHERE plan.id IN (
            SELECT plan_id FROM subscriptions_planresource WHERE id = ANY(%(resources)s)
            UNION SELECT plan_id FROM subscriptions_planperiod WHERE id = ANY(%(periods)s)
        )
        UNION
        SELECT plan.id, plan.parent_id FROM subscriptions_plan plan JOIN up ON plan.id = up.parent_id
    )
    SELECT id FROM subscriptions_plan WHERE id IN (SELECT id FROM up WHERE parent_id IS NULL)
    ORDER BY id FOR NO KEY UPDATE
"""


@dataclass(slots=True)
class Row:
    """A row of a price list, as far as a line needs it; one that is not written yet has the key 0."""

    pk: int
    valid_from: date
    recurring_fee: Decimal
    setup_fee: Decimal
    renewal_fee: Decimal
    net_cost: Decimal | None
    made_by: int | None
    transfer_fee: Decimal = Decimal(0)


# What a plan costs itself for a period without a row.
NOTHING = Row(0, date.min, Decimal(0), Decimal(0), Decimal(0), None, None)


@dataclass(slots=True, eq=False)
class Priced:
    """A resource of a plan in its line: its price list and rules, oldest first, and where its net cost comes from.

    Or a period of a plan, for which it costs something itself: `name` is the PlanPeriod then.
    """

    pk: int
    level: int
    plan: int
    plan_name: str
    name: str | PlanPeriod
    currency: str
    reseller: int
    above: Priced | None = None
    granted: Level | None = None
    rules: list[Rule] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)

    def row_on(self, day: date) -> Row | None:
        """Return the row that holds on a day; of one day the later written."""
        return next((row for row in reversed(self.rows) if row.valid_from <= day), NOTHING if self.of_plan else None)

    def rule_on(self, day: date) -> Rule | None:
        """Return what was last said that holds on a day; None where nothing was."""
        return rule_on(self.rules, day)

    def following_on(self, day: date) -> Rule | None:
        """Return the rule that the price follows on a day."""
        rule = self.rule_on(day)
        return rule if rule is not None and rule.follows else None

    def cost_on(self, day: date) -> Decimal | None:
        """Return the net cost of a unit on a day: of the level above, else the vendor's. None where there is none."""
        if self.above is None or self.granted is None:
            own = self.row_on(day)
            return None if own is None else own.net_cost
        row = self.above.row_on(day)
        return None if row is None else row.recurring_fee * (100 - self.granted.granted_on(day)) / 100

    @property
    def of_plan(self) -> bool:
        """Whether it is what a plan costs itself for a period."""
        return isinstance(self.name, PlanPeriod)

    @property
    def fees(self) -> Mapping[str, LineType]:
        """The columns that follow by `fee_percent`, with the kind of each fee."""
        return OF_PLAN if self.of_plan else OF_UNIT

    def cost_of(self, fee: str, day: date) -> Decimal | None:
        """Return the net cost of a fee on a day: the level above's less its discount. None where nobody is above."""
        row = self.above.row_on(day) if self.above is not None else None
        if row is None or self.granted is None:
            return None
        return getattr(row, fee) * (100 - self.granted.granted_on(day, self.fees[fee])) / 100

    def fees_on(self, day: date, rule: Rule | None) -> dict[str, Decimal]:
        """Return the fees that a rule makes on a day; nothing where it makes none, or nobody is above."""
        costs = {fee: self.cost_of(fee, day) for fee in self.fees} if rule is not None and rule.makes_fees else {}
        return {
            fee: rule.fee_of(cost, self.currency)
            for fee, cost in costs.items()
            if rule is not None and cost is not None
        }

    def source_on(self, day: date) -> Row | None:
        """Return the row of the level above that the net cost of a day comes from."""
        return None if self.above is None else self.above.row_on(day)

    def days(self, since: date) -> list[date]:
        """Return the days from `since` on, it among them, on which its net cost, rule or price may become another."""
        lists = [self.rows, self.rules, self.above.rows if self.above is not None else []]
        found = {one.valid_from for of_one in lists for one in of_one}
        for grant in self.granted.grants if self.granted is not None else ():
            found |= {day for day in (grant.starts, grant.ends) if day is not None}
        return sorted({since, *(day for day in found if day > since)})

    def add(self, row: Row) -> None:
        """Put a row that was written last in its place."""
        self.rows.append(row)
        self.rows.sort(key=lambda one: one.valid_from)  # stable: of one day the later written stays last


@dataclass(frozen=True, slots=True)
class Line:
    """Resources and periods of plans by their keys, each level before those below; those asked for stand at level 1."""

    priced: dict[int, Priced]
    periods: dict[int, Priced] = field(default_factory=dict)

    @property
    def everything(self) -> list[Priced]:
        """All of it."""
        return [*self.priced.values(), *self.periods.values()]

    @property
    def matters(self) -> bool:
        """Whether any price here concerns somebody else's, or follows a rule."""
        return any(one.level > 1 or one.rules for one in self.everything)

    def levels(self) -> Iterator[list[Priced]]:
        """Return all of it level by level, from above."""
        for level in sorted({one.level for one in self.everything}):
            yield [one for one in self.everything if one.level == level]


def lock_lines(plan_resource_ids: Collection[int], period_ids: Collection[int] = ()) -> None:
    """Wait until nobody else moves prices along the lines that the resources and periods are in. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(ROOTS, {"resources": list(plan_resource_ids), "periods": list(period_ids)})


def line_of(plan_resource_ids: Collection[int], period_ids: Collection[int] = (), *, whole: bool = False) -> Line:
    """Return the resources and periods and all that were handed down from them, with rules, prices and discounts.

    Of resources four statements; two where nobody else resells them and no rule holds, without the prices then, unless
    `whole`. Of periods as many, but for those of the discounts.
    """
    links: dict[Priced, Link] = {}
    line = Line(_resources(plan_resource_ids, links), _periods(period_ids, links) if period_ids else {})
    if whole or line.matters:
        grants = grants_of(set(links.values())) if links else {}
        for one, link in links.items():
            granted: list[Grant] = list(grants.get(link, ()))
            one.granted = Level(link.creditor, link.debtor, (), granted)
        _read_prices(line.priced, ResourcePrice.objects, OF_RESOURCES)
        if line.periods:
            _read_prices(line.periods, PlanPrice.objects, OF_PERIODS)
    return line


def _resources(asked: Collection[int], links: dict[Priced, Link]) -> dict[int, Priced]:
    with connection.cursor() as cursor:
        cursor.execute(BELOW, {"resources": list(asked)})
        found = cursor.fetchall()
    priced: dict[int, Priced] = {}
    for pk, upstream, level, plan, plan_name, name, currency, reseller, parent, creditor in found:
        one = priced[pk] = Priced(pk, level, plan, plan_name, name, currency, reseller)
        if upstream is not None:
            one.above = priced.get(upstream) or Priced(upstream, 0, parent, "", "", currency, creditor)
            links[one] = Link(creditor, reseller, parent, upstream)
    for pk, rules in rules_by_resource((one.pk, one.plan) for one in priced.values()).items():
        priced[pk].rules = rules
    return priced


def _periods(asked: Collection[int], links: dict[Priced, Link]) -> dict[int, Priced]:
    with connection.cursor() as cursor:
        cursor.execute(PERIODS_BELOW, {"periods": list(asked)})
        found = cursor.fetchall()
    priced: dict[int, Priced] = {}
    for pk, upstream, level, plan, plan_name, currency, reseller, parent, creditor, *lasts in found:
        period = PlanPeriod(**dict(zip(("endless", "duration", "unit"), lasts, strict=True)))
        one = priced[pk] = Priced(pk, level, plan, plan_name, period, currency, reseller)
        if upstream is not None:
            one.above = priced.get(upstream) or Priced(upstream, 0, parent, "", period, currency, creditor)
            links[one] = Link(creditor, reseller, parent, upstream)
    for pk, rules in rules_by_period((one.pk, one.plan) for one in priced.values()).items():
        priced[pk].rules = rules
    return priced


# What the rows of each list are of, and their columns in the order of Row.
OF_RESOURCES = ("plan_resource", "pk", "valid_from", "recurring_fee", "setup_fee", "renewal_fee", "net_cost", "made_by")
OF_PERIODS = ("period", "pk", "valid_from", "recurring_fee", "setup_fee", "renewal_fee", "made_by", "transfer_fee")


def _read_prices(priced: Mapping[int, Priced], rows: QuerySet[Any], columns: Sequence[str]) -> None:
    # Of two below the same one that was not asked for each has its own picture of that.
    lists: dict[int, list[Priced]] = {}
    for one in priced.values():
        lists.setdefault(one.pk, []).append(one)
        if one.above is not None and one.above.pk not in priced:
            lists.setdefault(one.above.pk, []).append(one.above)
    of, *names = columns
    for pk, *values in rows.filter(**{f"{of}__in": lists}).order_by(of, "valid_from", "pk").values_list(*columns):
        row = dict(zip(names, values, strict=True))
        for one in lists[pk]:
            one.rows.append(Row(**{"net_cost": None, **row}))


def costs_of(plan_resource_ids: Collection[int], day: date) -> dict[int, Decimal | None]:
    """Return the net cost of a unit and month of each resource on a day. Four statements."""
    line = line_of(plan_resource_ids, whole=True)
    return {pk: line.priced[pk].cost_on(day) for pk in plan_resource_ids}


def costs_below(plan: Plan, reseller: Reseller, day: date) -> dict[int, Decimal]:
    """Return what a unit and month of the plan's resources would cost a reseller below on a day, by resource.

    The plan's own price less what its reseller grants there; a resource without a price is missing. Two statements.
    """
    rows = ResourcePrice.objects.filter(plan_resource__plan=plan, valid_from__lte=day)
    newest = rows.order_by("plan_resource", "-valid_from", "-pk").distinct("plan_resource")
    link = Link(plan.reseller_id, reseller.pk, plan.pk, None)
    granted = Level(link.creditor, link.debtor, (), list(grants_of([link]).get(link, ()))).granted_on(day)
    return {row.plan_resource_id: row.recurring_fee * (100 - granted) / 100 for row in newest}


def kept(cost: Decimal | None) -> Decimal | None:
    """Return a net cost as a price list keeps it."""
    return None if cost is None else cost.quantize(FINEST, ROUND_HALF_UP)
