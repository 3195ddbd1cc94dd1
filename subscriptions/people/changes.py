"""Raising and lowering the units of a running subscription."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from billing.charging import record, settle_refunds
from billing.engine.lines import Changes, LineStatus
from billing.engine.rules import Deed
from billing.payments import open_order_payment
from billing.queries import require_sight
from core.errors import Refusals, Refused, Remedy
from subscriptions.contract.cancelling import cancel_waiting
from subscriptions.contract.confirming import confirm_raise
from subscriptions.contract.due import schedule, unpaid_until
from subscriptions.contract.effect import first_day, lines_on
from subscriptions.contract.handover import held_units, service_payload
from subscriptions.contract.terms import Contract, contract_of
from subscriptions.models import (
    Order,
    OrderItem,
    OrderStatus,
    OrderType,
    Subscription,
    SubscriptionResource,
    SubscriptionStatus,
    TakesEffect,
)
from subscriptions.night.holds import hold_as_the_balance_says
from subscriptions.people.arranging import arrange_order, refuse_below_arranged
from subscriptions.people.closing import refuse_closed
from subscriptions.people.keys import Key, key_of, placed_before
from subscriptions.people.opening import OrderWaits, open_contract, refuse_held, require_status, save_state
from subscriptions.people.paying import carry_out_at_once, pay_order_from_balance
from subscriptions.people.quantities import QuantityNotAllowed, check_quantity, refuse_too_many
from subscriptions.people.supported import refuse_unsupported
from subscriptions.people.timing import effect_of, refuse_too_often
from subscriptions.people.type_says import WHY_NOT
from vendors import questions

# Of what is held back: as which order it waits. One for the vendor's next term is first taken there.
HELD_BACK = {TakesEffect.END_OF_PERIOD: OrderStatus.SCHEDULED, TakesEffect.END_OF_TERM: OrderStatus.PROVISIONING}


class NothingToChange(Refused):
    """The quantities wanted are those that the subscription has."""

    code = "nothing_to_change"
    field = "quantities"


class PayOrLowerFirst(Refused):
    """A change that lowers at the vendor and raises cannot wait for a payment from outside."""

    code = "pay_or_lower_first"
    field = "quantities"


class TypeKeepsQuantities(Refused):
    """The billing type lets no quantities be changed, or not lowered, or not yet."""

    code = "quantities_stay"
    field = "quantities"


@dataclass(frozen=True, slots=True)
class Asked:
    """A change as it was asked for: units by the template's resource keys, and how a raise is to be paid."""

    actor: Actor
    quantities: Mapping[str, int]
    today: date
    now: datetime
    pay_from_balance: bool
    key: Key
    requester_ip: str | None
    lowers_on: date | None = None


def change_quantities(
    *,
    actor: Actor,
    subscription: Subscription,
    quantities: Mapping[str, int],
    today: date,
    now: datetime,
    pay_from_balance: bool = False,
    idempotency_key: str = "",
    requester_ip: str | None = None,
    vendor_asked: bool = False,
    lowers_on: date | None = None,
) -> Order:
    """Change the units, by the template's resource keys, in one Change order; resources left out stay as they are.

    Lowering takes effect at once; a raise once it is paid: from the balance now, or by the payment that is opened for
    it. The vendor may do either on the next day, and lower on the billing day only (vendors.base.ChangeRule), or with
    its own next term: such an order is Scheduled until then. The same key gives the same order where all is the same.
    `vendor_asked`: the caller has asked by `ask_vendor_of_change` and passes on what that told. Raises Forbidden,
    NotInThisStatus (only Active ones change), AccountOnHold, TypeKeepsQuantities, NothingToChange, OrderWaits,
    QuantityNotAllowed, FundsShort, OverCreditLimit, KeyTaken, TooManyChanges, OnlyWithTheTerm,
    RaiseOrLower, refusals of the vendor.
    """
    actor.require("subscriptions.change")
    require_sight(actor, subscription.account_id)  # before the vendor is asked of what is not theirs
    key = key_of(subscription.account, idempotency_key, _content(subscription, quantities, pay_from_balance))
    if not vendor_asked:
        lowers_on = _ask_vendor(subscription, quantities, now)
    asked = Asked(actor, dict(quantities), today, now, pay_from_balance, key, requester_ip, lowers_on)
    with transaction.atomic():
        contract, today = open_contract(
            actor=actor, subscription=subscription, right="subscriptions.change", today=today
        )
        earlier = placed_before(key)
        if earlier is not None:
            return earlier
        order = _change(contract, replace(asked, today=today))
        if pay_from_balance and order.status == OrderStatus.WAITING_FOR_PAYMENT:
            return pay_order_from_balance(actor=actor, order=order, today=today)
        return order


def ask_vendor_of_change(
    *,
    actor: Actor,
    subscription: Subscription,
    quantities: Mapping[str, int],
    now: datetime,
    pay_from_balance: bool = False,
    idempotency_key: str = "",
    **_rest: object,
) -> dict[str, Any]:
    """Let the vendor refuse quantities (licences in use); it may take seconds, so nothing should be locked meanwhile.

    Takes what `change_quantities` takes, and returns what that is to be told: `lowers_on`, the day on which fewer units
    come where the vendor takes none back now. What was ordered under the key already is not asked again. Raises
    Forbidden, KeyTaken, NotLoweredSo, refusals of the vendor.
    """
    actor.require("subscriptions.change")
    require_sight(actor, subscription.account_id)
    content = _content(subscription, quantities, pay_from_balance)
    if placed_before(key_of(subscription.account, idempotency_key, content)) is None:
        return {"lowers_on": _ask_vendor(subscription, quantities, now)}
    return {}


def _content(subscription: Subscription, quantities: Mapping[str, int], pay_from_balance: bool) -> list[object]:
    """Return what two changes under one key must have in common."""
    return ["change", subscription.pk, dict(quantities), pay_from_balance]


def _ask_vendor(subscription: Subscription, quantities: Mapping[str, int], now: datetime) -> date | None:
    """Let the vendor refuse quantities (licences in use), before anything is locked: it may take seconds.

    Returns the first day of its next term where it takes fewer units only then.
    """
    connection = subscription.plan.template.connection
    held = held_units(subscription)
    if connection is None or not set(quantities) <= set(held) or subscription.status != SubscriptionStatus.ACTIVE:
        return None
    asked = {"service": service_payload(subscription, held), "quantities": held | dict(quantities), "now": now}
    questions.check(connection, **asked)
    return questions.lowers_on(connection, **asked)


def may_change(contract: Contract, today: date, now: datetime) -> None:
    """Do nothing where quantities can be changed now.

    Raises AccountOnHold, NotInThisStatus, TypeKeepsQuantities, OrderWaits, TooManyChanges, VendorUnavailable.
    """
    refuse_held(contract.subscription.account, today)
    require_status(
        contract,
        {SubscriptionStatus.ACTIVE},
        _("Quantities change only while a subscription is Active: activate it first."),
    )
    refuse_unsupported(contract.subscription, "change")
    refused = contract.rules.may_change(contract.terms, today)
    if refused is not None:
        raise TypeKeepsQuantities(WHY_NOT[refused])
    if contract.waiting is not None and not (contract.renewal is not None and contract.renewal.automatic):
        scheduled = contract.waiting.status == OrderStatus.SCHEDULED
        said = (
            _("Order %(order)s waits for its day: cancel it first.")
            if scheduled
            else _("Pay or cancel the order %(order)s first.")
        )
        raise OrderWaits(said % {"order": contract.waiting}, remedy=Remedy("order", contract.waiting.pk))
    refuse_too_often(contract.subscription, now)
    questions.may_ask(contract.subscription.plan.template.connection)


def _change(contract: Contract, asked: Asked) -> Order:
    subscription, today = contract.subscription, asked.today
    may_change(contract, today, asked.now)
    _take_place_of_renewal(contract, today)
    wanted = _wanted(contract, asked.quantities)
    refuse_too_many([wanted.get(name, resource.quantity) for name, resource in contract.resources.items()])
    lowered = _lowered(contract, wanted)
    if lowered:
        _refuse_lowering(contract, today)
    effect = effect_of(contract, wanted.keys() - lowered, lowered, today, lowers_on=asked.lowers_on)
    refuse_below_arranged(contract, wanted, effect)
    if effect in HELD_BACK:
        order = _placed(contract, asked, wanted, Changes(), effect)
        return arrange_order(contract, order, today, asked.actor) if effect == TakesEffect.END_OF_TERM else order
    # What the vendor lowers on the next day is held, and charged, until then (effect.let_go).
    booked = wanted if effect == TakesEffect.AT_ONCE else {name: wanted[name] for name in wanted.keys() - lowered}
    units = {name: contract.resources[name].chargeable_of(count) for name, count in booked.items()}
    day = first_day(contract, effect, today)
    changes = contract.rules.change(contract.terms, lines_on(contract, day), contract.chargeable, units, day)
    due = contract.rules.due(changes.add, day)
    if wanted.keys() - lowered:
        confirm_raise(contract, changes, due, day)
    if due and lowered and not contract.postpay and not asked.pay_from_balance:
        _refuse_at_vendor(subscription)
    order = _placed(contract, asked, wanted, changes, effect)
    if not due or contract.postpay:
        return carry_out_at_once(contract_of(subscription), order, today)
    _lower_now(contract, order, wanted)
    open_order_payment(
        actor=asked.actor,
        account=subscription.account,
        order_id=order.pk,
        amount=due,
        today=today,
        due_on=order.expires_on,
    )
    schedule(subscription, order, today, status=SubscriptionStatus.ACTIVE)
    save_state(contract, today)
    hold_as_the_balance_says(subscription.account, today)
    return order


def _refuse_lowering(contract: Contract, today: date) -> None:
    """Raise TypeKeepsQuantities, ClosedByHand where the books let no units go."""
    refused = contract.rules.refuses(Deed.LOWER)
    if refused is not None:
        raise TypeKeepsQuantities(WHY_NOT[refused])
    refuse_closed(contract, today)


def _refuse_at_vendor(subscription: Subscription) -> None:
    if subscription.plan.template.connection is not None:
        raise PayOrLowerFirst(
            _("Units are lowered and raised at once. Pay from the balance, or lower first and raise afterwards.")
        )


def _take_place_of_renewal(contract: Contract, today: date) -> None:
    """Cancel the renewal that the night has ordered: it is ordered anew, for other units, once the change is there."""
    order = contract.renewal
    if order is not None:
        cancel_waiting(contract, order, today)


def _wanted(contract: Contract, quantities: Mapping[str, int]) -> dict[str, int]:
    """Return the resources that change, by the engine's key, and how many units of each are wanted."""
    resources = SubscriptionResource.objects.filter(subscription=contract.subscription, of_plan=True)
    rows = {
        row.plan_resource.resource.key: row
        for row in resources.select_related("plan_resource__resource").order_by("pk")
    }
    wanted = {}
    refusals = Refusals()
    for key, count in quantities.items():
        if key not in rows:
            sentence = _("The subscription has no resource “%(key)s”.") % {"key": key}
            refusals.add(QuantityNotAllowed(sentence, field=f"quantities.{key}"))
        elif count != rows[key].quantity:
            with refusals.gathered():
                if count < rows[key].quantity:
                    refuse_unsupported(contract.subscription, "lower", field=f"quantities.{key}")
                check_quantity(rows[key].plan_resource, count)
            wanted[str(rows[key].pk)] = count
    refusals.raise_any()
    if not wanted:
        raise NothingToChange(_("There is nothing to change: these are the quantities that the subscription has."))
    return wanted


def _lowered(contract: Contract, wanted: Mapping[str, int]) -> set[str]:
    return {name for name, count in wanted.items() if count < contract.resources[name].quantity}


def _placed(
    contract: Contract, asked: Asked, wanted: Mapping[str, int], changes: Changes, effect: TakesEffect
) -> Order:
    """Write the order down and put its changes in the books: lowering takes effect, the raise is New.

    One that waits for the billing day, or is to be arranged with the vendor, changes nothing in them yet.
    """
    subscription, today = contract.subscription, asked.today
    held_back = effect in HELD_BACK
    day = first_day(contract, effect, today)
    order = Order.objects.create(
        account_id=subscription.account_id,
        reseller_id=subscription.reseller_id,
        subscription=subscription,
        type=OrderType.CHANGE,
        status=HELD_BACK.get(effect, OrderStatus.WAITING_FOR_PAYMENT),
        takes_effect=effect,
        effective_on=(asked.lowers_on or subscription.next_billing_day) if held_back else None,
        total=contract.rules.due(changes.add, day),
        discount=changes.discount,
        currency=subscription.currency,
        placed_on=today,
        expires_on=None if held_back else unpaid_until(subscription.account, today),
        created_by=asked.actor.user,
        requester_ip=asked.requester_ip,
        idempotency_key=asked.key.text,
        idempotency_fingerprint=asked.key.fingerprint,
    )
    _note_items(contract, order, wanted, changes, day)
    record([contract.booking(changes, today, order)])
    return order


def _note_items(contract: Contract, order: Order, wanted: Mapping[str, int], changes: Changes, day: date) -> None:
    new = [line for line in changes.add if line.status is LineStatus.NEW]
    OrderItem.objects.bulk_create(
        OrderItem(
            order=order,
            subscription_resource=contract.resources[name],
            quantity_before=contract.resources[name].quantity,
            quantity_after=count,
            unit_price=contract.terms.unit_price(name, day),
            amount=contract.rules.due([line for line in new if line.resource == name], day),
        )
        for name, count in wanted.items()
    )


def _lower_now(contract: Contract, order: Order, wanted: Mapping[str, int]) -> None:
    """Hold fewer units at once where no vendor has to agree; the raise waits for its payment."""
    if contract.subscription.plan.template.connection is not None:
        return  # the order is paid in the same transaction, and the vendor is asked for all of it at once
    lowered = {name: count for name, count in wanted.items() if count < contract.resources[name].quantity}
    for name, count in lowered.items():
        contract.resources[name].quantity = count
        contract.resources[name].save(update_fields=["quantity"])
    if lowered:
        contract.sum_up()
        settle_refunds(order.pk)
