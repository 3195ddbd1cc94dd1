"""The oracle with a vendor who provides when he likes: no unit is charged for a day on which it was not there yet.

What was paid is kept aside untouched until the event `provide`; then its units are promised anew from that day. A
history says `"vendor": true`. Written like the rest from the specification alone (billing.md, decision 22).
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

from tests.oracle.oracle import World
from tests.oracle.terms import TermWorld
from tests.oracle.units import (
    ACTIVATING,
    ACTIVE,
    BLOCKED,
    DELETED,
    INSTALLING,
    OPENED,
    ORDERED,
    STOPPED,
    NotAcceptedError,
    Pile,
    Subscription,
    Waiting,
)


class VendorWorld(World):
    """One account whose every order, raise and activation waits for the vendor."""

    def __init__(self, history: dict) -> None:
        super().__init__(history)
        self.at_vendor: dict[str, Waiting] = {}

    def awaits(self, name: str) -> bool:
        return name in self.at_vendor

    def known(self, event: dict) -> Subscription:
        subscription = super().known(event)
        if event["do"] != "provide" and self.awaits(subscription.name):
            raise NotAcceptedError("vendor_is_working")
        return subscription

    def settle(self, subscription: Subscription) -> None:
        """A waiting order is paid: its money is kept aside, its units come when the vendor provides them."""
        waiting = subscription.waiting
        assert waiting is not None
        self.at_vendor[subscription.name] = waiting
        if subscription.status == ORDERED:
            super().settle(subscription)
            subscription.status = INSTALLING
            return
        subscription.waiting = None
        for pile in waiting.piles:
            pile.status = BLOCKED

    def do_activate(self, event: dict) -> None:
        super().do_activate(event)
        subscription = self.known(event)
        subscription.status = ACTIVATING
        self.at_vendor[subscription.name] = Waiting(self.today, [], subscription.having(BLOCKED), Fraction(0))

    def end_day(self) -> None:
        """Let every unit that the vendor has provided live through today."""
        for subscription in self.subscriptions.values():
            subscription.lay_aside()
            if subscription.status != ACTIVE:
                continue
            for resource, units in Counter(unit.resource for unit in subscription.units).items():
                self.active_unit_days[subscription.name, resource, self.today] = units
            aside = self.at_vendor[subscription.name].piles if self.awaits(subscription.name) else []
            for pile in subscription.having(BLOCKED):
                if pile not in aside:
                    pile.lived.append(self.today)

    def do_provide(self, event: dict) -> None:
        """The vendor has provided what was asked of him: it is charged from today, and not for a day before."""
        subscription = self.known(event)
        if not self.awaits(subscription.name):
            raise NotAcceptedError("nothing_awaited")
        waiting = self.at_vendor.pop(subscription.name)
        reserved = sum((pile.amount for pile in waiting.piles if pile.status == BLOCKED), Fraction(0))
        if subscription.status == INSTALLING:
            made = self.begin_anew(subscription, waiting)
        elif subscription.status == ACTIVATING:
            made = self.go_on(subscription, waiting)
        else:
            made = self.join(subscription, waiting)
        needed = sum((pile.amount for pile in made if pile.status == BLOCKED), Fraction(0))
        if needed > reserved and self.available < 0 and subscription.status == ACTIVE:
            self.do_stop({**event, "do": "stop"})

    def begin_anew(self, subscription: Subscription, waiting: Waiting) -> list[Pile]:
        subscription.status = ACTIVE
        if not self.is_late(waiting):
            return []
        subscription.status = ORDERED
        subscription.expiry = self.expiry_from_today(subscription)
        subscription.status = ACTIVE
        self.forget(waiting.piles)
        made = self.piles_by_price(subscription, waiting.wanted, self.rest_of_period(subscription.expiry), BLOCKED)
        ahead = [] if subscription.expiry is None else self.periods_ahead(subscription.expiry)
        made += [pile for days in ahead for pile in self.piles_by_price(subscription, waiting.wanted, days, OPENED)]
        subscription.piles += made
        return made

    def go_on(self, subscription: Subscription, waiting: Waiting) -> list[Pile]:
        over = subscription.expiry is not None and subscription.expiry <= self.today
        subscription.status = STOPPED if over else ACTIVE
        subscription.expired = over
        if not self.is_late(waiting):
            return []
        self.forget(waiting.piles)
        self.forget([pile for pile in subscription.having(OPENED) if pile.days[0] <= self.today])
        if over:
            return []
        units = [unit for pile in waiting.piles for unit in pile.units]
        made = self.piles_by_price(subscription, units, self.rest_of_period(subscription.expiry), BLOCKED)
        subscription.piles += made
        return made

    def join(self, subscription: Subscription, waiting: Waiting) -> list[Pile]:
        """Let the units of a raise join those that are there; if stopped meanwhile, in coming periods only."""
        made: list[Pile] = []
        runs = subscription.status == ACTIVE
        if self.is_late(waiting) or not runs:
            self.forget(waiting.piles)
            if runs:
                days = self.rest_of_period(subscription.expiry)
                made = self.piles_by_price(subscription, waiting.wanted, days, BLOCKED)
                subscription.piles += made
        subscription.units = subscription.units + waiting.wanted
        if subscription.expiry is not None and not subscription.expired:
            for days in self.periods_ahead(subscription.expiry):
                self.join_ahead(subscription, waiting.wanted, days)
        return made

    def is_late(self, waiting: Waiting) -> bool:
        return any(pile.days[0] < self.today for pile in waiting.piles)

    @staticmethod
    def forget(piles: list[Pile]) -> None:
        for pile in piles:
            pile.status = DELETED


def world_of(history: dict) -> World:
    """Return the world in which a history is lived through."""
    if history.get("vendor"):
        return VendorWorld(history)
    return TermWorld(history) if "service_term" in history else World(history)
