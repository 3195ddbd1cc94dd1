"""A line of plans from level to level: what a unit costs each reseller on a day, and what its rule makes of that."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.db import connection

from billing.engine.chain import Grant, Level
from subscriptions.catalogue.grants import Link, grants_of
from subscriptions.catalogue.markup_rules import Rule, rule_on, rules_by_resource
from subscriptions.models import ResourcePrice

A_DAY = timedelta(days=1)
# As many decimals as a column of the price list has.
FINEST = Decimal("0.000001")
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
# Whoever moves prices along a line holds the plan at its root: nobody reads half of what another is writing.
ROOTS = """
    WITH RECURSIVE up AS (
        SELECT plan.id, plan.parent_id FROM subscriptions_plan plan
        JOIN subscriptions_planresource resource ON resource.plan_id = plan.id
        WHERE resource.id = ANY(%(resources)s)
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


@dataclass(slots=True)
class Priced:
    """A resource of a plan in its line: its price list and rules, oldest first, and where its net cost comes from."""

    pk: int
    level: int
    plan: int
    plan_name: str
    name: str
    currency: str
    reseller: int
    above: Priced | None = None
    granted: Level | None = None
    rules: list[Rule] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)

    def row_on(self, day: date) -> Row | None:
        """Return the row that holds on a day; of one day the later written."""
        return next((row for row in reversed(self.rows) if row.valid_from <= day), None)

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
    """Resources of plans by their keys, each level before those below it; those asked for stand at level 1."""

    priced: dict[int, Priced]

    @property
    def matters(self) -> bool:
        """Whether any price here concerns somebody else's, or follows a rule."""
        return any(one.level > 1 or one.rules for one in self.priced.values())

    def levels(self) -> Iterator[list[Priced]]:
        """Return the resources level by level, from above."""
        for level in sorted({one.level for one in self.priced.values()}):
            yield [one for one in self.priced.values() if one.level == level]


def lock_lines(plan_resource_ids: Collection[int]) -> None:
    """Wait until nobody else moves prices along the lines that the resources are in. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(ROOTS, {"resources": list(plan_resource_ids)})


def line_of(plan_resource_ids: Collection[int], *, whole: bool = False) -> Line:
    """Return the resources and all that were handed down from them, with rules, prices and discounts.

    Four statements; two where nobody else resells them and no rule holds, without the prices then, unless `whole`.
    """
    with connection.cursor() as cursor:
        cursor.execute(BELOW, {"resources": list(plan_resource_ids)})
        found = cursor.fetchall()
    priced: dict[int, Priced] = {}
    links: dict[int, Link] = {}
    for pk, upstream, level, plan, plan_name, name, currency, reseller, parent, creditor in found:
        one = priced[pk] = Priced(pk, level, plan, plan_name, name, currency, reseller)
        if upstream is not None:
            one.above = priced.get(upstream) or Priced(upstream, 0, parent, "", "", currency, creditor)
            links[pk] = Link(creditor, reseller, parent, upstream)
    for pk, rules in rules_by_resource((one.pk, one.plan) for one in priced.values()).items():
        priced[pk].rules = rules
    line = Line(priced)
    if whole or line.matters:
        _read_prices(line, links)
    return line


def _read_prices(line: Line, links: dict[int, Link]) -> None:
    grants = grants_of(set(links.values())) if links else {}
    # Of two resources below the same one that was not asked for each has its own picture of that.
    lists: dict[int, list[Priced]] = {}
    for one in line.priced.values():
        lists.setdefault(one.pk, []).append(one)
        if one.above is not None:
            if one.above.pk not in line.priced:
                lists.setdefault(one.above.pk, []).append(one.above)
            link = links[one.pk]
            granted: list[Grant] = list(grants.get(link, ()))
            one.granted = Level(link.creditor, link.debtor, (), granted)
    rows = ResourcePrice.objects.filter(plan_resource__in=lists).order_by("plan_resource", "valid_from", "pk")
    columns = ("pk", "valid_from", "recurring_fee", "setup_fee", "renewal_fee", "net_cost", "made_by")
    for pk, *values in rows.values_list("plan_resource", *columns):
        for one in lists[pk]:
            one.rows.append(Row(*values))


def kept(cost: Decimal | None) -> Decimal | None:
    """Return a net cost as a price list keeps it."""
    return None if cost is None else cost.quantize(FINEST, ROUND_HALF_UP)
