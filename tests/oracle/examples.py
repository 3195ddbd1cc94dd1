"""How an example of the billing is told: a history, and the charges and balances that must come of it.

Unless an example says otherwise: 5 units at 10.00, billing day 1, endless, price not fixed, a top-up of 500 on the day
before the order, which is paid from the balance.
"""

from __future__ import annotations

from dataclasses import dataclass, field


def top_up(day: str, amount: str) -> dict:
    return {"day": day, "do": "top_up", "amount": amount}


def order(day: str, quantity: int = 5, **more) -> dict:
    return {"day": day, "do": "order", "quantities": {"seats": quantity}, "pay": "balance", **more}


def change(day: str, quantity: int, pay: str = "balance") -> dict:
    return {"day": day, "do": "change", "quantities": {"seats": quantity}, "pay": pay}


def do(day: str, what: str) -> dict:
    return {"day": day, "do": what}


def price(day: str, seats: str) -> dict:
    return {"day": day, "do": "price", "prices": {"seats": seats}}


def history(*events: dict, until: str, **settings) -> dict:
    """Return a history of one resource at 10.00 on billing day 1, with `settings` in place of the usual ones."""
    return {
        "currency": "USD",
        "billing_type": "csp_monthly",
        "payment_model": "prepay",
        "billing_day": 1,
        "period": "endless",
        "fixed_price": False,
        "credit_limit": "0",
        "resources": [{"key": "seats", "price": "10.00"}],
        **settings,
        "events": list(events),
        "until": until,
    }


@dataclass
class Example:
    """One example; `charges` are (status, from, to, quantity, amount[, unit price]), the whole list of them.

    `status` names the subscriptions' statuses in the order of their creation.
    """

    key: str
    history: dict
    charges: list[tuple]
    balance: str
    blocked: str
    status: str = "active"
    refused: list[tuple[str, str]] = field(default_factory=list)


FUNDS = top_up("2018-08-19", "500.00")
ORDER = order("2018-08-20")
USED = ("closed", "2018-08-20", "2018-08-25", 5, "8.06")
WHOLE = ("deleted", "2018-08-20", "2018-09-01", 5, "19.35")
AUGUST = ("closed", "2018-08-20", "2018-09-01", 5, "19.35")
REMAINDER = ("2018-08-25", "2018-09-01", 5, "11.29")
NOTHING: list[tuple] = []
TEN_IN_DEBT = [order("2018-08-01", 1), do("2018-09-01", "delete")]
FIRST_DEBT = [("closed", "2018-08-01", "2018-09-01", 1, "10.00"), ("deleted", "2018-09-01", "2018-10-01", 1, "10.00")]


def paid_on(day: str) -> dict:
    return {"day": day, "do": "pay"}
