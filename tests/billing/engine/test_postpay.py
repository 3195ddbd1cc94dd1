"""Postpay on the engine: spec/billing-types.md section 4, row by row, and the calendar of E14 to E17."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from billing.engine.lines import Changes, Line, LineStatus, LineType, Source
from billing.engine.rules import Metered, Used
from billing.engine.terms import Price, Terms, UnitPrice
from billing.engine.types import POSTPAY, rules_of
from core.period import Period

AUG20, AUG25, SEP1, SEP12, SEP15, OCT1 = (
    date(2018, 8, 20),
    date(2018, 8, 25),
    date(2018, 9, 1),
    date(2018, 9, 12),
    date(2018, 9, 15),
    date(2018, 10, 1),
)
SEATS = (Price(date(2018, 1, 1), Decimal(10), 1, Decimal(1), Decimal("0.50")),)
WANTED = {"seats": 5}


def terms(months: int | None = None, **more: object) -> Terms:
    return replace(Terms("USD", 1, {"seats": SEATS}, months=months, started_on=AUG20, anchor=AUG20), **more)


@dataclass
class Book:
    """One subscription's lines, as the books would hold them."""

    key: str
    terms: Terms
    lines: list[Line] = field(default_factory=list)
    rows: int = 0

    @property
    def rules(self):
        return POSTPAY[self.key]

    def put(self, changes: Changes, day: date) -> Changes:
        for move in changes.move:
            at = next(at for at, line in enumerate(self.lines) if line is move.line)
            self.lines[at] = replace(move.line, status=move.status, closed_on=move.closed_on)
        for line in changes.add:
            self.rows += 1
            self.lines.append(replace(line, row=self.rows))
        return changes

    @property
    def live(self) -> list[Line]:
        gone = (LineStatus.CLOSED, LineStatus.DELETED, LineStatus.REFUNDED)
        return [line for line in self.lines if line.status not in gone]

    def order(self, day: date = AUG20, units: int = 5) -> Book:
        self.put(self.rules.order(self.terms, {"seats": units}, day), day)
        self.put(self.rules.pay_order(self.terms, self.live, day), day)
        self.terms = replace(self.terms, expires_on=self.rules.ends_on(self.terms, day))
        return self

    def change(self, day: date, units: int) -> Book:
        held = sum(
            int(one.quantity) for one in self.live if one.status is LineStatus.BLOCKED and one.period.contains(day)
        )
        self.put(self.rules.change(self.terms, self.live, {"seats": held}, {"seats": units}, day), day)
        self.put(self.rules.pay_raise(self.terms, self.live, day), day)
        return self

    def stop(self, day: date) -> Book:
        self.put(self.rules.stop(self.terms, self.live, day), day)
        return self

    def activate(self, day: date, units: int = 5) -> Book:
        self.put(self.rules.activate(self.terms, self.live, {"seats": units}, day), day)
        return self

    def night(self, day: date, *, active: bool = True, units: int = 5) -> Book:
        self.put(self.rules.close_period(self.terms, self.live, day), day)
        assert not self.rules.close_period(self.terms, self.live, day), "a night run twice changes nothing"
        if active and day.day == 1:
            self.put(self.rules.next_period(self.terms, {"seats": units}, self.live, day), day)
        return self

    def delete(self, day: date) -> Book:
        self.put(self.rules.delete(self.terms, self.live, day), day)
        return self

    @property
    def rows_of(self) -> list[str]:
        """The live lines and the closed ones: status, days, amount and, of closed ones, the day."""
        shown = []
        for line in self.lines:
            if line.status is LineStatus.DELETED:
                continue
            closed = f" on {line.closed_on:%d%b}" if line.closed_on else ""
            shown.append(f"{line.status} {line.period.start:%d%b}-{line.period.end:%d%b} {line.amount}{closed}")
        return shown

    def debt(self, day: date) -> Decimal:
        return self.rules.debt(self.terms, self.live, day)


def monthly(months: int | None = None) -> Book:
    return Book("csp_monthly", terms(months)).order()


def test_the_calendar_of_e14_to_e17():
    book = monthly()
    assert (book.rows_of, book.debt(AUG20)) == (["blocked 20Aug-01Sep 19.35"], Decimal("19.35"))
    book.change(AUG25, 8)
    assert book.debt(AUG25) == Decimal("26.12")
    assert book.rules.month(book.terms, book.live, AUG25) == Decimal("80.00")
    book.night(SEP1, units=8)
    assert book.rows_of == [
        "closed 20Aug-01Sep 19.35 on 01Sep",
        "closed 25Aug-01Sep 6.77 on 01Sep",
        "blocked 01Sep-01Oct 80.00",
    ]
    book.stop(SEP12)
    assert book.rows_of[2:] == ["blocked 01Sep-12Sep 29.33", "opened 12Sep-01Oct 50.67"]
    assert book.debt(SEP12) == Decimal("29.33")
    book.activate(SEP15, 8)
    assert book.rows_of[2:] == ["blocked 01Sep-12Sep 29.33", "blocked 15Sep-01Oct 42.67"]
    assert book.debt(SEP15) == Decimal("72.00")
    book.night(OCT1, units=8)
    assert book.rows_of[2:] == [
        "closed 01Sep-12Sep 29.33 on 01Oct",
        "closed 15Sep-01Oct 42.67 on 01Oct",
        "blocked 01Oct-01Nov 80.00",
    ]


def test_lowering_leaves_the_used_part_blocked_and_gives_nothing_back():
    book = monthly().change(AUG25, 2)
    assert book.rows_of == ["blocked 20Aug-25Aug 8.06", "blocked 25Aug-01Sep 4.52"]
    book.change(date(2018, 8, 28), 1).night(SEP1, units=1)
    assert book.rows_of == [
        "closed 20Aug-25Aug 8.06 on 01Sep",
        "closed 25Aug-28Aug 1.94 on 01Sep",
        "closed 28Aug-01Sep 1.29 on 01Sep",
        "blocked 01Sep-01Oct 10.00",
    ]


def test_months_that_a_refused_lowering_brings_back_are_owed_when_they_begin():
    book = Book("reservation", terms(3)).order()
    whole = [line for line in book.live if line.type == "recurring_fee"]
    book.put(book.rules.change(book.terms, book.live, WANTED, {"seats": 3}, AUG25), AUG25)
    for line in whole:
        parts = [one for one in book.live if one.parent is not None and one.parent.row == line.row]
        left = book.rules.restore(line, parts, AUG25, date(2018, 8, 28), block=7, stopped_on=None)
        assert [one.status for one in left.add] == ["blocked" if line.period.start == AUG20 else "opened"]
        if line.period == Period(SEP1, OCT1):
            (late,) = book.rules.restore(line, parts, AUG25, OCT1, block=7, stopped_on=None).add
            assert (late.status, late.closed_on, late.quantity) == ("closed", OCT1, 2)


def test_a_stop_leaves_a_remainder_that_the_billing_day_deletes():
    book = monthly().stop(AUG25)
    assert book.rows_of == ["blocked 20Aug-25Aug 8.06", "opened 25Aug-01Sep 11.29"]
    assert book.rules.due_while_stopped(book.terms, AUG25, AUG25) == SEP1
    book.night(SEP1, active=False)
    assert book.rows_of == ["closed 20Aug-25Aug 8.06 on 01Sep"]
    assert book.rules.due_while_stopped(book.terms, AUG25, SEP1) is None


def test_stopping_again_leaves_the_days_used_before_as_they_are():
    book = monthly().stop(AUG25).activate(date(2018, 8, 27)).stop(date(2018, 8, 29))
    assert book.rows_of == [
        "blocked 20Aug-25Aug 8.06",
        "blocked 27Aug-29Aug 3.23",
        "opened 29Aug-01Sep 4.83",
    ]


def test_deleting_leaves_the_used_part_to_the_billing_day():
    book = monthly(3).delete(AUG25)
    assert book.rows_of == ["blocked 20Aug-25Aug 8.06"]
    assert book.night(SEP1, active=False).rows_of == ["closed 20Aug-25Aug 8.06 on 01Sep"]


def test_a_term_that_ends_between_billing_days_closes_on_the_one_after():
    book = monthly(1)
    assert book.rows_of == ["blocked 20Aug-01Sep 19.35", "opened 01Sep-20Sep 31.67"]
    book.night(SEP1)
    end = date(2018, 9, 20)
    book.put(book.rules.end(book.terms, book.live, end), end)
    assert book.rows_of == ["closed 20Aug-01Sep 19.35 on 01Sep", "blocked 01Sep-20Sep 31.67"]
    assert book.rules.due_while_stopped(book.terms, end, end) == OCT1
    assert book.rules.due_while_stopped(book.terms, end, OCT1) is None
    assert book.night(OCT1, active=False).rows_of[1] == "closed 01Sep-20Sep 31.67 on 01Oct"


def test_a_price_of_the_day_counts_in_the_month_of_an_endless_subscription_and_its_own_with_a_term():
    dearer = (*SEATS, Price(date(2018, 8, 24), Decimal(12), 2))
    endless, term = monthly(), monthly(12)
    for book in (endless, term):
        book.terms = replace(book.terms, prices={"seats": dearer})
        book.change(AUG25, 8)
    assert endless.rules.month(endless.terms, endless.live, AUG25) == Decimal("96.00")
    assert term.rules.month(term.terms, term.live, AUG25) == Decimal("86.00")
    for one in (replace(term.terms, expires_on=None), replace(term.terms, months=None)):
        assert term.rules.month(one, term.live, AUG25) == Decimal("86.00"), "ordered for a term, or with an end"


def test_a_month_is_what_serves_the_day_or_comes_next_of_what_is_not_over_and_not_given_up():
    book = monthly(2)
    now, september, _october = book.lines
    gone = replace(now, status=LineStatus.DELETED, quantity=8, block=2)
    assert book.rules.month(book.terms, [now, gone], AUG25) == Decimal("50.00")
    used = replace(now, period=Period(AUG20, AUG25), quantity=2)
    for day in (AUG25, date(2018, 8, 28)):
        assert book.rules.month(book.terms, [used, september], day) == Decimal("50.00")


def test_a_full_month_is_less_its_discount_on_the_sum():
    """Section 7, example 1: three lines of 3.35 less 10 % are 9.05, and each by itself 3.02."""
    price = (Price(date(2018, 1, 1), Decimal("3.35"), 1),)
    three = replace(terms(), prices=dict.fromkeys("abc", price), discounts={LineType.RECURRING_FEE: Decimal("0.1")})
    rules = POSTPAY["csp_monthly"]
    lines = rules.order(three, dict.fromkeys("abc", 1), SEP1).add
    assert rules.month(three, lines, SEP1) == sum(line.amount for line in lines) == Decimal("9.05")


def test_what_was_used_and_its_setup_fee_close_on_the_billing_day_even_after_a_deletion():
    book = Book("payg_internal", terms()).order()
    assert book.rows_of == ["blocked 20Aug-01Sep 5.00"]
    rules = book.rules
    assert isinstance(rules, Metered)
    used = [Used("seats", UnitPrice(Decimal("0.012")), Decimal("261.25"))]
    book.put(rules.use(book.terms, book.live, used, AUG25), AUG25)
    book.delete(date(2018, 8, 28))
    assert book.rows_of == ["blocked 20Aug-01Sep 5.00", "blocked 20Aug-01Sep 3.14"]
    book.night(SEP1, active=False)
    assert book.rows_of == ["closed 20Aug-01Sep 5.00 on 01Sep", "closed 20Aug-01Sep 3.14 on 01Sep"]


def test_a_lowering_that_is_taken_back_brings_the_amount_that_was_left_out():
    book = monthly().change(AUG25, 2)
    whole = replace(book.lines[0], discount=Decimal("1.25"), order=4)
    assert whole.status is LineStatus.DELETED
    (line,) = book.rules.restore(whole, book.live, AUG25, date(2018, 8, 27), block=2, stopped_on=None).add
    assert (line.quantity, line.amount, line.discount, line.status, line.block) == (
        3, Decimal("6.77"), Decimal("1.25"), LineStatus.BLOCKED, 2,
    )  # fmt: skip
    assert (line.row, line.order, line.parent is whole, line.period) == (None, None, True, Period(AUG25, SEP1))


def test_a_lowering_of_the_first_day_that_is_taken_back_brings_the_line_or_what_lacks_of_it():
    book = monthly().change(AUG20, 2)
    whole = book.lines[0]
    (lacking,) = book.rules.restore(whole, book.live, AUG20, AUG25, block=2, stopped_on=None).add
    assert (lacking.quantity, lacking.amount) == (3, Decimal("11.61"))
    for day, status, closed_on in ((AUG25, "blocked", None), (SEP12, "closed", SEP12)):
        (line,) = book.rules.restore(whole, [], AUG20, day, block=2, stopped_on=None).add
        assert (line.quantity, line.source, line.status, line.closed_on) == (5, Source.PURCHASE, status, closed_on)


@pytest.mark.parametrize("key", POSTPAY)
def test_what_a_type_says_of_itself_it_says_in_postpay_too(key: str):
    asked, paid = rules_of(key, postpay=True), rules_of(key)
    assert (asked.key, asked.allows, asked.fees, asked.keeps) == (paid.key, paid.allows, paid.fees, paid.keeps)
    assert rules_of(key, trial=True, postpay=True) is rules_of(key, trial=True)
    assert isinstance(asked, Metered) == isinstance(paid, Metered)


def test_a_day_of_rest_changes_nothing():
    book = monthly()
    assert not book.rules.close_period(book.terms, book.live, SEP1 - timedelta(days=1))


def test_an_activation_that_is_given_up_or_deleted_before_it_was_carried_out_charges_nothing():
    book = monthly(2).stop(AUG25).activate(date(2018, 8, 27))
    used, activated = (line for line in book.live if line.status is LineStatus.BLOCKED)
    given_up = book.rules.withdraw_activation(book.live, [activated], date(2018, 8, 28))
    assert [(line.status, line.period) for line in given_up.add] == [("opened", activated.period)]
    assert [move.line for move in given_up.move] == [activated], "what was used before the stop waits for the night"
    gone = book.rules.delete(book.terms, book.live, SEP12, unprovided=[activated])
    assert gone.add == ()
    assert [move.status for move in gone.move] == [LineStatus.DELETED] * (len(book.live) - 1)
    assert all(move.line is not used for move in gone.move)


def test_a_renewal_that_the_vendor_carries_out_late_closes_what_is_over_and_is_owed_for_what_has_begun():
    book, end, late = Book("csp_annual", terms(1)).order(), date(2018, 9, 20), date(2018, 10, 5)
    rules, made = book.rules, book.rules.renew(book.terms, WANTED, end, SEP12).add
    paid = rules.pay_renewal(book.terms, made, end, end, provided=False)
    assert [move.status for move in paid.move] == ["blocked", "opened"]
    first, second = lines = [replace(move.line, status=move.status) for move in paid.move]
    done = rules.pay_renewal(book.terms, lines, end, late)
    assert [(move.line, move.status, move.closed_on) for move in done.move] == [
        (first, "closed", late), (second, "blocked", None),
    ]  # fmt: skip
    waits = rules.pay_renewal(book.terms, lines, end, late, provided=False)
    assert [(move.line, move.status) for move in waits.move] == [(second, "blocked")]
    elsewhere = rules.pay_renewal(book.terms, lines, date(2018, 9, 25), late)
    assert [(move.line, move.status) for move in elsewhere.move] == [(first, "deleted"), (second, "deleted")]


def test_at_the_end_what_lies_ahead_is_deleted_even_where_it_has_begun():
    book = Book("reservation", terms(3)).order()
    moves = book.rules.end(book.terms, book.live, SEP15).move
    told = sorted((move.line.period.start, str(move.status)) for move in moves if move.line.type == "recurring_fee")
    assert told == [(AUG20, "closed"), *((date(2018, month, 1), "deleted") for month in (9, 10, 11))]


def test_a_stopped_term_is_looked_at_on_its_end_and_on_the_billing_day_after():
    book = monthly(1).stop(AUG25)
    end = date(2018, 9, 20)
    due = [book.rules.due_while_stopped(book.terms, AUG25, day) for day in (AUG25, SEP12, end, OCT1)]
    assert due == [SEP1, end, OCT1, None]
