"""Carries a JSON history through the pure functions of billing/engine, with the funds of one account in memory.

It stands where the verbs and the rows stand in the product, so it holds only what the engine leaves to them: statuses,
money, who waits for payment. Every operation ends with a check of what must hold of the lines at any time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal

from billing.engine.lines import LIVE, SPLIT_SOURCES, Changes, Line, LineStatus, Source, deleted
from billing.engine.periods import is_billing_day, renewal_open
from billing.engine.rules import Used
from billing.engine.terms import Price, Terms
from billing.engine.types import FIRST, rules_of
from core.errors import Refused
from core.money import round_half_up

ONE_DAY = timedelta(days=1)
LIVING = (LineStatus.NEW, LineStatus.OPENED, LineStatus.BLOCKED)


@dataclass
class Waiting:
    """An order that waits for its payment."""

    units: Mapping[str, int]
    due: Decimal


@dataclass
class Renewal:
    """Another term that is ordered: the units in it, what is to be paid, whether the night has ordered it."""

    units: Mapping[str, int]
    due: Decimal
    automatic: bool
    placed: date
    is_paid: bool = False


@dataclass
class Contract:
    """One subscription: its terms, the units it has, its lines by row number, and what it waits for."""

    name: str
    terms: Terms
    status: str = "ordered"
    units: dict[str, int] = field(default_factory=dict)
    rows: dict[int, Line] = field(default_factory=dict)
    waiting: Waiting | None = None
    raised: set[int] = field(default_factory=set)  # the rows of a raise that a vendor has yet to provide
    auto: bool = False
    prices_ahead: dict[str, Decimal] = field(default_factory=dict)  # those of a renewal, for a fixed price
    idle: bool = False  # stopped: no day is served until it is activated or renewed
    renewal: Renewal | None = None
    apart: set[int] = field(default_factory=set)  # the rows of a renewal whose term has not begun

    @property
    def provided(self) -> list[Line]:
        return [line for line in self.lines if line.row not in self.raised]

    @property
    def lines(self) -> list[Line]:
        return [line for line in self.rows.values() if line.status in LIVING and line.row not in self.apart]

    @property
    def coming(self) -> list[Line]:
        return [line for line in self.rows.values() if line.status in LIVING and line.row in self.apart]


class EngineDriver:
    """One account whose subscriptions are charged by the engine. With `late`, nights run only when somebody acts."""

    def __init__(self, history: dict, *, late: bool = False) -> None:
        self.late = late
        self.history = history
        self.rules = rules_of(history.get("billing_type", FIRST), trial=history.get("trial", False))
        term = history.get("service_term", {})
        self.grace, self.stop_days = timedelta(term.get("grace_days", 0)), term.get("stop_days")
        self.ahead, self.by_hand = timedelta(term.get("renew_point", 0)), term.get("manual_renew_point", -1)
        self.fixed = history["fixed_price"]
        self.credit = Decimal(history["credit_limit"])
        self.price_rows = [(date.min, resource["key"], Decimal(resource["price"])) for resource in history["resources"]]
        self.setup_fees = {resource["key"]: Decimal(resource.get("setup_fee", 0)) for resource in history["resources"]}
        self.contracts: dict[str, Contract] = {}
        self.balance = round_half_up(0, history["currency"])
        self.transactions: list[dict] = []
        self.refused: list[dict] = []
        self.nights_run_to: date | None = None
        self.today = date.min

    # ---- days -------------------------------------------------------------------------------------------------

    def run(self) -> dict:
        """Carry the history out and return the books as `manage.py simulate_billing` prints them."""
        for event in self.history["events"]:
            day = date.fromisoformat(event["day"])
            if not (self.late and event["do"] == "price"):
                self.catch_up(day)
            self.today = day
            try:
                getattr(self, "do_" + event["do"])(event)
            except Refused as reason:
                self.refused.append({"day": event["day"], "do": event["do"], "reason": str(reason)})
        self.catch_up(date.fromisoformat(self.history["until"]))
        return self.books()

    def catch_up(self, day: date) -> None:
        """Run the nights after the last one up to and with that of `day`, in their order."""
        missed = self.nights_run_to + ONE_DAY if self.nights_run_to else day
        while missed <= day:
            self.today = missed
            self.night(missed)
            missed += ONE_DAY
        self.nights_run_to = max(day, self.nights_run_to or day)

    def night(self, day: date) -> None:
        running = [c for c in self.contracts.values() if c.status in ("active", "graced", "stopped")]
        billing = is_billing_day(day, self.history["billing_day"])
        for contract in running:
            if contract.terms.expires_on == day:
                self.put(contract, self.rules.end(contract.terms, contract.provided, day))
                assert not self.rules.end(contract.terms, contract.provided, day), "ending twice changes nothing"
            elif billing:
                self.put(contract, self.rules.close_period(contract.terms, contract.provided, day))
                assert not self.rules.close_period(contract.terms, contract.provided, day), (
                    "closing twice changes nothing"
                )
        for contract in running:
            self.step(contract, day, billing=billing)

    def step(self, contract: Contract, day: date, *, billing: bool) -> None:
        expires = contract.terms.expires_on
        if contract.status == "active" and expires == day:
            self.expire(contract, day)
        elif contract.status == "active" and billing:
            self.renew(contract, day)
        elif expires is not None and contract.status == "graced" and day >= expires + self.grace:
            contract.status, contract.idle = "stopped", True
        timed = contract.status == "stopped" and expires is not None and self.stop_days is not None
        if timed and day >= expires + self.grace + timedelta(self.stop_days):
            self.delete(contract)
        ahead = contract.status == "active" and contract.auto and self.ahead and expires
        if ahead and day == expires - self.ahead and contract.waiting is None and contract.renewal is None:
            self.order_term(contract, contract.units, day, automatic=True, night=True)

    # ---- another term -----------------------------------------------------------------------------------------

    def expire(self, contract: Contract, day: date) -> None:
        """A term ends: another begins where it is paid, or can be; else the days of grace, else a stop."""
        self.cancel_waiting(contract)
        if contract.auto and contract.renewal is None:
            self.order_term(contract, contract.units, day, automatic=True, night=True)
        renewal = contract.renewal
        if renewal is not None and not renewal.is_paid and contract.auto:
            renewal.is_paid = self.paid_renewal(contract, day).reserves <= max(self.available, Decimal(0))
        if renewal is not None and renewal.is_paid:
            self.begin_term(contract, day)
        elif self.grace:
            contract.status = "graced"
        else:
            contract.status, contract.idle = "stopped", True

    def renewal_terms(self, contract: Contract, *, night: bool = False) -> Terms:
        """A renewal is at the plan's prices, fixed or not; a night knows those that were entered before it."""
        prices = self.prices(before=self.today if night else None)
        anchor = None if contract.idle else contract.terms.anchor
        return replace(contract.terms, prices=prices, ordering_prices=None, anchor=anchor)

    def start_of_term(self, contract: Contract, day: date) -> date:
        return self.rules.renewal_starts(contract.terms, day, stopped=contract.idle)

    def order_term(
        self, contract: Contract, units: Mapping[str, int], day: date, *, automatic: bool, night: bool
    ) -> None:
        terms = self.renewal_terms(contract, night=night)
        changes = self.rules.renew(terms, units, self.start_of_term(contract, day), day)
        contract.prices_ahead = {key: terms.plan_price(key, day) for key in terms.prices}
        before = set(contract.rows)
        contract.apart = {len(before) + at for at, _line in enumerate(changes.add, start=1)}
        self.put(contract, changes)
        contract.renewal = Renewal(dict(units), self.rules.renewal_due(contract.coming, day), automatic, day)
        if automatic and not contract.renewal.due and self.start_of_term(contract, day) > day:
            self.begin_term(contract, day)

    def paid_renewal(self, contract: Contract, day: date) -> Changes:
        terms = self.renewal_terms(contract)
        return self.rules.pay_renewal(terms, contract.coming, self.start_of_term(contract, day), day)

    def begin_term(self, contract: Contract, day: date) -> None:
        """Begin the term of a paid renewal, if its day has come; else what is due of it is reserved."""
        start, renewal = self.start_of_term(contract, day), contract.renewal
        changes, until = self.paid_renewal(contract, day), self.rules.renewal_ends(self.renewal_terms(contract), start)
        rows = len(contract.rows)
        contract.apart |= {rows + at for at, _line in enumerate(changes.add, start=1)}
        self.put(contract, changes)
        renewal.is_paid = True
        if start > day:
            return
        agreed = contract.prices_ahead if self.fixed else None
        anchor = start if contract.idle else contract.terms.anchor
        contract.terms = replace(contract.terms, expires_on=until, anchor=anchor, ordering_prices=agreed)
        contract.units = dict(renewal.units)
        contract.status, contract.idle = "active", False
        contract.renewal, contract.apart = None, set()
        if until <= day:  # all its days were days of grace
            contract.status = "graced" if day < until + self.grace else "stopped"
            contract.idle = contract.status == "stopped"

    def cancel_renewal(self, contract: Contract) -> None:
        if contract.renewal is not None:
            self.put(contract, Changes(move=deleted(contract.coming)))
            contract.renewal, contract.apart = None, set()

    def order_anew(self, contract: Contract) -> None:
        """After a change the renewal that the night had ordered is ordered anew."""
        expires = contract.terms.expires_on
        due = contract.auto and self.ahead and expires and expires - self.ahead <= self.today < expires
        if due and contract.renewal is None and contract.status == "active":
            self.order_term(contract, contract.units, self.today, automatic=True, night=False)

    def do_auto_renew(self, event: dict) -> None:
        contract = self.contract_of(event, "ordered", "active", "graced", "stopped")
        if contract.terms.months is None or self.history.get("trial"):
            raise Refused("no term follows", code="endless")
        contract.auto = event["on"]
        renewal = contract.renewal
        if not contract.auto and renewal and renewal.automatic and not renewal.is_paid and contract.status == "active":
            self.cancel_renewal(contract)

    def do_renew(self, event: dict) -> None:
        contract = self.contract_of(event, "active", "graced", "stopped")
        expires = contract.terms.expires_on
        if expires is None or self.history.get("trial"):
            raise Refused("no term follows", code="endless")
        if contract.status == "stopped" and self.today < expires:
            raise Refused("activate first", code="stopped")
        if not renewal_open(expires, self.by_hand, self.today):
            raise Refused("not open", code="closed")
        if contract.waiting is not None or contract.renewal is not None:
            raise Refused("an order waits", code="waiting")
        units = contract.units | event.get("quantities", {})
        if not any(units.values()):
            raise Refused("nothing", code="order")
        before = dict(contract.rows)
        self.order_term(contract, units, self.today, automatic=False, night=False)
        renewal, pay = contract.renewal, event.get("pay", "now")
        if pay == "balance" and renewal.due and self.available < renewal.due:
            contract.rows, contract.renewal, contract.apart = before, None, set()
            raise Refused("funds are short", code="funds")
        if pay == "now" and renewal.due:
            self.post(renewal.due)
        if pay != "later" or not renewal.due:
            self.begin_term(contract, self.today)

    def renew(self, contract: Contract, day: date) -> None:
        # Price rows entered on `day` came after its night, also when the night is run late.
        terms = replace(contract.terms, prices=self.prices(before=day))
        changes = self.rules.next_period(terms, contract.units, contract.lines, day)
        if self.rules.needs_funds and self.available < changes.reserves:
            self.stand_still(contract)
        else:
            self.put(contract, changes)
            refuse_second_renewal(contract, self.rules.next_period(terms, contract.units, contract.lines, day))

    def stand_still(self, contract: Contract) -> None:
        """The night stops a subscription; nobody can pay for more units of it now."""
        self.cancel_waiting(contract)
        self.cancel_renewal(contract)
        contract.status, contract.idle = "stopped", True

    def prices(self, before: date | None = None) -> dict[str, Sequence[Price]]:
        prices = defaultdict(list)
        for day, resource, amount in self.price_rows:
            if before is None or day < before:
                prices[resource].append(Price(day, amount, setup_fee=self.setup_fees[resource]))
        return prices

    # ---- money and rows ---------------------------------------------------------------------------------------

    @property
    def blocked(self) -> Decimal:
        blocked = (x.amount for c in self.contracts.values() for x in c.rows.values() if x.status is LineStatus.BLOCKED)
        return sum(blocked, Decimal(0))

    @property
    def available(self) -> Decimal:
        return self.balance - self.blocked + self.credit

    def post(self, amount: Decimal) -> None:
        self.balance += amount
        self.transactions.append({"day": self.today.isoformat(), "amount": str(amount)})

    def put(self, contract: Contract, changes: Changes) -> None:
        """Carry changes out on the rows, write off what they close, and check what must always hold."""
        for move in changes.move:
            assert contract.rows[move.line.row] == move.line, "a line is moved once, from the state it is in"
            contract.rows[move.line.row] = replace(move.line, status=move.status, closed_on=move.closed_on)
        for line in changes.add:
            row = len(contract.rows) + 1
            status = LineStatus.REFUNDED if line.status is LineStatus.WAITING_FOR_REFUND else line.status
            contract.rows[row] = replace(line, row=row, status=status)
        if changes.writes_off:
            self.post(-changes.writes_off)
        refuse_overlaps(contract, changes)
        refuse_lost_cents(changes)

    # ---- what people do ---------------------------------------------------------------------------------------

    def contract_of(self, event: dict, *statuses: str) -> Contract:
        contract = self.contracts.get(event.get("subscription", "main"))
        if contract is None or contract.status not in statuses:
            raise Refused("no subscription in a state for this", code="status")
        expired = contract.terms.expires_on is not None and contract.terms.expires_on <= self.today
        if expired and event["do"] == "activate":
            raise Refused("the subscription has ended", code="ended")
        return contract

    def do_top_up(self, event: dict) -> None:
        self.post(Decimal(event["amount"]))

    def do_price(self, event: dict) -> None:
        day = date.fromisoformat(event["day"])
        self.price_rows += [(day, key, Decimal(price)) for key, price in event["prices"].items()]
        for contract in self.contracts.values():
            contract.terms = replace(contract.terms, prices=self.prices())

    def do_order(self, event: dict) -> None:
        name = event.get("subscription", "main")
        if name in self.contracts or not any(event["quantities"].values()):
            raise Refused("nothing to order", code="order")
        history = self.history
        months = None if history["period"] == "endless" else history["period"]["months"]
        terms = Terms(history["currency"], history["billing_day"], self.prices(), months=months)
        if self.fixed:
            agreed = {
                resource["key"]: terms.plan_price(resource["key"], self.today) for resource in history["resources"]
            }
            terms = replace(terms, ordering_prices=agreed)
        contract = Contract(name, terms)
        self.contracts[name] = contract
        try:
            self.place(contract, self.rules.order(terms, event["quantities"], self.today), event["quantities"], event)
        except Refused:
            del self.contracts[name]
            raise

    def do_change(self, event: dict) -> None:
        contract = self.contract_of(event, "active")
        if contract.waiting is not None:
            raise Refused("an order waits for payment", code="waiting")
        if contract.renewal is not None and not contract.renewal.automatic:
            raise Refused("a renewal waits", code="waiting")
        if self.rules.may_change(contract.terms, self.today):
            raise Refused("the type keeps its quantities", code="stays")
        if all(contract.units.get(key, 0) == count for key, count in event["quantities"].items()):
            raise Refused("nothing to change", code="same")
        changes = self.rules.change(contract.terms, contract.lines, contract.units, event["quantities"], self.today)
        raised = {key: max(n - contract.units.get(key, 0), 0) for key, n in event["quantities"].items()}
        before = (dict(contract.rows), dict(contract.units), self.balance, list(self.transactions))
        kept = (contract.renewal, set(contract.apart))
        try:
            self.cancel_renewal(contract)
            lowered = {key: n for key, n in event["quantities"].items() if n < contract.units.get(key, 0)}
            contract.units |= lowered
            self.place(contract, changes, raised, event)
        except Refused:
            contract.rows, contract.units, self.balance, self.transactions = before
            contract.renewal, contract.apart = kept
            raise
        if contract.waiting is None:
            self.order_anew(contract)

    def place(self, contract: Contract, changes: Changes, units: Mapping[str, int], event: dict) -> None:
        """Put the New lines of an order in the rows and have them paid as the event says."""
        self.put(contract, changes)
        if not any(units.values()):
            return
        due = self.rules.due(contract.lines, self.today)
        pay = event.get("pay", "now")
        if pay == "balance" and due and self.available < due:
            raise Refused("funds are short", code="funds")
        contract.waiting = Waiting(units, due)
        if pay == "now" and due:
            self.post(due)
        if pay != "later" or not due:
            self.start(contract)

    def do_pay(self, event: dict) -> None:
        contract = self.contract_of(event, "ordered", "active", "graced", "stopped")
        if contract.waiting is None and contract.renewal is not None and not contract.renewal.is_paid:
            self.pay_renewal(contract)
            return
        if contract.waiting is None:
            raise Refused("nothing to pay", code="paid")
        self.post(contract.waiting.due)
        self.start(contract)

    def pay_renewal(self, contract: Contract) -> None:
        """Money comes for a renewal: it begins, or waits for its term, if it covers what that costs as of today."""
        self.post(contract.renewal.due)
        missing = self.paid_renewal(contract, self.today).reserves - self.available
        if missing > 0 and self.today > contract.renewal.placed:
            contract.renewal.due = missing
            raise Refused("funds are still short", code="funds")
        self.begin_term(contract, self.today)

    def start(self, contract: Contract) -> None:
        """A waiting order is paid: its lines are Blocked or Opened, if the funds cover them as of today."""
        waiting, is_sale = contract.waiting, contract.status == "ordered"
        changes = self.paid(contract)
        made_anew = any(
            move.status is LineStatus.DELETED and move.line.status is LineStatus.NEW for move in changes.move
        )
        if made_anew and self.available < changes.reserves:
            waiting.due = changes.reserves - self.available
            raise Refused("funds are still short", code="funds")
        self.put(contract, changes)
        if is_sale:
            ends = self.rules.ends_on(contract.terms, self.today)
            contract.terms = replace(contract.terms, expires_on=ends, started_on=self.today, anchor=self.today)
            contract.auto = contract.auto or (self.history.get("auto_renew", False) and not self.history.get("trial"))
        for key, count in waiting.units.items():
            contract.units[key] = contract.units.get(key, 0) + count
        contract.status, contract.waiting = "active", None
        if not is_sale:
            self.order_anew(contract)

    def paid(self, contract: Contract) -> Changes:
        pay = self.rules.pay_order if contract.status == "ordered" else self.rules.pay_raise
        return pay(contract.terms, contract.lines, self.today)

    def cancel_waiting(self, contract: Contract) -> None:
        if contract.waiting is not None:
            self.put(contract, self.rules.cancel_unpaid(contract.lines))
            contract.waiting = None

    def do_stop(self, event: dict) -> None:
        contract = self.contract_of(event, "active", "graced")
        self.cancel_waiting(contract)
        self.cancel_renewal(contract)
        self.put(contract, self.rules.stop(contract.terms, contract.lines, self.today))
        contract.status, contract.idle = "stopped", True

    def do_activate(self, event: dict) -> None:
        contract = self.contract_of(event, "stopped")
        changes = self.rules.activate(contract.terms, contract.lines, contract.units, self.today)
        if changes.missing(self.available):
            raise Refused("funds are short", code="funds")
        self.put(contract, changes)
        contract.status, contract.idle = "active", False

    def do_delete(self, event: dict) -> None:
        self.delete(self.contract_of(event, "ordered", "active", "graced", "stopped"))

    def delete(self, contract: Contract) -> None:
        self.cancel_renewal(contract)
        self.put(contract, self.rules.delete(contract.terms, contract.lines, self.today))
        contract.status, contract.waiting = "deleted", None

    def do_usage(self, event: dict) -> None:
        contract = self.contract_of(event, "active", "stopped")
        resource, hours = event["resource"], Decimal(event["units"]) * Decimal(event["hours"])
        price = contract.terms.price(resource, self.today)
        valid_from = date.min if self.fixed else contract.terms.price_row(resource, self.today).valid_from
        same = [line for line in contract.lines if line.status is LineStatus.BLOCKED and line.source is Source.USAGE]
        before = sum(line.quantity for line in same if (line.resource, line.price.amount) == (resource, price.amount))
        used = Used(resource, price, before + hours, valid_from)
        self.put(contract, self.rules.use(contract.terms, contract.lines, [used], self.today))

    # ---- the books --------------------------------------------------------------------------------------------

    def books(self) -> dict:
        return {
            "charges": [charge(c.name, line) for c in self.contracts.values() for line in c.rows.values()],
            "transactions": self.transactions,
            "balance": str(self.balance),
            "blocked": str(self.blocked),
            "available": str(self.available),
            "subscriptions": [{"name": c.name, "status": c.status} for c in self.contracts.values()],
            "refused": self.refused,
        }


def charge(name: str, line: Line) -> dict:
    return {
        "subscription": name,
        "resource": line.resource,
        "type": line.type.value,
        "status": line.status.value,
        "from": line.period.start.isoformat(),
        "to": line.period.end.isoformat(),
        "quantity": int(line.quantity) if line.quantity == int(line.quantity) else f"{line.quantity.normalize():f}",
        "unit_price": str(line.unit_price),
        "amount": str(line.amount),
        "closed_on": line.closed_on.isoformat() if line.closed_on else None,
    }


def refuse_overlaps(contract: Contract, changes: Changes) -> None:
    """Fail where a line that came shares a day with another live line of its block, as the database would."""
    live = [line for line in contract.rows.values() if line.status in LIVE]
    for added in changes.add:
        if added.status in LIVE:
            same = [
                line
                for line in live
                if (line.resource, line.block) == (added.resource, added.block) and line.period.overlap(added.period)
            ]
            assert len(same) == 1, same


def refuse_second_renewal(contract: Contract, again: Changes) -> None:
    """Fail where the same night, run again, could charge anything that the database would let through."""
    assert not again.move
    charged = {(line.resource, line.block, line.period) for line in contract.lines if line.status is LineStatus.BLOCKED}
    assert {(line.resource, line.block, line.period) for line in again.add} <= charged


def refuse_lost_cents(changes: Changes) -> None:
    """Fail unless the parts of every line that was split add up to it, or only its used days stay."""
    parts: dict[int, list[Line]] = defaultdict(list)
    for line in changes.add:
        if line.source in SPLIT_SOURCES and line.parent is not None and line.parent.status is LineStatus.BLOCKED:
            parts[line.parent.row].append(line)
    for move in changes.move:
        split = parts.get(move.line.row, [])
        if len(split) > 1:
            assert sum(part.amount for part in split) == move.line.amount, split
