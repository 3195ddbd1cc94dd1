"""What a simulation left in the books, as plain values."""

from decimal import Decimal
from typing import Any

from billing.charging import in_minor_units
from billing.funds import funds_of
from billing.models import Book, Charge, LedgerEntry
from subscriptions.models import Subscription
from subscriptions.simulation.stage import PLAN, Stage


def books_of(stage: Stage) -> dict[str, Any]:
    """Return the members of the result as ../shared/spec/simulation.md names them, amounts as text."""
    account, currency = stage.account, stage.account.currency
    names = {subscription.pk: name for name, subscription in stage.subscriptions.items()}
    charges = Charge.objects.filter(account=account).select_related("subscription_resource").order_by("pk")
    entries = (
        LedgerEntry.objects.filter(account=account, book=Book.ACCOUNT).select_related("payment").order_by("number")
    )
    funds = funds_of(account)
    statuses = dict(Subscription.objects.filter(account=account).values_list("pk", "status"))
    return {
        "charges": [_charge(charge, names[charge.subscription_id]) for charge in charges],
        "transactions": [_transaction(entry) for entry in entries],
        "balance": _money(funds.balance, currency),
        "blocked": _money(funds.blocked, currency),
        "available": _money(funds.available, currency),
        "subscriptions": [{"name": name, "status": statuses[pk]} for pk, name in names.items()],
        "refused": stage.refused,
    }


def _charge(charge: Charge, subscription: str) -> dict[str, Any]:
    return {
        "subscription": subscription,
        "resource": charge.subscription_resource.name if charge.subscription_resource else None,
        "type": charge.type,
        "status": charge.status,
        "from": charge.operate_from.isoformat(),
        "to": charge.operate_to.isoformat(),
        "quantity": charge.quantity if isinstance(charge.quantity, int) else f"{charge.quantity:f}",
        "unit_price": price_text(charge.unit_price, charge.currency),
        "amount": _money(charge.amount, charge.currency),
        "closed_on": charge.closed_on.isoformat() if charge.closed_on else None,
    }


def _transaction(entry: LedgerEntry) -> dict[str, Any]:
    # A payment of a simulation has no number, which the entry would name.
    # The one plan of a simulation is no service that anybody bought.
    description = entry.description.removeprefix(f"{PLAN}, ")
    if entry.payment:
        description = str(entry.payment.get_kind_display())
    return {
        "day": entry.day.isoformat(),
        "amount": _money(entry.amount, entry.currency),
        "balance": _money(entry.balance or Decimal(0), entry.currency),
        "description": description,
    }


def _money(amount: Decimal, currency: str) -> str:
    return str(in_minor_units(amount, currency))


def price_text(price: Decimal, currency: str) -> str:
    """Return a unit price with the currency's decimals, or with as many as it needs: 10.00, 0.005."""
    short = price.normalize()
    in_currency = in_minor_units(price, currency)
    return str(in_currency) if short == in_currency else f"{short:f}"
