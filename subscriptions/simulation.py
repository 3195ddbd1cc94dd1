"""A whole billing history carried out by the real verbs and nights, in a transaction that is rolled back."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.actors import SYSTEM
from accounts.models import Account, AccountClass, AccountType, Reseller
from billing.charging import in_minor_units
from billing.funds import funds_of
from billing.models import Book, Charge, LedgerEntry, Payment, PaymentStatus, unnumbered
from billing.payments import complete_payment, open_top_up
from core.errors import Refused
from core.panel.formats import money_text
from subscriptions.contract.handover import start_of
from subscriptions.history import Event, History, read_history
from subscriptions.models import (
    ApplicationResource,
    ApplicationTemplate,
    DurationUnit,
    Order,
    OrderStatus,
    Plan,
    PlanPeriod,
    PlanResource,
    ResourcePrice,
    ServiceTerm,
    Subscription,
)
from subscriptions.night.renewals import renew_accounts
from subscriptions.people import stopping
from subscriptions.people.changes import change_quantities
from subscriptions.people.ordering import place_order
from subscriptions.people.paying import pay_order_from_balance
from subscriptions.workers.usage import Measured, record_usage


class NothingOfThatName(Refused):
    """The history names a subscription that was never ordered, or orders a name twice."""

    code = "nothing_of_that_name"


class NothingToPay(Refused):
    """No order of the subscription waits for a payment."""

    code = "nothing_to_pay"


PLAN = "Simulation"


@dataclass
class Stage:
    """The account, plan and prices of one simulation, and what came of its events so far."""

    story: History
    account: Account
    plan: Plan
    period: PlanPeriod
    resources: dict[str, PlanResource]
    subscriptions: dict[str, Subscription] = field(default_factory=dict)
    refused: list[dict[str, str]] = field(default_factory=list)


def simulate(history: dict[str, Any]) -> dict[str, Any]:
    """Carry a history out and return the books as plain values; nothing of it stays. Raises BadHistory."""
    with played(history) as stage:
        return _books(stage)


@contextmanager
def played(history: dict[str, Any]) -> Iterator[Stage]:
    """Carry a history out, and have its rows there for the length of the block. Raises BadHistory.

    The nights run at the start of every day from the first event to `until`: those on which nothing is due leave
    nothing behind and are passed over.
    """
    story = read_history(history)
    with _rolled_back(), override("en"):
        stage = _set_up(story)
        for event in story.events:
            if event.day <= story.until:
                renew_accounts(account_ids=[stage.account.pk], today=event.day)
                _carry_out(stage, event)
        renew_accounts(account_ids=[stage.account.pk], today=story.until)
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # every posting balanced, or this fails
        yield stage


@contextmanager
def _rolled_back() -> Iterator[None]:
    with transaction.atomic(), unnumbered():
        try:
            yield
        finally:
            transaction.set_rollback(True)


def _carry_out(stage: Stage, event: Event) -> None:
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


def _set_up(story: History) -> Stage:
    """Make the account, plan and prices of the history, in a reseller of their own."""
    first_day = min((event.day for event in story.events), default=story.until)
    operator = Reseller.objects.filter(parent=None).first()
    reseller = Reseller.objects.create(
        parent=operator, name=f"Simulation {uuid4()}", currency=story.currency, email="simulation@localhost"
    )
    account = Account.objects.create(
        reseller=reseller,
        account_type=AccountType.objects.create(reseller=reseller, name="Simulation", key="simulation"),
        account_class=AccountClass.objects.create(
            reseller=reseller,
            name="Simulation",
            key="simulation",
            credit_limit=story.credit_limit,
            pay_with_negative_balance=bool(story.credit_limit),
        ),
        name="Simulation",
        currency=story.currency,
        email="simulation@localhost",
    )
    plan = _plan(story, reseller)
    period = PlanPeriod.objects.create(
        plan=plan,
        endless=story.months is None,
        duration=story.months,
        unit="" if story.months is None else DurationUnit.MONTH,
    )
    return Stage(story, account, plan, period, _priced(story, plan, first_day))


def _plan(story: History, reseller: Reseller) -> Plan:
    term = ServiceTerm.objects.create(
        reseller=reseller, name="Simulation", key="simulation", billing_day=story.billing_day
    )
    template = ApplicationTemplate.objects.create(reseller=reseller, name="Simulation")
    return Plan.objects.create(
        reseller=reseller,
        name=PLAN,
        template=template,
        service_term=term,
        billing_type=story.billing_type,
        currency=story.currency,
        fixed_price=story.fixed_price,
    )


def _priced(story: History, plan: Plan, day: date) -> dict[str, PlanResource]:
    resources = {}
    for position, (key, priced) in enumerate(story.resources.items()):
        sold = ApplicationResource.objects.create(template=plan.template, key=key, name=key)
        resources[key] = PlanResource.objects.create(
            plan=plan,
            resource=sold,
            name=key,
            position=position,
            included=priced.included,
            minimum=priced.minimum,
            limit=priced.limit,
        )
        ResourcePrice.objects.create(
            plan_resource=resources[key],
            valid_from=day,
            entered_on=day,
            recurring_fee=priced.price,
            setup_fee=priced.setup_fee,
        )
    return resources


def _books(stage: Stage) -> dict[str, Any]:
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
