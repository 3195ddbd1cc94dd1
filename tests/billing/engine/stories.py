"""Short lives of a subscription, told in steps: a day after that of the order, a verb, and what it is told.

"-5" is five days before the end, "start" and "end" its day, "after" four days later. Units are seats and disks.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from billing.engine.lines import LineType
from billing.engine.terms import PLAN, Price

ORDERED = date(2018, 8, 20)
PRICES = {
    "seats": (
        Price(date.min, Decimal("9.99"), 1, Decimal("1.50"), Decimal("0.75"), Decimal("2.25")),
        Price(date(2018, 9, 5), Decimal(12), 2, Decimal(3), Decimal(1), Decimal(4)),
    ),
    "disks": (Price(date.min, Decimal("3.33"), 3),),
}
OWN = (
    Price(date.min, Decimal(2), 5, Decimal(5), Decimal(4), Decimal(6), Decimal(10)),
    Price(date(2018, 9, 5), Decimal(4), 6, Decimal(7), Decimal(8), Decimal(9), Decimal(20)),
)
MONTHS = {"non_refund": 12, "gsuite": 1, "payg_internal": None, "payg_external": None}
FIXED = {
    "ordering_prices": {"seats": Decimal(8), "disks": Decimal(3), PLAN: Decimal(2)},
    "ordering_rows": {"seats": 1, "disks": 3},
}
TERMS: dict[str, dict] = {
    "": {},
    "endless": {"months": None},
    "fixed": FIXED,
    "transfer": {"transfer": True},
    "discounts": {
        "discounts": {LineType.RECURRING_FEE: Decimal("0.15"), LineType.SETUP_FEE: Decimal("0.5"),
                      LineType.RENEWAL_FEE: Decimal("0.07")},
        "discount_rows": {LineType.RECURRING_FEE: 11, LineType.SETUP_FEE: 12},
    },
}  # fmt: skip
# name: the terms, and the steps: a day after the order's, a verb, what it is told.
STORIES: dict[str, tuple[str, str]] = {
    "paid at once, two months": ("", "0 order 5 0; 0 pay; 12 night; 42 night"),
    "nobody pays": ("", "0 order 5 0; 3 cancel"),
    "paid five days later": ("", "0 order 5 0; 5 pay; 12 night"),
    "paid in the next month": ("", "0 order 5 0; 14 pay; 42 night"),
    "the vendor provides three days later": ("", "0 order 5 0; 0 pay late; 3 provide; 12 night"),
    "the vendor provides in the next month": ("", "0 order 5 0; 0 pay late; 14 provide; 42 night"),
    "given up before it is provided": ("", "0 order 5 0; 0 pay late; 2 withdraw"),
    "brought from elsewhere": ("transfer", "0 order 3 1; 0 pay; 5 change 5 1; 5 raise"),
    "a raise": ("", "0 order 5 1; 0 pay; 5 change 8 1; 5 raise; 12 night; 20 change 9 4; 20 raise"),
    "a raise paid three days later": ("", "0 order 5 1; 0 pay; 5 change 8 2; 8 raise; 12 night"),
    "a raise paid in the next month": ("", "0 order 5 0; 0 pay; 5 change 8 0; 12 night; 14 raise"),
    "a raise provided three days later": ("", "0 order 5 0; 0 pay; 5 change 8 0; 5 raise late; 8 provide raise"),
    "a raise provided on its day": ("", "0 order 5 0; 0 pay; 5 change 8 0; 5 raise late; 5 provide raise"),
    "a raise provided in the next month": (
        "", "0 order 5 0; 0 pay; 5 change 8 0; 5 raise late; 12 night; 14 provide raise"),
    "a raise given up": ("", "0 order 5 0; 0 pay; 5 change 8 0; 5 raise late; 8 withdraw raise"),
    "a raise provided while it is stopped": (
        "", "0 order 5 0; 0 pay; 5 change 8 0; 5 raise late; 7 stop; 9 provide raise of stopped"),
    "a raise provided a month after a stop": (
        "", "0 order 5 0; 0 pay; 5 change 8 0; 5 raise late; 7 stop; 12 idle; 14 provide raise of stopped"),
    "lowered": ("", "0 order 5 2; 0 pay; 5 change 3 2; 12 night; 20 change 3 0"),
    "lowered and raised": ("", "0 order 5 2; 0 pay; 5 change 3 3; 5 raise; 8 change 6 3; 8 raise; 12 night"),
    "lowered to nothing": ("", "0 order 5 0; 0 pay; 12 night; 17 change 0 0; 20 change 4 0; 20 raise"),
    "nothing is changed": ("", "0 order 5 0; 0 pay; 5 change 5 0"),
    "lowered blocks of several prices": (
        "", "0 order 5 0; 0 pay; 12 night; 20 change 8 0; 20 raise; 25 change 4 0; 42 night"),
    "a lowering is taken back": ("", "0 order 5 0; 0 pay; 5 change 3 0; 8 restore"),
    "a lowering is taken back in the next month": ("", "0 order 5 0; 0 pay; 5 change 3 0; 12 night; 16 restore"),
    "a lowering is taken back after a stop": (
        "", "0 order 5 0; 0 pay; 12 night; 16 change 3 0; 20 stop; 22 restore stopped"),
    "units leave with the month": ("", "0 order 5 2; 0 pay; 12 leave 2 1; 12 night"),
    "stopped and activated": ("", "0 order 5 1; 0 pay; 5 stop; 8 activate; 12 night"),
    "stopped over a billing day": ("", "0 order 5 0; 0 pay; 5 stop; 12 idle; 16 activate; 42 night"),
    "stopped on its first day": ("", "0 order 5 0; 0 pay; 0 stop; 3 activate"),
    "stopped on a billing day": ("", "0 order 5 0; 0 pay; 12 night; 12 stop; 14 activate"),
    "a raise, a stop, an activation": ("", "0 order 5 0; 0 pay; 5 change 8 0; 5 raise; 7 stop; 9 activate; 12 night"),
    "activated by the vendor two days later": (
        "", "0 order 5 0; 0 pay; 5 stop; 8 activate; 10 provide activation; 12 night"),
    "activated by the vendor at once": ("", "0 order 5 0; 0 pay; 5 stop; 8 activate; 8 provide activation"),
    "activated by the vendor in the next month": (
        "", "0 order 5 0; 0 pay; 5 stop; 8 activate; 12 night; 14 provide activation; 42 night"),
    "activated by the vendor on the billing day": (
        "", "0 order 5 0; 0 pay; 5 stop; 8 activate; 12 provide activation"),
    "an activation is given up": ("", "0 order 5 0; 0 pay; 5 stop; 8 activate; 9 withdraw activation"),
    "an activation is given up on the billing day": (
        "", "0 order 5 0; 0 pay; 5 stop; 8 activate; 12 withdraw activation"),
    "an activation is given up a month later": (
        "", "0 order 5 0; 0 pay; 5 stop; 8 activate; 12 night; 14 withdraw activation"),
    "deleted in an activation": ("", "0 order 5 0; 0 pay; 5 stop; 8 activate; 9 delete in activation"),
    "deleted": ("", "0 order 5 0; 0 pay; 5 change 6 0; 5 raise; 12 night; 20 delete"),
    "deleted on a billing day": ("", "0 order 5 0; 0 pay; 12 delete"),
    "deleted after a stop": ("", "0 order 5 0; 0 pay; 5 stop; 8 delete; 12 idle"),
    "deleted while a raise waits": ("", "0 order 5 0; 0 pay; 5 change 6 0; 8 delete"),
    "another plan": ("", "0 order 5 0; 0 pay; 12 night; 20 switch"),
    "another plan on a billing day": ("", "0 order 5 0; 0 pay; 12 switch"),
    "it ends": ("", "0 order 5 0; 0 pay; 12 night; 42 night; 73 night; 103 night; end"),
    "renewed ahead": ("", "0 order 5 1; 0 pay; 12 night; -5 renew; -3 pay renewal; start renewal; 103 night"),
    "renewed on its last day": ("", "0 order 5 0; 0 pay; 12 night; end; start renew; start pay renewal"),
    "renewed by the vendor later": (
        "", "0 order 5 0; 0 pay; -5 renew; -3 pay renewal late; start renewal late; after renewal"),
    "renewed after a stop": ("", "0 order 5 0; 0 pay; 5 stop; end; after renew; after pay renewal moved"),
    "a raise in a term that is renewed": (
        "", "0 order 5 0; 0 pay; 12 night; -9 renew; -8 pay renewal; -6 change 7 0; -6 raise"),
    "discounts": (
        "discounts", "0 order 3 1; 0 pay; 5 change 4 1; 5 raise; 8 change 2 1; 12 night; 20 stop; 22 activate"),
    "discounts, paid later": (
        "discounts", "0 order 3 1; 2 pay; 5 change 4 2; 7 raise; 12 night; -5 renew; -3 pay renewal"),
    "a fixed price": ("fixed", "0 order 5 1; 0 pay; 12 night; 20 change 7 2; 20 raise; 42 night"),
    "endless": (
        "endless", "0 order 5 1; 0 pay; 12 night; 20 change 7 1; 20 raise; 42 night; 50 change 6 1; 55 stop; 73 idle"),
    "closed by hand": ("", "0 order 5 0; 0 pay; 12 night; 20 close; 42 night"),
    "closed by hand, raised": (
        "", "0 order 5 1; 0 pay; 12 night; 20 close; 22 change 7 2; 22 raise; 30 stop; 33 activate; 42 night"),
    "closed by hand, a raise provided later": (
        "", "0 order 5 0; 0 pay; 12 night; 20 close; 22 change 7 0; 22 raise late; 25 provide raise"),
    "closed by hand, a raise paid later": (
        "", "0 order 5 0; 0 pay; 12 night; 16 change 7 0; 20 close; 25 raise; 42 night"),
    "closed by hand, provided while stopped": (
        "", "0 order 5 0; 0 pay; 12 night; 20 close; 22 change 7 0; 22 raise late; 23 stop; "
        "25 provide raise of stopped"),
    "used": ("", "0 order 5 1; 0 pay; 3 use 10 4; 9 use 25 4; 12 night; 15 use 7 0; 20 use 9 2; 42 night"),
    "a lowering is taken back, endless": ("endless", "0 order 5 0; 0 pay; 5 change 3 0; 12 night; 16 restore"),
    "lowered on the last day of a month": ("", "0 order 5 0; 0 pay; 12 night; 41 change 3 0; 42 night"),
    "raised on the last day of a month": ("", "0 order 5 0; 0 pay; 12 night; 41 change 8 0; 41 raise; 42 night"),
    "renewed after a stop, by the vendor": (
        "", "0 order 5 0; 0 pay; 5 stop; end; after renew; after pay renewal moved late"),
    "a raise paid later in a term that is renewed": (
        "", "0 order 5 0; 0 pay; 12 night; -9 renew; -8 pay renewal; -6 change 7 0; -4 raise"),
    "used, one of two as before": ("", "0 order 5 1; 0 pay; 3 use 10 4; 9 use 10 6; 9 use 10 6"),
    "used, at another price": ("discounts", "0 order 5 1; 2 pay; 13 use 10 4; 18 use 12 5; 20 stop; 25 delete"),
}  # fmt: skip
# Whose stories: those with one of these words, or all. Types that share a module are told in full once.
BY_USE = ("paid", "use", "deleted after", "it ends", "endless", "another plan")
WHOSE: dict[tuple[str, bool], tuple[str, ...]] = {
    ("csp_monthly", False): (),
    ("reservation", False): (),
    ("pay_in_full", False): (),
    ("gsuite", False): ("activ", "lower", "raise", "renew", "deleted", "stop", "brought"),
    ("csp_annual", False): ("close", "stop", "discounts,", "brought", "later in a term"),
    ("non_refund", False): ("a raise provided on", "renewed ahead"),
    ("payg_internal", False): BY_USE,
    ("payg_external", False): BY_USE,
    ("csp_monthly", True): (),
    ("reservation", True): ("late", "activ", "renew", "delete", "lower", "restore", "close", "a raise", "discounts"),
    ("csp_annual", True): ("close", "stopped", "activation"),
    ("payg_internal", True): BY_USE,
    ("payg_external", True): BY_USE,
}
