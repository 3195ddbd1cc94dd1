"""The rows of spec/billing-types.md 5.1, 5.2 and 5.8 for CSP monthly with months and Pay in full: histories and books.

CSP monthly: 5 x 10.00 from 20 August 2018 for a month, billing day 1: 19.35 and 31.67, then 18.33 and 30.65 a term.
"""

from __future__ import annotations

from tests.oracle.billing_types import FULL, FUNDS, ORDER, Row, change, full, on

MONTH = {"billing_type": "csp_monthly", "period": {"months": 1}, "resources": [{"key": "seats", "price": "10.00"}]}
ITSELF = {"auto_renew": True}
OVER = ["closed 2018-08-20 2018-09-01 5 19.35 2018-09-01", "closed 2018-09-01 2018-09-20 5 31.67 2018-09-20"]
R1, R2 = "2018-09-20 2018-10-01", "2018-10-01 2018-10-20"
RENEWED = [*OVER, f"blocked {R1} 5 18.33", f"opened {R2} 5 30.65"]
TWELVE = on("2018-09-15", "price", prices={"seats": "12.00"})


def term(grace: int = 0, stop: int | None = None, ahead: int = 0, by_hand: int = -1) -> dict:
    return {"grace_days": grace, "stop_days": stop, "renew_point": ahead, "manual_renew_point": by_hand}


def month(name: str, *events: dict, until: str, charges: list[str], funds: str = "1000.00", **more: object) -> Row:
    terms = {**MONTH, **more.pop("terms", {})}
    begin = [{**FUNDS, "amount": funds}, {**ORDER, "pay": "balance"}]
    return Row(f"month: {name}", [*begin, *events], until, charges, terms=terms, **{"balance": "948.98", **more})


def renew(day: str, pay: str = "balance", **more: object) -> dict:
    return on(day, "renew", pay=pay, **more)


CSP_MONTHLY = [
    month("5.1 automatic: paid from available in the night of the end", until="2018-09-20", charges=RENEWED,
          blocked="18.33", terms=ITSELF),
    month("5.1 automatic: what it costs to the cent", until="2018-09-20", charges=RENEWED, funds="69.35",
          balance="18.33", blocked="18.33", terms=ITSELF),
    month("5.1 automatic: a cent short, Graced", until="2018-09-20", charges=OVER, funds="69.34", balance="18.32",
          status="graced", terms={**ITSELF, "service_term": term(10)}),
    month("5.1 automatic: a cent short without grace, stopped", until="2018-09-20", charges=OVER, funds="69.34",
          balance="18.32", status="stopped", terms=ITSELF),
    month("5.1 automatic, once and again", until="2018-10-20", balance="900.00", blocked="19.35", terms=ITSELF,
          charges=[*OVER, f"closed {R1} 5 18.33 2018-10-01", f"closed {R2} 5 30.65 2018-10-20",
                   "blocked 2018-10-20 2018-11-01 5 19.35", "opened 2018-11-01 2018-11-20 5 31.67"]),
    month("5.1 at the price of the day, fixed or not: floating", TWELVE, until="2018-09-20", blocked="22.00",
          charges=[*OVER, f"blocked {R1} 5 22.00", f"opened {R2} 5 36.77"], terms=ITSELF),
    month("5.1 at the price of the day, fixed or not: fixed, and fixed anew for raises", TWELVE,
          on("2018-09-22", "price", prices={"seats": "15.00"}), change("2018-09-25", 8), until="2018-09-25",
          charges=[*OVER, f"blocked {R1} 5 22.00", "blocked 2018-09-25 2018-10-01 3 7.20", f"opened {R2} 8 58.84"],
          blocked="29.20", terms={**ITSELF, "fixed_price": True}),
    month("5.1 renew point: ordered so many days earlier, at that day's price",
          on("2018-09-16", "price", prices={"seats": "12.00"}), until="2018-09-20", charges=RENEWED, blocked="18.33",
          terms={**ITSELF, "service_term": term(ahead=5)}),
    month("5.1 renew point: a change of quantity takes its place",
          on("2018-09-16", "price", prices={"seats": "12.00"}), change("2018-09-17", 8), until="2018-09-20",
          charges=[*OVER, "closed 2018-09-17 2018-09-20 3 3.60 2018-09-20", f"blocked {R1} 8 35.20",
                   f"opened {R2} 8 58.84"],
          balance="945.38", blocked="35.20", terms={**ITSELF, "service_term": term(ahead=5)}),
    month("5.1 renew point: paid by the customer ahead, carried out in the night of the end",
          on("2018-09-17", "pay"), until="2018-09-20", charges=RENEWED, balance="967.31", blocked="18.33",
          terms={**ITSELF, "service_term": term(ahead=5)}),
    month("5.1 before the end: what is due is Blocked, the order waits", renew("2018-09-10"), until="2018-09-10",
          charges=[OVER[0], "blocked 2018-09-01 2018-09-20 5 31.67", f"blocked {R1} 5 18.33"], balance="980.65",
          blocked="50.00"),
    month("5.1 before the end: carried out in its night", renew("2018-09-10"), TWELVE, until="2018-09-20",
          charges=RENEWED, blocked="18.33"),
    month("5.1 before the end, other quantities", renew("2018-09-10", quantities={"seats": 2}), until="2018-09-20",
          charges=[*OVER, f"blocked {R1} 2 7.33", f"opened {R2} 2 12.26"], blocked="7.33"),
    month("5.1 a second renewal while one waits: refused", renew("2018-09-10", "later"), renew("2018-09-11"),
          until="2018-09-11", charges=[OVER[0], "blocked 2018-09-01 2018-09-20 5 31.67"], balance="980.65",
          blocked="31.67", refused=["2018-09-11 renew"]),
    month("5.1 a second renewal while a paid one waits: refused, and a change", renew("2018-09-10", "now"),
          renew("2018-09-11"), change("2018-09-12", 8), until="2018-09-20", charges=RENEWED, balance="967.31",
          blocked="18.33", refused=["2018-09-11 renew", "2018-09-12 change"]),
    month("5.1 without funds: refused", renew("2018-09-10"), funds="69.34", until="2018-09-10",
          charges=[OVER[0], "blocked 2018-09-01 2018-09-20 5 31.67"], balance="49.99", blocked="31.67",
          refused=["2018-09-10 renew"]),
    month("5.1 ordered before the end and paid in the days of grace", renew("2018-09-10", "later"),
          on("2018-09-25", "pay"), until="2018-09-25", charges=RENEWED, balance="967.31", blocked="18.33",
          terms={"service_term": term(10)}),
    month("5.1 Graced: the days of grace are paid, those that are over Closed that day", renew("2018-10-05"),
          until="2018-10-05", balance="930.65", blocked="30.65", terms={"service_term": term(20)},
          charges=[*OVER, f"closed {R1} 5 18.33 2018-10-05", f"blocked {R2} 5 30.65"]),
    month("5.1 Graced, money for what it has become comes in two payments", on("2018-10-05", "pay"),
          on("2018-10-05", "pay"), until="2018-10-05", funds="51.02", balance="30.65", blocked="30.65",
          refused=["2018-10-05 pay"], terms={**ITSELF, "service_term": term(20)},
          charges=[*OVER, f"closed {R1} 5 18.33 2018-10-05", f"blocked {R2} 5 30.65"]),
    month("5.1 Stopped before the end: refused", on("2018-09-10", "stop"), renew("2018-09-12"), until="2018-09-12",
          charges=[OVER[0], "closed 2018-09-01 2018-09-10 5 15.00 2018-09-10",
                   "opened 2018-09-10 2018-09-20 5 16.67"],
          balance="965.65", status="stopped", refused=["2018-09-12 renew"]),
    month("5.1 Stopped before the end: not of itself", on("2018-09-10", "stop"), until="2018-09-20", status="stopped",
          charges=[OVER[0], "closed 2018-09-01 2018-09-10 5 15.00 2018-09-10"], balance="965.65", terms=ITSELF),
    month("5.1 Stopped after the end: from the day of payment", renew("2018-10-05"), until="2018-10-05",
          charges=[*OVER, "blocked 2018-10-05 2018-11-01 5 43.55", "opened 2018-11-01 2018-11-05 5 6.67"],
          blocked="43.55"),
    month("5.1 Stopped after the end, paid later: made anew from that day", renew("2018-10-05", "later"),
          on("2018-10-10", "pay"), until="2018-10-10", balance="992.53", blocked="35.48",
          charges=[*OVER, "blocked 2018-10-10 2018-11-01 5 35.48", "opened 2018-11-01 2018-11-10 5 15.00"]),
    month("5.1 a stop gives up a renewal that waits for its term", renew("2018-09-10"), on("2018-09-12", "stop"),
          until="2018-09-12", status="stopped", balance="962.32",
          charges=[OVER[0], "closed 2018-09-01 2018-09-12 5 18.33 2018-09-12",
                   "opened 2018-09-12 2018-09-20 5 13.34"]),
    month("5.1 a deletion gives up a renewal that waits for its term", renew("2018-09-10"), on("2018-09-12", "delete"),
          until="2018-09-20", status="deleted", balance="962.32",
          charges=[OVER[0], "closed 2018-09-01 2018-09-12 5 18.33 2018-09-12"]),
    month("5.1 manual renew point 0: never", renew("2018-09-19"), until="2018-09-19", balance="980.65",
          charges=[OVER[0], "blocked 2018-09-01 2018-09-20 5 31.67"], blocked="31.67",
          refused=["2018-09-19 renew"], terms={"service_term": term(by_hand=0)}),
    month("5.1 manual renew point 5: from five days before", renew("2018-09-14"), renew("2018-09-15"),
          until="2018-09-20", charges=RENEWED, blocked="18.33", refused=["2018-09-14 renew"],
          terms={"service_term": term(by_hand=5)}),
    month("5.1 switched on, and off again", on("2018-09-10", "auto_renew", on=True),
          on("2018-09-12", "auto_renew", on=False), until="2018-09-20", charges=OVER, status="stopped"),
    month("5.1 switched on before the renew point", on("2018-09-10", "auto_renew", on=True),
          on("2018-09-16", "price", prices={"seats": "12.00"}), until="2018-09-20", charges=RENEWED, blocked="18.33",
          terms={"service_term": term(ahead=5)}),
    Row("month: 1.1 terms are counted from the first one's day",
        [{**FUNDS, "day": "2019-01-31"}, {**ORDER, "day": "2019-01-31", "pay": "balance"}], until="2019-03-01",
        charges=["closed 2019-01-31 2019-02-01 5 1.61 2019-02-01", "closed 2019-02-01 2019-02-28 5 48.21 2019-02-28",
                 "closed 2019-02-28 2019-03-01 5 1.79 2019-03-01", "blocked 2019-03-01 2019-03-31 5 48.39"],
        balance="948.39", blocked="48.39", terms={**MONTH, **ITSELF}),
    month("5.1 no end: refused", renew("2018-08-25"), on("2018-08-26", "auto_renew", on=True), until="2018-08-26",
          charges=["blocked 2018-08-20 2018-09-01 5 19.35"], balance="1000.00", blocked="19.35",
          refused=["2018-08-25 renew", "2018-08-26 auto_renew"], terms={"period": "endless"}),
    month("5.2 the last day of grace", until="2018-09-24", charges=OVER, status="graced",
          terms={"service_term": term(5, 10)}),
    month("5.2 after the days of grace: Stopped", until="2018-10-04", charges=OVER, status="stopped",
          terms={"service_term": term(5, 10)}),
    month("5.2 after the stop period: Deleted", until="2018-10-05", charges=OVER, status="deleted",
          terms={"service_term": term(5, 10)}),
    month("5.2 Stopped before the end: Deleted on the same day", on("2018-09-10", "stop"), until="2018-10-05",
          charges=[OVER[0], "closed 2018-09-01 2018-09-10 5 15.00 2018-09-10"], balance="965.65", status="deleted",
          terms={"service_term": term(5, 10)}),
    month("5.2 Stopped before the end: not a day earlier", on("2018-09-10", "stop"), until="2018-10-04",
          charges=[OVER[0], "closed 2018-09-01 2018-09-10 5 15.00 2018-09-10"], balance="965.65", status="stopped",
          terms={"service_term": term(5, 10)}),
    month("5.2 no grace, no stop period: Deleted at the end", until="2018-09-20", charges=OVER, status="deleted",
          terms={"service_term": term(0, 0)}),
    month("5.2 what has no end is not deleted by the stop period", on("2018-08-25", "stop"), until="2018-12-31",
          charges=["closed 2018-08-20 2018-08-25 5 8.06 2018-08-25"], balance="991.94", status="stopped",
          terms={"period": "endless", "service_term": term(5, 10)}),
    month("5.8 a trial: no charges, no raise, no lowering, no renewal", change("2018-08-25", 8),
          change("2018-08-26", 2), renew("2018-08-27"), until="2018-09-19", charges=[], balance="1000.00",
          refused=["2018-08-25 change", "2018-08-26 change", "2018-08-27 renew"], terms={"trial": True}),
    month("5.8 a trial ends as any other", until="2018-09-25", charges=[], balance="1000.00", status="stopped",
          terms={"trial": True, **ITSELF, "service_term": term(5)}),
    month("5.8 a trial is stopped, activated, deleted without a charge", on("2018-08-25", "stop"),
          on("2018-09-05", "activate"), on("2018-09-10", "delete"), until="2018-09-20", charges=[], balance="1000.00",
          status="deleted", terms={"trial": True}),
]  # fmt: skip

WHOLE_MONTHS = [
    "closed 2018-09-01 2018-10-01 5 50.00 2018-10-01", "closed 2018-10-01 2018-11-01 5 50.00 2018-11-01",
    "closed 2018-11-01 2018-12-01 5 50.00 2018-12-01",
]  # fmt: skip
DEC, JAN, FEB, MAR = (
    "2018-12-01 2019-01-01", "2019-01-01 2019-02-01", "2019-02-01 2019-03-01", "2019-03-01 2019-04-01",
)  # fmt: skip
PAY_IN_FULL = [
    full("5.1 automatic: the first month Blocked, later ones Opened", until="2018-12-01", balance="850.00",
         blocked="50.00", terms=ITSELF,
         charges=[*WHOLE_MONTHS, f"blocked {DEC} 5 50.00", f"opened {JAN} 5 50.00", f"opened {FEB} 5 50.00"]),
    full("5.1 automatic: a cent short, Graced", until="2018-12-01", funds="199.99", balance="49.99", status="graced",
         terms={**ITSELF, "service_term": term(10)}, charges=WHOLE_MONTHS),
    full("5.1 before the end: the first month Blocked, and carried out in its night", renew("2018-11-10"),
         until="2018-11-10", balance="900.00", blocked="100.00",
         charges=[*WHOLE_MONTHS[:2], "blocked 2018-11-01 2018-12-01 5 50.00", f"blocked {DEC} 5 50.00"]),
    full("5.1 before the end, with other quantities", renew("2018-11-10", quantities={"seats": 3}), until="2018-12-02",
         balance="850.00", blocked="30.00",
         charges=[*WHOLE_MONTHS, f"blocked {DEC} 3 30.00", f"opened {JAN} 3 30.00", f"opened {FEB} 3 30.00"]),
    full("5.1 Graced: from the end on", renew("2019-01-10"), until="2019-01-10", balance="800.00", blocked="50.00",
         terms={"service_term": term(60)},
         charges=[*WHOLE_MONTHS, f"closed {DEC} 5 50.00 2019-01-10", f"blocked {JAN} 5 50.00",
                  f"opened {FEB} 5 50.00"]),
    full("5.1 Stopped after the end: from the first of the month of payment", renew("2019-01-15"), until="2019-01-15",
         balance="850.00", blocked="50.00",
         charges=[*WHOLE_MONTHS, f"blocked {JAN} 5 50.00", f"opened {FEB} 5 50.00", f"opened {MAR} 5 50.00"]),
    full("5.1 after a renewal no free days", on("2018-12-10", "price", prices={"seats": "11.00"}),
         change("2018-12-15", 6), until="2018-12-15", balance="850.00", blocked="61.00", terms=ITSELF,
         charges=[*WHOLE_MONTHS, f"blocked {DEC} 5 50.00", f"blocked {DEC} 1 11.00", f"opened {JAN} 5 50.00",
                  f"opened {JAN} 1 11.00", f"opened {FEB} 5 50.00", f"opened {FEB} 1 11.00"]),
    full("5.2 grace, then Stopped, then Deleted", until="2018-12-31", balance="850.00", status="deleted",
         terms={"service_term": term(10, 20)}, charges=WHOLE_MONTHS),
    Row("full: 5.8 a trial", [FUNDS, ORDER, change("2018-09-10", 8)], until="2018-11-30", charges=[],
        refused=["2018-09-10 change"], terms={**FULL, "trial": True}),
]  # fmt: skip
ROWS = [*CSP_MONTHLY, *PAY_IN_FULL]
