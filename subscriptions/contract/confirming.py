"""Postpay: an order is confirmed instead of paid, where the credit limit allows what it would owe.

spec/billing-types.md section 4, T23: the current debt with what becomes Blocked, and a full month, stay within the
limit of the subscription, else of its account, else of the account's class; without any, always.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from billing.charging import in_minor_units
from billing.engine.lines import SPLIT_SOURCES, Changes, Line, LineStatus
from billing.engine.postpay import Postpay
from billing.engine.terms import Terms
from core.errors import Refused, Remedy
from core.panel.formats import money_text
from subscriptions.contract.terms import Contract
from subscriptions.models import Subscription


class OverCreditLimit(Refused):
    """The subscription would owe more than its credit limit."""

    code = "over_credit_limit"


def limit_of(subscription: Subscription) -> Decimal | None:
    """Return how much the subscription may owe, None where nothing limits it; the account's class is loaded."""
    own = subscription.subscription_credit_limit
    return inherited_limit(subscription) if own is None else own


def inherited_limit(subscription: Subscription) -> Decimal | None:
    """Return how much a subscription without a limit of its own may owe: its account's limit, else the class's."""
    account = subscription.account
    own = account.subscription_credit_limit
    return account.account_class.subscription_credit_limit if own is None else own


def debt_of(contract: Contract, day: date) -> Decimal:
    """Return the current debt of a postpay subscription on `day`, its order that waits among it; nothing in prepay."""
    rules = contract.subscription.rules
    if not isinstance(rules, Postpay):
        return Decimal(0)
    return rules.debt(contract.terms, [*contract.lines, *contract.renewal_lines], day)


def newly_blocked(changes: Changes) -> Decimal:
    """Return what becomes Blocked of what was not: no part of a charge that is split."""
    moved = (move.line.amount for move in changes.move if move.status in (LineStatus.BLOCKED, LineStatus.CLOSED))
    added = (
        line.amount
        for line in changes.add
        if line.status in (LineStatus.BLOCKED, LineStatus.CLOSED) and line.source not in SPLIT_SOURCES
    )
    return sum(added, sum(moved, Decimal(0)))


def refuse_over_limit(
    contract: Contract, *, debt: Decimal, new: Decimal, after: Sequence[Line], day: date, terms: Terms | None = None
) -> None:
    """Do nothing where the limit allows a step that makes `new` of the charges Blocked, and leaves the lines `after`.

    `debt` is the current debt before it; nothing of what the step releases is taken off. Raises OverCreditLimit.
    """
    rules, limit = contract.subscription.rules, limit_of(contract.subscription)
    if limit is None or not isinstance(rules, Postpay):
        return
    month = rules.month(terms or contract.terms, after, day)
    if debt + new <= limit and month <= limit:
        return
    subscription = contract.subscription

    def money(amount: Decimal) -> str:
        return money_text(in_minor_units(amount, subscription.currency), subscription.currency)

    raise OverCreditLimit(
        _("The credit limit of %(limit)s is reached: %(debt)s would be owed, and a month would cost %(month)s. "
          "Pay what is open, order less, or ask your manager for a higher limit.")
        % {"limit": money(limit), "debt": money(debt + new), "month": money(month)},
        remedy=Remedy("subscription", subscription.pk),
    )  # fmt: skip


def confirm_raise(contract: Contract, changes: Changes, new: Decimal, day: date) -> None:
    """Do nothing where the credit limit allows a change that raises, and makes `new` of the charges Blocked.

    That may be nothing, for less than half a cent, and the month too much all the same. Nothing that it also lowers is
    taken off the debt, and a month costs what stays. Raises OverCreditLimit.
    """
    refuse_over_limit(contract, debt=debt_of(contract, day), new=new, after=changes.applied_to(contract.lines), day=day)


def refuse_activation(contract: Contract, changes: Changes, day: date) -> None:
    """Do nothing where the credit limit allows an activation that makes `changes`. Raises OverCreditLimit."""
    refuse_over_limit(
        contract,
        debt=debt_of(contract, day),
        new=newly_blocked(changes),
        after=changes.applied_to(contract.lines),
        day=day,
    )


def allowed(contract: Contract, changes: Changes, day: date) -> bool:
    """Return whether the credit limit allows an activation that makes `changes`."""
    try:
        refuse_activation(contract, changes, day)
    except OverCreditLimit:
        return False
    return True
