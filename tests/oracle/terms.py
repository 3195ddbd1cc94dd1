"""The oracle with terms that are renewed: one after the other, each a promise of days to single units.

Written like the rest from the specification alone (billing-types.md 5.1, 5.2), day by day: what a renewal promises is
kept aside until its term begins; then the days that are gone are written off, today's are lived, the others come.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from tests.oracle.oracle import World
from tests.oracle.units import (
    ACTIVE,
    BLOCKED,
    CLOSED,
    DELETED,
    GRACED,
    NEW,
    ONE_DAY,
    OPENED,
    ORDERED,
    STOPPED,
    NotAcceptedError,
    Pile,
    Subscription,
    Unit,
    billing_period,
    is_billing_day,
    later_by_months,
)


@dataclass
class Coming:
    """A term that is ordered: its days in piles, what is to be paid, the prices that a fixed price will stay at."""

    placed: date
    first: date
    end: date
    units: list[Unit]
    piles: list[Pile]
    prices: dict[str, Decimal]
    due: Fraction
    automatic: bool
    paid: bool = False


class TermWorld(World):
    """One account whose subscriptions end, and go on for another term."""

    def __init__(self, history: dict) -> None:
        super().__init__(history)
        term = history["service_term"]
        self.grace, self.stop_days = term["grace_days"], term["stop_days"]
        self.ahead, self.by_hand = term["renew_point"], term["manual_renew_point"]
        self.auto = history["auto_renew"]
        self.terms: dict[str, Coming] = {}  # by subscription
        self.anchors: dict[str, date] = {}
        self.itself: set[str] = set()

    # ---- what is kept aside ----------------------------------------------------------------------------------

    @property
    def blocked(self) -> Fraction:
        aside = [pile for coming in self.terms.values() for pile in coming.piles if pile.status == BLOCKED]
        return super().blocked + sum((pile.amount for pile in aside), Fraction(0))

    def books(self) -> dict:
        for subscription in self.subscriptions.values():
            coming = self.terms.get(subscription.name)
            if coming is not None:
                subscription.past += coming.piles
        return super().books()

    def forget(self, subscription: Subscription) -> None:
        """Give up a term that was ordered and has not begun."""
        coming = self.terms.pop(subscription.name, None)
        if coming is not None:
            for pile in coming.piles:
                pile.status = DELETED
            subscription.piles += coming.piles

    def promise_term(self, subscription: Subscription, units: list[Unit], *, automatic: bool) -> Coming:
        first = self.today if subscription.expired else subscription.expiry
        # A term that follows without a gap goes on from its anchor, also of one that has expired on this very day.
        anchor = self.anchors[subscription.name] if first == subscription.expiry else first
        terms = 1
        while later_by_months(anchor, terms * self.months) <= first:
            terms += 1
        end = later_by_months(anchor, terms * self.months)
        pieces: dict[date, list[date]] = {}
        day = first
        while day < end:
            pieces.setdefault(billing_period(day, self.billing_day)[0], []).append(day)
            day += ONE_DAY
        piles = [p for days in pieces.values() for p in self.piles_by_price(subscription, units, days, NEW)]
        coming = Coming(self.today, first, end, units, piles, self.prices, Fraction(0), automatic)
        coming.due = self.needed(coming)
        return coming

    def needed(self, coming: Coming) -> Fraction:
        """What the term costs at once: its first piece, and every one that has begun."""
        latest = max(coming.first, self.today)
        return sum((pile.amount for pile in coming.piles if pile.days[0] <= latest), Fraction(0))

    def at_prices_of_today(self, counts: dict[str, int]) -> list[Unit]:
        return [Unit(key, price) for key, price in self.prices.items() for _ in range(counts.get(key, 0))]

    # ---- the night -------------------------------------------------------------------------------------------

    def night(self) -> None:
        for subscription in self.subscriptions.values():
            self.close_lived(subscription)
        for subscription in self.subscriptions.values():
            self.pass_night(subscription)

    def close_lived(self, subscription: Subscription) -> None:
        for pile in subscription.having(BLOCKED):
            if len(pile.lived) == len(pile.days):
                pile.status, pile.closed_on = CLOSED, self.today
                self.move_money(-pile.amount, f"{pile.resource}: period ended")
        for pile in subscription.having(OPENED):
            if subscription.status == STOPPED and pile.days[-1] < self.today:
                pile.status = DELETED

    def pass_night(self, subscription: Subscription) -> None:
        if subscription.status in (ACTIVE, STOPPED) and subscription.expiry == self.today:
            self.end_of_term(subscription)
        elif subscription.status == ACTIVE and is_billing_day(self.today, self.billing_day):
            self.renew(subscription)
            if subscription.status == STOPPED:
                self.forget(subscription)
        elif subscription.status == GRACED and self.days_after_end(subscription) >= self.grace:
            subscription.status, subscription.expired = STOPPED, True
        over = subscription.status == STOPPED and subscription.expiry is not None and self.stop_days is not None
        if over and self.days_after_end(subscription) >= self.grace + self.stop_days:
            self.forget(subscription)
            self.do_delete({"subscription": subscription.name})
        point = subscription.expiry is not None and self.today == subscription.expiry - timedelta(self.ahead)
        if self.ahead and point and subscription.waiting is None and self.renews_itself(subscription):
            self.order_of_itself(subscription)

    def days_after_end(self, subscription: Subscription) -> int:
        return (self.today - subscription.expiry).days

    def renews_itself(self, subscription: Subscription) -> bool:
        runs = subscription.status == ACTIVE and subscription.name not in self.terms
        return runs and subscription.name in self.itself

    def order_of_itself(self, subscription: Subscription) -> Coming:
        counts = Counter(unit.resource for unit in subscription.units)
        coming = self.promise_term(subscription, self.at_prices_of_today(counts), automatic=True)
        self.terms[subscription.name] = coming
        if not coming.due and subscription.expiry > self.today:
            self.pay_term(subscription)
        return coming

    def end_of_term(self, subscription: Subscription) -> None:
        self.cancel_waiting(subscription)
        if subscription.status == STOPPED:
            subscription.expired = True
            return
        if self.renews_itself(subscription):
            self.order_of_itself(subscription)
        coming = self.terms.get(subscription.name)
        may_pay = coming is not None and not coming.paid and subscription.name in self.itself
        if coming is not None and (coming.paid or (may_pay and self.needed(coming) <= max(self.available, 0))):
            self.pay_term(subscription)
        elif self.grace:
            subscription.status = GRACED
        else:
            subscription.status, subscription.expired = STOPPED, True

    # ---- paying ----------------------------------------------------------------------------------------------

    def pay_term(self, subscription: Subscription) -> None:
        """The term is paid: if its day has come it begins, else what is due of it is reserved."""
        coming = self.terms[subscription.name]
        coming.paid = True
        if coming.first > self.today:
            for pile in coming.piles:
                pile.status = BLOCKED if pile.days[0] == coming.first else NEW
            return
        del self.terms[subscription.name]
        for pile in coming.piles:
            self.begin_pile(subscription, pile)
        if coming.first != subscription.expiry:
            self.anchors[subscription.name] = coming.first
        if self.fixed:
            subscription.ordering_prices = coming.prices
        subscription.units, subscription.expiry = coming.units, coming.end
        subscription.status, subscription.expired = ACTIVE, False
        if coming.end <= self.today:  # all its days were days of grace
            over = self.days_after_end(subscription) >= self.grace
            subscription.status, subscription.expired = (STOPPED if over else GRACED), over

    def begin_pile(self, subscription: Subscription, pile: Pile) -> None:
        """Live the days that are gone: in the days of grace its units were there."""
        subscription.piles.append(pile)
        pile.lived = [day for day in pile.days if day < self.today]
        for day in pile.lived:
            self.active_unit_days[subscription.name, pile.resource, day] += len(pile.units)
        if len(pile.lived) == len(pile.days):
            pile.status, pile.closed_on = CLOSED, self.today
            self.move_money(-pile.amount, f"{pile.resource}: days of grace")
        else:
            pile.status = BLOCKED if pile.days[0] <= self.today else OPENED

    def settle(self, subscription: Subscription) -> None:
        was_sale = subscription.status == ORDERED
        super().settle(subscription)
        if was_sale:
            self.anchors[subscription.name] = self.today
            if self.auto:
                self.itself.add(subscription.name)

    def do_pay(self, event: dict) -> None:
        subscription = self.known(event)
        coming = self.terms.get(subscription.name)
        if subscription.waiting is not None or coming is None or coming.paid:
            was_sale = subscription.status == ORDERED
            super().do_pay(event)
            if not was_sale:
                self.order_anew(subscription)
            return
        self.move_money(coming.due, "payment")
        anew = coming
        if subscription.expired and coming.first != self.today:
            anew = self.promise_term(subscription, coming.units, automatic=coming.automatic)
            anew.prices = coming.prices
        missing = self.needed(anew) - self.available
        if self.today > coming.placed and missing > 0:
            coming.due = missing
            raise NotAcceptedError("still_short")
        if anew is not coming:
            self.forget(subscription)
            self.terms[subscription.name] = anew
        self.pay_term(subscription)

    # ---- what people do --------------------------------------------------------------------------------------

    def do_renew(self, event: dict) -> None:
        subscription = self.known(event)
        if subscription.status not in (ACTIVE, GRACED, STOPPED):
            raise NotAcceptedError("has_not_begun")
        if subscription.status == STOPPED and self.today < subscription.expiry:
            raise NotAcceptedError("activate_first")
        if self.by_hand == 0 or (self.by_hand > 0 and -self.days_after_end(subscription) > self.by_hand):
            raise NotAcceptedError("not_open")
        if subscription.waiting is not None or subscription.name in self.terms:
            raise NotAcceptedError("order_waits")
        counts = dict(Counter(unit.resource for unit in subscription.units)) | event.get("quantities", {})
        if not any(counts.values()):
            raise NotAcceptedError("nothing_ordered")
        coming = self.promise_term(subscription, self.at_prices_of_today(counts), automatic=False)
        pay = event.get("pay", "now")
        if pay == "balance" and coming.due and self.available < coming.due:
            raise NotAcceptedError("funds_short")
        self.terms[subscription.name] = coming
        if pay == "now":
            self.move_money(coming.due, "payment")
        if pay != "later" or not coming.due:
            self.pay_term(subscription)

    def do_auto_renew(self, event: dict) -> None:
        subscription = self.known(event)
        coming = self.terms.get(subscription.name)
        if event["on"]:
            self.itself.add(subscription.name)
            return
        self.itself.discard(subscription.name)
        if coming is not None and coming.automatic and not coming.paid and subscription.status == ACTIVE:
            self.forget(subscription)

    def do_change(self, event: dict) -> None:
        subscription = self.known(event)
        coming = self.terms.get(subscription.name)
        if coming is not None and not coming.automatic:
            raise NotAcceptedError("order_waits")
        self.terms.pop(subscription.name, None)  # a change takes its place, if it comes about
        try:
            super().do_change(event)
        except NotAcceptedError:
            if coming is not None:
                self.terms[subscription.name] = coming
            raise
        if coming is not None:
            self.terms[subscription.name] = coming
            self.forget(subscription)
        self.order_anew(subscription)

    def order_anew(self, subscription: Subscription) -> None:
        if not self.ahead or subscription.expiry is None or subscription.waiting is not None:
            return
        if 0 < -self.days_after_end(subscription) <= self.ahead and self.renews_itself(subscription):
            self.order_of_itself(subscription)

    def do_stop(self, event: dict) -> None:
        subscription = self.known(event)
        if subscription.status == GRACED:
            self.forget(subscription)
            subscription.status, subscription.expired = STOPPED, True
            return
        super().do_stop(event)
        self.forget(subscription)

    def do_delete(self, event: dict) -> None:
        self.forget(self.known(event))
        super().do_delete(event)
