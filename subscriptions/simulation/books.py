"""What a simulation left in the books, as plain values."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q, Sum

from billing.charging import in_minor_units, line_of
from billing.funds import funds_of
from billing.models import Book, Charge, LedgerEntry, Payment, PaymentKind, PaymentStatus
from notifications.models import Notification
from subscriptions.models import Order, OrderStatus, Subscription
from subscriptions.simulation.above import reseller_charges_of
from subscriptions.simulation.invoices import debts_of, invoices_of
from subscriptions.simulation.stage import PLAN, Stage, price_text

# The statuses that the format names otherwise than our rows do.
PAYMENT_STATUSES = {
    PaymentStatus.WAITING_FOR_PAYMENT: "waiting",
    PaymentStatus.PAID_FROM_BALANCE: "completed",
}
ORDER_STATUSES = {
    OrderStatus.PROVISIONING: "waiting_for_provisioning",
    OrderStatus.PROVISIONING_FAILED: "waiting_for_provisioning",
}
COMING, PLACED = "billing_day_is_coming", "order_placed"
_DAY = re.compile(r":(\d{4}-\d{2}-\d{2}):")
_ORDER = re.compile(r"(order_placed|subscription_renewed):(\d+):")


def note_messages(stage: Stage, day: date, *, required: Decimal | None = None) -> None:
    """Keep on which day what was told since the last call: on `day`, or in a night before it that was caught up.

    Letters of nights name their day in their key, or their order. `required`: so much is what a billing day that is
    coming was told to need.
    """
    new = Notification.objects.filter(account=stage.account).exclude(pk__in=stage.told_on)
    for pk, key, event in new.values_list("pk", "key", "event"):
        named, about = _DAY.search(key), _ORDER.match(key)
        if event == COMING and required is not None:
            stage.told_on[pk], stage.required[pk] = day, required
        elif about is not None:
            order = Order.objects.get(pk=about[2])
            stage.told_on[pk] = (order.placed_on if event == PLACED else order.closed_on) or day
        else:
            stage.told_on[pk] = date.fromisoformat(named[1]) if named else day


def books_of(stage: Stage) -> dict[str, Any]:
    """Return the members of the result as ../shared/spec/simulation.md names them, amounts as text."""
    account, currency = stage.account, stage.account.currency
    names = {subscription.pk: name for name, subscription in stage.subscriptions.items()}
    charges = Charge.objects.filter(account=account).select_related("subscription_resource").order_by("pk")
    entries = (
        LedgerEntry.objects.filter(account=account, book=Book.ACCOUNT).select_related("payment").order_by("number")
    )
    funds = funds_of(account)
    charges = list(charges)
    subscriptions = Subscription.objects.in_bulk(list(names))
    debts = debts_of(stage, subscriptions)
    return {
        "charges": [_charge(charge, names[charge.subscription_id]) for charge in charges],
        "transactions": [_transaction(entry) for entry in entries],
        "balance": _money(funds.balance, currency),
        "blocked": _money(funds.blocked, currency),
        "available": _money(funds.available, currency),
        "subscriptions": [_subscription(stage, subscriptions[pk], name, debts.get(pk)) for pk, name in names.items()],
        "orders": [_order(order, names[order.subscription_id]) for order in _orders(stage)],
        "payments": [_payment(payment) for payment in _payments(stage)],
        "invoices": invoices_of(stage, charges),
        "reseller_charges": reseller_charges_of(stage, names),
        "notifications": _notifications(stage),
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
        "unit_price": price_text(line_of(charge).unit_price, charge.currency),
        "amount": _money(charge.amount, charge.currency),
        "discount": _money(charge.discount, charge.currency),
        "closed_on": _iso(charge.closed_on),
    }


def _subscription(stage: Stage, subscription: Subscription, name: str, debt: str | None) -> dict[str, Any]:
    return {
        "name": name,
        "status": subscription.status,
        "plan": stage.name_of(subscription.plan_id),
        "expires_on": _iso(subscription.expiration_date),
        "current_debt": debt,
    }


def _orders(stage: Stage) -> list[Order]:
    """Return the orders with what their charges came to when they were placed, before anything was split or paid."""
    placed = Q(charges__parent=None)
    orders = Order.objects.filter(account=stage.account)
    return list(orders.annotate(charged=Sum("charges__amount", filter=placed)).order_by("pk"))


def _order(order: Order, subscription: str) -> dict[str, Any]:
    return {
        "subscription": subscription,
        "kind": order.type,
        "status": ORDER_STATUSES.get(OrderStatus(order.status), order.status),
        "ordered_on": order.placed_on.isoformat(),
        "amount": _money(order.charged or Decimal(0), order.currency),
        "discount": _money(order.discount, order.currency),
        "due": _money(order.total, order.currency),
    }


def _payments(stage: Stage) -> list[Payment]:
    return list(Payment.objects.filter(account=stage.account).select_related("order", "invoice").order_by("pk"))


def _payment(payment: Payment) -> dict[str, Any]:
    status = PAYMENT_STATUSES.get(PaymentStatus(payment.status), payment.status)
    services = payment.kind == PaymentKind.RENDERED_SERVICES
    return {
        "purpose": payment.kind,
        "status": status,
        "created_on": payment.opened_on.isoformat(),
        "due_on": _iso(payment.due_on),
        "expires_on": _iso(payment.order.expires_on if payment.order else payment.expires_on),
        "completed_on": _iso(payment.closed_on if status == "completed" else None),
        "amount": _money(payment.amount, payment.currency),
        "billing_day": _iso(payment.invoice.period_to if services else None),
    }


def _notifications(stage: Stage) -> list[dict[str, Any]]:
    events: Mapping[int, str] = dict(Notification.objects.filter(pk__in=stage.told_on).values_list("pk", "event"))
    told = [(pk, {"day": stage.told_on[pk].isoformat(), "event": events[pk]}) for pk in sorted(events)]
    currency = stage.account.currency
    return [
        one | ({"required_funds": _money(stage.required[pk], currency)} if pk in stage.required else {})
        for pk, one in told
    ]


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


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
