"""Two answers to one history, laid side by side: what simulation.md names as compared, in one shape."""

from __future__ import annotations

from collections import Counter, defaultdict
from decimal import Decimal
from fractions import Fraction

from tests.oracle.reckoning.postpay import Postpaid
from tests.oracle.reckoning.things import CONSUMED
from tests.oracle.reckoning.world import World

COMPARED = ("opened", "blocked", "closed")


def world_of(history: dict) -> World:
    """Return the account of a history, before its first day."""
    return Postpaid(history) if history.get("payment_model") == "postpay" else World(history)


def reckoned(history: dict, *, holds: bool = True) -> dict:
    """Return what the reckoning makes of a history; without `holds`, as if no balance ever held an account."""
    world = world_of(history)
    world.is_held_by_balance = holds
    world.live_through(history)
    return world.books()


def charge_key(charge: dict) -> tuple:
    """Return everything that has to be equal of a charge."""
    price = Fraction(charge["unit_price"]) if charge["type"] != CONSUMED else None
    return (
        charge["subscription"], charge["resource"], charge["type"], charge["status"], charge["from"], charge["to"],
        str(Fraction(charge["quantity"])), price and str(price), str(Fraction(charge["amount"])), charge["closed_on"],
    )  # fmt: skip


def by_day(answer: dict) -> dict[str, Fraction]:
    """Return what each day did to the balance."""
    if "money" in answer:
        return dict(answer["money"])
    days: dict[str, Fraction] = defaultdict(Fraction)
    for entry in answer["transactions"]:
        days[entry["day"]] += Fraction(entry["amount"])
    return {day: amount for day, amount in days.items() if amount}


def comparable(answer: dict) -> dict:
    """Return an answer without order and wording."""
    payments = [p for p in answer.get("payments", []) if p.get("purpose", "rendered_services") == "rendered_services"]
    return {
        "charges": Counter(charge_key(c) for c in answer["charges"] if c["status"] in COMPARED),
        "refused": Counter((no["day"], no["do"]) for no in answer["refused"]),
        "payments": Counter((p["created_on"], p["due_on"], str(Fraction(p["amount"])), p["status"]) for p in payments),
        "reseller_charges": Counter(
            (
                c["upstream"],
                c["subscription"],
                c["resource"],
                c["type"],
                c["from"],
                c["to"],
                str(Fraction(c["quantity"])),
                str(Fraction(c["amount"])),
                c["created_on"],
            )
            for c in answer.get("reseller_charges", [])
        ),
        "money": by_day(answer),
        "balance": Decimal(answer["balance"]),
        "blocked": Decimal(answer["blocked"]),
        "subscriptions": {item["name"]: item["status"] for item in answer["subscriptions"]},
    }


def differences(ours: dict, theirs: dict, *, but: tuple[str, ...] = ()) -> list[str]:
    """List where the answer `theirs` departs from `ours`, a sentence each; nothing is said of the parts in `but`."""
    left, right = comparable(ours), comparable(theirs)
    found = []
    for part in ("charges", "refused", "payments", "reseller_charges"):
        if part not in but:
            found += [
                f"{part}: missing {key} x{count}" for key, count in sorted((left[part] - right[part]).items(), key=str)
            ]
            found += [
                f"{part}: unexpected {key} x{n}" for key, n in sorted((right[part] - left[part]).items(), key=str)
            ]
    for part in ("money", "balance", "blocked", "subscriptions"):
        if part not in but and left[part] != right[part]:
            found.append(f"{part}: expected {left[part]}, got {right[part]}")
    return found
