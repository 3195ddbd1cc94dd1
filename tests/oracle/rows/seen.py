"""What of an answer of `simulate_billing` a row tells, and which rows wait for what is not built yet."""

from __future__ import annotations

from decimal import Decimal

from tests.oracle.rows.plain import Row

LIVE = ("opened", "blocked", "closed")
DIGITS = {"JPY": 0, "KWD": 3}


def seen(books: dict, currency: str) -> dict:
    """Return what a row tells of the books."""
    minor = DIGITS.get(currency, 2)

    def money(amount) -> str:
        return f"{Decimal(amount):.{minor}f}"

    return {
        "charges": sorted(_charge(c, money) for c in books["charges"] if c["status"] in LIVE),
        "balance": money(books["balance"]),
        "blocked": money(books["blocked"]),
        "status": " ".join(one["status"] for one in books["subscriptions"]),
        "refused": sorted(f"{no['day']} {no['do']}" for no in books["refused"]),
        "payments": [
            f"{p['status']} {p['created_on']} {p['due_on']} {money(p['amount'])}"
            for p in books.get("payments", [])
            if p["purpose"] == "rendered_services"
        ],
        "owed": sorted(
            f"{o['upstream']} {o['type']} {o['resource'] or 'plan'} {o['from']} {o['to']} {_exact(o['quantity'])}"
            f" {money(o['amount'])} {o['created_on']}"
            for o in books.get("reseller_charges", [])
        ),
    }


def told(row: Row) -> dict:
    """Return what the row says of the books."""
    return {
        "charges": sorted(row.charges),
        "balance": row.balance,
        "blocked": row.blocked,
        "status": row.status,
        "refused": sorted(row.refused),
        "payments": row.payments,
        "owed": sorted(row.owed),
    }


def _charge(charge: dict, money) -> str:
    parts = [charge["status"]]
    if charge["type"] != "recurring_fee":
        parts.append(charge["type"])
    if charge["resource"] != "seats":
        parts.append(charge["resource"] or "plan")
    parts += [charge["from"], charge["to"], _exact(charge["quantity"]), money(charge["amount"])]
    return " ".join(parts + ([charge["closed_on"]] if charge["closed_on"] else []))


def _exact(number) -> str:
    short = Decimal(number).normalize()
    return f"{short:f}"
