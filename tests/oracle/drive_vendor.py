"""Carries a history in which a vendor provides when he likes through the pure functions of billing/engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from billing.engine.lines import Changes, LineStatus, Source
from core.errors import Refused
from tests.oracle.drive_engine import Contract, EngineDriver


class VendorDriver(EngineDriver):
    """The same with a vendor who provides on an event of its own; until then a subscription is his."""

    def __init__(self, history: dict, *, late: bool = False) -> None:
        super().__init__(history, late=late)
        self.at_vendor: dict[str, Mapping[str, int]] = {}

    def contract_of(self, event: dict, *statuses: str) -> Contract:
        contract = super().contract_of(event, *statuses)
        if event["do"] != "provide" and contract.name in self.at_vendor:
            raise Refused("the vendor is working", code="vendor")
        return contract

    def start(self, contract: Contract) -> None:
        waiting, is_sale = contract.waiting, contract.status == "ordered"
        units = dict(contract.units)
        super().start(contract)
        self.at_vendor[contract.name] = waiting.units
        if is_sale:
            contract.status = "installing"
        else:
            contract.units = units
            began = [line for line in contract.lines if line.source is Source.UPGRADE]
            contract.raised = {
                line.row for line in began if line.status is LineStatus.BLOCKED and line.period.start == self.today
            } - self.earlier

    def paid(self, contract: Contract) -> Changes:
        self.earlier = {line.row for line in contract.lines if line.status is LineStatus.BLOCKED}
        if contract.status == "ordered":
            return super().paid(contract)
        return self.rules.pay_raise(contract.terms, contract.lines, self.today, provided=False)

    def do_activate(self, event: dict) -> None:
        super().do_activate(event)
        contract = self.contracts[event.get("subscription", "main")]
        contract.status, self.at_vendor[contract.name] = "activating", {}

    def do_provide(self, event: dict) -> None:
        contract = self.contract_of(event, "installing", "activating", "active", "stopped")
        if contract.name not in self.at_vendor:
            raise Refused("nothing is awaited", code="nothing")
        units = self.at_vendor.pop(contract.name)
        terms, lines = contract.terms, contract.lines
        if contract.status == "installing":
            changes = self.rules.provide_order(replace(terms, expires_on=None), lines, self.today)
            if changes and terms.months is not None:
                contract.terms = replace(terms, expires_on=self.rules.ends_on(terms, self.today))
            contract.status = "active"
        elif contract.status == "activating":
            changes = self.rules.provide_activation(terms, lines, (), self.today)
            over = terms.expires_on is not None and terms.expires_on <= self.today
            contract.status = "stopped" if over else "active"
        else:
            provide = self.rules.provide_raise if contract.status == "active" else self.rules.provide_raise_of_stopped
            changes = provide(terms, lines, [line for line in lines if line.row in contract.raised], self.today)
            contract.units |= {key: contract.units.get(key, 0) + count for key, count in units.items()}
            contract.raised = set()
        self.put(contract, changes)
        if changes.reserves > changes.releases and self.available < 0 and contract.status == "active":
            self.do_stop({**event, "do": "stop"})


def run(history: dict, *, late: bool = False) -> dict:
    """Return the books that the engine gives for a history; with `late`, nights run only when somebody acts."""
    driver = VendorDriver if history.get("vendor") else EngineDriver
    return driver(history, late=late).run()
