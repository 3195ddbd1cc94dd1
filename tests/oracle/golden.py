"""The golden examples of billing.md section 8 that concern CSP monthly prepay, and a few decisions of section 7.

A table of histories with the literal charges, to which oracle, engine and verbs are held alike.
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
class Golden:
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
YEAR = [f"2018-{month:02}-01" for month in range(9, 13)] + [f"2019-{month:02}-01" for month in range(1, 9)]
MONTHS = [("opened", start, end, 5, "50.00") for start, end in zip(YEAR, YEAR[1:], strict=False)]
LAST = ("opened", "2019-08-01", "2019-08-20", 5, "30.65")
NOTHING: list[tuple] = []
TEN_IN_DEBT = [order("2018-08-01", 1), do("2018-09-01", "delete")]
FIRST_DEBT = [("closed", "2018-08-01", "2018-09-01", 1, "10.00"), ("deleted", "2018-09-01", "2018-10-01", 1, "10.00")]


def paid_on(day: str) -> dict:
    return {"day": day, "do": "pay"}


GOLDEN = [
    Golden(
        "G-D1 ordered, not yet paid",
        history(order("2018-08-20", pay="later"), until="2018-08-31"),
        [("new", "2018-08-20", "2018-09-01", 5, "19.35")],
        balance="0.00",
        blocked="0.00",
        status="ordered",
    ),
    Golden(
        "G-D1 paid",
        history(order("2018-08-20", pay="later"), paid_on("2018-08-20"), until="2018-08-31"),
        [("blocked", "2018-08-20", "2018-09-01", 5, "19.35")],
        balance="19.35",
        blocked="19.35",
    ),
    Golden(
        "G-D2, G-D3, G-I12 a year has thirteen charges",
        history(order("2018-08-20", pay="now"), until="2018-08-20", period={"months": 12}),
        [("blocked", "2018-08-20", "2018-09-01", 5, "19.35"), *MONTHS, LAST],
        balance="19.35",
        blocked="19.35",
    ),
    Golden(
        "G-I12 the year adds up to 600.00 and ends",
        history(top_up("2018-08-20", "600.00"), ORDER, until="2019-08-20", period={"months": 12}),
        [AUGUST, *[("closed", *month[1:]) for month in MONTHS], ("closed", *LAST[1:])],
        balance="0.00",
        blocked="0.00",
        status="stopped",
    ),
    Golden(
        "G-D3 a year ordered on the billing day has twelve charges",
        history(FUNDS, order("2018-09-01"), until="2018-09-01", period={"months": 12}),
        [("blocked", *MONTHS[0][1:]), *MONTHS[1:], ("opened", "2019-08-01", "2019-09-01", 5, "50.00")],
        balance="500.00",
        blocked="50.00",
    ),
    Golden(
        "G-D4 all of the credit limit",
        history(*TEN_IN_DEBT, order("2018-09-01", 19, subscription="b"), until="2018-09-01", credit_limit="200"),
        [*FIRST_DEBT, ("blocked", "2018-09-01", "2018-10-01", 19, "190.00")],
        balance="-10.00",
        blocked="190.00",
        status="deleted active",
    ),
    Golden(
        "G-D4 a cent beyond the credit limit",
        history(
            *TEN_IN_DEBT,
            order("2018-09-01", subscription="b", quantities={"seats": 19, "stamps": 1}),
            until="2018-09-01",
            credit_limit="200",
            resources=[{"key": "seats", "price": "10.00"}, {"key": "stamps", "price": "0.01"}],
        ),
        FIRST_DEBT,
        balance="-10.00",
        blocked="0.00",
        status="deleted",
        refused=[("2018-09-01", "order")],
    ),
    Golden(
        "G-D4 without the option nothing is lent",
        history(ORDER, until="2018-08-20"),
        NOTHING,
        balance="0.00",
        blocked="0.00",
        status="",
        refused=[("2018-08-20", "order")],
    ),
    Golden(
        "G-D15, G-I6 stopped when the billing day comes",
        history(FUNDS, ORDER, do("2018-08-25", "stop"), until="2018-09-01"),
        [WHOLE, USED, ("deleted", *REMAINDER)],
        balance="491.94",
        blocked="0.00",
        status="stopped",
    ),
    Golden(
        "G-D16, G-I8 49.99 are not enough",
        history(top_up("2018-08-20", "69.34"), ORDER, until="2018-09-01"),
        [AUGUST],
        balance="49.99",
        blocked="0.00",
        status="stopped",
    ),
    Golden(
        "G-I8 50.00 are enough",
        history(top_up("2018-08-20", "69.35"), ORDER, until="2018-09-01"),
        [AUGUST, ("blocked", "2018-09-01", "2018-10-01", 5, "50.00")],
        balance="50.00",
        blocked="50.00",
    ),
    Golden(
        "G-D16 the credit limit counts",
        history(top_up("2018-08-20", "19.35"), ORDER, until="2018-09-01", credit_limit="50.00"),
        [AUGUST, ("blocked", "2018-09-01", "2018-10-01", 5, "50.00")],
        balance="0.00",
        blocked="50.00",
    ),
    Golden(
        "G-I1",
        history(FUNDS, ORDER, until="2018-08-20"),
        [("blocked", "2018-08-20", "2018-09-01", 5, "19.35")],
        balance="500.00",
        blocked="19.35",
    ),
    Golden(
        "G-I2",
        history(FUNDS, ORDER, change("2018-08-25", 8), until="2018-08-25"),
        [("blocked", "2018-08-20", "2018-09-01", 5, "19.35"), ("blocked", "2018-08-25", "2018-09-01", 3, "6.77")],
        balance="500.00",
        blocked="26.12",
    ),
    Golden(
        "G-D7, G-I3",
        history(FUNDS, ORDER, change("2018-08-25", 2), until="2018-08-25"),
        [
            WHOLE,
            USED,
            ("refunded", "2018-08-25", "2018-09-01", 3, "6.77"),
            ("blocked", "2018-08-25", "2018-09-01", 2, "4.52"),
        ],
        balance="491.94",
        blocked="4.52",
    ),
    Golden(
        "G-D6, G-I4",
        history(FUNDS, ORDER, do("2018-08-25", "stop"), until="2018-08-25"),
        [WHOLE, USED, ("opened", *REMAINDER)],
        balance="491.94",
        blocked="0.00",
        status="stopped",
    ),
    Golden(
        "G-D6 the future of a finite subscription is untouched",
        history(FUNDS, ORDER, do("2018-08-25", "stop"), until="2018-08-25", period={"months": 12}),
        [WHOLE, USED, ("opened", *REMAINDER), *MONTHS, LAST],
        balance="491.94",
        blocked="0.00",
        status="stopped",
    ),
    Golden(
        "G-I5",
        history(FUNDS, ORDER, do("2018-08-25", "stop"), do("2018-08-28", "activate"), until="2018-08-28"),
        [WHOLE, USED, ("deleted", *REMAINDER), ("blocked", "2018-08-28", "2018-09-01", 5, "6.45")],
        balance="491.94",
        blocked="6.45",
    ),
    Golden(
        "G-I7 floating",
        history(top_up("2018-08-20", "119.35"), ORDER, price("2018-08-28", "12.00"), until="2018-09-01"),
        [AUGUST, ("blocked", "2018-09-01", "2018-10-01", 5, "60.00", "12.00")],
        balance="100.00",
        blocked="60.00",
    ),
    Golden(
        "G-I7 fixed",
        history(
            top_up("2018-08-20", "119.35"), ORDER, price("2018-08-28", "12.00"), until="2018-09-01", fixed_price=True
        ),
        [AUGUST, ("blocked", "2018-09-01", "2018-10-01", 5, "50.00")],
        balance="100.00",
        blocked="50.00",
    ),
    Golden(
        "G-I9",
        history(FUNDS, order("2019-02-20"), until="2019-02-20", billing_day=15),
        [("blocked", "2019-02-20", "2019-03-15", 5, "41.07")],
        balance="500.00",
        blocked="41.07",
    ),
    Golden(
        "G-I10",
        history(FUNDS, order("2019-02-20"), until="2019-02-20"),
        [("blocked", "2019-02-20", "2019-03-01", 5, "16.07")],
        balance="500.00",
        blocked="16.07",
    ),
    Golden(
        "G-I11",
        history(FUNDS, order("2018-09-01"), until="2018-09-01"),
        [("blocked", "2018-09-01", "2018-10-01", 5, "50.00")],
        balance="500.00",
        blocked="50.00",
    ),
    Golden(
        "G-I13",
        history(FUNDS, ORDER, do("2018-08-25", "delete"), until="2018-10-02"),
        [WHOLE, USED],
        balance="491.94",
        blocked="0.00",
        status="deleted",
    ),
    Golden(
        "7.3 stopped and activated twice on one day",
        history(
            FUNDS,
            ORDER,
            do("2018-08-25", "stop"),
            do("2018-08-25", "activate"),
            do("2018-08-25", "stop"),
            do("2018-08-25", "activate"),
            until="2018-08-25",
        ),
        [
            WHOLE,
            USED,
            ("deleted", *REMAINDER),
            ("deleted", *REMAINDER),
            ("deleted", *REMAINDER),
            ("blocked", *REMAINDER),
        ],
        balance="491.94",
        blocked="11.29",
    ),
    Golden(
        "7.8 an order paid five days late",
        history(order("2018-08-20", pay="later"), paid_on("2018-08-25"), until="2018-08-25"),
        [WHOLE, ("blocked", "2018-08-25", "2018-09-01", 5, "11.29")],
        balance="19.35",
        blocked="11.29",
    ),
    Golden(
        "7.8 an order paid in the next period, the money being short",
        history(order("2018-08-20", pay="later"), paid_on("2018-09-01"), paid_on("2018-09-01"), until="2018-09-01"),
        [WHOLE, ("blocked", "2018-09-01", "2018-10-01", 5, "50.00")],
        balance="50.00",
        blocked="50.00",
        refused=[("2018-09-01", "pay")],
    ),
    Golden(
        "7.10 the last bought go first",
        history(
            FUNDS,
            ORDER,
            price("2018-08-24", "12.00"),
            change("2018-08-25", 8),
            change("2018-08-28", 4),
            until="2018-08-28",
        ),
        [
            WHOLE,
            ("closed", "2018-08-20", "2018-08-28", 5, "12.90"),
            ("refunded", "2018-08-28", "2018-09-01", 1, "1.29"),
            ("blocked", "2018-08-28", "2018-09-01", 4, "5.16"),
            ("deleted", "2018-08-25", "2018-09-01", 3, "8.13", "12.00"),
            ("closed", "2018-08-25", "2018-08-28", 3, "3.48", "12.00"),
            ("refunded", "2018-08-28", "2018-09-01", 3, "4.65", "12.00"),
        ],
        balance="483.62",
        blocked="5.16",
    ),
    Golden(
        "7.13 billing day 31 in a leap year's February",
        history(FUNDS, order("2020-01-31"), until="2020-03-31", billing_day=31),
        [
            ("closed", "2020-01-31", "2020-02-29", 5, "50.00"),
            ("closed", "2020-02-29", "2020-03-31", 5, "50.00"),
            ("blocked", "2020-03-31", "2020-04-30", 5, "50.00"),
        ],
        balance="400.00",
        blocked="50.00",
    ),
    Golden(
        "7.16 bought and given back on one day",
        history(FUNDS, ORDER, change("2018-08-25", 8), change("2018-08-25", 5), until="2018-08-25"),
        [("blocked", "2018-08-20", "2018-09-01", 5, "19.35"), ("deleted", "2018-08-25", "2018-09-01", 3, "6.77")],
        balance="500.00",
        blocked="19.35",
    ),
    Golden(
        "7.17 activated in a later period at the new price",
        history(
            FUNDS,
            ORDER,
            do("2018-08-25", "stop"),
            price("2018-09-02", "12.00"),
            do("2018-09-16", "activate"),
            until="2018-09-16",
        ),
        [WHOLE, USED, ("deleted", *REMAINDER), ("blocked", "2018-09-16", "2018-10-01", 5, "30.00", "12.00")],
        balance="491.94",
        blocked="30.00",
    ),
    Golden(
        "7.21 a stopped subscription does not change",
        history(FUNDS, ORDER, do("2018-08-25", "stop"), change("2018-08-26", 8), until="2018-08-26"),
        [WHOLE, USED, ("opened", *REMAINDER)],
        balance="491.94",
        blocked="0.00",
        status="stopped",
        refused=[("2018-08-26", "change")],
    ),
]
