"""What customers and managers are told of an order and of a subscription's life: rows in the outbox."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from uuid import uuid4

from django.utils.functional import lazy
from django.utils.translation import gettext_lazy, override

from accounts.models import Account, User
from billing.charging import in_minor_units
from billing.models import Invoice, Payment
from core.money import Money
from core.panel.formats import day_text
from core.period import Period
from notifications.announce import announce
from notifications.models import Notification
from subscriptions.models import Order, OrderType, Subscription
from vendors.base import Fact
from vendors.models import OperationAction, VendorOperation, Waited
from vendors.outcomes import NOT_IN_TIME_CODE

# What is told of a step that is done.
DONE = {
    OperationAction.PROVISION: "subscription_activated",
    OperationAction.CHANGE: "subscription_changed",
    OperationAction.SWITCH: "subscription_changed",
    OperationAction.SUSPEND: "subscription_stopped",
    OperationAction.RESUME: "subscription_resumed",
    OperationAction.CANCEL: "subscription_deleted",
    OperationAction.ARRANGE: "subscription_arranged",
}


def order_placed(order: Order, payment: Payment) -> None:
    """Tell the customer of an order that waits for its payment, by whose number the money finds it."""
    subscription = order.subscription
    announce(
        "order_placed",
        account=subscription.account,
        key=str(order.pk),
        about=("order", order.pk),
        context={
            "order": order.number,
            "subscription": subscription.name,
            "total": _money(payment.amount, order.currency),
            "account": subscription.account.name,
            "reference": payment.number,
        },
    )


def done_at_vendor(subscription: Subscription, operation: VendorOperation, order: Order | None) -> None:
    """Tell the customer, and who asked, that the vendor has done it; what the night decides has letters of its own.

    So has a renewal.
    """
    if order is not None and order.type == OrderType.RENEWAL:
        return
    people = _askers(operation.asked_by, order)
    action = OperationAction(operation.action)
    if action is OperationAction.PROVISION or people:
        known = [Fact.from_kept(fact) for fact in operation.result.get("facts", ())]
        told = [(_title(fact), fact.value) for fact in known if fact.value]
        facts = told if action is OperationAction.PROVISION else _facts(subscription, action, order)
        _done(subscription, action, operation.key, people, facts)


def renewed(order: Order, term: Period) -> None:
    """Tell the customer, and who asked for it, that another term has begun."""
    subscription = order.subscription
    announce(
        "subscription_renewed",
        account=subscription.account,
        also=_askers(None, order),
        about=("subscription", subscription.pk),
        key=str(order.pk),
        context={
            "subscription": subscription.name,
            "account": subscription.account.name,
            "since": term.start,
            "until": term.end,
        },
    )


def waits_at_vendor(subscription: Subscription, operation: VendorOperation, order: Order | None) -> None:
    """Tell the customer, and who asked, for whom it waits and what is to be done; operators, where it is for them.

    Once for each instruction: another one, or the same to be carried out elsewhere, is told anew.
    """
    waits = operation.waits_for
    if waits is None:
        return
    people = _askers(operation.asked_by, order)
    facts = {
        "subscription": subscription.name,
        "account": subscription.account.name,
        "instruction": lazy(lambda: _instruction_of(operation), str)(),
        "until": waits.until or "",
    }
    with override(None):
        words = sha256(_instruction_of(operation).encode()).hexdigest()[:16]
    told = {
        "account": subscription.account,
        "about": ("subscription", subscription.pk),
        "key": f"{operation.key}:{waits.since.isoformat()}:{words}",
    }
    customers = [person for person in people if not person.is_manager]
    if waits.who is Waited.CUSTOMER:
        new = announce("service_waits_for_you", **told, also=customers, context=facts)
    else:
        new = announce("service_waits", **told, also=customers, context={**facts, "who": waits.who.label})
    if waits.tells_contact and new:
        _tell_contact(subscription.account, {row.email.casefold() for row in new}, told["key"], facts)
    if waits.who is Waited.OPERATOR or waits.late:
        managers = [person for person in people if person.is_manager]
        context = {**facts, "operation": OperationAction(operation.action).label}
        key = f"{told['key']}:late" if waits.late else told["key"]
        announce("service_waits_for_operator", **{**told, "key": key}, also=managers, context=context)


def _tell_contact(account: Account, told: set[str], key: str, facts: dict[str, object]) -> None:
    """Tell the account's contact person, who may have no sign-in here, what is left to do, unless told already."""
    address = account.contact_email.strip()
    if address and address.casefold() not in told:
        language = account.reseller.default_language
        announce("contact_is_asked", account=account, email=address, language=language, key=key, context=facts)


def customer_has_to_agree(subscription: Subscription, instruction: object, key: str) -> None:
    """Tell the customer, and the account's contact person, what has to be accepted at the vendor; once for a key."""
    facts = {
        "subscription": subscription.name,
        "account": subscription.account.name,
        "instruction": instruction,
        "until": "",
    }
    told = {"account": subscription.account, "about": ("subscription", subscription.pk), "key": key}
    new = announce("service_waits_for_you", **told, context=facts)
    if new:
        _tell_contact(subscription.account, {row.email.casefold() for row in new}, key, facts)


def service_alarm(subscription: Subscription, name: str, reason: object, day: date) -> None:
    """Tell operators of something that the vendor told of a service and that somebody has to look at."""
    announce(
        "service_alarm",
        account=subscription.account,
        about=("subscription", subscription.pk),
        key=f"{subscription.pk}:{name}:{day}",
        context={"subscription": subscription.name, "account": subscription.account.name, "reason": reason},
    )


def _instruction_of(operation: VendorOperation) -> str:
    """Return what is to be done before an operation goes on, in the active language."""
    return operation.waits_for.instruction if operation.waits_for is not None else ""


def in_doubt_at_vendor(subscription: Subscription, operation: VendorOperation, order: Order | None) -> None:
    """Tell operators once, of an operation that has been in trouble for too long, what is known of it."""
    since = operation.doubtful_since
    if since is None:
        return
    announce(
        "outcome_in_doubt",
        account=subscription.account,
        also=[person for person in _askers(operation.asked_by, order) if person.is_manager],
        about=("subscription", subscription.pk),
        key=f"{operation.key}:{since.isoformat()}",
        context={
            "subscription": subscription.name,
            "account": subscription.account.name,
            "operation": OperationAction(operation.action).label,
            "reason": lazy(lambda: operation.last_error, str)(),
            "since": since,
        },
    )


def _title(fact: Fact) -> str:
    """Return what a fact is called, in the language of whoever reads it."""
    return lazy(lambda: fact.title, str)()


def done_at_once(
    subscription: Subscription, action: OperationAction, *, asked_by: User | None, order: Order | None = None
) -> None:
    """Tell the customer, and who asked, of what took effect at once because no vendor stands behind the plan."""
    people = _askers(asked_by, order)
    if people:
        _done(subscription, action, f"{subscription.pk}:{uuid4().hex}", people, _facts(subscription, action, order))


def _done(
    subscription: Subscription, action: OperationAction, key: str, people: list[User], facts: Sequence[tuple]
) -> None:
    announce(
        DONE[action],
        account=subscription.account,
        also=people,
        about=("subscription", subscription.pk),
        key=key,
        context={"subscription": subscription.name, "account": subscription.account.name, "facts": list(facts)},
    )


def _facts(subscription: Subscription, action: OperationAction, order: Order | None) -> list[tuple]:
    """Return what is worth knowing of a step: the units before and after, the reason of a stop."""
    if action in (OperationAction.CHANGE, OperationAction.ARRANGE) and order is not None:
        items = order.items.select_related("subscription_resource").order_by("pk")
        units = [(item.subscription_resource.name, f"{item.quantity_before} → {item.quantity_after}") for item in items]
        later = action is OperationAction.ARRANGE and order.effective_on is not None
        return [*units, (gettext_lazy("Takes effect on"), _day(order.effective_on))] if later else units
    if action is OperationAction.ARRANGE and subscription.ends_on is not None:
        return [(gettext_lazy("Ends on"), _day(subscription.ends_on))]
    if action is OperationAction.SUSPEND and subscription.stop_comment:
        return [(gettext_lazy("Reason"), subscription.stop_comment)]
    return []


def _day(value: date) -> str:
    """Return a day in the language of whoever reads it."""
    return lazy(lambda: day_text(value), str)()


def _askers(asked_by: User | None, order: Order | None) -> list[User]:
    """Return whose wish it was: who pressed the button, and who placed the order."""
    people = (asked_by, order.created_by if order is not None else None)
    return [person for person in people if person is not None]


def stopped_for_funds(subscription: Subscription, day: date, required: Decimal, available: Decimal) -> None:
    """Tell the customer that the night has stopped a subscription, and what was missing."""
    announce(
        "subscription_stopped_funds_short",
        account=subscription.account,
        key=f"{subscription.pk}:{day}",
        about=("subscription", subscription.pk),
        context={
            "subscription": subscription.name,
            "account": subscription.account.name,
            "day": day,
            "required": _money(required, subscription.currency),
            "available": _money(available, subscription.currency),
        },
    )


def subscription_blocked(subscription: Subscription, day: date) -> None:
    """Tell the customer that a postpay subscription is Blocked, and why."""
    announce(
        "subscription_blocked",
        account=subscription.account,
        key=f"{subscription.pk}:{day}",
        about=("subscription", subscription.pk),
        context={
            "subscription": subscription.name,
            "account": subscription.account.name,
            "day": day,
            "reason": subscription.get_stop_reason_display(),
        },
    )


def invoice_closed(invoice: Invoice) -> None:
    """Tell the customer of a new invoice, and in postpay by when it is to be paid."""
    account, payment, last = invoice.account, invoice.payment, invoice.period_to - timedelta(days=1)
    announce(
        "invoice_closed",
        account=account,
        key=str(invoice.pk),
        about=("invoice", invoice.pk),
        context={
            "account": account.name,
            "invoice": invoice.number,
            "total": _money(invoice.total, invoice.currency),
            "since": invoice.period_from,
            "until": last,
            "due": payment.due_on if payment is not None else "",
            "reference": payment.number if payment is not None else "",
        },
    )


def billing_day_is_coming(account: Account, day: date, required: Decimal, available: Decimal) -> bool:
    """Tell the customer what the coming billing day needs; return whether it had not been told before."""
    missing = required - available
    told = announce(
        "billing_day_is_coming",
        account=account,
        key=f"{account.pk}:{day}",
        about=("top_up", account.pk),
        context={
            "account": account.name,
            "day": day,
            "required": _money(required, account.currency),
            "available": _money(available, account.currency),
            "missing": _money(missing, account.currency) if missing > 0 else "",
        },
    )
    return bool(told)


def account_on_credit_hold(account: Account, day: date, *, balance: Decimal, to_pay: Decimal) -> None:
    """Tell the customer that the account is on credit hold since today, and what is to be paid to leave it."""
    announce(
        "account_on_credit_hold",
        account=account,
        key=_transition("account_on_credit_hold", account, day),
        about=("top_up", account.pk),
        context={
            "account": account.name,
            "day": day,
            "balance": _money(balance, account.currency),
            "amount": _money(to_pay, account.currency),
        },
    )


def account_off_credit_hold(account: Account, day: date) -> None:
    """Tell the customer that the account has left its credit hold."""
    announce(
        "account_off_credit_hold",
        account=account,
        key=_transition("account_off_credit_hold", account, day),
        about=("account", account.pk),
        context={"account": account.name, "day": day},
    )


def vendor_refused(subscription: Subscription, operation: VendorOperation, order: Order | None = None) -> None:
    """Tell the account's manager that an operation was refused by the vendor, and why: each reader in its language.

    Where somebody asked for it, the customer and who asked hear of it too.
    """
    people = _askers(operation.asked_by, order)
    facts = {
        "subscription": subscription.name,
        "account": subscription.account.name,
        "operation": OperationAction(operation.action).label,
    }
    told = {
        "account": subscription.account,
        "about": ("subscription", subscription.pk),
        "key": f"{operation.key}:{operation.attempts}",
    }
    reason = lazy(lambda: operation.last_error, str)()
    managers = [person for person in people if person.is_manager]
    customers = [person for person in people if not person.is_manager]
    announce("provisioning_failed", **told, also=managers, context={**facts, "reason": reason})
    if operation.last_error_code == NOT_IN_TIME_CODE:
        del facts["operation"]
        announce("service_waited_in_vain", **told, also=customers, context={**facts, "reason": reason})
    elif people:
        announce("service_step_failed", **told, also=customers, context=facts)


def _transition(event: str, account: Account, day: date) -> str:
    """Return the key of a letter about a hold, which an account may enter and leave again on one day."""
    earlier = Notification.objects.filter(account=account, event=event).count()
    return f"{account.pk}:{day}:{earlier + 1}"


def _money(amount: Decimal, currency: str) -> Money:
    return Money(in_minor_units(amount, currency), currency)
