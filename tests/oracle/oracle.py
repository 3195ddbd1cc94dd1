"""A second opinion on the money of CSP monthly, prepay: individual units walked through day by day.

Written from the specification alone and in another way than billing/engine, which it never imports: here units are
objects, a charge is a pile of units and the days they were promised, days are lived one at a time, and every amount is
counted in unit-days as a Fraction. Slow, simple and meant to be obviously right.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal
from fractions import Fraction

from tests.oracle.books import Books
from tests.oracle.units import (
    ACTIVE,
    BLOCKED,
    CLOSED,
    DELETED,
    NEW,
    ONE_DAY,
    OPENED,
    ORDERED,
    REFUNDED,
    STOPPED,
    Cut,
    NotAcceptedError,
    Pile,
    Subscription,
    Unit,
    Waiting,
    billing_period,
    is_billing_day,
    later_by_months,
)


class World(Books):
    """One account, one plan, and every subscription in it, as of the end of the last event."""

    def __init__(self, history: dict) -> None:
        super().__init__(history)
        self.months = None if history["period"] == "endless" else history["period"]["months"]
        self.fixed = history["fixed_price"]
        self.prices = {item["key"]: Decimal(item["price"]) for item in history["resources"]}
        self.active_unit_days: Counter = Counter()  # (subscription, resource, day) -> units that worked that day

    def awaits(self, _name: str) -> bool:
        """Tell whether a subscription waits for its vendor; here nobody has one."""
        return False

    # ---- the calendar ----------------------------------------------------------------------------------------

    def live_through(self, history: dict) -> None:
        """Carry out every day from the first event to `until`, the night first, then the day's events in order."""
        by_day: dict[date, list[dict]] = {}
        for event in history["events"]:
            by_day.setdefault(date.fromisoformat(event["day"]), []).append(event)
        until = date.fromisoformat(history["until"])
        day = min(by_day, default=until)
        while day <= until:
            self.begin(day)
            for event in by_day.get(day, []):
                self.carry_out(event)
            self.end_day()
            day += ONE_DAY

    def begin(self, day: date) -> None:
        self.today = day
        self.night()

    def carry_out(self, event: dict) -> bool:
        """Do one event and tell whether it was accepted; a refusal is written down."""
        try:
            getattr(self, "do_" + event["do"])(event)
        except NotAcceptedError as reason:
            self.refused.append({"day": event["day"], "do": event["do"], "reason": str(reason)})
            return False
        return True

    def end_day(self) -> None:
        """Let every unit that is being paid for live through today."""
        for subscription in self.subscriptions.values():
            subscription.lay_aside()
            if subscription.status != ACTIVE:
                continue
            for resource, units in Counter(unit.resource for unit in subscription.units).items():
                self.active_unit_days[subscription.name, resource, self.today] = units
            for pile in subscription.having(BLOCKED):
                pile.lived.append(self.today)

    # ---- the night -------------------------------------------------------------------------------------------

    def night(self) -> None:
        """Close what was lived to its end, for all subscriptions; then renew them one after the other."""
        for subscription in self.subscriptions.values():
            for pile in subscription.having(BLOCKED):
                if len(pile.lived) == len(pile.days):
                    pile.status, pile.closed_on = CLOSED, self.today
                    self.move_money(-pile.amount, f"{pile.resource}: period ended")
            for pile in subscription.having(OPENED):
                if subscription.status == STOPPED and pile.days[-1] < self.today:
                    pile.status = DELETED
        for subscription in self.subscriptions.values():
            if subscription.status in (ACTIVE, STOPPED) and subscription.expiry == self.today:
                self.cancel_waiting(subscription)
                subscription.status, subscription.expired = STOPPED, True
            elif subscription.status == ACTIVE and is_billing_day(self.today, self.billing_day):
                self.renew(subscription)

    def renew(self, subscription: Subscription) -> None:
        if self.months is None:
            days = self.rest_of_period(subscription.expiry)
            coming = self.piles_by_price(subscription, self.repriced(subscription), days, BLOCKED)
        else:
            coming = [pile for pile in subscription.having(OPENED) if self.today in pile.days]
        if self.available < sum(pile.amount for pile in coming):
            self.cancel_waiting(subscription)
            subscription.status = STOPPED
        elif self.months is None:
            subscription.piles += coming
        else:
            for pile in coming:
                pile.status = BLOCKED

    def repriced(self, subscription: Subscription) -> list[Unit]:
        return [Unit(unit.resource, self.price_for(subscription, unit.resource)) for unit in subscription.units]

    def price_for(self, subscription: Subscription, resource: str) -> Decimal:
        """The price of a unit bought, renewed or activated today."""
        return (subscription.ordering_prices if self.fixed else self.prices)[resource]

    # ---- paying ----------------------------------------------------------------------------------------------

    def do_top_up(self, event: dict) -> None:
        self.move_money(Fraction(Decimal(event["amount"])), "top-up")

    def do_price(self, event: dict) -> None:
        self.prices = {**self.prices, **{key: Decimal(price) for key, price in event["prices"].items()}}

    def do_pay(self, event: dict) -> None:
        subscription = self.known(event)
        waiting = subscription.waiting
        if waiting is None:
            raise NotAcceptedError("nothing_to_pay")
        self.move_money(waiting.due, "payment")
        if self.today > waiting.placed:
            needed = sum((pile.amount for pile in self.promised(subscription, waiting)[0]), Fraction(0))
            if self.available < needed:
                waiting.due = needed - self.available
                raise NotAcceptedError("still_short")
            self.promise(subscription, waiting)
        self.settle(subscription)

    def promised(self, subscription: Subscription, waiting: Waiting) -> tuple[list[Pile], list[Pile]]:
        """Work out the new piles of a waiting order if it started today: the current ones, and those to come."""
        expiry = self.expiry_from_today(subscription)
        now = self.piles_by_price(subscription, waiting.wanted, self.rest_of_period(expiry), NEW)
        if subscription.status != ORDERED or expiry is None:
            return now, []
        ahead = self.periods_ahead(expiry)
        return now, [p for days in ahead for p in self.piles_by_price(subscription, waiting.wanted, days, NEW)]

    def expiry_from_today(self, subscription: Subscription) -> date | None:
        """Return the day on which a subscription ends: of one that has not begun yet, as if it began today."""
        if self.months is None or subscription.status != ORDERED:
            return subscription.expiry
        return later_by_months(self.today, self.months)

    def promise(self, subscription: Subscription, waiting: Waiting) -> None:
        """Make the new piles of a waiting order, from today, in place of those it had."""
        for pile in waiting.piles:
            pile.status = DELETED
        now, ahead = self.promised(subscription, waiting)
        subscription.expiry = self.expiry_from_today(subscription)
        waiting.due = sum((pile.amount for pile in now), Fraction(0))
        waiting.piles = now + ahead
        subscription.piles += waiting.piles

    def place(self, subscription: Subscription, wanted: list[Unit], event: dict, released: Fraction) -> None:
        """Take an order for units, and its money unless it is to be paid later. Nothing due: nothing to wait for."""
        waiting = Waiting(self.today, wanted, [], Fraction(0))
        self.promise(subscription, waiting)
        pay = event.get("pay", "now")
        if pay == "balance" and waiting.due and self.available + released < waiting.due:
            del subscription.piles[-len(waiting.piles) :]
            raise NotAcceptedError("funds_short")
        subscription.waiting = waiting
        if pay == "now":
            self.move_money(waiting.due, "payment")
        if pay != "later" or not waiting.due:
            self.settle(subscription)

    def settle(self, subscription: Subscription) -> None:
        """A waiting order is paid: its units start today."""
        waiting, subscription.waiting = subscription.waiting, None
        was_sale = subscription.status == ORDERED
        subscription.status = ACTIVE
        subscription.units = subscription.units + waiting.wanted
        for pile in waiting.piles:
            pile.status = BLOCKED if self.today in pile.days else OPENED
        if not was_sale and subscription.expiry is not None:
            for days in self.periods_ahead(subscription.expiry):
                self.join_ahead(subscription, waiting.wanted, days)

    def join_ahead(self, subscription: Subscription, units: list[Unit], days: list[date]) -> None:
        """Add units to a coming period: to the pile of their price if there is one, else as a pile of their own."""
        for added in self.piles_by_price(subscription, units, days, OPENED):
            alike = [
                pile
                for pile in subscription.having(OPENED)
                if pile.days[0] == days[0] and (pile.resource, pile.price) == (added.resource, added.price)
            ]
            for pile in alike:
                pile.status = DELETED
            together = [unit for pile in [*alike, added] for unit in pile.units]
            subscription.piles.append(self.pile(subscription, together, days, OPENED))

    def cancel_waiting(self, subscription: Subscription) -> None:
        if subscription.waiting is not None:
            for pile in subscription.waiting.piles:
                pile.status = DELETED
            subscription.waiting = None

    # ---- what people do --------------------------------------------------------------------------------------

    def known(self, event: dict) -> Subscription:
        subscription = self.subscriptions.get(event.get("subscription", "main"))
        if subscription is None or subscription.status == DELETED:
            raise NotAcceptedError("no_such_subscription")
        return subscription

    def do_order(self, event: dict) -> None:
        name = event.get("subscription", "main")
        if name in self.subscriptions:
            raise NotAcceptedError("name_taken")
        subscription = Subscription(name, ordering_prices=self.prices)
        wanted = self.new_units(subscription, event["quantities"])
        if not wanted:
            raise NotAcceptedError("nothing_ordered")
        self.subscriptions[name] = subscription
        try:
            self.place(subscription, wanted, event, Fraction(0))
        except NotAcceptedError:
            del self.subscriptions[name]
            raise

    def new_units(self, subscription: Subscription, counts: dict[str, int]) -> list[Unit]:
        return [
            Unit(resource, self.price_for(subscription, resource))
            for resource in self.prices
            for _ in range(counts.get(resource, 0))
        ]

    def do_change(self, event: dict) -> None:
        subscription = self.known(event)
        if subscription.status != ACTIVE:
            raise NotAcceptedError("not_active")
        if subscription.waiting is not None:
            raise NotAcceptedError("order_waiting")
        changes = {key: wanted - subscription.count(key) for key, wanted in event["quantities"].items()}
        if not any(changes.values()):
            raise NotAcceptedError("nothing_to_change")
        cuts = [cut for key, by in changes.items() if by < 0 for cut in self.cuts(subscription, key, -by)]
        wanted = self.new_units(subscription, {key: by for key, by in changes.items() if by > 0})
        if wanted:
            self.place(subscription, wanted, event, sum((cut.released for cut in cuts), Fraction(0)))
        for cut in cuts:
            self.apply(subscription, cut)
        for key, by in changes.items():
            if by < 0:
                self.give_back(subscription, key, -by)

    def cuts(self, subscription: Subscription, resource: str, count: int) -> list[Cut]:
        """Choose the units to give back, the youngest first, and work out the parts of each pile they lie in."""
        piles = [pile for pile in subscription.having(BLOCKED) if pile.resource == resource]
        leaving = set([unit for pile in piles for unit in pile.units][-count:])
        cuts = []
        for pile in piles:
            going = [unit for unit in pile.units if unit in leaving]
            if not going:
                continue
            staying = [unit for unit in pile.units if unit not in leaving]
            ahead = pile.days[len(pile.lived) :]
            used = kept = refund = None
            if pile.lived:
                used = self.pile(subscription, pile.units, pile.lived, CLOSED, age=pile.age, closed_on=self.today)
            if staying:
                kept = self.pile(subscription, staying, ahead, BLOCKED, age=pile.age)
            if used or kept:
                rest = pile.amount - sum(part.amount for part in (used, kept) if part)
                refund = self.pile(subscription, going, ahead, REFUNDED, age=pile.age, amount=rest)
            cuts.append(Cut(pile, used, kept, refund))
        return cuts

    def apply(self, subscription: Subscription, cut: Cut) -> None:
        cut.pile.status = DELETED
        subscription.piles += [part for part in (cut.used, cut.kept, cut.refund) if part]
        if cut.used:
            self.move_money(-cut.used.amount, f"{cut.pile.resource}: used before the quantity was lowered")

    def give_back(self, subscription: Subscription, resource: str, count: int) -> None:
        """Take units off the count and out of every coming period, the youngest piles first."""
        mine = [unit for unit in subscription.units if unit.resource == resource]
        for unit in mine[-count:]:
            subscription.units.remove(unit)
        ahead = [p for p in subscription.having(OPENED) if p.resource == resource and p.days[0] > self.today]
        for first in sorted({pile.days[0] for pile in ahead}):
            piles = [pile for pile in ahead if pile.days[0] == first]
            leaving = set([unit for pile in piles for unit in pile.units][-count:])
            for pile in piles:
                staying = [unit for unit in pile.units if unit not in leaving]
                if len(staying) < len(pile.units):
                    pile.status = DELETED
                    if staying:
                        subscription.piles.append(self.pile(subscription, staying, pile.days, OPENED, age=pile.age))

    def do_stop(self, event: dict) -> None:
        subscription = self.known(event)
        if subscription.status != ACTIVE:
            raise NotAcceptedError("not_active")
        self.cancel_waiting(subscription)
        for pile in subscription.having(BLOCKED):
            used = self.write_off_lived_days(subscription, pile)
            rest = pile.amount - (used.amount if used else 0)
            ahead = pile.days[len(pile.lived) :]
            remainder = self.pile(subscription, pile.units, ahead, OPENED, age=pile.age, amount=rest, after_stop=True)
            subscription.piles.append(remainder)
        subscription.status = STOPPED

    def do_activate(self, event: dict) -> None:
        subscription = self.known(event)
        if subscription.status != STOPPED or subscription.expired:
            raise NotAcceptedError("not_stopped")
        old = [p for p in subscription.having(OPENED) if self.today in billing_period(p.days[0], self.billing_day)]
        units = [unit for pile in old if pile.after_stop for unit in pile.units]
        if not units:  # of a term, its pieces keep the prices they were ordered at
            units = [unit for pile in old for unit in pile.units] or self.repriced(subscription)
        coming = self.piles_by_price(subscription, units, self.rest_of_period(subscription.expiry), BLOCKED)
        if self.available < sum(pile.amount for pile in coming):
            raise NotAcceptedError("funds_short")
        for pile in old:
            pile.status = DELETED
        subscription.piles += coming
        subscription.status = ACTIVE

    def do_delete(self, event: dict) -> None:
        subscription = self.known(event)
        self.cancel_waiting(subscription)
        for pile in subscription.having(BLOCKED):
            self.write_off_lived_days(subscription, pile)
        for pile in subscription.having(OPENED):
            pile.status = DELETED
        subscription.status = DELETED


def run(history: dict) -> dict:
    """Return the books of a history in the format of `manage.py simulate_billing`."""
    world = World(history)
    world.live_through(history)
    return world.books()
