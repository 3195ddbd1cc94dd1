"""The rows of spec/billing-types.md 3.4 (Pay in full) and 3.7 (Pay as you go, internal): a history and its books."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True)
class Row:
    """What a row of the table says: what happens, and the live charges, money and statuses that come of it.

    A charge is "status from to quantity amount", a closed one with its day at the end.
    """

    name: str
    events: list[dict]
    until: str
    charges: list[str]
    balance: str = "1000.00"
    blocked: str = "0.00"
    status: str = "active"
    refused: list[str] = field(default_factory=list)
    terms: dict = field(default_factory=dict)

    @property
    def history(self) -> dict:
        """The history as `manage.py simulate_billing` reads it."""
        return {
            "currency": "USD",
            "billing_day": 1,
            "fixed_price": False,
            "credit_limit": "0",
            **self.terms,
            "events": self.events,
            "until": self.until,
        }


def seen(books: dict) -> dict:
    """What of the books a row tells."""
    live = [charge for charge in books["charges"] if charge["status"] in ("opened", "blocked", "closed")]
    return {
        "charges": sorted(
            " ".join(
                [charge["status"], charge["from"], charge["to"], str(charge["quantity"]), charge["amount"]]
                + ([charge["closed_on"]] if charge["closed_on"] else [])
            )
            for charge in live
        ),
        "balance": f"{Decimal(books['balance']):.2f}",
        "blocked": f"{Decimal(books['blocked']):.2f}",
        "status": [one["status"] for one in books["subscriptions"]],
        "refused": [f"{no['day']} {no['do']}" for no in books["refused"]],
    }


def told(row: Row) -> dict:
    """What the row says of the books."""
    return {
        "charges": sorted(row.charges),
        "balance": row.balance,
        "blocked": row.blocked,
        "status": row.status.split(),
        "refused": row.refused,
    }


def on(day: str, do: str, **more: object) -> dict:
    return {"day": day, "do": do, **more}


FULL = {
    "billing_type": "pay_in_full",
    "period": {"months": 3},
    "resources": [{"key": "seats", "price": "10.00"}],
}
FUNDS = on("2018-08-20", "top_up", amount="1000.00")
ORDER = on("2018-08-20", "order", quantities={"seats": 5})
SEP, OCT, NOV = "2018-09-01 2018-10-01", "2018-10-01 2018-11-01", "2018-11-01 2018-12-01"
AHEAD = [f"opened {OCT} 5 50.00", f"opened {NOV} 5 50.00"]


def full(name: str, *events: dict, until: str, charges: list[str], funds: str = "1000.00", **more: object) -> Row:
    terms = {**FULL, **more.pop("terms", {})}
    begin = [{**FUNDS, "amount": funds}, ORDER]
    return Row(f"full: {name}", [*begin, *events], until, charges, terms=terms, **{"balance": funds, **more})


def change(day: str, seats: int, pay: str = "balance") -> dict:
    return on(day, "change", quantities={"seats": seats}, pay=pay)


PAY_IN_FULL = [
    full(
        "order (E8): a charge a whole month, all Opened, due nothing, Active at once",
        until="2018-08-20",
        charges=[f"opened {year}-{m:02}-01 {after}-{m % 12 + 1:02}-01 5 50.00"
                 for year, after, m in [*((2018, 2018, m) for m in range(9, 12)), (2018, 2019, 12),
                                        *((2019, 2019, m) for m in range(1, 9))]],
        terms={"period": {"months": 12}},
    ),
    Row("full: order on the billing day: free up to the next one",
        [FUNDS, {**ORDER, "day": "2018-09-01"}], until="2018-09-01", terms=FULL,
        charges=[*AHEAD, "opened 2018-12-01 2019-01-01 5 50.00"]),
    full("free period: change refused; stop and activate without a charge",
         change("2018-08-25", 8), on("2018-08-26", "stop"), on("2018-08-27", "activate"),
         until="2018-08-28", charges=[f"opened {SEP} 5 50.00", *AHEAD], refused=["2018-08-25 change"]),
    full("free period: deleted, nothing owed", on("2018-08-25", "delete"),
         until="2018-09-02", charges=[], status="deleted"),
    full("first day of a month: Blocked where the funds cover it",
         until="2018-09-01", charges=[f"blocked {SEP} 5 50.00", *AHEAD], blocked="50.00", funds="50.00"),
    full("first day of a month without funds: stopped, the row stays Opened",
         until="2018-09-01", charges=[f"opened {SEP} 5 50.00", *AHEAD], status="stopped", funds="49.99"),
    full("first day of a month, Stopped: stays Opened", on("2018-08-25", "stop"),
         until="2018-09-30", charges=[f"opened {SEP} 5 50.00", *AHEAD], status="stopped"),
    full("the month passes, Stopped: Deleted in the night of its end", on("2018-08-25", "stop"),
         until="2018-10-01", charges=AHEAD, status="stopped"),
    full("raise: the whole month above its most units, later months with them",
         change("2018-09-10", 8), until="2018-09-10", blocked="80.00",
         charges=[f"blocked {SEP} 5 50.00", f"blocked {SEP} 3 30.00", *AHEAD,
                  f"opened {OCT} 3 30.00", f"opened {NOV} 3 30.00"]),
    full("raise, paid from outside", change("2018-09-10", 8, "now"), until="2018-09-10", blocked="80.00",
         balance="1030.00",
         charges=[f"blocked {SEP} 5 50.00", f"blocked {SEP} 3 30.00", *AHEAD,
                  f"opened {OCT} 3 30.00", f"opened {NOV} 3 30.00"]),
    full("raise, paid in the next month: that month whole", change("2018-09-10", 8, "later"), on("2018-10-10", "pay"),
         until="2018-10-10", balance="980.00", blocked="80.00",
         charges=[f"closed {SEP} 5 50.00 2018-10-01", f"blocked {OCT} 5 50.00", f"blocked {OCT} 3 30.00",
                  f"opened {NOV} 5 50.00", f"opened {NOV} 3 30.00"]),
    full("raise without funds: refused", change("2018-09-10", 8), until="2018-09-10", funds="79.99",
         blocked="50.00", charges=[f"blocked {SEP} 5 50.00", *AHEAD], refused=["2018-09-10 change"]),
    full("raise at another price: its own", on("2018-09-05", "price", prices={"seats": "12.00"}),
         change("2018-09-10", 8), until="2018-09-10", blocked="86.00",
         charges=[f"blocked {SEP} 5 50.00", f"blocked {SEP} 3 36.00", *AHEAD,
                  f"opened {OCT} 3 36.00", f"opened {NOV} 3 36.00"]),
    full("raise at a fixed price: that of the order", on("2018-09-05", "price", prices={"seats": "12.00"}),
         change("2018-09-10", 8), until="2018-09-10", blocked="80.00", terms={"fixed_price": True},
         charges=[f"blocked {SEP} 5 50.00", f"blocked {SEP} 3 30.00", *AHEAD,
                  f"opened {OCT} 3 30.00", f"opened {NOV} 3 30.00"]),
    full("lower: this month unchanged, later months with fewer", change("2018-09-15", 2), until="2018-09-15",
         blocked="50.00",
         charges=[f"blocked {SEP} 5 50.00", f"opened {OCT} 2 20.00", f"opened {NOV} 2 20.00"]),
    full("raise, lower, raise (E8)", change("2018-09-10", 8), change("2018-09-15", 4), change("2018-09-20", 7),
         until="2018-10-01", balance="920.00", blocked="70.00",
         charges=[f"closed {SEP} 5 50.00 2018-10-01", f"closed {SEP} 3 30.00 2018-10-01",
                  f"blocked {OCT} 4 40.00", f"blocked {OCT} 3 30.00",
                  f"opened {NOV} 4 40.00", f"opened {NOV} 3 30.00"]),
    full("stop: nothing", on("2018-09-20", "stop"), until="2018-09-20", status="stopped", blocked="50.00",
         charges=[f"blocked {SEP} 5 50.00", *AHEAD]),
    full("activate in a month that is charged: nothing", on("2018-09-10", "stop"), on("2018-09-20", "activate"),
         until="2018-09-20", blocked="50.00", charges=[f"blocked {SEP} 5 50.00", *AHEAD]),
    full("activate in a month not yet charged (E9): Blocked for all of it",
         on("2018-09-20", "stop"), on("2018-10-20", "activate"), until="2018-10-20", balance="950.00", blocked="50.00",
         charges=[f"closed {SEP} 5 50.00 2018-10-01", f"blocked {OCT} 5 50.00", f"opened {NOV} 5 50.00"]),
    full("activate without funds: refused", on("2018-09-20", "stop"), on("2018-10-20", "activate"),
         until="2018-10-20", funds="99.99", balance="49.99", status="stopped", refused=["2018-10-20 activate"],
         charges=[f"closed {SEP} 5 50.00 2018-10-01", f"opened {OCT} 5 50.00", f"opened {NOV} 5 50.00"]),
    full("a month ends: Closed in full", until="2018-10-01", balance="950.00", blocked="50.00",
         charges=[f"closed {SEP} 5 50.00 2018-10-01", f"blocked {OCT} 5 50.00", f"opened {NOV} 5 50.00"]),
    full("deleted: this month Closed at once in full, later ones Deleted", on("2018-09-15", "delete"),
         until="2018-10-02", balance="950.00", status="deleted", charges=[f"closed {SEP} 5 50.00 2018-09-15"]),
    full("the term ends: everything Closed, stopped", until="2018-12-01", balance="850.00", status="stopped",
         charges=[f"closed {SEP} 5 50.00 2018-10-01", f"closed {OCT} 5 50.00 2018-11-01",
                  f"closed {NOV} 5 50.00 2018-12-01"]),
]  # fmt: skip

USED = {
    "billing_type": "payg_internal",
    "period": "endless",
    "resources": [{"key": "machines", "price": "0.012"}],
}
AUG, SEPTEMBER = "2018-08-20 2018-09-01", SEP


def payg(name: str, *events: dict, until: str, charges: list[str], **more: object) -> Row:
    terms = {**USED, **more.pop("terms", {})}
    order = on("2018-08-20", "order", quantities={"machines": 4})
    return Row(f"payg: {name}", [order, *events], until, charges, terms=terms, **{"balance": "0.00", **more})


def use(day: str, units: str, hours: str) -> dict:
    return on(day, "usage", resource="machines", units=units, hours=hours)


WITH_SETUP = {"resources": [{"key": "machines", "price": "0.012", "setup_fee": "2.50"}]}
PAYG_INTERNAL = [
    payg("order: quotas only", until="2018-08-20", charges=[]),
    payg("order with a setup fee: Closed at payment", until="2018-08-20", terms=WITH_SETUP,
         charges=[f"closed {AUG} 4 10.00 2018-08-20"]),
    payg("first usage: one charge from the order to the billing day", use("2018-08-22", "2", "130.5"),
         until="2018-08-22", charges=[f"blocked {AUG} 261 3.13"], blocked="3.13"),
    payg("more usage: the same charge, from the sum (E13)", use("2018-08-22", "2", "130.5"),
         use("2018-08-30", "1", "0.25"), until="2018-08-30", charges=[f"blocked {AUG} 261.25 3.14"], blocked="3.14"),
    payg("the next period: a charge of its own (E13)", use("2018-08-22", "2", "130.5"), use("2018-08-30", "1", "0.25"),
         use("2018-09-01", "1", "24"), until="2018-09-01", balance="-3.14", blocked="0.29", terms={"credit_limit": "5"},
         charges=[f"closed {AUG} 261.25 3.14 2018-09-01", f"blocked {SEPTEMBER} 24 0.29"]),
    payg("another price: a charge of its own from that day", use("2018-08-22", "10", "10"),
         on("2018-08-25", "price", prices={"machines": "0.02"}), use("2018-08-26", "10", "10"),
         until="2018-08-26", blocked="3.20",
         charges=[f"blocked {AUG} 100 1.20", "blocked 2018-08-25 2018-09-01 100 2.00"]),
    payg("another price, fixed: that of the order", use("2018-08-22", "10", "10"),
         on("2018-08-25", "price", prices={"machines": "0.02"}), use("2018-08-26", "10", "10"),
         until="2018-08-26", blocked="2.40", charges=[f"blocked {AUG} 200 2.40"], terms={"fixed_price": True}),
    payg("usage while Stopped: counted", on("2018-08-21", "stop"), use("2018-08-22", "10", "10"),
         until="2018-08-22", status="stopped", blocked="1.20", charges=[f"blocked {AUG} 100 1.20"]),
    payg("Stopped on a billing day: Closed all the same", on("2018-08-21", "stop"), use("2018-08-22", "10", "10"),
         use("2018-09-02", "10", "10"), until="2018-10-01", status="stopped", balance="-2.40",
         charges=[f"closed {AUG} 100 1.20 2018-09-01", f"closed {SEPTEMBER} 100 1.20 2018-10-01"]),
    payg("change: refused", on("2018-08-22", "change", quantities={"machines": 5}),
         until="2018-08-22", charges=[], refused=["2018-08-22 change"]),
    payg("stop and activate: no charge, no funds", on("2018-08-22", "stop"), on("2018-08-23", "activate"),
         until="2018-08-23", charges=[]),
    payg("activate with nothing available: no funds needed", use("2018-08-21", "10", "10"), on("2018-08-22", "stop"),
         on("2018-08-23", "activate"), until="2018-08-23", blocked="1.20", charges=[f"blocked {AUG} 100 1.20"]),
    payg("billing day: Closed without a look at the funds, runs on", use("2018-08-22", "10", "10"),
         until="2018-09-01", balance="-1.20", charges=[f"closed {AUG} 100 1.20 2018-09-01"],
         terms={"credit_limit": "5"}),
    payg("deleted: Closed at once; later usage refused", use("2018-08-22", "10", "10"), on("2018-08-25", "delete"),
         use("2018-08-26", "1", "1"), until="2018-09-02", status="deleted", balance="-1.20",
         charges=[f"closed {AUG} 100 1.20 2018-08-25"], refused=["2018-08-26 usage"]),
]  # fmt: skip
ROWS = [*PAY_IN_FULL, *PAYG_INTERNAL]

HOLD, RELEASE = on("2018-08-25", "hold"), on("2018-09-10", "release")
# Sections 1.6, 5.3, 5.4 and 5.7 for the two types: what the account does, of which the engine knows nothing.
BY_THE_ACCOUNT = [
    full("held in the free period, released in a month: all of it Blocked", HOLD, RELEASE,
         until="2018-09-10", blocked="50.00", charges=[f"blocked {SEP} 5 50.00", *AHEAD]),
    full("held: the month that passes is Deleted, nothing is owed", HOLD,
         until="2018-10-01", status="stopped", charges=AHEAD),
    full("held in a month that is charged: nothing", on("2018-09-05", "hold"), RELEASE,
         until="2018-09-10", blocked="50.00", charges=[f"blocked {SEP} 5 50.00", *AHEAD]),
    full("released without funds: stays Stopped", HOLD, RELEASE, funds="49.99",
         until="2018-09-10", status="stopped", charges=[f"opened {SEP} 5 50.00", *AHEAD]),
    full("closed by hand: refused", on("2018-08-25", "close_charges"), until="2018-08-25",
         charges=[f"opened {SEP} 5 50.00", *AHEAD], refused=["2018-08-25 close_charges"]),
    full("of two, the lower number is blocked first where the funds are for one",
         on("2018-08-20", "order", subscription="other", quantities={"seats": 5}, priority=-1),
         until="2018-09-01", funds="50.00", blocked="50.00", status="stopped active",
         charges=[f"opened {SEP} 5 50.00", f"blocked {SEP} 5 50.00", *AHEAD, *AHEAD]),
    payg("usage while held: counted; released: no charge, no funds", on("2018-08-21", "hold"),
         use("2018-08-22", "10", "10"), on("2018-08-23", "release"),
         until="2018-08-23", blocked="1.20", charges=[f"blocked {AUG} 100 1.20"]),
    payg("the balance below its limit: on hold from the billing day", use("2018-08-22", "10", "10"),
         until="2018-09-01", status="stopped", balance="-1.20", charges=[f"closed {AUG} 100 1.20 2018-09-01"]),
    payg("a higher limit releases", use("2018-08-22", "10", "10"), on("2018-09-02", "limit", credit_limit="5"),
         until="2018-09-02", balance="-1.20", charges=[f"closed {AUG} 100 1.20 2018-09-01"]),
    payg("below zero for longer than allowed: on hold", use("2018-08-22", "10", "10"),
         until="2018-09-05", status="stopped", balance="-1.20", charges=[f"closed {AUG} 100 1.20 2018-09-01"],
         terms={"credit_limit": "5", "account_class": {"subzero_days": 3}}),
    Row("payg: unpaid to its end: New Deleted, the subscription with it",
        [on("2018-08-20", "order", quantities={"machines": 4}, pay="later"), on("2018-08-23", "pay")],
        until="2018-08-23", charges=[], balance="0.00", status="deleted", refused=["2018-08-23 pay"],
        terms={**USED, **WITH_SETUP, "account_class": {"cancel_unpaid_after": 2}}),
    payg("closed by hand: refused", use("2018-08-22", "10", "10"), on("2018-08-25", "close_charges"),
         until="2018-08-25", blocked="1.20", charges=[f"blocked {AUG} 100 1.20"], refused=["2018-08-25 close_charges"]),
]  # fmt: skip
