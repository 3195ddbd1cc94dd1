"""What can be done now, asked of the verbs' own checks: a page offers what would be carried out, and nothing else.

A check changes nothing and asks no vendor; it is asked of the books as they stand, so that a night which is late may
still bring another answer.
"""

from collections.abc import Iterable
from datetime import date, datetime

from accounts.actors import Actor
from core.errors import Refused, refusal_of
from subscriptions.contract.terms import contract_of
from subscriptions.models import Order, Plan, Subscription
from subscriptions.night.holds import MAY_ACTIVATE
from subscriptions.people.changes import may_change
from subscriptions.people.closing import may_close
from subscriptions.people.ending import may_choose_end
from subscriptions.people.failures import may_correct, may_give_up, may_retry
from subscriptions.people.ordering import may_cancel
from subscriptions.people.paying import may_pay
from subscriptions.people.renewal import may_auto_renew, may_renew
from subscriptions.people.stopping import may_activate, may_delete, may_stop
from subscriptions.people.switching import may_switch_somewhere
from subscriptions.people.timing import TooManyChanges
from vendors.questions import VendorUnavailable, may_ask

# By the name of a step, why it would be refused now; None where it would be carried out.
Steps = dict[str, Refused | None]


def steps_of_subscription(actor: Actor, subscription: Subscription, today: date, now: datetime) -> Steps:
    """Return the steps of a subscription, by the names of their verbs.

    The row is read as `open_contract` reads it (account with class, plan with template, connection and service term).
    """
    contract = contract_of(subscription)
    return {
        "retry": refusal_of(may_retry, contract),
        "change": refusal_of(may_change, contract, today, now),
        "renew": refusal_of(may_renew, contract, today),
        "auto_renew": refusal_of(may_auto_renew, contract),
        "choose_end": refusal_of(may_choose_end, contract, today),
        "activate": refusal_of(may_activate, contract, today),
        "stop": refusal_of(may_stop, actor, contract, today),
        "switch": refusal_of(may_switch_somewhere, actor, contract, today),
        "close_charges": refusal_of(may_close, contract),
        "delete": refusal_of(may_delete, actor, contract, today),
    }


def looked_for_in_vain(actor: Actor, subscription: Subscription, steps: Steps) -> Refused | None:
    """Return why the step that people look for first is not there: activating, or changing (no vendor, not today)."""
    if subscription.status in MAY_ACTIVATE and actor.may("subscriptions.activate"):
        return steps["activate"]
    refusal = steps["change"] if actor.may("subscriptions.change") else None
    return refusal if isinstance(refusal, VendorUnavailable | TooManyChanges) else None


def not_asked_for(plans: Iterable[Plan]) -> dict[int, Refused]:
    """Return, by plan, why none of it can be ordered now: its vendor lets nothing be asked. Asks nobody.

    The plans come with `template__connection`.
    """
    refusals = {plan.pk: refusal_of(may_ask, plan.template.connection) for plan in plans}
    return {pk: refusal for pk, refusal in refusals.items() if refusal is not None}


def steps_of_order(order: Order, today: date) -> Steps:
    """Return the steps "pay", "cancel", "correct", "retry" and "give_up" of an order."""
    contract = contract_of(order.subscription)
    return {
        "pay": refusal_of(may_pay, contract, order, today),
        "cancel": refusal_of(may_cancel, contract, order),
        "correct": refusal_of(may_correct, order),
        "retry": refusal_of(may_retry, contract),
        "give_up": refusal_of(may_give_up, contract, order),
    }
