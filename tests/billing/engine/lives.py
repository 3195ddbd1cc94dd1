"""Short lives of a subscription of every type, told in steps; each step is what a verb, a vendor or a night does.

stories.py says what happens; lives.txt says what every type makes of it, line by line.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations

from billing.engine.by_hand import closable, closed, rules_when_closed
from billing.engine.lines import Changes, Line, LineStatus, LineType, Source
from billing.engine.pieces import is_fee
from billing.engine.postpay import Postpay
from billing.engine.rules import Deed, Metered, Used
from billing.engine.terms import Terms, UnitPrice
from billing.engine.types import rules_of
from tests.billing.engine.stories import MONTHS, ORDERED, OWN, PRICES, STORIES, TERMS, WHOSE

GONE = (LineStatus.CLOSED, LineStatus.DELETED, LineStatus.REFUNDED)
ORDERS = (["order"], ["pay"], ["provide"], ["night"], ["withdraw"], ["cancel"], ["use"])
DEEDS = {"stop": Deed.STOP, "activate": Deed.ACTIVATE, "delete": Deed.DELETE, "switch": Deed.SWITCH}


@dataclass
class Life:
    """One subscription's lines as the books would hold them, and what the last step has made."""

    key: str
    terms: Terms
    postpay: bool = False
    lines: list[Line] = field(default_factory=list)
    units: dict[str, int] = field(default_factory=dict)
    wanted: dict[str, int] = field(default_factory=dict)
    asked: int = 0  # the last row before the raise, the activation or the renewal
    lowered: list[Line] = field(default_factory=list)
    lowered_on: date = ORDERED
    stopped_on: date | None = None
    sums: list[str] = field(default_factory=list)
    closings: int = 0
    at_vendor: bool = False  # a raise that is paid
    as_paid: list[Line] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.rules = rules_of(self.key, postpay=self.postpay)

    @property
    def live(self) -> list[Line]:
        return [line for line in self.lines if line.status not in GONE]

    def made(self, *statuses: str) -> list[Line]:
        """Return the live lines made since the last question, of these statuses or of all."""
        made = [line for line in self.live if (line.row or 0) > self.asked]
        return [line for line in made if not statuses or line.status in statuses]

    @property
    def provided(self) -> list[Line]:
        """The lines that a night may close: not those of a raise that the vendor has yet to provide."""
        raised = [line for line in self.made() if line.source is Source.UPGRADE] if self.at_vendor else []
        return [line for line in self.live if line not in raised]

    def put(self, changes: Changes) -> None:
        for move in changes.move:
            at = next(at for at, line in enumerate(self.lines) if line is move.line)
            self.lines[at] = replace(move.line, status=move.status, closed_on=move.closed_on)
        for line in changes.add:
            assert (line.row, line.order) == (None, None), "the books say which row it is, and of which order"
            self.lines.append(replace(line, row=len(self.lines) + 1, order=1))

    def day_of(self, word: str) -> date:
        ends = self.terms.expires_on or ORDERED + timedelta(days=92)
        if word in ("start", "end"):
            return ends
        if word == "after":
            return ends + timedelta(days=4)
        return (ends if word.startswith("-") else ORDERED) + timedelta(days=int(word))

    def carry_out(self, story: str) -> None:
        """Carry out every step, up to one that the type refuses."""
        more = not all(step.split()[1:2] in ORDERS for step in story.split("; "))
        for step in story.split("; "):
            day, *words = step.split()
            verb = "end" if day == "end" else words[0]
            if verb in DEEDS and (no := self.rules.refuses(DEEDS[verb])) is not None:
                self.sums.append(f"{verb}: {no}")
                return
            numbers = [int(word) for word in words if word.isdigit()]
            names = "_".join(word for word in words if not word.isdigit()) or "end"
            getattr(self, f"do_{names}")(self.day_of(day), *numbers)
            self.no_day_twice()
            if more and names in ("pay", "pay_late", "provide"):
                self.as_paid = list(self.lines)
            if isinstance(self.rules, Postpay):
                owed = self.rules.debt(self.terms, self.live, self.day_of(day))
                month = self.rules.month(self.terms, self.live, self.day_of(day))
                self.sums.append(f"{names} owed {owed} a month {month}")

    def no_day_twice(self) -> None:
        """No block of units is charged twice for a day, as the database demands of the rows."""
        live = [line for line in self.lines if line.status in ("blocked", "closed", "opened") and not is_fee(line)]
        for one, other in combinations(live, 2):
            same = (one.resource, one.block) == (other.resource, other.block)
            assert not (same and one.period.start < other.period.end and other.period.start < one.period.end)

    # ---- an order ---------------------------------------------------------------------------------------------

    def do_order(self, day: date, seats: int, disks: int) -> None:
        self.units = {"seats": seats, "disks": disks}
        self.put(self.rules.order(self.terms, self.units, day))
        self.sums.append(f"due {self.rules.due(self.live, day)}")

    def do_pay(self, day: date, *, late: bool = False) -> None:
        self.put(self.rules.pay_order(self.terms, self.live, day, provided=not late))
        self._begins(day)

    def do_pay_late(self, day: date) -> None:
        self.do_pay(day, late=True)

    def do_provide(self, day: date) -> None:
        self.put(self.rules.provide_order(replace(self.terms, expires_on=None), self.live, day))
        self._begins(day)

    def _begins(self, day: date) -> None:
        ends = self.rules.ends_on(replace(self.terms, expires_on=None), day)
        self.terms = replace(self.terms, expires_on=ends, started_on=day, anchor=day)

    def do_withdraw(self, _day: date) -> None:
        self.put(self.rules.withdraw_order(self.live))

    def do_cancel(self, _day: date) -> None:
        self.put(self.rules.cancel_unpaid(self.live))

    # ---- quantities -------------------------------------------------------------------------------------------

    def do_change(self, day: date, seats: int, disks: int) -> None:
        self.wanted = {"seats": seats, "disks": disks}
        if (no := self.rules.may_change(self.terms, day)) is not None:
            self.sums.append(f"change on {day}: {no}")
            self.wanted = dict(self.units)
            return
        self.asked, before = len(self.lines), self.live
        self.put(self.rules.change(self.terms, before, self.units, self.wanted, day))
        self.lowered, self.lowered_on = before, day
        self.units = {key: min(count, self.units.get(key, 0)) for key, count in self.wanted.items()}
        self.sums.append(f"due {self.rules.due(self.made('new'), day)}")

    def do_raise(self, day: date, *, late: bool = False) -> None:
        self.put(self.rules.pay_raise(self.terms, self.live, day, provided=not late))
        self.at_vendor = late
        if not late:
            self.units = dict(self.wanted or self.units)

    def do_raise_late(self, day: date) -> None:
        self.do_raise(day, late=True)

    def do_provide_raise(self, day: date) -> None:
        self.put(self.rules.provide_raise(self.terms, self.live, self.made("blocked"), day))
        self.units = dict(self.wanted)
        self.at_vendor = False

    def do_provide_raise_of_stopped(self, day: date) -> None:
        self.put(self.rules.provide_raise_of_stopped(self.terms, self.live, self.made("blocked"), day))
        self.at_vendor = False

    def do_withdraw_raise(self, _day: date) -> None:
        self.put(self.rules.withdraw_raise(self.terms, self.live, self.made()))
        self.at_vendor = False

    def do_restore(self, day: date, *, stopped: bool = False) -> None:
        """Take a lowering back: each line of before, with what is left of it."""
        gone = [line for line in self.lowered if self.lines[(line.row or 0) - 1].status is LineStatus.DELETED]
        for number, line in enumerate(gone):
            parts = [one for one in self.lines if one.parent is not None and one.parent.row == line.row]
            stopped_on = self.stopped_on if stopped else None
            again = self.rules.restore(line, parts, self.lowered_on, day, block=7 + number, stopped_on=stopped_on)
            self.put(again)
        self.put(self.rules.restore_renewals(self.terms, "seats", 2, lowered_on=self.lowered_on,
                                             until=day + timedelta(days=1), day=day, block=9))  # fmt: skip

    def do_restore_stopped(self, day: date) -> None:
        self.do_restore(day, stopped=True)

    def do_leave(self, day: date, seats: int, disks: int) -> None:
        self.put(self.rules.leave(self.terms, self.live, {"seats": seats, "disks": disks}, day))
        self.units = {"seats": self.units["seats"] - seats, "disks": self.units["disks"] - disks}

    # ---- a stop, an activation, the end -----------------------------------------------------------------------

    def do_stop(self, day: date) -> None:
        self.put(self.rules.stop(self.terms, self.live, day))
        self.stopped_on = day
        self.sums.append(f"due while stopped {self.rules.due_while_stopped(self.terms, day, day)}")

    def do_activate(self, day: date) -> None:
        self.asked = len(self.lines)
        self.put(self.rules.activate(self.terms, self.live, self.units, day))

    def do_provide_activation(self, day: date) -> None:
        self.put(self.rules.provide_activation(self.terms, self.live, self.made("blocked"), day))

    def do_withdraw_activation(self, day: date) -> None:
        self.put(self.rules.withdraw_activation(self.live, self.made("blocked"), day))

    def do_delete(self, day: date) -> None:
        self.put(self.rules.delete(self.terms, self.live, day))

    def do_delete_in_activation(self, day: date) -> None:
        self.put(self.rules.delete(self.terms, self.live, day, unprovided=self.made("blocked")))

    def do_switch(self, day: date) -> None:
        self.put(self.rules.switch_away(self.terms, self.live, day))

    # ---- another term -----------------------------------------------------------------------------------------

    def do_renew(self, day: date) -> None:
        if self.terms.months is None:
            return
        self.starts = self.rules.renewal_starts(self.terms, day, stopped=self.stopped_on is not None)
        self.asked = len(self.lines)
        self.put(self.rules.renew(self.terms, self.units, self.starts, day))
        self.sums.append(f"renews from {self.starts}, due {self.rules.renewal_due(self.made('new'), day)}")

    def do_pay_renewal(self, day: date, *, late: bool = False, moved: bool = False) -> None:
        if self.terms.months is None:
            return
        starts = day if moved else self.starts
        self.put(self.rules.pay_renewal(self.terms, self.made(), starts, day, provided=not late))
        self.terms = replace(self.terms, expires_on=self.rules.renewal_ends(self.terms, starts),
                             last_term_on=starts)  # fmt: skip

    def do_pay_renewal_late(self, day: date) -> None:
        self.do_pay_renewal(day, late=True)

    def do_pay_renewal_moved(self, day: date) -> None:
        self.do_pay_renewal(day, moved=True)

    def do_pay_renewal_moved_late(self, day: date) -> None:
        self.do_pay_renewal(day, late=True, moved=True)

    def do_renewal(self, _day: date, *, late: bool = False) -> None:
        """The night in which the term begins, or the vendor's word."""
        if self.terms.months is not None:
            day = self.starts + timedelta(days=0 if late or _day <= self.starts else 4)
            self.put(self.rules.pay_renewal(self.terms, self.made(), self.starts, day, provided=not late))

    def do_renewal_late(self, day: date) -> None:
        self.do_renewal(day, late=True)

    # ---- the night --------------------------------------------------------------------------------------------

    def do_night(self, day: date) -> None:
        self.do_idle(day)
        if self.terms.expires_on is None or day < self.terms.expires_on:
            self.put(self.rules.next_period(self.terms, self.units, self.provided, day))

    def do_idle(self, day: date) -> None:
        self.put(self.rules.close_period(self.terms, self.provided, day))
        assert not self.rules.close_period(self.terms, self.provided, day), "a night run twice changes nothing"

    def do_end(self, day: date) -> None:
        self.put(self.rules.end(self.terms, self.live, day))

    def do_close(self, day: date) -> None:
        if not self.rules.closes_by_hand:
            return
        lines = closable(self.live)
        self.put(closed(lines, day, self.closings))
        closed_to = max(line.period.end for line in lines)
        self.rules = rules_when_closed(self.rules, closed_to, self.closings + 1)

    def do_use(self, day: date, seats: int, disks: int) -> None:
        if isinstance(self.rules, Metered):
            price = UnitPrice(self.terms.price_row("seats", day).amount, 1)
            markup = self.terms.markup_on(day)
            used = [Used("seats", price, Decimal(seats), valid_from=None, cost=Decimal(seats) + markup),
                    Used("disks", UnitPrice(Decimal("0.125"), 3), Decimal(disks), cost=Decimal(disks))]  # fmt: skip
            self.put(self.rules.use(self.terms, self.live, used, day))

    # ---- what is there ----------------------------------------------------------------------------------------

    def told(self) -> list[str]:
        """Return the sums that were told, and every line that was not deleted.

        Of a story of more than an order, what nothing has touched since is counted.
        """
        untouched = {id(line) for line in self.as_paid if any(line is one for one in self.lines)}
        shown = [one for one in self.lines if one.status is not LineStatus.DELETED and id(one) not in untouched]
        rest = [line for line in self.as_paid if id(line) in untouched and line.status is not LineStatus.DELETED]
        if rest:
            self.sums.append(f"{len(rest)} as paid, {sum(line.amount for line in rest)}")
        shown.sort(key=lambda line: (line.resource, line.type, line.period.start, line.block, line.row or 0))
        return [*self.sums, *(_told(line) for line in shown)]


def _told(line: Line) -> str:
    """Return a line in short: s1 08-20..09-01/08-01 5x9.99#1=18.70 blocked purchase, and what is special of it."""
    days, whole = line.period, line.billing_period
    of = "" if days == whole else f"/{whole.start:%m-%d}" + (f"..{whole.end:%m-%d}" if whole.end != days.end else "")
    more = [
        f"on {line.closed_on:%m-%d}" if line.closed_on and line.closed_on != days.end else "",
        f"less {line.discount}#{line.discount_row}" if line.discount else "",
        f"of {line.parent.row or 0}" if line.parent is not None else "",
    ]
    kind = "" if line.type is LineType.RECURRING_FEE else f"{line.type} "
    said = f"{kind}{(line.resource or 'plan')[0]}{line.block} {days.start:%m-%d}..{days.end:%m-%d}{of}"
    paid = f"{line.quantity}x{line.unit_price}#{line.price_row}={line.amount} {line.status} {line.source}"
    return " ".join([said, paid, *filter(None, more)])


def stories() -> list[tuple[str, bool, str]]:
    """Return every story of every type that is told: the type, whether in postpay, the story's name."""
    return [
        (key, postpay, story)
        for (key, postpay), wanted in WHOSE.items()
        for story, (_terms, steps) in STORIES.items()
        if (not wanted or any(word in f"{story}; {steps}" for word in wanted))
        # Its renewal is no part of its lines until it begins.
        and not (key == "csp_monthly" and "in a term that is renewed" in story)
        and not (key == "gsuite" and "last day of a month" in story)  # it is over by then
    ]


def lived(key: str, story: str, *, postpay: bool) -> list[str]:
    """Return what a type makes of a story; nothing where it has no such subscriptions."""
    more, steps = STORIES[story]
    rules = rules_of(key, postpay=postpay)
    own = OWN if key in ("reservation", "payg_external") else ()
    given = {"months": MONTHS.get(key, 2), "plan_prices": own, **TERMS[more]}
    if given["months"] is None and not rules.allows.endless:
        return []
    life = Life(key, Terms("USD", rules.allows.billing_day or 1, PRICES, **given), postpay)
    life.carry_out(steps)
    return life.told()
