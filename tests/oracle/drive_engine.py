"""Carries a JSON history through the pure functions of billing/engine, with the funds of one account in memory.

It stands where the verbs and the rows stand in the product, so it holds only what the engine leaves to them: statuses,
money, who waits for payment. Every operation ends with a check of what must hold of the lines at any time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from billing.engine.lines import Changes, LineStatus, Source
from billing.engine.periods import is_billing_day
from billing.engine.rules import Deed, Keeps, Used
from billing.engine.terms import LineType, Price, Terms, chargeable_units
from billing.engine.types import FIRST, rules_of
from core.errors import Refused
from core.money import round_half_up
from tests.oracle.drive_renewals import Renewing
from tests.oracle.kept import (
    ONE_DAY,
    Contract,
    Waiting,
    charge,
    is_renewed,
    refuse_lost_cents,
    refuse_overlaps,
    refuse_second_renewal,
    written_off_ahead,
)


class EngineDriver(Renewing):
    """One account whose subscriptions are charged by the engine. With `late`, nights run only when somebody acts."""

    def __init__(self, history: dict, *, late: bool = False) -> None:
        self.late = late
        self.history = history
        self.rules = rules_of(history.get("billing_type", FIRST), trial=history.get("trial", False))
        term = history.get("service_term", {})
        self.grace, self.stop_days = timedelta(term.get("grace_days", 0)), term.get("stop_days")
        self.ahead, self.by_hand = timedelta(term.get("renew_point", 0)), term.get("manual_renew_point", -1)
        usual = self.rules.renews_by_default and history.get("period") != "endless"
        self.renews_by_itself = history.get("auto_renew", usual) and not history.get("trial")
        self.fixed = history.get("fixed_price", False)
        self.credit = Decimal(history.get("credit_limit", "0"))
        self.price_rows = [(date.min, resource["key"], Decimal(resource["price"])) for resource in history["resources"]]
        self.resources = {resource["key"]: resource for resource in history["resources"]}
        discount = history.get("discount") or {}
        named = discount.get("on", ["setup", "renewal", "recurring"])
        rate = Decimal(discount.get("percent", 0)) / 100
        self.discounts = {LineType(f"{name}_fee"): rate for name in named} if rate else {}
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
        billing = is_billing_day(day, self.history.get("billing_day", 1))
        for contract in running:
            if day in (contract.terms.expires_on, contract.next_term):
                self.put(contract, self.rules.end(contract.terms, contract.provided, day))
                assert not self.rules.end(contract.terms, contract.provided, day), "ending twice changes nothing"
            elif billing:
                self.put(contract, self.rules.close_period(contract.terms, contract.provided, day))
                assert not self.rules.close_period(contract.terms, contract.provided, day), (
                    "closing twice changes nothing"
                )
        for contract in sorted(self.contracts.values(), key=lambda c: c.priority):
            self.cancel_unpaid(contract, day)
        for contract in sorted(running, key=lambda c: c.priority):
            self.step(contract, day, billing=billing)

    def step(self, contract: Contract, day: date, *, billing: bool) -> None:
        expires = contract.terms.expires_on
        if contract.status == "active" and expires == day:
            self.expire(contract, day)
        elif billing and (contract.status == "active" or self.runs_on(contract)):
            self.renew(contract, day)
        elif expires is not None and contract.status == "graced" and day >= expires + self.grace:
            contract.status, contract.idle = "stopped", True
        timed = contract.status == "stopped" and expires is not None and self.stop_days is not None
        if timed and day >= expires + self.grace + timedelta(self.stop_days):
            self.delete(contract)
        ahead = (
            contract.status == "active" and contract.auto and self.ahead and expires and not is_renewed(contract, day)
        )
        if ahead and day == expires - self.ahead and contract.waiting is None and contract.renewal is None:
            self.order_term(contract, contract.units, day, automatic=True, night=True)

    def runs_on(self, contract: Contract) -> bool:
        """Tell whether a stopped subscription is charged on: its term was bought."""
        over = contract.terms.expires_on is None or contract.terms.expires_on <= self.today
        return contract.status == "stopped" and self.rules.keeps is Keeps.WHOLE_TERM and not over

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
                fees = {name: Decimal(self.resources[resource].get(name, 0)) for name in ("setup_fee", "renewal_fee")}
                prices[resource].append(Price(day, amount, **fees))
        return prices

    def terms(self) -> Terms:
        """Return what a subscription that is ordered today agrees on."""
        history = self.history
        months = None if history["period"] == "endless" else history["period"]["months"]
        own = {name: Decimal(amount) for name, amount in (history.get("plan") or {}).items() if name != "markup"}
        plan_prices = [Price(date.min, own.pop("recurring_fee", Decimal(0)), **own)] if any(own.values()) else []
        terms = Terms(
            history["currency"],
            history.get("billing_day", 1),
            self.prices(),
            months=months,
            plan_prices=plan_prices,
            discounts=self.discounts,
            transfer=any(price.transfer_fee for price in plan_prices),
        )
        if not self.fixed:
            return terms
        return replace(terms, ordering_prices={key: terms.plan_price(key, self.today) for key in self.resources})

    def charged(self, quantities: Mapping[str, int]) -> dict[str, int]:
        """Return the units that are charged of quantities; refuse those out of bounds."""
        for key, count in quantities.items():
            resource = self.resources[key]
            over = resource.get("limit") is not None and count > resource["limit"]
            if self.rules.allows.included and (over or count < resource.get("minimum", 0)):
                raise Refused("out of bounds", code="bounds")
        return {key: chargeable_units(n, self.resources[key].get("included", 0)) for key, n in quantities.items()}

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

    def refuse(self, deed: Deed) -> None:
        """Refuse what the type lets nobody do."""
        if self.rules.refuses(deed) is not None:
            raise Refused("the type forbids it", code="type")

    def do_top_up(self, event: dict) -> None:
        self.post(Decimal(event["amount"]))

    def do_price(self, event: dict) -> None:
        day = date.fromisoformat(event["day"])
        self.price_rows += [(day, key, Decimal(price)) for key, price in event["prices"].items()]
        for contract in self.contracts.values():
            contract.terms = replace(contract.terms, prices=self.prices())

    def do_order(self, event: dict) -> None:
        name = event.get("subscription", "main")
        quantities = {key: event["quantities"].get(key, 0) for key in self.resources}
        if name in self.contracts or (self.rules.allows.included and not any(quantities.values())):
            raise Refused("nothing to order", code="order")
        terms, units = self.terms(), self.charged(quantities)
        contract = Contract(name, terms, quantities=quantities, priority=event.get("priority", 0))
        self.contracts[name] = contract
        try:
            self.place(contract, self.rules.order(terms, units, self.today), Waiting(units, Decimal(0)), event)
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
        wanted = event["quantities"]
        if all(contract.quantities.get(key, 0) == count for key, count in wanted.items()):
            raise Refused("nothing to change", code="same")
        units = self.charged(wanted)
        if any(n < contract.quantities[key] for key, n in wanted.items()):
            self.refuse(Deed.LOWER)
        ahead = written_off_ahead(contract, self.today) if self.rules.keeps is Keeps.WHOLE_TERM else []
        lines = [*contract.lines, *ahead]
        changes = self.rules.change(contract.terms, lines, contract.units, units, self.today)
        raised = {key: max(n - contract.units.get(key, 0), 0) for key, n in units.items()}
        more = {key: n for key, n in wanted.items() if n > contract.quantities[key]}
        before = (dict(contract.rows), dict(contract.units), self.balance, list(self.transactions))
        kept = (contract.renewal, set(contract.apart))
        try:
            self.cancel_renewal(contract)
            contract.units |= {key: n for key, n in units.items() if n < contract.units.get(key, 0)}
            self.place(contract, changes, Waiting(raised, Decimal(0), more), event)
        except Refused:
            contract.rows, contract.units, self.balance, self.transactions = before
            contract.renewal, contract.apart = kept
            raise
        contract.quantities |= {key: n for key, n in wanted.items() if key not in more}
        if contract.waiting is None:
            self.order_anew(contract)

    def place(self, contract: Contract, changes: Changes, order: Waiting, event: dict) -> None:
        """Put the New lines of an order in the rows and have them paid as the event says."""
        self.put(contract, changes)
        if contract.status == "active" and not any(order.units.values()):
            contract.quantities |= order.quantities
            return
        due = order.due = self.rules.due(contract.lines, self.today)
        pay = event.get("pay", "now")
        if pay == "balance" and due and self.available < due:
            raise Refused("funds are short", code="funds")
        contract.waiting, order.placed = order, self.today
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
            contract.auto = contract.auto or self.renews_by_itself
        for key, count in waiting.units.items():
            contract.units[key] = contract.units.get(key, 0) + count
        contract.quantities |= waiting.quantities
        contract.status, contract.waiting = "active", None
        if not is_sale:
            self.order_anew(contract)

    def paid(self, contract: Contract) -> Changes:
        pay = self.rules.pay_order if contract.status == "ordered" else self.rules.pay_raise
        return pay(contract.terms, contract.lines, self.today)

    def cancel_unpaid(self, contract: Contract, day: date) -> None:
        """Give up what nobody has paid in the days that there were."""
        days = (self.history.get("account_class") or {}).get("cancel_unpaid_after")
        if days is None:
            return
        if contract.waiting is not None and day >= contract.waiting.placed + timedelta(max(days, 1)):
            self.cancel_waiting(contract)
            if contract.status == "ordered":
                contract.status = "deleted"
        renewal = contract.renewal
        if renewal is not None and not renewal.is_paid and day >= renewal.placed + timedelta(max(days, 1)):
            self.cancel_renewal(contract)

    def cancel_waiting(self, contract: Contract) -> None:
        if contract.waiting is not None:
            self.put(contract, self.rules.cancel_unpaid(contract.lines))
            contract.waiting = None

    def do_stop(self, event: dict) -> None:
        contract = self.contract_of(event, "active", "graced")
        self.refuse(Deed.STOP)
        self.cancel_waiting(contract)
        self.cancel_renewal(contract)
        self.put(contract, self.rules.stop(contract.terms, contract.lines, self.today))
        contract.status, contract.idle = "stopped", True

    def do_activate(self, event: dict) -> None:
        contract = self.contract_of(event, "stopped")
        self.refuse(Deed.ACTIVATE)
        changes = self.rules.activate(contract.terms, contract.lines, contract.units, self.today)
        if changes.missing(self.available):
            raise Refused("funds are short", code="funds")
        self.put(contract, changes)
        contract.status, contract.idle = "active", False

    def do_delete(self, event: dict) -> None:
        contract = self.contract_of(event, "ordered", "active", "graced", "stopped")
        if contract.status != "ordered":
            self.refuse(Deed.DELETE)
        self.delete(contract)

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
