"""Switching a running subscription to another plan of the same billing type, for the same period."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import User
from billing.charging import record
from billing.engine.periods import add_months
from billing.engine.rules import Deed
from billing.payments import open_order_payment
from billing.queries import require_sight
from core.errors import Refused, Remedy
from core.panel.formats import day_text
from subscriptions.contract import switching
from subscriptions.contract.cancelling import cancel_waiting
from subscriptions.contract.due import months_of, schedule
from subscriptions.contract.handover import service_as_held
from subscriptions.contract.telling import order_placed
from subscriptions.contract.terms import Contract, contract_of
from subscriptions.models import Order, PlanPeriod, PlanResource, Subscription, SubscriptionStatus
from subscriptions.people.closing import refuse_closed
from subscriptions.people.keys import Key, key_of, placed_before
from subscriptions.people.opening import OrderWaits, open_contract, refuse_held, require_status, save_state
from subscriptions.people.paying import carry_out_at_once, pay_order_from_balance
from subscriptions.people.quantities import checked_quantities, refuse_nothing, refuse_too_many
from subscriptions.people.type_says import refuse_by_type
from subscriptions.queries import plans_offered
from vendors import questions
from vendors.capabilities import SwitchesServices
from vendors.models import VendorConnection
from vendors.registry import plugin_for


class PlanStays(Refused):
    """The billing type, the vendor or a term that is paid ahead lets the plan not be switched."""

    code = "plan_stays"
    field = "plan"


class PlanDoesNotFit(Refused):
    """The plan is not one that the subscription can be switched to."""

    code = "plan_does_not_fit"
    field = "plan"


class Placing(NamedTuple):
    """Who places an order, from where, and under which key."""

    user: User | None
    requester_ip: str | None
    key: Key


def switch_plan(
    *,
    actor: Actor,
    subscription: Subscription,
    period: PlanPeriod,
    quantities: Mapping[str, int],
    today: date,
    now: datetime,
    pay_from_balance: bool = False,
    idempotency_key: str = "",
    requester_ip: str | None = None,
    vendor_asked: bool = False,
) -> Order:
    """Order that another plan serves the subscription, for one of its periods, with `quantities` by resource keys.

    It does once it is paid, and the vendor has switched where there is one: what was used of the present one is written
    off, the rest counts against what the new one costs up to the end of the term. The same `idempotency_key` gives the
    same order where all else is the same too. `vendor_asked`: by `ask_vendor_of_switch`. Raises Forbidden,
    AccountOnHold, NotInThisStatus (only Active ones are switched), PlanStays, PlanDoesNotFit, OrderWaits, ClosedByHand,
    QuantityNotAllowed, FundsShort, KeyTaken, refusals of the vendor.
    """
    actor.require("subscriptions.change")
    require_sight(actor, subscription.account_id)
    key = key_of(subscription.account, idempotency_key, _content(subscription, period, quantities, pay_from_balance))
    if not vendor_asked and placed_before(key) is None:
        _ask_vendor(subscription, period, quantities, now)
    with transaction.atomic():
        return _switch(actor, subscription, period, quantities, today, pay_from_balance, requester_ip, key)


def ask_vendor_of_switch(
    *,
    actor: Actor,
    subscription: Subscription,
    period: PlanPeriod,
    quantities: Mapping[str, int],
    now: datetime,
    pay_from_balance: bool = False,
    idempotency_key: str = "",
    **_rest: object,
) -> None:
    """Let the vendor refuse to make of the service what the other plan sells, while nothing is locked.

    Takes what `switch_plan` takes. What was ordered under the key already is not asked again. Raises Forbidden,
    KeyTaken, refusals of the vendor.
    """
    actor.require("subscriptions.change")
    require_sight(actor, subscription.account_id)
    content = _content(subscription, period, quantities, pay_from_balance)
    if placed_before(key_of(subscription.account, idempotency_key, content)) is None:
        _ask_vendor(subscription, period, quantities, now)


def _content(
    subscription: Subscription, period: PlanPeriod, quantities: Mapping[str, int], pay_from_balance: bool
) -> list[object]:
    """Return what two switches under one key must have in common."""
    return ["switch", subscription.pk, period.pk, dict(quantities), pay_from_balance]


def _ask_vendor(subscription: Subscription, period: PlanPeriod, quantities: Mapping[str, int], now: datetime) -> None:
    """Ask the vendor of what is both over one connection of its; what is not is refused under the lock."""
    connection = subscription.plan.template.connection
    if connection is None or period.plan.template.connection_id != connection.pk or not _is_switched_by(connection):
        return
    wanted = checked_quantities(_resources(period), quantities)
    units = {resource.resource.key: count for resource, count in wanted.items()}
    to = switching.service_of(subscription, period, units)
    questions.may_switch(connection, service=service_as_held(subscription), to=to, now=now)


def _switch(
    actor: Actor,
    subscription: Subscription,
    period: PlanPeriod,
    quantities: Mapping[str, int],
    today: date,
    pay_from_balance: bool,
    requester_ip: str | None,
    key: Key,
) -> Order:
    contract, today = open_contract(actor=actor, subscription=subscription, right="subscriptions.change", today=today)
    earlier = placed_before(key)
    if earlier is not None:
        return earlier
    may_switch(contract, today)
    _refuse_unfit_plan(actor, contract, period)
    order = _placed(contract, period, quantities, today, Placing(actor.user, requester_ip, key))
    if not order.total and pay_from_balance and not contract.postpay:
        # What is available may be below nothing, further than what comes back.
        return pay_order_from_balance(actor=actor, order=order, today=today)
    if not order.total or contract.postpay:
        return carry_out_at_once(contract_of(contract.subscription), order, today)
    return _to_be_paid(actor, contract, order, today, pay_from_balance=pay_from_balance)


def _placed(contract: Contract, period: PlanPeriod, quantities: Mapping[str, int], today: date, by: Placing) -> Order:
    """Write down the order of a switch with its charges. Raises QuantityNotAllowed."""
    wanted = checked_quantities(_resources(period), quantities)
    refuse_nothing(wanted)
    refuse_too_many(wanted.values())
    _take_place_of_renewal(contract, today)
    target = _target(contract, period, wanted, today)
    units = {key: wanted[resource.plan_resource] for key, resource in target.resources.items()}
    order, placed = switching.place(
        contract,
        target,
        units,
        today,
        created_by=by.user,
        requester_ip=by.requester_ip,
        idempotency_key=by.key.text,
        idempotency_fingerprint=by.key.fingerprint,
    )
    record([placed])
    return order


def _to_be_paid(actor: Actor, contract: Contract, order: Order, today: date, *, pay_from_balance: bool) -> Order:
    """Open the payment for a switch, and pay it from the balance at once where that is wanted."""
    payment = open_order_payment(
        actor=actor,
        account=contract.subscription.account,
        order_id=order.pk,
        amount=order.total,
        today=today,
        due_on=order.expires_on,
    )
    schedule(contract.subscription, order, today, status=SubscriptionStatus.ACTIVE)
    save_state(contract, today)
    if pay_from_balance:
        return pay_order_from_balance(actor=actor, order=order, today=today)
    order_placed(order, payment)
    return order


def may_switch(contract: Contract, today: date) -> None:
    """Do nothing where the plan can be switched now.

    Raises AccountOnHold, NotInThisStatus, PlanStays, ClosedByHand, OrderWaits.
    """
    row = contract.subscription
    refuse_held(row.account, today)
    require_status(
        contract,
        {SubscriptionStatus.ACTIVE},
        _("A plan is switched only while a subscription is Active: activate it first."),
    )
    _refuse_vendor(row)
    refuse_by_type(contract, Deed.SWITCH)
    refuse_closed(contract, today)
    if contract.waiting is not None and not (contract.renewal is not None and contract.renewal.automatic):
        raise OrderWaits(
            _("Pay or cancel the order %(order)s first.") % {"order": contract.waiting},
            remedy=Remedy("order", contract.waiting.pk),
        )
    _refuse_paid_ahead(contract, today)


def may_switch_somewhere(actor: Actor, contract: Contract, today: date) -> None:
    """Do nothing where the plan can be switched now, and there is one to switch to. Raises what `may_switch` does."""
    may_switch(contract, today)
    if not periods_to_switch_to(actor, contract.subscription).exists():
        raise PlanDoesNotFit(_("There is no other plan of this kind for the same period."))


def periods_to_switch_to(actor: Actor, subscription: Subscription) -> QuerySet[PlanPeriod]:
    """Return the periods of plans that the subscription can be switched to, of the same length (any after a trial)."""
    present = subscription.period
    plans = plans_offered(actor, subscription.account).filter(
        billing_type=subscription.billing_type,
        currency=subscription.currency,
        template__connection=subscription.plan.template.connection_id,
    )
    plans = plans.exclude(pk=subscription.plan_id)
    periods = PlanPeriod.objects.filter(plan__in=plans)
    periods = periods.filter(active=True, trial=False).select_related("plan__template").order_by("plan__name", "pk")
    if subscription.trial:
        return periods
    months = months_of(present)
    same = [period.pk for period in periods if months_of(period) == months]
    return periods.filter(pk__in=same)


def _refuse_unfit_plan(actor: Actor, contract: Contract, period: PlanPeriod) -> None:
    """Raise PlanDoesNotFit, with what is wrong with the plan or the period."""
    row, plan = contract.subscription, period.plan
    if plan.pk == row.plan_id:
        raise PlanDoesNotFit(_("This is the plan that the subscription has."))
    if not plans_offered(actor, row.account).filter(pk=plan.pk).exists():
        raise PlanDoesNotFit(_("The plan “%(plan)s” is not for sale to this account. Choose another.") % {"plan": plan})
    if plan.billing_type != row.billing_type or plan.currency != row.currency:
        raise PlanDoesNotFit(
            _("The plan “%(plan)s” is charged in another way (“%(type)s”, %(currency)s). Order it, and end this one.")
            % {"plan": plan, "type": plan.get_billing_type_display(), "currency": plan.currency}
        )
    if plan.template.connection_id != row.plan.template.connection_id:
        raise PlanStays(_("“%(plan)s” is provided by another vendor than this service. Order it.") % {"plan": plan})
    if not period.active or period.trial:
        raise PlanDoesNotFit(_("The plan is not sold for this period any more. Choose another."), field="period")
    if not row.trial and months_of(period) != months_of(row.period):
        raise PlanDoesNotFit(
            _("The period stays: choose a plan that is sold for %(period)s.") % {"period": row.period}, field="period"
        )


def _refuse_vendor(subscription: Subscription) -> None:
    """Raise PlanStays where a vendor provides the subscription that switches nothing, VendorUnavailable."""
    connection = subscription.plan.template.connection
    if connection is not None and not _is_switched_by(connection):
        raise PlanStays(
            _("The vendor cannot switch the plan of a service. Order the other plan, and delete this service.")
        )
    questions.may_ask(connection)


def _is_switched_by(connection: VendorConnection) -> bool:
    return isinstance(plugin_for(connection.plugin), SwitchesServices)


def _refuse_paid_ahead(contract: Contract, today: date) -> None:
    """Raise PlanStays where a term that follows the present one is paid for already."""
    row = contract.subscription
    expires, months, anchor = row.expiration_date, months_of(row.period), contract.terms.anchor
    if row.trial or expires is None or months is None or anchor is None:
        return
    # The present term is the last one, where the one before it was over by today.
    before = (expires.year - anchor.year) * 12 + expires.month - anchor.month - months
    if before > 0 and add_months(anchor, before) > today:
        raise PlanStays(
            _("The next term is paid for already: the plan can be switched from %(day)s on.")
            % {"day": day_text(add_months(anchor, before))}
        )


def _resources(period: PlanPeriod) -> list[PlanResource]:
    return list(period.plan.sold)


def _take_place_of_renewal(contract: Contract, today: date) -> None:
    """Cancel the renewal that the night has ordered: it is ordered anew, of the other plan, once that serves."""
    order = contract.renewal
    if order is not None:
        cancel_waiting(contract, order, today)


def _target(
    contract: Contract, period: PlanPeriod, wanted: Mapping[PlanResource, int], today: date
) -> switching.Target:
    try:
        return switching.target_of(contract, period, switching.rows_for(contract, wanted, today))
    except LookupError:
        raise PlanDoesNotFit(_("The plan has no price on this day. Ask your provider to set one.")) from None
