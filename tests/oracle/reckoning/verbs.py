"""What people do to one subscription: order, change, stop, activate, delete, pay."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from tests.oracle.reckoning.building import Building
from tests.oracle.reckoning.days import period_of
from tests.oracle.reckoning.things import (
    ACTIVE,
    BLOCKED,
    CLOSED,
    DELETED,
    GRACED,
    OPENED,
    ORDERED,
    RECURRING,
    STOPPED,
    Charge,
    NotAcceptedError,
    Order,
    Subscription,
)


def refuse_if(no: object, why: str) -> None:
    """Refuse the event where `no` is true."""
    if no:
        raise NotAcceptedError(why)


class Verbs(Building):
    """The events of simulation.md that concern one subscription."""

    hold: str | None = None  # why the account is on hold

    # ---- common -----------------------------------------------------------------------------------------------

    def known(self, event: dict) -> Subscription:
        """Return the subscription of an event."""
        sub = self.subs.get(event.get("subscription", "main"))
        refuse_if(sub is None or sub.status == DELETED, "no such subscription")
        return sub

    def used_part(self, charge: Charge) -> list[Charge]:
        """Return the part of a charge up to yesterday, written off; nothing where it begins today."""
        if charge.first >= self.today:
            return []
        units, price = charge.units, charge.price
        return [
            self.charge(charge.sub, charge.key, charge.first, self.today, units, price, self.used_status, like=charge)
        ]

    used_status = CLOSED

    def check_bounds(self, plan: str | None, units: dict[str, int]) -> None:
        """Refuse quantities below the minimum or above the limit."""
        for key, count in units.items():
            of = self.resources[plan].get(key)
            refuse_if(of is None, "a resource of another plan")
            if self.kind.metered:
                continue
            refuse_if(count < int(of.get("minimum", 0)), "below the minimum")
            refuse_if(of.get("limit") is not None and count > int(of["limit"]), "above the limit")

    def new_order(self, sub: Subscription, kind: str, units: dict[str, int], **more) -> Order:
        """Return an order of today at today's prices."""
        agreed = {key: self.price_for(sub, key) for key in self.prices}
        retail = {n: sub.retail.get(n, r) if self.fixed else r for n, r in self.retail_now().items()}
        return Order(kind, self.today, units, agreed, retail, **more)

    # ---- orders and their payment -----------------------------------------------------------------------------

    def do_order(self, event: dict) -> None:
        """Order a subscription."""
        name = event.get("subscription", "main")
        refuse_if(name in self.subs, "name taken")
        refuse_if(self.hold == "administrative", "held")
        sub = Subscription(name, len(self.subs), event.get("priority", 0))
        sub.trial = self.history.get("trial", False)
        units = {key: event["quantities"].get(key, 0) for key in self.keys(None)}
        refuse_if(set(event["quantities"]) - set(units), "a resource of another plan")
        self.check_bounds(None, units)
        refuse_if(not self.kind.metered and not any(units.values()), "nothing ordered")
        self.subs[name] = sub
        try:
            self.place(sub, self.new_order(sub, "sales", units), event.get("pay", "now"))
        except NotAcceptedError:
            del self.subs[name]
            raise

    def made(self, sub: Subscription, order: Order) -> list[Charge]:
        """Return what an order makes where it is paid today."""
        return {"sales": self.sale, "change": self.raise_, "renewal": self.renewed, "switch": self.switched}[
            order.kind
        ](sub, order)

    def place(self, sub: Subscription, order: Order, pay: str, released: Fraction = Fraction(0)) -> None:
        """Take an order, and its money unless it is to be paid later; nothing due: nothing to wait for."""
        order.due = self.to_pay(sub, order)
        if pay == "balance" and order.due:
            refuse_if(self.available + released < order.due, "funds are short")
        if pay == "now":
            self.move(order.due)
        if pay == "later" and order.due:
            sub.order = order
        else:
            self.carry_out(sub, order)

    def to_pay(self, sub: Subscription, order: Order) -> Fraction:
        """Return what an order costs where it is paid today."""
        return self.due(self.made(sub, order))

    def carry_out(self, sub: Subscription, order: Order) -> None:
        """An order is paid: its units are there from today on."""
        made = self.made(sub, order)
        sub.order = None
        if order.kind == "sales":
            self.begin(sub, order)
        elif order.kind == "change":
            self.join(sub, order)
        else:
            self.exchange(sub, order)
        self.put(made)

    def begin(self, sub: Subscription, order: Order) -> None:
        """A subscription begins today."""
        sub.status, sub.units, sub.start = ACTIVE, dict(order.units), self.today
        sub.end = self.end_of_sale()
        sub.anchor = self.next_billing_day if self.kind.whole_months else self.today
        sub.agreed, sub.retail = dict(order.agreed), dict(order.retail)
        usual = self.type == "gsuite"
        sub.auto = self.history.get("auto_renew", usual) and self.months is not None and not sub.trial

    def join(self, sub: Subscription, order: Order) -> None:
        """The units of a raise are there; where prices merge, they join those of the coming pieces."""
        if self.kind.merges and sub.end is not None:
            before = self.charged(sub.plan, sub.units)
            after = self.charged(sub.plan, {key: n + order.units.get(key, 0) for key, n in sub.units.items()})
            for key, count in after.items():
                if count > before.get(key, 0):
                    self.drop(self.alike(sub, key, order.agreed[key]))
        for key, count in order.units.items():
            sub.units[key] = sub.units.get(key, 0) + count
            sub.peak[key] = max(sub.peak.get(key, 0), sub.units[key])

    def do_pay(self, event: dict) -> None:
        """Money comes in for the order that waits."""
        sub = self.known(event)
        order = sub.order
        refuse_if(order is None, "nothing to pay")
        self.move(order.due)
        if self.today > order.placed:
            needed = self.to_pay(sub, order)
            short = needed - self.available - self.released_by(sub, order)
            if short > 0:
                order.due = short
                raise NotAcceptedError("still short")
        self.carry_out(sub, order)
        if order.kind in ("change", "switch"):
            self.order_anew(sub)

    def released_by(self, sub: Subscription, order: Order) -> Fraction:
        """Return what an order gives back when it is carried out."""
        return Fraction(0)

    # ---- quantities -------------------------------------------------------------------------------------------

    def do_change(self, event: dict) -> None:
        """Raise and lower in one act."""
        sub = self.known(event)
        refuse_if(sub.status != ACTIVE or sub.trial, "not active")
        refuse_if(sub.order is not None, "an order waits")
        refuse_if(sub.renewal is not None and not sub.renewal.automatic, "a renewal waits")
        refuse_if(not self.kind.changes, "the type keeps its quantities")
        refuse_if(self.kind.whole_months and self.is_free(sub), "free period")
        wanted = event["quantities"]
        self.check_bounds(sub.plan, wanted)
        by = {key: count - sub.units.get(key, 0) for key, count in wanted.items()}
        refuse_if(not any(by.values()), "nothing changes")
        down = {key: -count for key, count in by.items() if count < 0}
        up = {key: count for key, count in by.items() if count > 0}
        refuse_if(down and (not self.kind.lowers or sub.by_hand), "cannot be lowered")
        kept, sub.renewal = sub.renewal, None
        gone, made = self.lowered(sub, down)
        before = dict(sub.units)
        sub.units.update({key: sub.units[key] - count for key, count in down.items()})
        try:
            if up:
                self.place(sub, self.new_order(sub, "change", up), event.get("pay", "now"), self.freed(gone, made))
        except NotAcceptedError:
            sub.units, sub.renewal = before, kept
            raise
        self.drop(gone)
        self.put(made)
        self.order_anew(sub)

    def freed(self, gone: list[Charge], made: list[Charge]) -> Fraction:
        """Return what a lowering gives back."""
        return sum((c.amount for c in gone if c.status == BLOCKED), Fraction(0)) - self.due(made)

    def is_free(self, sub: Subscription) -> bool:
        """Tell whether a subscription of whole months is in the days before the first of them."""
        return sub.end is not None and self.today < sub.anchor and sub.month is None

    def lowered(self, sub: Subscription, down: dict[str, int]) -> tuple[list[Charge], list[Charge]]:
        """Take units out of every piece that is not over, the last bought first; return what goes and what comes."""
        gone, made = [], []
        for key, count in down.items():
            have = sub.units[key]
            less = self.chargeable(sub.plan, key, have) - self.chargeable(sub.plan, key, have - count)
            live = [c for c in sub.having(OPENED, BLOCKED, kind=RECURRING) if c.key == key and c.to > self.today]
            if self.kind.whole_months:
                live = [c for c in live if c.first > self.today]
            for to in sorted({c.to for c in live}):  # all charges of a piece end together
                left = less
                for charge in sorted((c for c in live if c.to == to), key=lambda c: -c.block):
                    taken = min(left, charge.units)
                    if taken:
                        gone.append(charge)
                        made += self.cut(charge, charge.units - taken)
                        left -= taken
        return gone, made

    def cut(self, charge: Charge, stay: Fraction) -> list[Charge]:
        """Return the used days of a charge, and the rest with the units that stay."""
        parts = self.used_part(charge)
        if stay:
            first = max(charge.first, self.today)
            parts.append(
                self.charge(
                    charge.sub, charge.key, first, charge.to, stay, charge.price, charge.status, like=charge
                )
            )  # fmt: skip
        return parts

    # ---- stop, activation, deletion ---------------------------------------------------------------------------

    def do_stop(self, event: dict) -> None:
        """Stop by hand."""
        sub = self.known(event)
        refuse_if(sub.status not in (ACTIVE, GRACED), "not active")
        refuse_if(not self.kind.stops and not sub.trial, "the type cannot be stopped")
        self.stop(sub)

    def stop(self, sub: Subscription) -> None:
        """Stop a subscription today: orders that wait are given up."""
        sub.order = None
        self.forget(sub)
        if sub.status == GRACED:
            sub.ended = True
        sub.status = STOPPED
        self.stop_charges(sub)

    def stop_charges(self, sub: Subscription) -> None:
        """Split the running charges at today."""
        if not self.kind.stop_splits:
            return
        for charge in sub.having(BLOCKED, kind=RECURRING):
            if not charge.first <= self.today < charge.to:
                continue
            used = self.used_part(charge)
            rest = charge.amount - sum(c.amount for c in used)
            status = OPENED if self.kind.stop_opens else BLOCKED
            units, price = charge.units, charge.price
            part = self.charge(
                sub, charge.key, self.today, charge.to, units, price, status, like=charge, amount=rest
            )  # fmt: skip
            self.drop([charge])
            self.put([*used, part])

    def do_activate(self, event: dict) -> None:
        """Activate by hand."""
        sub = self.known(event)
        refuse_if(sub.status != STOPPED or self.is_over(sub), "not stopped")
        refuse_if(not self.kind.stops and not sub.trial, "the type cannot be activated")
        refuse_if(self.hold, "held")
        refuse_if(not self.activate(sub), "funds are short")

    def is_over(self, sub: Subscription) -> bool:
        """Tell whether its term is over."""
        return sub.ended or (sub.end is not None and sub.end <= self.today)

    def activate(self, sub: Subscription) -> bool:
        """Activate today, if the funds are there; tell whether they were."""
        gone, made = ([], []) if sub.trial else self.activation(sub)
        if made and not self.may_activate(sub, self.due(made)):
            return False
        self.drop(gone)
        self.put(made)
        if self.kind.whole_months and made:
            self.note_month(sub)
        sub.status = ACTIVE
        return True

    def may_activate(self, sub: Subscription, needed: Fraction) -> bool:
        """Tell whether what an activation reserves is there."""
        return self.available >= needed or not needed

    def note_month(self, sub: Subscription) -> None:
        """A month is charged: its peak is what there is now."""
        sub.month, sub.peak = period_of(self.today, self.billing_day)[0], dict(sub.units)

    def activation(self, sub: Subscription) -> tuple[list[Charge], list[Charge]]:
        """Return the charges that an activation today takes the place of, and those that it makes."""
        if self.kind.all_blocked or self.kind.written_off_ahead or self.kind.metered:
            return [], []
        old = [c for c in sub.having(OPENED, kind=RECURRING) if self.is_now(c)]
        if self.kind.whole_months:
            return old, [self.charge(sub, c.key, c.first, c.to, c.units, c.price, BLOCKED, like=c) for c in old]
        if not self.kind.merges:
            return old, [self.charge(sub, c.key, self.today, c.to, c.units, c.price, BLOCKED, like=c) for c in old]
        first, to = self.spans(sub.end)[0]
        if not old:
            units = self.charged(sub.plan, sub.units).items()
            return [], [self.charge(sub, k, first, to, n, self.price_for(sub, k), BLOCKED) for k, n in units]
        alike: dict[tuple, list[Charge]] = {}
        for charge in old:
            alike.setdefault((charge.key, charge.price), []).append(charge)
        return old, [
            self.charge(
                sub, key, first, to, sum(c.units for c in same), price, BLOCKED, like=same[0], block=self.new_block()
            )
            for (key, price), same in alike.items()
        ]  # fmt: skip

    def is_now(self, charge: Charge) -> bool:
        """Tell whether a charge belongs to the billing period of today."""
        return period_of(charge.first, self.billing_day) == period_of(self.today, self.billing_day)

    def do_delete(self, event: dict) -> None:
        """Delete by hand."""
        sub = self.known(event)
        refuse_if(not self.kind.deletes and not sub.trial and sub.status != ORDERED, "the type cannot be deleted")
        self.delete(sub)

    def delete(self, sub: Subscription) -> None:
        """Delete today: days used are written off, the rest is dropped."""
        sub.order = None
        self.forget(sub)
        for charge in sub.having(BLOCKED):
            if self.kind.whole_months or self.kind.metered:
                self.end_at_deletion(charge)
            elif charge.kind == RECURRING and charge.to > self.today:
                self.drop([charge])
                self.put(self.used_part(charge))
        self.drop(sub.having(OPENED))
        sub.status = DELETED

    def end_at_deletion(self, charge: Charge) -> None:
        """Close what is owed whenever it was used."""
        self.close(charge)

    def last_day(self, sub: Subscription) -> date | None:
        """Return the first day no longer served."""
        return sub.end
