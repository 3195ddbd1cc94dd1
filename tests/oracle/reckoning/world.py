"""One account lived through day by day: its holds, its calendar, and its books as `simulate_billing` prints them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

from tests.oracle.reckoning.days import ONE_DAY, period_of
from tests.oracle.reckoning.things import (
    ACTIVE,
    BLOCKED,
    CLOSED,
    GRACED,
    OPENED,
    STOPPED,
    Charge,
    NotAcceptedError,
)
from tests.oracle.reckoning.used import Used
from tests.oracle.reckoning.verbs import refuse_if


class World(Used):
    """A prepaid account and everything in it."""

    is_held_by_balance = True

    def __init__(self, history: dict) -> None:
        super().__init__(history)
        self.below_since: date | None = None
        self.subzero = (history.get("account_class") or {}).get("subzero_days", -1)

    # ---- the calendar -----------------------------------------------------------------------------------------

    @property
    def period_begin(self) -> date:
        """The last billing day, today included."""
        return period_of(self.today, self.billing_day)[0]

    def live_through(self, history: dict) -> None:
        """Carry out each day: the night first, then the day's events in their order."""
        by_day: dict[date, list[dict]] = {}
        for event in history["events"]:
            by_day.setdefault(date.fromisoformat(event["day"]), []).append(event)
        until = date.fromisoformat(history["until"])
        day = min([*by_day, until])
        while day <= until:
            self.begin_day(day)
            for event in by_day.get(day, []):
                self.carry_out_event(event)
            day += ONE_DAY

    def begin_day(self, day: date) -> None:
        """Let the night of a day pass."""
        self.today = day
        self.night()
        self.settle_hold()

    def carry_out_event(self, event: dict) -> bool:
        """Do one event; a refusal is written down."""
        try:
            getattr(self, "do_" + event["do"])(event)
        except NotAcceptedError as no:
            self.refused.append({"day": event["day"], "do": event["do"], "reason": str(no)})
            self.settle_hold()
            return False
        self.settle_hold()
        return True

    # ---- money and holds --------------------------------------------------------------------------------------

    def do_top_up(self, event: dict) -> None:
        """Money comes in."""
        self.move(Fraction(event["amount"]))

    def do_limit(self, event: dict) -> None:
        """Another limit from today on."""
        if "credit_limit" in event:
            allowed = (self.history.get("account_class") or {}).get("negative_allowed", True)
            self.credit = Fraction(event["credit_limit"]) if allowed else Fraction(0)
        if "subscription_credit_limit" in event:
            given = event["subscription_credit_limit"]
            self.limit = None if given is None else Fraction(given)

    def do_hold(self, event: dict) -> None:
        """A manager holds the account."""
        refuse_if(self.hold == "administrative", "held already")
        self.hold = "administrative"
        self.stop_all()

    def do_release(self, event: dict) -> None:
        """A manager releases it."""
        refuse_if(self.hold != "administrative", "not held")
        self.hold = None
        self.settle_hold()
        if self.hold is None:
            self.start_all()

    def move(self, amount: Fraction) -> None:
        """Book money, and note since when the balance has been negative."""
        super().move(amount)
        if self.balance >= 0:
            self.below_since = None
        elif self.below_since is None:
            self.below_since = self.today

    def settle_hold(self) -> None:
        """Put the account on credit hold where its balance says so, release it where it does no longer."""
        if self.hold == "administrative" or not self.is_held_by_balance:
            return
        since = self.below_since
        too_long = since is not None and 0 <= self.subzero < (self.today - since).days
        owes = self.balance < (0 if too_long else -self.credit)
        if owes and self.hold is None:
            self.hold = "credit"
        if self.hold == "credit" and owes:
            self.stop_all()
        elif self.hold == "credit":
            self.hold = None
            self.start_all()

    def stop_all(self) -> None:
        """Stop what runs, as on a stop of this day."""
        for sub in self.subs.values():
            if sub.status in (ACTIVE, GRACED):
                was = sub.status
                if was == GRACED:
                    sub.order = None
                    self.forget(sub)
                    sub.status = STOPPED
                else:
                    self.stop(sub)
                sub.held_back = was

    def start_all(self) -> None:
        """Activate what the hold has stopped, as far as the funds go."""
        for sub in sorted(self.subs.values(), key=lambda s: (s.priority, s.number)):
            was, sub.held_back = sub.held_back, None
            if was is None or sub.status != STOPPED:
                continue
            if was == GRACED and not sub.ended:
                sub.status = GRACED
            elif not self.is_over(sub):
                self.activate(sub)

    # ---- the books --------------------------------------------------------------------------------------------

    def text(self, amount: Fraction) -> str:
        """Print money with the currency's digits."""
        return str((Decimal(amount.numerator) / Decimal(amount.denominator)).quantize(Decimal(1).scaleb(-self.digits)))

    def books(self) -> dict:
        """Return what is compared."""
        return {
            "charges": [self.row(c) for c in self.every_charge() if c.status in (OPENED, BLOCKED, CLOSED)],
            "money": {day.isoformat(): amount for day, amount in self.by_day.items() if amount},
            "balance": self.text(self.balance),
            "blocked": self.text(self.blocked),
            "available": self.text(self.available),
            "subscriptions": [{"name": s.name, "status": s.status} for s in self.subs.values()],
            "refused": self.refused,
            "payments": self.invoiced(),
            "reseller_charges": self.reseller_charges,
        }

    def every_charge(self) -> list[Charge]:
        """Return what was charged, what is reserved for coming terms included."""
        held = [s.renewal.held if s.renewal is not None else [] for s in self.subs.values()]
        return [c for s, ahead in zip(self.subs.values(), held, strict=True) for c in [*s.charges, *ahead]]

    def invoiced(self) -> list[dict]:
        """Return the payments for rendered services; prepaid there are none."""
        return []

    def row(self, charge: Charge) -> dict:
        """Print one charge."""
        return {
            "subscription": charge.sub.name, "resource": charge.key or None, "type": charge.kind,
            "status": charge.status, "from": charge.first.isoformat(), "to": charge.to.isoformat(),
            "quantity": charge.units, "unit_price": charge.price, "amount": charge.amount,
            "closed_on": charge.closed_on.isoformat() if charge.closed_on else None,
        }  # fmt: skip
