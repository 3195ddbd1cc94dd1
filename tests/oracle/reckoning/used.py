"""Pay as you go: what was used, counted a resource, price and period."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from tests.oracle.reckoning.days import half_up, period_of
from tests.oracle.reckoning.plans import Plans
from tests.oracle.reckoning.things import ACTIVE, BLOCKED, CONSUMED, RECURRING, STOPPED, Charge, Subscription
from tests.oracle.reckoning.verbs import refuse_if


class Used(Plans):
    """Consumption is a fact: it is charged whatever the funds."""

    def __init__(self, history: dict) -> None:
        super().__init__(history)
        self.price_days: dict[str, date] = {}

    def do_usage(self, event: dict) -> None:
        """Note what was used today."""
        sub = self.known(event)
        refuse_if(sub.status not in (ACTIVE, STOPPED, "blocked", "graced"), "not begun")
        key = event["resource"]
        refuse_if(key not in self.resources[sub.plan], "a resource of another plan")
        if sub.trial:  # 5.8: no charges at all
            return
        period = period_of(self.today, self.billing_day)
        start = max(period[0], sub.start)
        if self.type == "payg_external":
            self.add_cost(sub, key, start, period[1], Fraction(event["cost"]))
        else:
            self.add_hours(sub, key, start, period[1], Fraction(event["units"]) * Fraction(event["hours"]))

    def add_hours(self, sub: Subscription, key: str, start: date, to: date, hours: Fraction) -> None:
        """Add unit-hours to the charge of their price, which is reckoned from the sum."""
        price = self.price_for(sub, key)
        if not self.fixed:
            start = max(start, self.price_days.get(key, date.min))
        same = self.running(sub, key, RECURRING, start, price)
        rate, units = self.rate(RECURRING), hours + sum(c.units for c in same)
        first = same[0].first if same else start
        amount = half_up(units * price * (1 - rate), self.digits)
        self.drop(same)
        more = {"like": same[0]} if same else {}
        self.put([self.charge(sub, key, first, to, units, price, BLOCKED, amount=amount, **more)])

    def add_cost(self, sub: Subscription, key: str, start: date, to: date, cost: Fraction) -> None:
        """Add a vendor's cost to the charge of the meter."""
        markup = Fraction((self.plans[sub.plan].get("plan") or {}).get("markup", "0"))
        same = self.running(sub, key, CONSUMED, start, None)
        gross = cost * (1 + markup / 100) + sum(c.price for c in same)
        amount = half_up(gross * (1 - self.rate(CONSUMED)), self.digits)
        self.drop(same)
        resold = tuple(gross for _level in self.chain)  # of no price list: what the vendor took, as it is sold
        made = self.charge(sub, key, start, to, 1, gross, BLOCKED, kind=CONSUMED, amount=amount, retail=resold)
        self.put([made])

    def running(self, sub: Subscription, key: str, kind: str, start: date, price: Fraction | None) -> list[Charge]:
        """Return the charge of this period that more is added to."""
        alike = [c for c in sub.having(BLOCKED, kind=kind) if c.key == key and self.is_now(c)]
        return [c for c in alike if price is None or c.price == price]

    def do_price(self, event: dict) -> None:
        """Set new prices of resources, or of a reseller's list."""
        prices = {key: Fraction(price) for key, price in event["prices"].items()}
        if event.get("reseller"):
            level = next(at for at, one in enumerate(self.chain) if one["reseller"] == event["reseller"])
            self.retails[level] = self.retails[level] | prices
            return
        self.prices = self.prices | prices
        self.price_days |= dict.fromkeys(prices, self.today)
