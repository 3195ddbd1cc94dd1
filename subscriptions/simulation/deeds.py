"""The events of a billing history, done with the real verbs as their people would do them."""

from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actors import SYSTEM
from billing.models import Payment, PaymentStatus
from billing.payments import complete_payment, open_top_up
from core.errors import Refused
from core.panel.formats import money_text
from subscriptions.contract.handover import start_of
from subscriptions.models import Order, OrderStatus, ResourcePrice, Subscription
from subscriptions.people import stopping
from subscriptions.people.changes import change_quantities
from subscriptions.people.ordering import place_order
from subscriptions.people.paying import pay_order_from_balance
from subscriptions.simulation.events import Event
from subscriptions.simulation.stage import Stage
from subscriptions.workers.usage import Measured, record_usage


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
    if event.do == "top_up":
        payment = open_top_up(actor=SYSTEM, account=stage.account, amount=event.amount, today=event.day)
        complete_payment(actor=SYSTEM, payment=payment, today=event.day)
    elif event.do == "price":
        for key, price in event.prices.items():
            ResourcePrice.objects.create(
                plan_resource=stage.resources[key],
                valid_from=event.day,
                entered_on=event.day,
                recurring_fee=price,
                setup_fee=stage.story.resources[key].setup_fee,
            )
    elif event.do == "usage":
        used = Measured(event.resource, event.unit_hours, event.day, key=str(uuid4()))
        record_usage(subscription=_known(stage, event), measured=[used], today=event.day)
    elif event.do == "order":
        _order(stage, event)
    elif event.do == "change":
        _change(stage, event)
    elif event.do == "pay":
        return _pay(stage, event)
    else:
        verb = {"stop": stopping.stop, "activate": stopping.activate, "delete": stopping.delete}[event.do]
        verb(actor=SYSTEM, subscription=_known(stage, event), today=event.day)
    return ""


def _order(stage: Stage, event: Event) -> None:
    if event.subscription in stage.subscriptions:
        raise NothingOfThatName(_("There is a subscription “%(name)s” already.") % {"name": event.subscription})
    order = place_order(
        actor=SYSTEM,
        account=stage.account,
        plan=stage.plan,
        period=stage.period,
        quantities={key: event.quantities.get(key, 0) for key in stage.resources},
        today=event.day,
        now=start_of(event.day),
        name=event.subscription,
    )
    _paid_as_asked(order, event)
    stage.subscriptions[event.subscription] = order.subscription


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


def _paid_as_asked(order: Order, event: Event) -> None:
    if order.status != OrderStatus.WAITING_FOR_PAYMENT or event.pay == "later":
        return
    if event.pay == "balance":
        pay_order_from_balance(actor=SYSTEM, order=order, today=event.day)
    else:
        complete_payment(actor=SYSTEM, payment=_waiting_payment(order), today=event.day)


def _pay(stage: Stage, event: Event) -> str:
    subscription = _known(stage, event)
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
