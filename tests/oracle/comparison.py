"""Two answers to one history, laid side by side: what has to be equal is brought into one comparable shape."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from decimal import Decimal

from tests.oracle.examples import Example
from tests.oracle.oracle import World
from tests.oracle.units import BLOCKED, CLOSED, ONE_DAY


def charge_key(charge: dict) -> tuple:
    """Return everything about a charge that two implementations have to agree on."""
    return (
        charge["subscription"],
        charge["resource"],
        charge["type"],
        charge["status"],
        charge["from"],
        charge["to"],
        Decimal(charge["quantity"]),
        Decimal(charge["unit_price"]),
        Decimal(charge["amount"]),
        charge["closed_on"],
    )


def money_by_day(answer: dict) -> dict[str, Decimal]:
    """Return what each day did to the balance, whatever number of postings it took."""
    days: dict[str, Decimal] = defaultdict(Decimal)
    for transaction in answer["transactions"]:
        days[transaction["day"]] += Decimal(transaction["amount"])
    return {day: amount for day, amount in days.items() if amount}


def comparable(answer: dict) -> dict:
    """Return an answer of `simulate_billing` without what may differ: order, wording, formatting of numbers."""
    return {
        "charges": Counter(charge_key(charge) for charge in answer["charges"]),
        "money": money_by_day(answer),
        "balance": Decimal(answer["balance"]),
        "blocked": Decimal(answer["blocked"]),
        "available": Decimal(answer["available"]),
        "subscriptions": {item["name"]: item["status"] for item in answer["subscriptions"]},
        "refused": Counter((entry["day"], entry["do"]) for entry in answer["refused"]),
    }


def differences(ours: dict, theirs: dict) -> list[str]:
    """List, a sentence each, where the answer `theirs` departs from `ours`; empty where they agree."""
    left, right = comparable(ours), comparable(theirs)
    found = []
    for part in ("charges", "refused"):
        found += [f"{part}: missing {key} x{count}" for key, count in (left[part] - right[part]).items()]
        found += [f"{part}: unexpected {key} x{count}" for key, count in (right[part] - left[part]).items()]
    for part in ("money", "balance", "blocked", "available", "subscriptions"):
        if left[part] != right[part]:
            found.append(f"{part}: expected {left[part]}, got {right[part]}")
    return found


def days_charged_wrongly(world: World, answer: dict) -> list[str]:
    """List the days on which the units charged are not the units that worked: a day for nothing, or paid twice.

    Counts what is written off or reserved, up to the last day that the oracle lived through.
    """
    charged: Counter = Counter()
    for charge in answer["charges"]:
        if charge["status"] in (CLOSED, BLOCKED):
            day = date.fromisoformat(charge["from"])
            while day < min(date.fromisoformat(charge["to"]), world.today + ONE_DAY):
                charged[charge["subscription"], charge["resource"], day] += int(charge["quantity"])
                day += ONE_DAY
    worked = world.active_unit_days
    return [
        f"{key}: {worked[key]} units worked, {charged[key]} were charged"
        for key in sorted(worked | charged)
        if worked[key] != charged[key]
    ]


def assert_example(answer: dict, example: Example) -> None:
    """Check an answer against the literal amounts of an example."""
    expected = Counter(
        (status, start, end, quantity, Decimal(amount), Decimal(more[0] if more else usual_price(example)))
        for status, start, end, quantity, amount, *more in example.charges
    )
    charged = Counter(
        (c["status"], c["from"], c["to"], int(c["quantity"]), Decimal(c["amount"]), Decimal(c["unit_price"]))
        for c in answer["charges"]
    )
    assert charged == expected
    assert [c["closed_on"] for c in answer["charges"]] == [
        c["to"] if c["status"] == "closed" else None for c in answer["charges"]
    ]
    assert (Decimal(answer["balance"]), Decimal(answer["blocked"])) == (
        Decimal(example.balance),
        Decimal(example.blocked),
    )
    assert [item["status"] for item in answer["subscriptions"]] == example.status.split()
    assert [(entry["day"], entry["do"]) for entry in answer["refused"]] == example.refused


def usual_price(example: Example) -> str:
    return example.history["resources"][0]["price"]
