"""What follows when a price moves: prices of the levels below that have a rule, and the news that net costs change."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby
from uuid import uuid4

from accounts.models import Reseller
from notifications.announce import announce
from subscriptions.catalogue.downline import A_DAY, Line, Priced, Row, kept, line_of, lock_lines
from subscriptions.catalogue.markup_rules import Rule
from subscriptions.models import ResourcePrice

# A letter lists so many changes, and says how many more there are.
LISTED = 50


@dataclass(slots=True)
class Followed:
    """What an act did along a line: the line before it, and afterwards the rows that rules made, from above."""

    before: Line
    made: list[ResourcePrice] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class NetCostChange:
    """What a unit costs a reseller from a day on, and what its own price of that day leaves, in the plan's currency."""

    reseller: int
    plan_id: int
    plan: str
    resource: str
    currency: str
    day: date
    old: Decimal | None
    new: Decimal | None
    retail: Decimal
    by_rule: bool

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


@contextmanager
def followed(
    plan_resource_ids: Collection[int],
    *,
    since: date,
    today: date,
    whole: bool = False,
    tell: bool = True,
) -> Iterator[Followed]:
    """Let prices, discounts or rules of the resources change inside, from the day `since` on; then what follows.

    Every price that a rule makes is written anew where its net cost or rule makes it another one, level by level down
    the line and in nobody's name, and every reseller whose net cost changes is told. A fixed number of statements a
    level, in the caller's transaction; two and the caller's own where nobody resells the plans and no rule holds.
    `whole` where something else than a row of their price lists changes: then the line is always looked at.
    """
    lock_lines(plan_resource_ids)
    outcome = Followed(line_of(plan_resource_ids, whole=whole))
    yield outcome
    if not whole and not outcome.before.matters:
        return
    after = line_of(plan_resource_ids, whole=True)
    outcome.made = _write(after, since, today)
    if tell:
        tell_net_costs(net_cost_changes(outcome.before, after, since))


def _write(line: Line, since: date, today: date) -> list[ResourcePrice]:
    """Write what the rules of a line make of its prices from a day on: one statement a level that has any."""
    made: list[ResourcePrice] = []
    for level in line.levels():
        wanted = [(one, row, source) for one in level for row, source in rows_by_rules(one, since)]
        rows = ResourcePrice.objects.bulk_create(
            ResourcePrice(
                plan_resource_id=one.pk,
                valid_from=row.valid_from,
                entered_on=today,
                recurring_fee=row.recurring_fee,
                setup_fee=row.setup_fee,
                renewal_fee=row.renewal_fee,
                net_cost=row.net_cost,
                made_by_id=row.made_by,
                made_from_id=source,
            )
            for one, row, source in wanted
        )
        for (_one, row, _source), written in zip(wanted, rows, strict=True):
            row.pk = written.pk  # the level below names it
        made += rows
    return made


def rows_by_rules(one: Priced, since: date) -> list[tuple[Row, int | None]]:
    """Return the rows that the rules of a resource lack from a day on, each with the row above that it follows.

    They are put into its price list. Where a rule has ended, what it had made ahead gives way to the price of the day
    before.
    """
    made = []
    for day in one.days(since):
        now, rule = one.row_on(day), one.rule_on(day)
        if now is None or rule is None:
            continue
        row = _by_rule(one, rule, now, day) if rule.follows else _freed(one, rule, now, day)
        if row is not None:
            one.add(row)
            source = one.source_on(day) if rule.follows else None
            made.append((row, source.pk if source is not None else None))
    return made


def _by_rule(one: Priced, rule: Rule, now: Row, day: date) -> Row | None:
    cost = one.cost_on(day)
    if cost is None:
        return None
    price = rule.price_of(cost, one.currency)
    if (now.recurring_fee, now.net_cost) == (price, kept(cost)):
        return None
    return Row(0, day, price, now.setup_fee, now.renewal_fee, kept(cost), rule.pk)


def _freed(one: Priced, rule: Rule, now: Row, day: date) -> Row | None:
    ahead = now.valid_from >= rule.valid_from and now.made_by in {other.pk for other in one.rules if other.follows}
    before = one.row_on(rule.valid_from - A_DAY)
    if not ahead or before is None:
        return None
    return Row(0, day, before.recurring_fee, now.setup_fee, now.renewal_fee, now.net_cost, rule.pk)


def net_cost_changes(before: Line, after: Line, since: date) -> list[NetCostChange]:
    """Return what resellers pay another net cost for than before, by reseller, plan, resource and day."""
    changes = [change for one in after.priced.values() for change in _changes(before.priced.get(one.pk), one, since)]
    return sorted(changes, key=lambda change: (change.reseller, change.plan, change.plan_id, change.resource))


def _changes(before: Priced | None, after: Priced, since: date) -> Iterator[NetCostChange]:
    if before is None or after.above is None:
        return
    told: tuple[Decimal | None, Decimal | None] | None = None
    for day in sorted({*before.days(since), *after.days(since)}):
        costs, row = (before.cost_on(day), after.cost_on(day)), after.row_on(day)
        if row is not None and costs[0] != costs[1] and costs != told:
            yield NetCostChange(
                after.reseller, after.plan, after.plan_name, after.name, after.currency, day, *costs, row.recurring_fee,
                after.following_on(day) is not None,
            )  # fmt: skip
        told = costs


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
