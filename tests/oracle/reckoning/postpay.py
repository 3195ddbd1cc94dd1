"""Postpay (billing-types.md 4): confirmation under a limit instead of payment, bills on the day after a billing day."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

from tests.oracle.reckoning.days import ONE_DAY
from tests.oracle.reckoning.things import (
    ACTIVE,
    BLOCKED,
    CLOSED,
    GRACED,
    OPENED,
    RECURRING,
    SHUT,
    STOPPED,
    Charge,
    Order,
    Subscription,
)
from tests.oracle.reckoning.verbs import refuse_if
from tests.oracle.reckoning.world import World


@dataclass(eq=False)
class Bill:
    """A payment for rendered services over what was closed on one billing day."""

    billing_day: date
    created: date
    due: date
    expires: date
    amount: Fraction
    subs: set[str] = field(default_factory=set)
    status: str = "waiting"


class Postpaid(World):
    """An account that pays afterwards."""

    def __init__(self, history: dict) -> None:
        super().__init__(history)
        terms = history.get("account_class") or {}
        limit = terms.get("subscription_credit_limit")
        self.limit = None if limit is None else Fraction(limit)
        self.days_to_pay = terms.get("payment_expiration_days", 10)
        self.bills: list[Bill] = []
        self.billed: list[Charge] = []
        self.credit = Fraction(0)

    fee_status = BLOCKED
    used_status = BLOCKED

    @property
    def unpaid(self) -> Fraction:
        """The sum of the bills that are not paid."""
        return sum((b.amount for b in self.bills if b.status in ("waiting", "expired")), Fraction(0))

    @property
    def available(self) -> Fraction:
        """What is not allotted to a bill."""
        return self.balance + self.unpaid

    def settle_hold(self) -> None:
        """The balance of a postpaid account holds nothing up."""

    def status_of(self, first: date, to: date, *, lead: bool) -> str:
        """What has begun is Blocked, and the first piece of a term; what is to come is Opened.

        A piece of a renewal that was over before it is confirmed is Closed that day (5.1, T31): it belongs to no
        billing day to come.
        """
        if to <= self.today:
            return CLOSED
        return BLOCKED if first <= self.today or lead else OPENED

    # ---- confirmation -----------------------------------------------------------------------------------------

    def debt(self, sub: Subscription) -> Fraction:
        """Return the current debt of a subscription."""
        every = self.type not in ("csp_monthly", "payg_external")
        held = sub.renewal.held if sub.renewal is not None else []
        live = [c for c in [*sub.charges, *held] if c.status == BLOCKED and (every or c.to > self.period_begin)]
        return sum((c.amount for c in live), Fraction(0))

    def month_of(self, sub: Subscription, plan: str | None, order: Order | None = None) -> Fraction:
        """Return what a full month of the subscription costs, with an order if it is confirmed."""
        if self.kind.metered or sub.trial:
            return Fraction(0)
        of_order = order.units if order is not None else {}
        keeps = order is not None and order.kind == "change"
        units = {key: (sub.units.get(key, 0) if keeps else 0) + of_order.get(key, 0) for key in self.keys(plan)}
        if order is None:
            units = sub.units
        total = self.fee(plan, "", "recurring_fee") if self.kind.fees else Fraction(0)
        for key, count in self.charged(plan, units).items():
            price = order.agreed[key] if order is not None else self.price_for(sub, key)
            old = self.at_old_prices(sub, key) if (keeps or order is None) and sub.end is not None else None
            if old is None:
                total += count * price
            else:
                total += old[1] + (count - old[0]) * price
        return total * (1 - self.rate(RECURRING))

    def at_old_prices(self, sub: Subscription, key: str) -> tuple[int, Fraction]:
        """Return how many units of a term are charged today, or would be if it ran, and what a month of them costs."""
        every = sub.having(BLOCKED, OPENED, kind=RECURRING)
        live = [c for c in every if c.key == key and c.first <= self.today < c.to]
        return int(sum(c.units for c in live)), sum((c.units * c.price for c in live), Fraction(0))

    def may_owe(self, sub: Subscription, coming: Fraction, month: Fraction) -> bool:
        """Tell whether a limit allows so much more, and such a month."""
        return self.limit is None or (self.debt(sub) + coming <= self.limit and month <= self.limit)

    def place(self, sub: Subscription, order: Order, pay: str, released: Fraction = Fraction(0)) -> None:
        """Confirm an order, and carry it out at once."""
        coming = self.to_pay(sub, order)
        refuse_if(not self.may_owe(sub, coming, self.month_of(sub, sub.plan, order)), "over the limit")
        self.carry_out(sub, order)

    def check_term(self, sub: Subscription, order: Order, pay: str) -> None:
        """Confirm a renewal."""
        month = self.month_of(sub, sub.plan, order)
        refuse_if(not self.may_owe(sub, order.due, month), "over the limit")
        order.due = Fraction(0)

    def may_pay_term(self, sub: Subscription, order: Order) -> bool:
        """Tell whether the night confirms a renewal."""
        return self.may_owe(sub, self.to_pay(sub, order), self.month_of(sub, sub.plan, order))

    def check_switch(self, sub: Subscription, order: Order, pay: str, needed: Fraction, released: Fraction) -> None:
        """Confirm a switch: less what it releases."""
        order.due = Fraction(0)
        refuse_if(not self.may_owe(sub, needed - released, self.month_of(sub, order.plan, order)), "over the limit")

    def may_activate(self, sub: Subscription, needed: Fraction) -> bool:
        """Confirm an activation."""
        return self.may_owe(sub, needed, Fraction(0))

    def do_activate(self, event: dict) -> None:
        """Activate by hand, also what a limit has shut."""
        sub = self.known(event)
        if sub.status == SHUT and sub.limit_hit:
            refuse_if(self.is_over(sub) or not self.reopen(sub), "over the limit")
            return
        refuse_if(sub.status == SHUT, "an expired payment")
        refuse_if(sub.status == STOPPED and not self.month_fits(sub), "over the limit")
        super().do_activate(event)

    def activate(self, sub: Subscription) -> bool:
        """Activate today, if the limit allows what is owed, also where nothing new is reserved."""
        return (sub.trial or self.may_owe(sub, Fraction(0), Fraction(0))) and super().activate(sub)

    def month_fits(self, sub: Subscription) -> bool:
        """Tell whether the limit allows a month of what there is."""
        return self.may_owe(sub, -self.debt(sub), self.month_of(sub, sub.plan))

    def reopen(self, sub: Subscription) -> bool:
        """Activate what was shut, if the limit allows it; else it stays shut by the limit."""
        sub.limit_hit = not (self.month_fits(sub) and self.activate(sub))
        return not sub.limit_hit

    def do_pay(self, event: dict) -> None:
        """No order waits for a payment."""
        refuse_if(True, "nothing to pay")

    def end_at_deletion(self, charge: Charge) -> None:
        """What was used stays reserved until the billing day."""

    # ---- the night --------------------------------------------------------------------------------------------

    def night(self) -> None:
        """Bills that are due, the billing day, the bill for that of yesterday."""
        for bill in self.bills:
            if bill.status == "waiting" and bill.due == self.today and self.available >= bill.amount:
                bill.status = "completed"
        for bill in self.bills:
            if bill.status == "waiting" and bill.expires == self.today:
                bill.status = "expired"
                self.shut(bill)
        if self.next_period_begins:
            for sub in self.subs.values():
                for charge in sub.having(BLOCKED):
                    if charge.to <= self.today or charge.kind in ("setup_fee", "renewal_fee", "transfer_fee"):
                        self.close(charge)
        for sub in sorted(self.subs.values(), key=lambda s: (s.priority, s.number)):
            if sub.status != "deleted":
                self.turn(sub)
        self.bill_yesterday()

    def shut(self, bill: Bill) -> None:
        """Block the service of everything that an expired bill names."""
        for sub in self.subs.values():
            if sub.name in bill.subs and sub.status == ACTIVE:
                self.stop(sub)
                sub.status = SHUT

    def begin_period(self, sub: Subscription) -> None:
        """The charges that begin today are reserved, whatever the funds; a month above the limit shuts CSP monthly."""
        if sub.trial:
            return
        if self.kind.merges and sub.end is None:
            order = self.new_order(sub, "change", sub.units)
            coming = self.corrected(self.recurring(sub, sub.plan, order, self.spans(None)))
        else:
            coming = [c for c in sub.having(OPENED) if c.first <= self.today < c.to]
        month = sum((c.units * c.price * (1 - c.rate) for c in coming if c.kind == RECURRING), Fraction(0))
        if self.kind.merges and self.limit is not None and month > self.limit:
            self.forget(sub)
            sub.status, sub.limit_hit = SHUT, True
            return
        for charge in coming:
            charge.status = BLOCKED
        self.put(c for c in coming if c not in sub.charges)

    def turn(self, sub: Subscription) -> None:
        """What is bought for a whole term goes on while the service is off."""
        if self.kind.all_blocked and sub.status in (STOPPED, SHUT, GRACED, ACTIVE):
            for charge in sub.having(OPENED):
                if charge.first == self.today:
                    charge.status = BLOCKED
        super().turn(sub)

    def bill_yesterday(self) -> None:
        """Bill what has closed in the period that ended yesterday: on its billing day, or by hand before that."""
        yesterday = self.today - ONE_DAY
        if self.period_begin != yesterday:
            return
        gone = [c for s in self.subs.values() for c in s.charges if c.status == CLOSED and c.closed_on <= yesterday]
        closed = [c for c in gone if c not in self.billed]
        self.billed += closed
        total = sum((c.amount for c in closed), Fraction(0))
        if total <= 0:
            return
        expires = self.today + timedelta(self.days_to_pay)
        names = {c.sub.name for c in closed}
        self.bills.append(Bill(yesterday, self.today, expires - ONE_DAY, expires, total, names))

    # ---- money ------------------------------------------------------------------------------------------------

    def do_pay_invoice(self, event: dict) -> None:
        """A bill is paid from outside: what it has shut runs again, if the limit allows."""
        unpaid = [b for b in self.bills if b.status in ("waiting", "expired")]
        if "billing_day" in event:
            unpaid = [b for b in unpaid if b.billing_day.isoformat() == event["billing_day"]]
        refuse_if(not unpaid, "nothing to pay")
        bill = unpaid[0]
        was, bill.status = bill.status, "completed"
        self.move(bill.amount)
        if was == "expired":
            still = {name for b in self.bills if b.status == "expired" for name in b.subs}
            for sub in sorted(self.subs.values(), key=lambda s: (s.priority, s.number)):
                shut = sub.name in bill.subs and sub.status == SHUT and not sub.limit_hit
                if shut and sub.name not in still and not self.is_over(sub):
                    self.reopen(sub)

    def invoiced(self) -> list[dict]:
        """Return the bills."""
        return [
            {
                "purpose": "rendered_services", "status": b.status, "amount": b.amount,
                "created_on": b.created.isoformat(), "due_on": b.due.isoformat(),
            }
            for b in self.bills
        ]  # fmt: skip
