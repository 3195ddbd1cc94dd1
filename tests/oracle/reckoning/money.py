"""Money of one account: balance, amounts of charges, discounts, write-offs, and what resellers owe each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from fractions import Fraction

from tests.oracle.reckoning.days import MINOR_DIGITS, half_up, period_of
from tests.oracle.reckoning.things import (
    BLOCKED,
    CLOSED,
    CONSUMED,
    GONE,
    KINDS,
    PLAN,
    RECURRING,
    RENEWAL,
    SETUP,
    TRANSFER,
    Charge,
    Subscription,
)

ON = {SETUP: "setup", RENEWAL: "renewal", RECURRING: "recurring", CONSUMED: "recurring", TRANSFER: "transfer"}


class Money:
    """One account: what it has, what is reserved, what each charge comes to."""

    def __init__(self, history: dict) -> None:
        self.history = history
        self.digits = MINOR_DIGITS.get(history["currency"], 2)
        self.type = history.get("billing_type", "csp_monthly")
        self.kind = KINDS[self.type]
        self.billing_day = history.get("billing_day", 1)
        self.fixed = history.get("fixed_price", False)
        self.credit = Fraction(history.get("credit_limit", "0"))
        if not history.get("account_class", {}).get("negative_allowed", True):
            self.credit = Fraction(0)
        discount = history.get("discount") or {}
        self.percent = Fraction(discount.get("percent", "0"))
        self.discounted = set(discount.get("on", ["setup", "renewal", "recurring"]))
        self.subs: dict[str, Subscription] = {}
        self.balance = Fraction(0)
        self.by_day: dict[date, Fraction] = defaultdict(Fraction)
        self.refused: list[dict] = []
        self.blocks = 0
        self.today = date.min
        self.chain = history.get("chain") or []
        self.reseller_charges: list[dict] = []
        self.read_plans(history)

    def read_plans(self, history: dict) -> None:
        """Note resources and fees by plan, and the prices, which are by resource."""
        further = history.get("plans") or {}
        self.plans = {None: {"resources": history["resources"], "plan": history.get("plan") or {}}, **further}
        self.resources = {name: {r["key"]: r for r in plan["resources"]} for name, plan in self.plans.items()}
        self.prices = {key: Fraction(r["price"]) for plan in self.resources.values() for key, r in plan.items()}
        self.retails = [{key: Fraction(p) for key, p in level["retail"].items()} for level in self.chain]

    # ---- funds ------------------------------------------------------------------------------------------------

    @property
    def blocked(self) -> Fraction:
        """What is reserved, also for terms that wait for their day."""
        total = Fraction(0)
        for sub in self.subs.values():
            held = sub.renewal.held if sub.renewal is not None else ()
            total += sum(c.amount for c in [*sub.charges, *held] if c.status == BLOCKED)
        return total

    @property
    def available(self) -> Fraction:
        """What may be reserved yet."""
        return self.balance - self.blocked + self.credit

    def move(self, amount: Fraction) -> None:
        """Book money in, or out where it is negative."""
        self.balance += amount
        self.by_day[self.today] += amount

    # ---- charges ----------------------------------------------------------------------------------------------

    def fee(self, plan: str | None, key: str, name: str) -> Fraction:
        """Return a fee of the plan's own part or of a resource."""
        of = (self.plans[plan].get("plan") or {}) if key == PLAN else self.resources[plan][key]
        return Fraction(of.get(name, "0"))

    def chargeable(self, plan: str | None, key: str, units: int) -> int:
        """Return the units that are charged of so many: what is included is free."""
        return max(0, units - int(self.resources[plan][key].get("included", 0)))

    def new_block(self) -> int:
        """Return a number above those of all blocks bought so far."""
        self.blocks += 1
        return self.blocks

    def rate(self, kind: str) -> Fraction:
        """Return the account's discount on charges of a kind, as a share of 1."""
        return self.percent / 100 if ON[kind] in self.discounted else Fraction(0)

    def share(self, first: date, to: date) -> Fraction:
        """Return which part of its billing period `[first, to)` is."""
        begin, end = period_of(first, self.billing_day)
        return Fraction((to - first).days, (end - begin).days)

    def charge(self, sub: Subscription, key: str, first: date, to: date, units, price, status: str, **more) -> Charge:
        """Return what `units` cost for `[first, to)`: unit-days, rounded once, unless its `amount` is given.

        `like`: the charge whose block, price and retail it carries on.
        """
        kind, like = more.pop("kind", RECURRING), more.pop("like", None)
        exact = Fraction(units) * price * (self.share(first, to) if kind == RECURRING else 1)
        rate = self.rate(kind) if like is None else like.rate
        made = Charge(
            sub, key, kind, first, to, Fraction(units), price, status,
            amount=more.pop("amount", half_up(exact * (1 - rate), self.digits)),
            block=more.pop("block", like.block if like is not None else 0) or self.new_block(),
            gross=half_up(exact, self.digits), rate=rate,
            retail=more.pop("retail", like.retail if like is not None else self.retail_of(sub, key, kind)),
            **more,
        )  # fmt: skip
        return made

    def corrected(self, charges: list[Charge]) -> list[Charge]:
        """Let the net amounts of one order or night add up to what its discount makes of the sum (section 7)."""
        subject = [c for c in charges if c.rate]
        if not subject:
            return charges
        rate = subject[0].rate
        total = sum((c.gross for c in subject), Fraction(0))
        wanted = half_up(total - rate * total, self.digits)
        for charge in subject:
            charge.amount = half_up(charge.gross * (1 - rate), self.digits)
        missing = wanted - sum(c.amount for c in subject)
        for charge in reversed(subject):
            fits = min(max(charge.amount + missing, Fraction(0)), charge.gross) - charge.amount
            charge.amount += fits
            missing -= fits
        return charges

    def put(self, charges: Iterable[Charge]) -> None:
        """Write charges into the books of their subscriptions; what is closed is written off."""
        for charge in charges:
            charge.sub.charges.append(charge)
            if charge.status == CLOSED and charge.closed_on is None:
                self.close(charge)

    def close(self, charge: Charge) -> None:
        """Write a charge off today, and have each reseller owe its share to the one above."""
        charge.status, charge.closed_on = CLOSED, self.today
        self.move(-charge.amount)
        self.owe(charge)

    @staticmethod
    def drop(charges: Iterable[Charge]) -> None:
        """Delete charges."""
        for charge in charges:
            charge.status = GONE

    # ---- resellers --------------------------------------------------------------------------------------------

    def retail_of(self, sub: Subscription, key: str, kind: str) -> tuple:
        """Return what each level asks for a unit today, or as agreed where the price is fixed."""
        name = key if kind == RECURRING and key else f"{kind}:{key}"
        if self.fixed and name in sub.retail:
            return sub.retail[name]
        return tuple(level.get(name, Fraction(0)) for level in self.retails)

    def retail_now(self) -> dict[str, tuple]:
        """Return every price of every level as of now."""
        names = {name for level in self.retails for name in level}
        return {name: tuple(level.get(name, Fraction(0)) for level in self.retails) for name in names}

    def owe(self, charge: Charge) -> None:
        """Make the reseller charges of one that is closed."""
        names = [level["reseller"] for level in self.chain] + ["seller"]
        for at, level in enumerate(self.chain):
            amount = sum((self.owed(part, at, level) for part in charge.instead_of or (charge,)), Fraction(0))
            self.reseller_charges.append(
                {
                    "upstream": names[at], "downstream": names[at + 1], "subscription": charge.sub.name,
                    "resource": charge.key or None, "type": charge.kind, "from": charge.first.isoformat(),
                    "to": charge.to.isoformat(), "quantity": charge.units, "amount": amount,
                    "created_on": self.today.isoformat(),
                }
            )  # fmt: skip

    def owed(self, charge: Charge, at: int, level: dict) -> Fraction:
        """Return what one level takes for a charge from the level below; unit-hours have no months (section 8)."""
        by_days = charge.kind == RECURRING and not self.kind.metered
        months = self.share(charge.first, charge.to) if by_days else Fraction(1)
        exact = months * charge.units * charge.retail[at] * (100 - Fraction(level.get("discount", "0"))) / 100
        return half_up(exact, self.digits)
