"""Another plan, and charges closed by hand (billing-types.md 5.6, 5.7)."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from tests.oracle.reckoning.days import months_later
from tests.oracle.reckoning.terms import Terms
from tests.oracle.reckoning.things import (
    ACTIVE,
    BLOCKED,
    GRACED,
    OPENED,
    RECURRING,
    SETUP,
    STOPPED,
    Charge,
    Order,
    Subscription,
)
from tests.oracle.reckoning.verbs import refuse_if


class Plans(Terms):
    """A switch to another plan of the history, and closing by hand."""

    def do_switch(self, event: dict) -> None:
        """Go to another plan on this day."""
        sub = self.known(event)
        target = self.plans[event["plan"]]
        refuse_if(sub.status != ACTIVE, "not active")
        refuse_if(not self.kind.switches or sub.by_hand, "the type cannot switch")
        refuse_if(target.get("billing_type", self.type) != self.type, "another billing type")
        refuse_if(sub.plan == event["plan"], "its own plan")
        refuse_if(sub.order is not None or (sub.renewal is not None and not sub.renewal.automatic), "an order waits")
        refuse_if(sub.term_ahead is not None and sub.term_ahead > self.today, "a term is paid ahead")
        units = {key: event["quantities"].get(key, 0) for key in self.keys(event["plan"])}
        refuse_if(set(event["quantities"]) - set(units), "a resource of another plan")
        self.check_bounds(event["plan"], units)
        refuse_if(not any(units.values()), "nothing ordered")
        agreed = dict(self.prices)
        order = Order("switch", self.today, units, agreed, self.retail_now(), plan=event["plan"])
        needed, released = self.to_pay(sub, order), self.released_by(sub, order)
        order.due = max(needed - released, Fraction(0))
        self.check_switch(sub, order, event.get("pay", "now"), needed, released)
        if event.get("pay", "now") == "now":
            self.move(order.due)
        if event.get("pay", "now") == "later" and order.due:
            sub.order = order
        else:
            self.carry_out(sub, order)
            self.order_anew(sub)

    def check_switch(self, sub: Subscription, order: Order, pay: str, needed: Fraction, released: Fraction) -> None:
        """Refuse a switch from the balance where what is there and what is released do not cover it."""
        refuse_if(pay == "balance" and needed and self.available + released < needed, "funds are short")

    def end_after_switch(self, sub: Subscription) -> date | None:
        """Return the end of the term: it stays, but after a trial a new one begins."""
        return months_later(self.today, self.months) if sub.trial and self.months is not None else sub.end

    def switched(self, sub: Subscription, order: Order) -> list[Charge]:
        """Return what the new plan costs from today on."""
        end = self.end_after_switch(sub)
        made = []
        if self.kind.fees:
            made += self.fees(sub, order.plan, SETUP, self.charged(order.plan, order.units), (self.today, end))
        return self.corrected(made + self.recurring(sub, order.plan, order, self.spans(end)))

    def left_of(self, sub: Subscription) -> list[Charge]:
        """Return the used parts of what the plan that is left has charged."""
        running = [c for c in sub.having(BLOCKED, kind=RECURRING) if c.to > self.today]
        return [part for charge in running for part in self.used_part(charge)]

    def released_by(self, sub: Subscription, order: Order) -> Fraction:
        """Return what a switch gives back of what is reserved."""
        if order.kind != "switch":
            return Fraction(0)
        running = [c for c in sub.having(BLOCKED, kind=RECURRING) if c.to > self.today]
        return sum((c.amount for c in running), Fraction(0)) - sum(c.amount for c in self.left_of(sub))

    def exchange(self, sub: Subscription, order: Order) -> None:
        """The new plan takes the place of the old one."""
        self.forget(sub)
        left = self.left_of(sub)
        self.drop(c for c in sub.having(BLOCKED, OPENED, kind=RECURRING) if c.to > self.today)
        self.put(left)
        if sub.trial:
            sub.end, sub.anchor = self.end_after_switch(sub), self.today
            sub.trial = False
        sub.plan, sub.units = order.plan, dict(order.units)
        sub.agreed, sub.retail = dict(order.agreed), dict(order.retail)

    def do_close_charges(self, event: dict) -> None:
        """Close everything that is reserved or to come, by hand."""
        sub = self.known(event)
        refuse_if(not self.closes_by_hand, "the type closes on its days")
        refuse_if(sub.status not in (ACTIVE, GRACED, STOPPED), "not active")
        live = sub.having(BLOCKED, OPENED, kind=RECURRING)
        refuse_if(not live, "nothing to close")
        made = self.collapsed(sub, live)
        self.drop(live)
        self.put(made)
        sub.by_hand = True

    closes_by_hand = property(lambda self: self.type == "csp_annual")
