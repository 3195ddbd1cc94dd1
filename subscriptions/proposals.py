"""Operations on a subscription as both panels offer them: what would happen, in words and numbers, and the deed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.actors import Actor
from accounts.models import Account
from core.panel.formats import money_text
from subscriptions.changes import ask_vendor as ask_vendor_to_change
from subscriptions.changes import change_quantities
from subscriptions.models import Order, OrderStatus, Plan, Subscription, SubscriptionResource
from subscriptions.ordering import ask_vendor as ask_vendor_to_order
from subscriptions.ordering import place_order
from subscriptions.preview import Preview, preview
from subscriptions.stopping import activate, delete, stop


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the operation would do (`preview`), asked as a question, with what the button says; `verb` does it."""

    preview: Preview
    question: str
    submit: str
    verb: Callable[[], Any]


def propose_order(*, actor: Actor, account: Account, plan: Plan, today: date, **wish: Any) -> Proposal:
    """Propose to order a plan; `wish` is passed to `place_order`. Raises what that does."""
    # Asked here, where no transaction holds the account while the vendor thinks.
    ask_vendor_to_order(actor=actor, account=account, plan=plan, **wish)
    verb = partial(place_order, actor=actor, account=account, plan=plan, today=today, **{**wish, "vendor_asked": True})
    seen = preview(verb, account=account, today=today)
    question = _("Order %(plan)s for %(account)s?") % {"plan": plan.name, "account": account.name}
    if seen.due:
        submit = _("Order, pay %(amount)s") % {"amount": money_text(seen.due, plan.currency)}
    else:
        submit = pgettext("button", "Order")
    return Proposal(seen, question, submit, verb)


def propose_change(
    *, actor: Actor, subscription: Subscription, quantities: Mapping[str, int], today: date, now: datetime, **how: Any
) -> Proposal:
    """Propose other quantities, by resource keys; `how` is passed to the verb. Raises what `change_quantities` does."""
    actor.require("subscriptions.change")
    ask_vendor_to_change(subscription, quantities, now)
    verb = partial(
        change_quantities, actor=actor, subscription=subscription, quantities=quantities, today=today, now=now,
        **{**how, "vendor_asked": True},
    )  # fmt: skip
    seen = preview(verb, account=subscription.account, today=today)
    steps = [
        _("%(name)s: from %(before)s to %(after)s")
        % {"name": resource.name, "before": resource.quantity, "after": quantities[key]}
        for key, resource in resources_by_key(subscription).items()
        if key in quantities and quantities[key] != resource.quantity
    ]
    return Proposal(seen, "; ".join(steps) + ".", _change_button(seen, subscription.currency), verb)


def propose_stop(*, actor: Actor, subscription: Subscription, today: date, comment: str = "") -> Proposal:
    """Propose to stop. Raises what `stop` does."""
    verb = partial(stop, actor=actor, subscription=subscription, today=today, comment=comment)
    seen = preview(verb, account=subscription.account, today=today)
    question = _("Stop %(name)s? Today is not charged; what was reserved for the days left is released.")
    # Not all that was reserved comes back: the days used are written off.
    released = seen.after.available - seen.before.available
    amount = money_text(released, subscription.currency)
    submit = _("Stop, release %(amount)s") % {"amount": amount} if released > 0 else _("Stop")
    return Proposal(seen, question % {"name": subscription.name}, submit, verb)


def propose_activation(*, actor: Actor, subscription: Subscription, today: date) -> Proposal:
    """Propose to activate again. Raises what `activate` does, FundsShort with the missing amount among it."""
    verb = partial(activate, actor=actor, subscription=subscription, today=today)
    seen = preview(verb, account=subscription.account, today=today)
    question = _("Activate %(name)s? Today is charged; the days up to the next billing day are reserved.")
    submit = _("Activate, reserve %(amount)s") % {"amount": money_text(seen.reserved, subscription.currency)}
    return Proposal(seen, question % {"name": subscription.name}, submit, verb)


def propose_deletion(*, actor: Actor, subscription: Subscription, today: date) -> Proposal:
    """Propose to delete. Raises what `delete` does."""
    verb = partial(delete, actor=actor, subscription=subscription, today=today)
    seen = preview(verb, account=subscription.account, today=today)
    question = _("Delete %(name)s with all its data at the vendor? This cannot be undone.")
    return Proposal(seen, question % {"name": subscription.name}, _("Delete for good"), verb)


def resources_by_key(subscription: Subscription) -> dict[str, SubscriptionResource]:
    """Return the subscription's resources by the keys that quantities are given by, in the order of the plan."""
    resources = subscription.resources.select_related("plan_resource__resource").order_by(
        "plan_resource__position", "pk"
    )
    return {resource.plan_resource.resource.key: resource for resource in resources}


def said_after_change(order: Order) -> str:
    """Return what to tell a person whose change is ordered."""
    if order.status == OrderStatus.WAITING_FOR_PAYMENT:
        return _("Order %(order)s waits for its payment.") % {"order": order.number}
    if order.status == OrderStatus.COMPLETED:
        return _("The quantities are changed.")
    return _("Order %(order)s is being carried out.") % {"order": order.number}


def _change_button(seen: Preview, currency: str) -> str:
    if seen.due:
        return _("Change, pay %(amount)s") % {"amount": money_text(seen.due, currency)}
    if seen.reserved > 0:
        return _("Change, reserve %(amount)s") % {"amount": money_text(seen.reserved, currency)}
    if seen.given_back:
        return _("Lower, get %(amount)s back") % {"amount": money_text(seen.given_back, currency)}
    return _("Change")
