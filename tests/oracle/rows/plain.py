"""What the rows are told with: plans, events, and a row with what is expected of it.

The plain case is that of billing.md 8.2: 5 x 10.00 from 20 August 2018, billing day 1.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class Row:
    """A history, and the live charges, money, statuses and bills that come of it.

    A charge is "status [type] [resource] from to quantity amount [closed on]": a recurring fee of seats where nothing
    else is said, "plan" for the plan's own part. What a reseller owes is "creditor type resource from to quantity
    amount created on"; a bill is "status created due amount".
    """

    name: str
    terms: dict
    events: list[dict]
    until: str
    charges: list[str]
    balance: str
    blocked: str
    status: str
    refused: list[str] = field(default_factory=list)
    payments: list[str] = field(default_factory=list)
    owed: list[str] = field(default_factory=list)

    @property
    def history(self) -> dict:
        """The history as `manage.py simulate_billing` reads it."""
        return {**self.terms, "events": self.events, "until": self.until}


def row(name: str, terms: dict, events: list[dict], **expected) -> Row:
    """Return a row."""
    return Row(name, terms, events, **expected)


def months(what: str, first: str, count: int, closed: str = "") -> list[str]:
    """Return a charge for each of so many whole months; `closed`: on its last day ("to"), or its first ("from")."""
    charges = []
    *kind, units, amount = what.split(" ")
    day = date.fromisoformat(first)
    for _ in range(count):
        after = date(day.year + day.month // 12, day.month % 12 + 1, 1)
        on_day = {"": [], "to": [after.isoformat()], "from": [day.isoformat()]}[closed]
        charges.append(" ".join([*kind, day.isoformat(), after.isoformat(), units, amount, *on_day]))
        day = after
    return charges


# ---- plans ------------------------------------------------------------------------------------------------------


def base(billing_type: str, period: int | None = None, **more) -> dict:
    """Return a plan with one resource at 10.00, of so many months or endless."""
    return {
        "currency": "USD",
        "billing_type": billing_type,
        "billing_day": 1,
        "period": {"months": period} if period else "endless",
        "resources": [{"key": "seats", "price": "10.00"}],
        **more,
    }


def after(billing_type: str, period: int | None = None, limit: str | None = "100.00", days: int = 10, **more) -> dict:
    """Return the same for an account that pays afterwards."""
    terms = {"subscription_credit_limit": limit, "payment_expiration_days": days}
    return base(billing_type, period, payment_model="postpay", account_class=terms, **more)


YEAR, ANNUAL = base("csp_annual", 12), base("csp_annual", 3)
ENDLESS, MONTHS = base("csp_monthly"), base("csp_monthly", 3)
FEES = {
    **base("reservation", 3),
    "resources": [{"key": "seats", "price": "10.00", "included": 2, "setup_fee": "1.00", "renewal_fee": "0.50"}],
    "plan": {"setup_fee": "5.00", "recurring_fee": "2.00", "renewal_fee": "4.00"},
}
RESERVED = base("reservation", 3)
IN_FULL = base("pay_in_full", 3)
NON_REFUND = base("non_refund", 12, credit_limit="1000.00")
GSUITE = base("gsuite", 1)
INTERNAL = {
    **base("payg_internal"),
    "resources": [{"key": "machines", "price": "0.012"}],
    "credit_limit": "100.00",
}
EXTERNAL = {
    **base("payg_external"),
    "resources": [{"key": "meter", "price": "0"}],
    "plan": {"markup": "15"},
    "credit_limit": "100.00",
}
INTERNAL_FEES = {
    **INTERNAL,
    "resources": [{"key": "machines", "price": "0.012", "setup_fee": "2.50"}],
    "plan": {"setup_fee": "3.00"},
}
EXTERNAL_FEES = {
    **EXTERNAL,
    "resources": [{"key": "meter", "price": "0", "setup_fee": "2.50"}],
    "plan": {"markup": "15", "setup_fee": "3.00"},
}
INCLUDED = {
    **RESERVED,
    "resources": [{"key": "seats", "price": "10.00", "included": 10, "minimum": 15, "setup_fee": "1.00"}],
}
AFTER = after("csp_monthly")
TENTH = {"discount": {"percent": "10"}}
OF_ITSELF = {"auto_renew": True}
TWO_PLANS = {"big": {"resources": [{"key": "places", "price": "20.00"}]}}
BIG = {
    "big": {
        "resources": [{"key": "places", "price": "20.00", "setup_fee": "2.00"}],
        "plan": {"setup_fee": "7.00", "recurring_fee": "3.00"},
    }
}
CHAIN = [
    {"reseller": "distributor", "retail": {"seats": "8.00"}, "discount": "50", "net_cost": {"seats": "3.50"}},
    {"reseller": "reseller 1", "retail": {"seats": "9.00"}, "discount": "20"},
]

# ---- events -----------------------------------------------------------------------------------------------------


def on(day: str, do: str, **more) -> dict:
    return {"day": day, "do": do, **more}


def top(a: str = "1000.00", d: str = "2018-08-20") -> dict:
    return on(d, "top_up", amount=a)


def order(d: str = "2018-08-20", q: int = 5, pay: str = "balance", key: str = "seats", **more) -> dict:
    return on(d, "order", quantities={key: q}, pay=pay, **more)


def buy(d: str = "2018-08-20", q: int = 5, key: str = "seats", **more) -> dict:
    """An order of a postpaid account, which pays nothing now."""
    return on(d, "order", quantities={key: q}, **more)


def change(d: str, q: int, pay: str = "balance", key: str = "seats") -> dict:
    return on(d, "change", quantities={key: q}, pay=pay)


def raise_to(d: str, q: int) -> dict:
    """A change of a postpaid account."""
    return on(d, "change", quantities={"seats": q})


def price(d: str, amount: str, **more) -> dict:
    return on(d, "price", prices={"seats": amount}, **more)


def stop(d: str) -> dict:
    return on(d, "stop")


def activate(d: str) -> dict:
    return on(d, "activate")


def delete(d: str) -> dict:
    return on(d, "delete")


def pay(d: str) -> dict:
    return on(d, "pay")


def pay_invoice(d: str) -> dict:
    return on(d, "pay_invoice")


def renew(d: str, p: str = "balance") -> dict:
    return on(d, "renew", pay=p)


def use(d: str, units: str, hours: str) -> dict:
    return on(d, "usage", resource="machines", units=units, hours=hours)


def cost(d: str, amount: str) -> dict:
    return on(d, "usage", resource="meter", cost=amount)


def switch(d: str, q: int, p: str = "balance") -> dict:
    return on(d, "switch", plan="big", quantities={"places": q}, pay=p)


FUNDS, ORDER, BUY = top(), order(), buy()
MACHINES, METER = order(q=4, key="machines"), order(q=4, key="meter")
CALENDAR = [BUY, raise_to("2018-08-25", 8), raise_to("2018-08-26", 12)]
