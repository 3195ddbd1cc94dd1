"""Operations on a subscription as both panels offer them: what would happen, in words and numbers, and the deed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actors import Actor
from accounts.models import Account
from core.panel.formats import day_text, money_text
from core.panel.quantities import Asked
from subscriptions.models import (
    Order,
    OrderStatus,
    OrderType,
    Plan,
    PlanPeriod,
    Subscription,
    SubscriptionResource,
    TakesEffect,
)
from subscriptions.people.changes import ask_vendor_of_change, change_quantities
from subscriptions.people.closing import close_charges
from subscriptions.people.ending import choose_end
from subscriptions.people.ordering import ask_vendor_of_order, place_order
from subscriptions.people.renewal import auto_renew, renew
from subscriptions.people.stopping import activate, delete, stop
from subscriptions.people.switching import ask_vendor_of_switch, switch_plan
from subscriptions.told.coming import Coming, coming_term
from subscriptions.told.preview import Preview, carried_out, preview
from subscriptions.told.wording import (
    button_of_activation,
    button_of_change,
    button_of_order,
    button_of_renewal,
    button_of_stop,
    button_of_switch,
    question_of_activation,
    question_of_deletion,
    question_of_end,
    question_of_stop,
)
from vendors.commitments import AtEnd

# What is said of an order that is carried out, but for a change of quantities.
COMPLETED = {
    OrderType.RENEWAL: gettext_lazy("The subscription is renewed."),
    OrderType.SWITCH: gettext_lazy("The plan is switched."),
}


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the operation would do (`preview`), asked as a question, with what the button says; `verb` does it.

    Where a proposal was kept, it is done: `preview` is what it did, `preview.result` what the verb returned.
    """

    preview: Preview
    question: str
    submit: str
    verb: Callable[[], Any]


def propose(
    verb: Callable[[], Any],
    words: Callable[[Preview], tuple[str, str]],
    *,
    account: Account,
    today: date,
    keep: bool = False,
) -> Proposal:
    """Return what the verb would do, with its question and button in `words`; `keep` has it done and says the same.

    Raises what the verb raises.
    """
    seen = (carried_out if keep else preview)(verb, account=account, today=today)
    question, submit = words(seen)
    return Proposal(seen, question, submit, verb)


def propose_order(
    *,
    actor: Actor,
    account: Account,
    plan: Plan,
    today: date,
    keep: bool = False,
    vendor_asked: bool = False,
    **wish: Any,
) -> Proposal:
    """Propose to order a plan; `wish` is passed to `place_order`. Raises what that does."""
    if not vendor_asked:
        # Asked here, where no transaction holds the account while the vendor thinks.
        ask_vendor_of_order(actor=actor, account=account, plan=plan, **wish)
    verb = partial(place_order, actor=actor, account=account, plan=plan, today=today, vendor_asked=True, **wish)
    question = _("Order %(plan)s for %(account)s?") % {"plan": plan.name, "account": account.name}

    def words(seen: Preview) -> tuple[str, str]:
        return question, button_of_order(seen, plan.currency)

    return propose(verb, words, account=account, today=today, keep=keep)


def propose_change(
    *,
    actor: Actor,
    subscription: Subscription,
    quantities: Mapping[str, int],
    today: date,
    now: datetime,
    keep: bool = False,
    vendor_asked: bool = False,
    **how: Any,
) -> Proposal:
    """Propose other quantities, by resource keys; `how` is passed to the verb. Raises what `change_quantities` does."""
    wish = {"actor": actor, "subscription": subscription, "quantities": quantities, "now": now, **how}
    if not vendor_asked:
        wish |= ask_vendor_of_change(**wish)
    verb = partial(change_quantities, **wish, today=today, vendor_asked=True)
    steps: list[str] = []

    def told_first() -> Order:
        # What changes is told of the units as they are under the lock, before the verb has changed them.
        steps[:] = _steps(subscription, quantities)
        return verb()

    def words(seen: Preview) -> tuple[str, str]:
        return "; ".join(steps) + "." + _from(seen.result), button_of_change(seen, subscription.currency)

    return propose(told_first, words, account=subscription.account, today=today, keep=keep)


def propose_renewal(
    *, actor: Actor, subscription: Subscription, today: date, keep: bool = False, **how: Any
) -> Proposal:
    """Propose another term; `how` is passed to the verb. Raises what `renew` does."""
    verb = partial(renew, actor=actor, subscription=subscription, today=today, **how)

    def words(seen: Preview) -> tuple[str, str]:
        made = [charge for charge in seen.added if charge.order_id == seen.result.pk]
        question = _("Renew %(name)s?") % {"name": subscription.name}
        if made:
            question = _("Renew %(name)s: from %(start)s to %(end)s, %(amount)s for the whole term?") % {
                "name": subscription.name,
                "start": day_text(min(charge.operate_from for charge in made)),
                "end": day_text(max(charge.operate_to for charge in made)),
                "amount": money_text(sum(charge.amount for charge in made), subscription.currency),
            }
        return question, button_of_renewal(seen, subscription.currency)

    return propose(verb, words, account=subscription.account, today=today, keep=keep)


def propose_switch(
    *,
    actor: Actor,
    subscription: Subscription,
    period: PlanPeriod,
    today: date,
    keep: bool = False,
    vendor_asked: bool = False,
    **how: Any,
) -> Proposal:
    """Propose another plan; `how` is passed to the verb. Raises what `switch_plan` does."""
    wish = {"actor": actor, "subscription": subscription, "period": period, **how}
    if not vendor_asked:
        ask_vendor_of_switch(**wish)
    verb = partial(switch_plan, **wish, today=today, vendor_asked=True)
    question = _("Switch %(name)s from “%(before)s” to “%(after)s”? What is not used of the present plan counts.") % {
        "name": subscription.name,
        "before": subscription.plan_name,
        "after": period.plan.name,
    }

    def words(seen: Preview) -> tuple[str, str]:
        return question, button_of_switch(seen, subscription.currency)

    return propose(verb, words, account=subscription.account, today=today, keep=keep)


def propose_closing(*, actor: Actor, subscription: Subscription, today: date, keep: bool = False) -> Proposal:
    """Propose to close the charges by hand. Raises what `close_charges` does."""
    verb = partial(close_charges, actor=actor, subscription=subscription, today=today)
    question = _(
        "Close the charges of %(name)s? All that is reserved or lies ahead is written off today, and nothing of it "
        "comes back. This cannot be undone."
    )

    def words(seen: Preview) -> tuple[str, str]:
        amount = money_text(seen.written_off, subscription.currency)
        return question % {"name": subscription.name}, _("Write off %(amount)s") % {"amount": amount}

    return propose(verb, words, account=subscription.account, today=today, keep=keep)


def units_of_plan(subscription: Subscription, period: PlanPeriod) -> list[Asked]:
    """Return what is asked of each resource of a plan that is switched to: as many units as are there of the same."""
    present = {key: resource.quantity for key, resource in resources_by_key(subscription).items()}
    resources = period.plan.sold
    return [
        Asked(
            one.resource.key,
            one.name,
            max(present.get(one.resource.key, 0), one.minimum, one.included),
            one.minimum,
            one.limit,
        )
        for one in resources
    ]


def propose_auto_renewal(
    *, actor: Actor, subscription: Subscription, on: bool, today: date, keep: bool = False
) -> Proposal:
    """Propose to switch on, or off, that the subscription renews itself. Raises what `auto_renew` does."""
    verb = partial(auto_renew, actor=actor, subscription=subscription, on=on, today=today)

    def words(seen: Preview) -> tuple[str, str]:
        coming = coming_term(seen.result, today)
        if not on:
            said = _("Let %(name)s end on %(day)s? It is not renewed of itself any more.")
            return _dated(said, subscription, coming), _("Switch off")
        said = _(
            "Renew %(name)s of itself on %(day)s, for another term up to %(end)s? %(amount)s is taken from the balance "
            "then, at the price of that day; now it would be so much."
        )
        if subscription.postpay:
            said = _(
                "Renew %(name)s of itself on %(day)s, for another term up to %(end)s? %(amount)s is owed for it then, "
                "at the price of that day, and invoiced; now it would be so much."
            )
        return _dated(said, subscription, coming), _("Switch on")

    return propose(verb, words, account=subscription.account, today=today, keep=keep)


def _dated(said: str, subscription: Subscription, coming: Coming | None) -> str:
    """Return a sentence about the term to come; before the first one has begun, nothing is known of its days."""
    if coming is None:
        return _("%(name)s has not begun yet: this holds for the end of its first term.") % {"name": subscription.name}
    return said % {
        "name": subscription.name,
        "day": day_text(coming.term.start),
        "end": day_text(coming.term.end),
        "amount": money_text(coming.amount, subscription.currency),
    }


def propose_stop(
    *, actor: Actor, subscription: Subscription, today: date, comment: str = "", keep: bool = False
) -> Proposal:
    """Propose to stop. Raises what `stop` does."""
    verb = partial(stop, actor=actor, subscription=subscription, today=today, comment=comment)
    question = question_of_stop(subscription)

    def words(seen: Preview) -> tuple[str, str]:
        return question, button_of_stop(seen, subscription.currency)

    return propose(verb, words, account=subscription.account, today=today, keep=keep)


def propose_activation(*, actor: Actor, subscription: Subscription, today: date, keep: bool = False) -> Proposal:
    """Propose to activate again. Raises what `activate` does, FundsShort with the missing amount among it."""
    verb = partial(activate, actor=actor, subscription=subscription, today=today)
    question = question_of_activation(subscription)

    def words(seen: Preview) -> tuple[str, str]:
        return question, button_of_activation(seen, subscription.currency)

    return propose(verb, words, account=subscription.account, today=today, keep=keep)


def propose_deletion(
    *, actor: Actor, subscription: Subscription, today: date, ends_on: date | None = None, keep: bool = False
) -> Proposal:
    """Propose to delete; `ends_on` where the vendor gives nothing back before. Raises what `delete` does."""
    verb = partial(delete, actor=actor, subscription=subscription, today=today, ends_on=ends_on)

    def words(_seen: Preview) -> tuple[str, str]:
        return question_of_deletion(subscription, ends_on)

    return propose(verb, words, account=subscription.account, today=today, keep=keep)


def propose_end(
    *, actor: Actor, subscription: Subscription, at_end: AtEnd, term_ends_on: date, today: date, keep: bool = False
) -> Proposal:
    """Propose what comes after the vendor's term. Raises what `choose_end` does."""
    verb = partial(
        choose_end, actor=actor, subscription=subscription, at_end=at_end, term_ends_on=term_ends_on, today=today
    )

    def words(_seen: Preview) -> tuple[str, str]:
        return question_of_end(subscription, at_end, term_ends_on)

    return propose(verb, words, account=subscription.account, today=today, keep=keep)


def resources_by_key(subscription: Subscription) -> dict[str, SubscriptionResource]:
    """Return the subscription's resources by the keys that quantities are given by, in the order of the plan."""
    resources = (
        subscription.resources.filter(of_plan=True)
        .select_related("plan_resource__resource")
        .order_by("plan_resource__position", "pk")
    )
    return {resource.plan_resource.resource.key: resource for resource in resources}


def units_asked(subscription: Subscription) -> list[Asked]:
    """Return what is asked of each resource's units, to change or to renew them."""
    return [
        Asked(key, resource.name, resource.quantity, resource.plan_resource.minimum, resource.plan_resource.limit)
        for key, resource in resources_by_key(subscription).items()
    ]


def said_after_change(order: Order) -> str:
    """Return what to tell a person whose change is ordered."""
    if order.status == OrderStatus.COMPLETED:
        return str(COMPLETED.get(OrderType(order.type), _("The quantities are changed.")))
    if order.is_pending:
        arranged = order.takes_effect == TakesEffect.END_OF_TERM
        said = (
            _("Order %(order)s waits for %(day)s. Until then it can be cancelled.")
            if order.status == OrderStatus.SCHEDULED or arranged
            else _("Order %(order)s is being carried out: it takes effect on %(day)s.")
        )
        return said % {"order": order.number, "day": day_text(order.effective_on)}
    if order.status == OrderStatus.WAITING_FOR_PAYMENT:
        return _("Order %(order)s waits for its payment.") % {"order": order.number}
    if order.status == OrderStatus.WAITING_FOR_PROVISIONING:
        return _("The renewal is paid for: it begins when the present term ends.")
    return _("Order %(order)s is being carried out.") % {"order": order.number}


def said_of_auto_renewal(subscription: Subscription) -> str:
    """Return what to tell a person who has switched automatic renewal on or off."""
    said = _("%(name)s renews itself.") if subscription.auto_renew else _("%(name)s ends with its term.")
    return said % {"name": subscription.name}


def _from(order: Order) -> str:
    """Return from when on a proposed change holds, as a sentence; nothing where that is at once."""
    if order.takes_effect == TakesEffect.END_OF_TERM:
        return " " + _(
            "The vendor takes these units back only with the renewal of its term: they are there, and charged, until"
            " %(day)s. Until then it can be cancelled."
        ) % {"day": day_text(order.effective_on)}
    if order.is_pending:
        return " " + _("It takes effect on %(day)s.") % {"day": day_text(order.effective_on)}
    if order.takes_effect == TakesEffect.NEXT_DAY:
        return " " + _("It takes effect on the day after it is paid.")
    return ""


def _steps(subscription: Subscription, quantities: Mapping[str, int]) -> list[str]:
    return [
        _("%(name)s: from %(before)s to %(after)s")
        % {"name": resource.name, "before": resource.quantity, "after": quantities[key]}
        for key, resource in resources_by_key(subscription).items()
        if key in quantities and quantities[key] != resource.quantity
    ]


def said_of_end(subscription: Subscription) -> str:
    """Return what to tell a person who has chosen what comes after the vendor's term, or has ended it with that."""
    if subscription.ends_on is not None:
        said = _("%(name)s ends on %(day)s: until then it is there, and charged.")
        return said % {"name": subscription.name, "day": day_text(subscription.ends_on)}
    return _("It is being arranged with the vendor.")
