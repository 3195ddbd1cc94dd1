"""Which charges an order, a raise or a renewal makes: fees, the plan's own part, and units piece by piece."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from tests.oracle.reckoning.days import months_later, period_of, pieces
from tests.oracle.reckoning.money import Money
from tests.oracle.reckoning.things import (
    BLOCKED,
    CLOSED,
    OPENED,
    PLAN,
    RECURRING,
    RENEWAL,
    SETUP,
    TRANSFER,
    Charge,
    Order,
    Subscription,
)

Spans = Sequence[tuple[date, date]]


class Building(Money):
    """What units cost over days, with the status that each charge has once it is paid today."""

    def __init__(self, history: dict) -> None:
        super().__init__(history)
        period = history.get("period", "endless")
        self.months = None if period == "endless" else period["months"]
        self.transferred = False

    # ---- days -------------------------------------------------------------------------------------------------

    @property
    def next_billing_day(self) -> date:
        """The first billing day after today."""
        return period_of(self.today, self.billing_day)[1]

    def end_of_sale(self, *, anew: bool = False) -> date | None:
        """Return the first day no longer served of what begins today."""
        if self.months is None:
            return None
        begins = self.next_billing_day if self.kind.whole_months and not anew else self.today
        return months_later(begins, self.months)

    def spans(self, end: date | None) -> Spans:
        """Cut the days from today on: to the end of a term, or to the billing day where there is none."""
        return pieces(self.today, self.next_billing_day if end is None else end, self.billing_day)

    def status_of(self, first: date, to: date, *, lead: bool) -> str:
        """Return what becomes of a charge for these days that is paid today; `lead`: the first of its order."""
        if to <= self.today:
            return CLOSED
        begun = first <= self.today or lead
        if self.kind.written_off_ahead:
            return CLOSED if begun else OPENED
        return BLOCKED if begun or self.kind.all_blocked else OPENED

    fee_status = CLOSED

    # ---- prices -----------------------------------------------------------------------------------------------

    def price_for(self, sub: Subscription, key: str) -> Fraction:
        """Return the price of a unit bought, renewed or activated today."""
        return sub.agreed[key] if self.fixed and key in sub.agreed else self.prices[key]

    def keys(self, plan: str | None) -> list[str]:
        """Return a plan's resources in their order."""
        return list(self.resources[plan])

    def charged(self, plan: str | None, units: dict[str, int]) -> dict[str, int]:
        """Return the chargeable units, of what has any."""
        every = {key: self.chargeable(plan, key, units.get(key, 0)) for key in self.keys(plan)}
        return {key: count for key, count in every.items() if count}

    # ---- charges ----------------------------------------------------------------------------------------------

    def fees(self, sub: Subscription, plan: str | None, name: str, units: dict[str, int], days) -> list[Charge]:
        """Return the plan's fee and those of the units; none where the type takes none."""
        first, to = days
        made = []
        of_plan = self.fee(plan, PLAN, name)
        if of_plan:
            made.append(self.charge(sub, PLAN, first, to, 1, of_plan, self.fee_status, kind=name))
        for key, count in units.items():
            price = self.fee(plan, key, name)
            if price and count:
                made.append(self.charge(sub, key, first, to, count, price, self.fee_status, kind=name))
        return made

    def block_of(self, sub: Subscription, key: str, units, price: Fraction, spans: Spans, **more) -> list[Charge]:
        """Return the charges of one block, one a piece."""
        block, lead, status = self.new_block(), more.pop("lead", True), more.pop("status", None)
        return [
            self.charge(
                sub, key, first, to, units, price,
                status or self.status_of(first, to, lead=lead and at == 0), block=block, **more,
            )
            for at, (first, to) in enumerate(spans)
        ]  # fmt: skip

    def recurring(self, sub: Subscription, plan: str | None, order: Order, spans: Spans, **more) -> list[Charge]:
        """Return the plan's own part and a block of each resource."""
        made = []
        own = self.fee(plan, PLAN, "recurring_fee")
        if own and self.kind.fees:
            made += self.block_of(sub, PLAN, 1, own, spans, **more)
        for key, count in self.charged(plan, order.units).items():
            retail = {"retail": order.retail[key]} if key in order.retail else {}
            made += self.block_of(sub, key, count, order.agreed[key], spans, **more, **retail)
        return made

    def sale(self, sub: Subscription, order: Order) -> list[Charge]:
        """Return what an order costs that is paid today."""
        if sub.trial:
            return []
        end = self.end_of_sale()
        setup_to = self.next_billing_day if end is None else end
        days, made = (self.today, setup_to), []
        if self.kind.metered:
            made += self.fees(sub, sub.plan, SETUP, order.units, days)
        elif self.kind.fees:
            made += self.fees(sub, sub.plan, SETUP, self.charged(sub.plan, order.units), days)
            transfer = self.fee(sub.plan, PLAN, TRANSFER)
            if transfer:
                made.append(self.charge(sub, PLAN, *days, 1, transfer, self.fee_status, kind=TRANSFER))
        if self.kind.whole_months:
            months = pieces(self.next_billing_day, end, self.billing_day)
            made += self.recurring(sub, sub.plan, order, months, status=OPENED)
        elif not self.kind.metered:
            made += self.recurring(sub, sub.plan, order, self.spans(end))
        return self.corrected(made)

    def raise_(self, sub: Subscription, order: Order) -> list[Charge]:
        """Return what the units of a raise cost from today on."""
        before = self.charged(sub.plan, sub.units)
        after = self.charged(sub.plan, {key: n + order.units.get(key, 0) for key, n in sub.units.items()})
        added = {key: count - before.get(key, 0) for key, count in after.items() if count > before.get(key, 0)}
        if self.kind.whole_months:
            return self.corrected(self.raise_in_months(sub, order, added))
        end = sub.end or self.next_billing_day
        made = self.fees(sub, sub.plan, SETUP, added, (self.today, end)) if self.kind.fees else []
        made = [fee for fee in made if fee.key != PLAN]
        spans = self.spans(sub.end)
        if sub.term_ahead is not None and sub.term_ahead > self.today:
            spans = (*self.spans(sub.term_ahead), *pieces(sub.term_ahead, sub.end, self.billing_day))
        for key, count in added.items():
            retail = {"retail": order.retail[key]} if key in order.retail else {}
            now = spans[:1] if self.kind.merges else spans
            made += self.block_of(sub, key, count, order.agreed[key], now, **retail)
            if self.kind.merges and sub.end is not None:
                made += self.joined(sub, key, count, order)
        if sub.by_hand:
            fees, rest = [c for c in made if c.kind != RECURRING], [c for c in made if c.kind == RECURRING]
            return self.corrected(fees) + self.collapsed(sub, self.corrected(rest))
        return self.corrected(made)

    def alike(self, sub: Subscription, key: str, price: Fraction) -> list[Charge]:
        """Return the coming pieces of one price, which units of that price join."""
        return [c for c in sub.having(OPENED) if (c.key, c.price) == (key, price) and c.first > self.today]

    def joined(self, sub: Subscription, key: str, count: int, order: Order) -> list[Charge]:
        """Return the coming pieces with more units: those of one price become one charge."""
        block, price, made = self.new_block(), order.agreed[key], []
        for first, to in pieces(self.next_billing_day, sub.end, self.billing_day):
            same = [c for c in self.alike(sub, key, price) if c.first == first]
            units = count + sum(c.units for c in same)
            more = {"like": same[0]} if same else {"retail": order.retail[key]} if key in order.retail else {}
            made.append(self.charge(sub, key, first, to, units, price, OPENED, block=block, **more))
        return made

    def raise_in_months(self, sub: Subscription, order: Order, added: dict[str, int]) -> list[Charge]:
        """Return what a raise costs of a type of whole months: this month above its peak, all of it; later months."""
        made = []
        month = period_of(self.today, self.billing_day)
        for key in self.keys(sub.plan):
            wanted = sub.units.get(key, 0) + order.units.get(key, 0)
            if not order.units.get(key):
                continue
            retail = {"retail": order.retail[key]} if key in order.retail else {}
            peak = self.chargeable(sub.plan, key, sub.peak.get(key, 0))
            above = self.chargeable(sub.plan, key, wanted) - peak
            block = self.new_block()
            if above > 0:
                made.append(self.charge(sub, key, *month, above, order.agreed[key], BLOCKED, block=block, **retail))
            for first, to in pieces(month[1], sub.end, self.billing_day) if added.get(key) else ():
                made.append(
                    self.charge(sub, key, first, to, added[key], order.agreed[key], OPENED, block=block, **retail)
                )
        return made

    def collapsed(self, sub: Subscription, charges: list[Charge]) -> list[Charge]:
        """Return one charge a resource in place of many, to be closed at once (5.7)."""
        made = []
        for key in dict.fromkeys(c.key for c in charges):
            same = [c for c in charges if c.key == key]
            amount = sum((c.amount for c in same), Fraction(0))
            first, to = min(c.first for c in same), max(c.to for c in same)
            made.append(self.charge(sub, key, first, to, 1, amount, CLOSED, amount=amount, instead_of=tuple(same)))
        return made

    def renewed(self, sub: Subscription, order: Order) -> list[Charge]:
        """Return what a renewal costs that is paid today, of the term from `order.first` to `order.end`."""
        days = (order.first, order.end)
        made = []
        if self.kind.fees:
            made = self.fees(sub, sub.plan, RENEWAL, self.charged(sub.plan, order.units), days)
        return self.corrected(made + self.recurring(sub, sub.plan, order, pieces(*days, self.billing_day)))

    @staticmethod
    def due(charges: list[Charge]) -> Fraction:
        """Return what is to be paid of charges: what becomes Blocked or Closed."""
        return sum((c.amount for c in charges if c.status in (BLOCKED, CLOSED)), Fraction(0))
