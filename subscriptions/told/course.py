"""The nights to come of one account, carried out in memory: the night's own steps, on contracts that were loaded.

What a night does to a subscription is decided by `night.renewals.step`, `night.holds` and the rules of the billing
types. Here they are given hands that write nothing, and books that are a dictionary. What elsewhere are statements
over rows is said once more: what an invoice holds, when a payment for services is taken or expires, who is on credit
hold. That both agree is tests/subscriptions/told/test_course.py, over random histories of every billing type.
"""

from collections.abc import Collection, Iterable
from copy import copy
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import count

from accounts.models import Account, AccountStatus
from billing.charging import WORKED_ON, Booking
from billing.engine.chain import taken_with
from billing.engine.lines import Line, LineStatus
from billing.engine.periods import next_billing_day
from billing.engine.rules import Metered
from billing.engine.terms import Taken
from billing.holds import Standing
from core.period import LONGEST_TIMER
from subscriptions.contract.cancelling import stop_all
from subscriptions.contract.effect import due_change, leaving_changes
from subscriptions.contract.terms import UNDER_CHANGE, Contract
from subscriptions.models import StopReason, SubscriptionStatus
from subscriptions.night.ahead import DUE_STATUSES
from subscriptions.night.holds import HOLDS, MAY_ACTIVATE, RUNNING, STOPPED, activated, hold
from subscriptions.night.ledge import Ledge
from subscriptions.night.rendered import block
from subscriptions.night.renewals import closing_of, step
from subscriptions.told.foreseen import (
    FIRST_ROW,
    ONE_DAY,
    Bill,
    Closing,
    DayEnd,
    Foresight,
    Happening,
    Need,
    Start,
    Unbilled,
)


class Looked(Ledge):
    """A ledge that notes what is needed, and tops up what is missing where everything is paid."""

    def __init__(self, course: "Course", day: date) -> None:
        super().__init__(course.available, hands=course.hands)
        self._course, self._day = course, day

    def covers(self, needed: Decimal, contract: Contract) -> bool:
        missing = max(needed - self.available, Decimal(0))
        self._course.needs.append(Need(self._day, contract.subscription.pk, needed, missing))
        if missing and self._course.paid:
            self._course.top_up(missing, self._day)
            self.available += missing
        return needed <= self.available


class Course:
    """What the nights make of an account from `today` on, of which nothing changes.

    `paid`: what is missing is topped up on the day that needs it, so that nothing stops; else nothing more comes in.
    """

    def __init__(self, start: Start, today: date, *, paid: bool) -> None:
        self.account = copy(start.account)
        self.contracts = [_copied(contract, self.account) for contract in start.contracts]
        self.balance, self.blocked, self.since = start.balance, start.blocked, start.since
        self.bills = [copy(bill) for bill in start.bills]
        self.unbilled = {day: Unbilled(one.amount, set(one.subscriptions)) for day, one in start.unbilled.items()}
        self.guarantees = sorted(start.guarantees)
        self.today, self.paid = today, paid
        self.hands = Foresight(start.items)
        self.closings: list[Closing] = []
        self.needs: list[Need] = []
        self.top_ups: list[tuple[date, Decimal]] = []
        self.happenings: list[Happening] = []
        self.day_ends: list[DayEnd] = []
        self._rows = count(FIRST_ROW)
        self._books = {
            contract.subscription.pk: {line.row: line for line in _in_order(contract)} for contract in self.contracts
        }
        self._of = {contract.subscription.pk: contract for contract in self.contracts}
        self._used = dict(sorted(start.used.items()))
        self._begun = False

    @property
    def available(self) -> Decimal:
        """What may be reserved."""
        return self.balance - self.blocked + self.account.allowed_negative

    def play(self, until: date) -> None:
        """Carry out every night up to and with that of `until`."""
        while (day := self._next_day()) <= until:
            before = [(contract, *_as_it_stands(contract)) for contract in self.contracts]
            self._carry_out(day)
            self._begun = self._begun or day >= self.today
            self._witness(before, day)
            self.day_ends.append(DayEnd(day, self.balance, self.available))

    def top_up(self, amount: Decimal, day: date) -> None:
        """Let money come in."""
        self.top_ups.append((day, amount))
        self._post(amount, day)

    # ---- the days -----------------------------------------------------------------------------------------------

    def _next_day(self) -> date:
        rows = (contract.subscription for contract in self.contracts)
        days = [row.due_on for row in rows if row.due_on is not None and row.status in DUE_STATUSES]
        days += [bill.look_on for bill in self.bills if bill.look_on is not None]
        days += [day for day, _amount in self.guarantees[:1]]
        days += [day + ONE_DAY for day in self.unbilled]
        days += list(self._used)[:1]
        if not self._begun:
            days.append(self.today)
        period, allowed = self.account.account_class.subzero_period, self.account.allowed_negative
        active = self.account.status == AccountStatus.ACTIVE and not self.account.is_postpay
        if active and self.since is not None and period >= 0 and self.balance >= -allowed:
            days.append(self.since + timedelta(days=min(period + 1, LONGEST_TIMER)))
        return min(days, default=date.max)

    def _carry_out(self, day: date) -> None:
        """Carry out one day, in the order of `renewals._renew_up_to`."""
        self._look_at_bills(day)
        while self.guarantees and self.guarantees[0][0] <= day:
            self._post(-self.guarantees.pop(0)[1], day)
        for told_on in [one for one in self._used if one <= day]:
            self._charge_used(told_on)
        due = [
            contract
            for contract in self.contracts
            if contract.subscription.due_on is not None
            and contract.subscription.due_on <= day
            and contract.subscription.status in DUE_STATUSES
        ]
        self._step(due, day)
        self._invoice(day)
        self._settle_hold(day)

    def _charge_used(self, day: date) -> None:
        """Charge what was told to have been used, as `night.used` does."""
        for pk, used in self._used.pop(day).items():
            contract = self._of[pk]
            rules = contract.rules
            if isinstance(rules, Metered):
                self._open(contract, day)
                self._record([contract.booking(rules.use(contract.terms, contract.lines, used, day), day)])

    def _step(self, due: Collection[Contract], day: date) -> None:
        ledge, closings = Looked(self, day), []
        for contract in due:
            self._open(contract, day)
            self._let_scheduled_units_go(contract, day)
            closings.append(contract.booking(closing_of(contract, day), day))
        for contract in due:
            step(contract, ledge, day)
        self._record([*closings, *ledge.bookings])

    def _open(self, contract: Contract, day: date) -> None:
        """Let the contract be as it would be read for the night of `day`."""
        order = contract.renewal
        lines = self._books[contract.subscription.pk].values()
        contract.lines = [line for line in lines if order is None or line.order != order.pk]
        contract.renewal_lines = [line for line in lines if order is not None and line.order == order.pk]
        contract.day = day
        vars(contract).pop("terms", None)

    def _let_scheduled_units_go(self, contract: Contract, day: date) -> None:
        """Let a change that waited for the billing day be carried out (`effect.hand_over_scheduled`)."""
        order, present = due_change(contract, day), contract.chargeable
        if order is None:
            return
        leaving = contract.arranged_units if order.is_arranged else contract.leaving
        changes = leaving_changes(contract, leaving, present, day)
        for key, units in leaving.items():
            contract.resources[key].quantity -= units
        if order.is_arranged:
            contract.arranged, contract.arranged_units, contract.subscription.lowers_on = None, {}, None
        else:
            contract.leaving, contract.waiting = {}, None
        self._record([contract.booking(changes, day, order)])
        self._open(contract, day)

    # ---- the books ----------------------------------------------------------------------------------------------

    def _record(self, bookings: Iterable[Booking]) -> None:
        """Put changes in the books, as `charging.record` puts them into the rows."""
        bookings = list(bookings)
        for booking in bookings:
            kept = self._books[booking.owner.subscription_id]
            for move in booking.changes.move:
                line = kept[_row_of(move.line)]
                self._keep(booking, replace(line, status=move.status, closed_on=move.closed_on), was=line.status)
        for booking in bookings:
            for line in booking.changes.add:
                self._keep(booking, self._as_written(booking, line))

    def _keep(self, booking: Booking, line: Line, was: LineStatus | None = None) -> None:
        pk = booking.owner.subscription_id
        kept, row = self._books[pk], _row_of(line)
        if was is LineStatus.BLOCKED:
            self.blocked -= line.amount
        if line.status is LineStatus.BLOCKED:
            self.blocked += line.amount
        if line.status in WORKED_ON:
            kept[row] = line
            return
        kept.pop(row, None)
        if line.status is LineStatus.CLOSED:
            self._close(self._of[pk], line, line.closed_on or booking.day)

    def _as_written(self, booking: Booking, line: Line) -> Line:
        """Return a new line as it would be read from its row."""
        levels = booking.owner.chain.get(line.resource)
        taken = taken_with(line, levels, booking.day) if levels else Taken(line.taken.on or booking.day)
        return replace(line, row=next(self._rows), parent=None, order=booking.order_id, taken=taken)

    def _close(self, contract: Contract, line: Line, day: date) -> None:
        self.closings.append(Closing(day, contract, line))
        self._post(-line.amount, day)
        billing_day = next_billing_day(day - ONE_DAY, contract.subscription.billing_day)
        invoiced = self.unbilled.setdefault(billing_day, Unbilled())
        invoiced.amount += line.amount
        invoiced.subscriptions.add(contract.subscription.pk)

    def _post(self, amount: Decimal, day: date) -> None:
        self.balance += amount
        self.since = (self.since or day) if self.balance < 0 else None

    # ---- postpay ------------------------------------------------------------------------------------------------

    def _invoice(self, day: date) -> None:
        """Make the invoices of the billing days before `day`, and in postpay what is to be paid of them."""
        for billing_day in sorted(one for one in self.unbilled if one < day):
            closed = self.unbilled.pop(billing_day)
            if self.account.is_postpay and closed.amount > 0:
                expires = day + timedelta(days=self.account.account_class.payment_expiration_days)
                look_on = max(expires - ONE_DAY, day + ONE_DAY)
                self.bills.append(Bill(closed.amount, day, expires, look_on, frozenset(closed.subscriptions)))

    def _look_at_bills(self, day: date) -> None:
        """Take what is due from the balance, the oldest first, and block what was not paid (`billing.rendered`)."""
        looked = [bill for bill in self.bills if bill.look_on is not None and bill.look_on <= day]
        free = self.balance + sum((bill.amount for bill in self.bills if not bill.paid), Decimal(0))
        expired: set[int] = set()
        for bill in looked:
            if bill.expires_on is not None and bill.expires_on <= day:
                if not bill.missed:  # its due date was the day on which it was made
                    self.needs.append(Need(day, None, bill.amount, bill.amount))
                bill.look_on = None
                expired |= bill.subscriptions
                continue
            missing = max(bill.amount - free, Decimal(0))
            self.needs.append(Need(day, None, bill.amount, missing))
            if missing and self.paid:
                self.top_up(missing, day)
                free += missing
            if free >= bill.amount:
                free -= bill.amount
                bill.paid, bill.look_on = True, None
            else:
                bill.look_on, bill.missed = bill.expires_on, True
        running = {SubscriptionStatus.ACTIVE, *UNDER_CHANGE}
        unpaid = [one for pk, one in self._of.items() if pk in expired and one.subscription.status in running]
        self._stop_all(unpaid, day)
        for contract in unpaid:
            block(contract, StopReason.PAYMENT_EXPIRED, day, self.hands)

    def _stop_all(self, contracts: Collection[Contract], day: date) -> None:
        for contract in contracts:
            self._open(contract, day)
        bookings, _orders = stop_all(contracts, day)
        self._record(bookings)

    # ---- holds --------------------------------------------------------------------------------------------------

    def _settle_hold(self, day: date) -> None:
        """Bring the hold in step with the balance, and subscriptions with the hold (`night.holds.settle_holds`)."""
        account = self.account
        period = account.account_class.subzero_period
        standing = Standing(self.balance, account.allowed_negative, period, self.since, None, account.is_postpay)
        owed = standing.to_pay(day)
        if owed and account.status in (AccountStatus.ACTIVE, AccountStatus.CREDIT_HOLD):
            if account.status == AccountStatus.ACTIVE or self.paid:
                self.needs.append(Need(day, None, owed, owed))
            if self.paid:
                self.top_up(owed, day)
                owed = Decimal(0)
        if owed and account.status == AccountStatus.ACTIVE:
            account.status = AccountStatus.CREDIT_HOLD
            for contract in self.contracts:
                row = contract.subscription
                if row.status in STOPPED and row.stop_reason == StopReason.ADMINISTRATIVE_HOLD:
                    row.stop_reason = StopReason.CREDIT_HOLD
        elif not owed and account.status == AccountStatus.CREDIT_HOLD:
            account.status = AccountStatus.ACTIVE
        if account.status in HOLDS:
            running = [one for one in self.contracts if one.subscription.status in RUNNING]
            self._stop_all(running, day)
            for contract in running:
                hold(contract, day, self.hands)
        elif account.status == AccountStatus.ACTIVE:
            self._activate(day)

    def _activate(self, day: date) -> None:
        ledge = Looked(self, day)
        for contract in self.contracts:
            row = contract.subscription
            if row.status in MAY_ACTIVATE and row.stop_reason in HOLDS.values():
                self._open(contract, day)
                ledge.bookings.append(contract.booking(activated(contract, ledge, day), day))
        self._record(ledge.bookings)

    def _witness(self, before: Iterable[tuple[Contract, SubscriptionStatus, date | None]], day: date) -> None:
        for contract, status, expires in before:
            then, until = _as_it_stands(contract)
            if (then, until) != (status, expires):
                row = contract.subscription
                self.happenings.append(Happening(day, row.pk, then, row.stop_reason, until != expires))


def _copied(contract: Contract, account: Account) -> Contract:
    """Return a contract that may be changed without the other; prices, levels and discounts are shared."""
    row = copy(contract.subscription)
    row.account = account
    return replace(
        contract,
        subscription=row,
        resources={key: copy(resource) for key, resource in contract.resources.items()},
        lines=[*contract.lines],
        waiting=copy(contract.waiting) if contract.waiting is not None else None,
        leaving=dict(contract.leaving),
        arranged_units=dict(contract.arranged_units),
        renewal_lines=[*contract.renewal_lines],
    )


def _in_order(contract: Contract) -> list[Line]:
    return sorted([*contract.lines, *contract.renewal_lines], key=_row_of)


def _row_of(line: Line) -> int:
    if line.row is None:
        raise ValueError("a line of the books has its number")
    return line.row


def _as_it_stands(contract: Contract) -> tuple[SubscriptionStatus, date | None]:
    return SubscriptionStatus(contract.subscription.status), contract.subscription.expiration_date
