"""Histories that must give the same books: a top-up in two, independent operations in either order, there and back."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from random import Random

from tests.oracle.reckoning.compare import comparable
from tests.oracle.reckoning.days import MINOR_DIGITS
from tests.oracle.reckoning.settings import random_settings

MUCH = "1000000"


def same_books(one: dict, other: dict) -> None:
    """Fail where two answers differ in charges, money by day, statuses or bills."""
    left, right = comparable(one), comparable(other)
    for part in left:
        if part != "refused":
            assert left[part] == right[part], part
    assert left["refused"] == right["refused"]


def with_top_ups_in_two(history: dict) -> dict:
    """Return the history with every top-up in two parts, one after the other."""
    digits = MINOR_DIGITS.get(history["currency"], 2)
    events = []
    for event in history["events"]:
        if event["do"] != "top_up":
            events.append(event)
            continue
        whole = int(Fraction(event["amount"]) * 10**digits)
        for part in (whole // 3, whole - whole // 3):
            if part:
                events.append({**event, "amount": f"{part / 10**digits:.{digits}f}"})
    return {**history, "events": events}


def rich(seed: int) -> tuple[Random, dict]:
    """Return settings under which nothing is refused for want of money, and the numbers to go on with."""
    rng = Random(seed)
    plain = {"discount": None, "chain": None, "plans": None, "account_class": None, "payment_model": "prepay"}
    types = ["csp_monthly", "csp_annual", "gsuite", "reservation", "pay_in_full", "non_refund"]
    settings = random_settings(rng, {"billing_type": rng.choice(types), **plain})
    for resource in settings["resources"]:
        for name in ("included", "minimum", "limit", "setup_fee"):
            resource.pop(name, None)
    settings.pop("plan", None)
    return rng, {**settings, "service_term": {}, "auto_renew": rng.random() < 0.5 and settings["period"] != "endless"}


def with_its_order_changed(seed: int) -> tuple[dict, dict]:
    """Return two histories of two subscriptions, whose operations of a day come in either order."""
    rng, settings = rich(seed)
    first = date(2019, 1, 28) + timedelta(days=rng.randrange(8))
    day = first.isoformat()
    events = [{"day": day, "do": "top_up", "amount": MUCH}]
    other_way = list(events)
    today = first
    for at in range(4):
        pair = []
        for name in ("a", "b"):
            units = {"seats": rng.choice([1, 2, 5, 8])}
            what = "order" if at == 0 else rng.choice(["change", "stop", "activate", "change"])
            more = {"quantities": units, "pay": "balance"} if what in ("order", "change") else {}
            pair.append({"day": today.isoformat(), "do": what, "subscription": name, **more})
        events += pair
        other_way += pair[::-1] if at else pair
        today += timedelta(days=rng.choice([0, 1, 9, 20]))
    until = (today + timedelta(days=rng.choice([0, 12, 40]))).isoformat()
    return {**settings, "events": events, "until": until}, {**settings, "events": other_way, "until": until}


def there_and_back(seed: int) -> tuple[dict, dict]:
    """Return a history, and the same with a raise in it that is taken back on its day, at whatever price."""
    rng, settings = rich(seed)
    if settings["billing_type"] in ("pay_in_full", "non_refund"):  # a month's peak stays, and nothing is lowered
        settings = {**settings, "billing_type": "csp_annual", "period": {"months": 3}}
    first = date(2019, 1, 28) + timedelta(days=rng.randrange(8))
    day = first.isoformat()
    later = (first + timedelta(days=rng.choice([0, 1, 3, 10, 25]))).isoformat()
    key = settings["resources"][0]["key"]
    events = [
        {"day": day, "do": "top_up", "amount": MUCH},
        {"day": day, "do": "order", "quantities": {key: rng.choice([1, 3, 5])}, "pay": "balance"},
    ]
    if rng.random() < 0.5:
        events.append({"day": later, "do": "price", "prices": {key: "7"}})
    units = events[1]["quantities"][key]
    change = {"day": later, "do": "change", "pay": "balance"}
    back = [{**change, "quantities": {key: units + 4}}, {**change, "quantities": {key: units}}]
    until = (first + timedelta(days=rng.choice([26, 60, 100]))).isoformat()
    return {**settings, "events": events, "until": until}, {**settings, "events": events + back, "until": until}
