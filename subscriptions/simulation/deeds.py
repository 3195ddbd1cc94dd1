"""The events of a billing history, done with the real verbs as their people would do them."""

from collections.abc import Callable
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.account_terms import change_account_class
from accounts.actors import SYSTEM
from accounts.registration import hold_account, release_account
from billing.engine.lines import LineType
from billing.models import Payment, PaymentStatus
from billing.payments import complete_payment, open_top_up
from core.errors import Refused
from core.panel.formats import money_text
from subscriptions.contract.handover import start_of
from subscriptions.models import Order, OrderStatus, ResourcePrice, Subscription
from subscriptions.people import stopping
from subscriptions.people.changes import change_quantities
from subscriptions.people.closing import close_charges
from subscriptions.people.ordering import place_order
from subscriptions.people.paying import pay_order_from_balance
from subscriptions.people.renewal import auto_renew, renew
from subscriptions.people.switching import switch_plan
from subscriptions.simulation.above import new_retail_prices
from subscriptions.simulation.events import FARTHEST_PRIORITY, Event
from subscriptions.simulation.invoices import NotOfThisModel, pay_invoice
from subscriptions.simulation.stage import Stage
from subscriptions.workers.usage import Measured, record_usage

# The rows keep priorities from zero on, a history has them of either sign.
MIDDLE_PRIORITY = FARTHEST_PRIORITY


class NothingOfThatName(Refused):
    """The history names a subscription that was never ordered, or orders a name twice."""

    code = "nothing_of_that_name"


class NothingToPay(Refused):
    """No order of the subscription waits for a payment."""

    code = "nothing_to_pay"


def carry_out(stage: Stage, event: Event) -> None:
    """Do one event, or write down why it was refused; the history goes on either way."""
    try:
        with transaction.atomic():
            refused = _do(stage, event)
    except Refused as no:
        refused = str(no)
    if refused:
        stage.refused.append({"day": event.day.isoformat(), "do": event.do, "reason": refused})


def _do(stage: Stage, event: Event) -> str:
    """Do one event; return why money came in and yet nothing happened, else nothing. Raises Refused."""
    return _DEEDS[event.do](stage, event) or ""


def _top_up(stage: Stage, event: Event) -> None:
    payment = open_top_up(actor=SYSTEM, account=stage.account, amount=event.amount, today=event.day)
    complete_payment(actor=SYSTEM, payment=payment, today=event.day)


def _new_prices(stage: Stage, event: Event) -> None:
    if event.reseller:
        new_retail_prices(stage, event.reseller, event.prices, event.day)
        return
    for key, price in event.prices.items():
        ResourcePrice.objects.create(
            plan_resource=stage.resources[key],
            valid_from=event.day,
            entered_on=event.day,
            recurring_fee=price,
            setup_fee=stage.priced[key].setup_fee,
            renewal_fee=stage.priced[key].renewal_fee,
        )


def _use(stage: Stage, event: Event) -> None:
    used = Measured(event.resource, event.unit_hours, event.day, key=str(uuid4()), cost=event.cost or None)
    record_usage(subscription=_known(stage, event), measured=[used], today=event.day)


def _verb(verb: Callable[..., object]) -> Callable[[Stage, Event], None]:
    def do(stage: Stage, event: Event) -> None:
        verb(actor=SYSTEM, subscription=_known(stage, event), today=event.day)

    return do


def _switch(stage: Stage, event: Event) -> None:
    order = switch_plan(
        actor=SYSTEM,
        subscription=_known(stage, event),
        period=stage.periods[event.plan],
        quantities=event.quantities,
        today=event.day,
        now=start_of(event.day),
        pay_from_balance=event.pay == "balance",
    )
    _paid_as_asked(order, event)


def _hold(stage: Stage, event: Event) -> None:
    hold_account(actor=SYSTEM, account=stage.account, today=event.day)


def _release(stage: Stage, event: Event) -> None:
    release_account(actor=SYSTEM, account=stage.account, today=event.day)


def _limit(stage: Stage, event: Event) -> None:
    if event.limit_name != "credit_limit" and not stage.story.postpay:
        raise NotOfThisModel(_("It is paid for in advance: only what is paid for afterwards has a credit limit."))
    stage.account.account_class = change_account_class(
        actor=SYSTEM,
        account_class=stage.account.account_class,
        values={event.limit_name: event.limit},
        today=event.day,
    )


def _order(stage: Stage, event: Event) -> None:
    if event.subscription in stage.subscriptions:
        raise NothingOfThatName(_("There is a subscription “%(name)s” already.") % {"name": event.subscription})
    order = place_order(
        actor=SYSTEM,
        account=stage.account,
        plan=stage.periods[""].plan,
        period=stage.periods[""],
        quantities=dict.fromkeys(stage.story.plan.resources, 0) | dict(event.quantities),
        today=event.day,
        now=start_of(event.day),
        name=event.subscription,
        transfer=bool(stage.story.plan.part.fees[LineType.TRANSFER_FEE]),
    )
    Subscription.objects.filter(pk=order.subscription_id).update(billing_priority=MIDDLE_PRIORITY + event.priority)
    _paid_as_asked(order, event)
    stage.subscriptions[event.subscription] = order.subscription
    wanted = stage.story.auto_renew and not stage.story.trial
    if wanted != order.subscription.auto_renew:
        auto_renew(actor=SYSTEM, subscription=order.subscription, on=wanted, today=event.day)


def _change(stage: Stage, event: Event) -> None:
    order = change_quantities(
        actor=SYSTEM,
        subscription=_known(stage, event),
        quantities=event.quantities,
        today=event.day,
        now=start_of(event.day),
        pay_from_balance=event.pay == "balance",
    )
    _paid_as_asked(order, event)


def _renew(stage: Stage, event: Event) -> None:
    order = renew(
        actor=SYSTEM,
        subscription=_known(stage, event),
        quantities=event.quantities,
        today=event.day,
        pay_from_balance=event.pay == "balance",
    )
    _paid_as_asked(order, event)


def _auto_renew(stage: Stage, event: Event) -> None:
    auto_renew(actor=SYSTEM, subscription=_known(stage, event), on=event.on, today=event.day)


def _paid_as_asked(order: Order, event: Event) -> None:
    if order.status != OrderStatus.WAITING_FOR_PAYMENT or event.pay == "later":
        return
    if event.pay == "balance":
        pay_order_from_balance(actor=SYSTEM, order=order, today=event.day)
    else:
        complete_payment(actor=SYSTEM, payment=_waiting_payment(order), today=event.day)


def _pay(stage: Stage, event: Event) -> str:
    subscription = _known(stage, event)
    if stage.story.postpay:
        raise NotOfThisModel(_("An order of postpay is confirmed when it is placed, and paid by invoice."))
    order = Order.objects.filter(subscription=subscription, status=OrderStatus.WAITING_FOR_PAYMENT).first()
    if order is None:
        raise NothingToPay(_("No order of “%(name)s” waits for a payment.") % {"name": event.subscription})
    complete_payment(actor=SYSTEM, payment=_waiting_payment(order), today=event.day)
    order.refresh_from_db()
    if order.status != OrderStatus.WAITING_FOR_PAYMENT:
        return ""
    missing = _waiting_payment(order)
    return _("The order has become dearer since it was placed: %(missing)s more are to be paid.") % {
        "missing": money_text(missing.amount, missing.currency)
    }


def _waiting_payment(order: Order) -> Payment:
    return Payment.objects.get(order=order, status=PaymentStatus.WAITING_FOR_PAYMENT)


def _known(stage: Stage, event: Event) -> Subscription:
    subscription = stage.subscriptions.get(event.subscription)
    if subscription is None:
        raise NothingOfThatName(_("There is no subscription “%(name)s”.") % {"name": event.subscription})
    # As it stands now: the verbs read it again under the account's lock.
    return Subscription.objects.select_related("plan__template__connection").get(pk=subscription.pk)


_DEEDS: dict[str, Callable[[Stage, Event], str | None]] = {
    "top_up": _top_up,
    "order": _order,
    "change": _change,
    "stop": _verb(stopping.stop),
    "activate": _verb(stopping.activate),
    "delete": _verb(stopping.delete),
    "pay": _pay,
    "price": _new_prices,
    "usage": _use,
    "close_charges": _verb(close_charges),
    "hold": _hold,
    "release": _release,
    "limit": _limit,
    "renew": _renew,
    "switch": _switch,
    "auto_renew": _auto_renew,
    "pay_invoice": pay_invoice,
}
