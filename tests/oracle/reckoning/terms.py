"""Terms that end and go on: renewals by hand and of themselves, grace, stop, deletion by the timer."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

from tests.oracle.reckoning.days import months_later
from tests.oracle.reckoning.things import (
    ACTIVE,
    BLOCKED,
    CLOSED,
    DELETED,
    GRACED,
    OPENED,
    ORDERED,
    STOPPED,
    NotAcceptedError,
    Order,
    Subscription,
)
from tests.oracle.reckoning.verbs import Verbs, refuse_if


class Terms(Verbs):
    """What becomes of a subscription at the end of its term."""

    def __init__(self, history: dict) -> None:
        super().__init__(history)
        term = history.get("service_term") or {}
        self.grace, self.stop_days = term.get("grace_days", 0), term.get("stop_days")
        self.ahead, self.by_hand = term.get("renew_point", 0), term.get("manual_renew_point", -1)

    # ---- the order of a term ----------------------------------------------------------------------------------

    def term_order(self, sub: Subscription, units: dict[str, int], *, automatic: bool) -> Order:
        """Return the order of another term at the plan's prices of today, fixed or not."""
        order = Order("renewal", self.today, dict(units), dict(self.prices), self.retail_now(), automatic=automatic)
        self.date_term(sub, order)
        order.due = self.to_pay(sub, order)
        return order

    def date_term(self, sub: Subscription, order: Order) -> None:
        """Set the days of the term that is ordered: after the last one, or from today on where that was over."""
        first = sub.end
        if sub.ended:
            first = self.today.replace(day=1) if self.kind.whole_months else self.today
        anchor = sub.anchor if first == sub.end else first  # a term that follows without a gap goes on
        terms = 1
        while months_later(anchor, terms * self.months) <= first:
            terms += 1
        order.first, order.end = first, months_later(anchor, terms * self.months)

    def starts_at_once(self, sub: Subscription, order: Order) -> bool:
        """Tell whether a paid renewal is carried out today."""
        return self.kind.renews_at_once or order.first <= self.today

    def settle_term(self, sub: Subscription, order: Order) -> None:
        """A renewal is paid: it begins, or what is due of it is reserved until its day."""
        order.paid = True
        if not self.starts_at_once(sub, order):
            sub.renewal = order
            order.held = [c for c in self.renewed(sub, order) if c.status in (BLOCKED, CLOSED)]
            for charge in order.held:
                charge.status = BLOCKED
            return
        sub.renewal = None
        self.drop(order.held)
        made = self.renewed(sub, order)
        early = order.first > self.today
        if early:
            sub.term_ahead = order.first
        if order.first != sub.end:
            sub.anchor = order.first
        sub.agreed, sub.retail = dict(order.agreed), dict(order.retail)
        sub.units, sub.end, sub.by_hand = dict(order.units), order.end, False
        self.put(made)
        if early and sub.status == ACTIVE:
            return
        sub.status, sub.ended = ACTIVE, False
        if self.kind.whole_months:
            self.note_month(sub)
        if sub.end <= self.today:  # all its days were days of grace
            sub.ended = (self.today - sub.end).days >= self.grace
            sub.status = STOPPED if sub.ended else GRACED

    def forget(self, sub: Subscription) -> None:
        """Give up a term that was ordered and has not begun."""
        if sub.renewal is not None:
            self.drop(sub.renewal.held)
            sub.renewal = None

    def renews_itself(self, sub: Subscription) -> bool:
        """Tell whether the night orders another term."""
        ahead = sub.term_ahead is not None and sub.term_ahead > self.today
        return sub.status == ACTIVE and sub.auto and sub.renewal is None and not ahead

    def order_of_itself(self, sub: Subscription) -> None:
        """The night orders another term; where nothing is due it is paid, or in postpay confirmed within the limit."""
        sub.renewal = self.term_order(sub, sub.units, automatic=True)
        if not sub.renewal.due and sub.end > self.today and self.may_pay_term(sub, sub.renewal):
            self.settle_term(sub, sub.renewal)

    def order_anew(self, sub: Subscription) -> None:
        """After a change of quantities, or of the plan, the term that the night had ordered is ordered anew."""
        if not self.ahead or sub.end is None or sub.order is not None:
            return
        if 0 < (sub.end - self.today).days <= self.ahead and self.renews_itself(sub):
            self.order_of_itself(sub)

    # ---- events -----------------------------------------------------------------------------------------------

    def do_renew(self, event: dict) -> None:
        """Renew by hand."""
        sub = self.known(event)
        refuse_if(sub.end is None or sub.trial, "no term follows")
        refuse_if(sub.status not in (ACTIVE, GRACED, STOPPED), "not to be renewed")
        refuse_if(sub.status == STOPPED and self.today < sub.end, "activate first")
        refuse_if(self.hold, "held")
        refuse_if(sub.term_ahead is not None and sub.term_ahead > self.today, "renewed already")
        days = (sub.end - self.today).days
        refuse_if(self.by_hand == 0 or 0 < self.by_hand < days, "not open")
        refuse_if(sub.order is not None or sub.renewal is not None, "an order waits")
        units = sub.units | event.get("quantities", {})
        self.check_bounds(sub.plan, units)
        refuse_if(not any(units.values()), "nothing ordered")
        order = self.term_order(sub, units, automatic=False)
        pay = event.get("pay", "now")
        self.check_term(sub, order, pay)
        if pay == "now":
            self.move(order.due)
        sub.renewal = order
        if pay != "later" or not order.due:
            self.settle_term(sub, order)

    def check_term(self, sub: Subscription, order: Order, pay: str) -> None:
        """Refuse a renewal from the balance where it does not cover what is due."""
        refuse_if(pay == "balance" and order.due and self.available < order.due, "funds are short")

    def do_pay(self, event: dict) -> None:
        """Money comes in for the order or the renewal that waits."""
        sub = self.known(event)
        order = sub.renewal
        if sub.order is not None or order is None or order.paid:
            super().do_pay(event)
            return
        self.move(order.due)
        anew = order
        if sub.ended and order.first != self.today:
            anew = Order("renewal", order.placed, order.units, order.agreed, order.retail, automatic=order.automatic)
            self.date_term(sub, anew)
        missing = self.to_pay(sub, anew) - self.available
        if self.today > order.placed and missing > 0:
            order.due = missing
            raise NotAcceptedError("still short")
        self.settle_term(sub, anew)

    def do_auto_renew(self, event: dict) -> None:
        """Switch the option."""
        sub = self.known(event)
        refuse_if(self.months is None or sub.trial, "no term follows")
        sub.auto = event["on"]
        waits = sub.renewal is not None and sub.renewal.automatic and not sub.renewal.paid
        if not sub.auto and waits and sub.status == ACTIVE:
            self.forget(sub)

    # ---- the night --------------------------------------------------------------------------------------------

    def night(self) -> None:
        """Close what is over, then take one subscription after the other."""
        for sub in self.subs.values():
            for charge in sub.having(BLOCKED):
                if charge.to <= self.today:
                    self.close(charge)
        for sub in sorted(self.subs.values(), key=lambda s: (s.priority, s.number)):
            if sub.status != DELETED:
                self.turn(sub)

    def turn(self, sub: Subscription) -> None:
        """Do to one subscription what the night of today does."""
        self.cancel_unpaid(sub)
        if sub.status in (ORDERED, DELETED):
            return
        self.drop(c for c in sub.having(OPENED) if c.to <= self.today)
        if self.kind.written_off_ahead:
            for charge in sub.having(OPENED):
                if charge.first <= self.today:
                    self.close(charge)
        if sub.end == self.today:
            self.end_of_term(sub)
        elif sub.status == ACTIVE and self.next_period_begins:
            self.begin_period(sub)
        self.pass_timers(sub)
        point = self.ahead and sub.end is not None and self.today == sub.end - timedelta(self.ahead)
        if point and sub.order is None and self.renews_itself(sub):
            self.order_of_itself(sub)

    def cancel_unpaid(self, sub: Subscription) -> None:
        """Cancel what nobody has paid in time."""
        days = (self.history.get("account_class") or {}).get("cancel_unpaid_after")
        if days is None:
            return
        over = timedelta(max(days, 1))
        if sub.order is not None and self.today >= sub.order.placed + over:
            sub.order = None
            if sub.status == ORDERED:
                sub.status = DELETED
        if sub.renewal is not None and not sub.renewal.paid and self.today >= sub.renewal.placed + over:
            self.forget(sub)

    @property
    def next_period_begins(self) -> bool:
        """Tell whether today is a billing day."""
        return self.period_begin == self.today

    def begin_period(self, sub: Subscription) -> None:
        """On a billing day reserve what the period that begins costs; without funds the subscription stops."""
        if self.kind.all_blocked or self.kind.metered or self.kind.written_off_ahead or sub.trial:
            return
        if self.kind.merges and sub.end is None:
            order = self.new_order(sub, "change", sub.units)
            coming = self.corrected(self.recurring(sub, sub.plan, order, self.spans(None)))
        else:
            coming = [c for c in sub.having(OPENED) if c.first <= self.today < c.to]
        if self.available < sum((c.amount for c in coming), Fraction(0)):
            sub.order = None
            self.forget(sub)
            sub.status = STOPPED
            return
        if self.kind.whole_months:
            self.note_month(sub)
        for charge in coming:
            charge.status = BLOCKED
        self.put(c for c in coming if c not in sub.charges)

    def end_of_term(self, sub: Subscription) -> None:
        """The term ends: the next one begins if it is paid or can be; else days of grace, or a stop."""
        sub.order = None
        if sub.status != ACTIVE:
            sub.ended = sub.status in (STOPPED, "blocked")
            return
        if self.renews_itself(sub):
            self.order_of_itself(sub)
        order = sub.renewal
        if order is not None and not order.paid and sub.auto and not self.may_pay_term(sub, order):
            order = None
        if order is not None and (order.paid or sub.auto):
            self.settle_term(sub, order)
        elif self.grace:
            sub.status = GRACED
        else:
            sub.status, sub.ended = STOPPED, True

    def may_pay_term(self, sub: Subscription, order: Order) -> bool:
        """Tell whether what is available covers a renewal in the night of the end."""
        return self.to_pay(sub, order) <= max(self.available, 0)

    def pass_timers(self, sub: Subscription) -> None:
        """End the days of grace and the stop period."""
        if sub.end is None:
            return
        after = (self.today - sub.end).days
        if sub.status == GRACED and after >= self.grace:
            sub.status, sub.ended = STOPPED, True
        still = sub.status in (STOPPED, "blocked")
        if still and self.stop_days is not None and after >= self.grace + self.stop_days:
            self.delete(sub)
