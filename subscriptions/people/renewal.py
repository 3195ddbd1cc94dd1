"""Renewing a subscription that ends, by hand, and switching on and off that it renews itself."""

from collections.abc import Mapping
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from billing.charging import record
from billing.engine.periods import RENEW_NEVER, renewal_open
from billing.queries import require_sight
from core.errors import Refusals, Refused, Remedy
from core.panel.formats import day_text
from subscriptions.contract import renewing
from subscriptions.contract.cancelling import cancel_waiting, is_unpaid
from subscriptions.contract.due import STABLE, next_term_on, renew_point, schedule
from subscriptions.contract.telling import order_placed
from subscriptions.contract.terms import Contract, contract_of
from subscriptions.models import Order, PlanStatus, Subscription, SubscriptionResource, SubscriptionStatus
from subscriptions.people.keys import key_of, placed_before
from subscriptions.people.opening import OrderWaits, open_contract, refuse_held, require_status, save_state
from subscriptions.people.paying import carry_out_at_once, pay_order_from_balance
from subscriptions.people.quantities import QuantityNotAllowed, check_quantity, refuse_too_many

RENEWABLE = {SubscriptionStatus.ACTIVE, SubscriptionStatus.GRACED, SubscriptionStatus.STOPPED}


class NothingToRenew(Refused):
    """The subscription has no end, or is a trial: no term follows another."""

    code = "nothing_to_renew"


class RenewalNotOpen(Refused):
    """The service terms, or the plan, let it not be renewed by hand, or not yet."""

    code = "renewal_not_open"


@transaction.atomic
def renew(
    *,
    actor: Actor,
    subscription: Subscription,
    today: date,
    quantities: Mapping[str, int] | None = None,
    pay_from_balance: bool = False,
    idempotency_key: str = "",
    requester_ip: str | None = None,
) -> Order:
    """Order another term, at the prices of today; `quantities` by the template's resource keys, else as they are.

    Before the end it begins with it, once it is paid; in the days of grace too; after those with the day of payment.
    The same `idempotency_key` gives the same order where all else is the same too. Raises Forbidden, AccountOnHold,
    NotInThisStatus, NothingToRenew, RenewalNotOpen, OrderWaits, QuantityNotAllowed, FundsShort, OverCreditLimit,
    KeyTaken.
    """
    actor.require("subscriptions.order")
    require_sight(actor, subscription.account_id)
    content = ["renewal", subscription.pk, dict(quantities or {}), pay_from_balance]
    key = key_of(subscription.account, idempotency_key, content)
    contract, today = open_contract(actor=actor, subscription=subscription, right="subscriptions.order", today=today)
    earlier = placed_before(key)
    if earlier is not None:
        return earlier
    may_renew(contract, today)
    order, placed = renewing.place(
        contract,
        _wanted(contract, quantities or {}),
        today,
        created_by=actor.user,
        requester_ip=requester_ip,
        idempotency_key=key.text,
        idempotency_fingerprint=key.fingerprint,
    )
    record([contract.booking(placed, today, order)])
    if not order.total or contract.postpay:
        return carry_out_at_once(contract_of(contract.subscription), order, today)
    return _to_be_paid(actor, contract, order, today, pay_from_balance=pay_from_balance)


def _to_be_paid(actor: Actor, contract: Contract, order: Order, today: date, *, pay_from_balance: bool) -> Order:
    """Open the payment for a renewal, and pay it from the balance at once where that is wanted."""
    payment = renewing.open_payment(actor, contract, order)
    schedule(contract.subscription, order, today, status=SubscriptionStatus(contract.subscription.status))
    save_state(contract, today)
    if pay_from_balance:
        return pay_order_from_balance(actor=actor, order=order, today=today)
    order_placed(order, payment)
    return order


def may_renew(contract: Contract, today: date) -> None:
    """Raise NothingToRenew, AccountOnHold, NotInThisStatus, RenewalNotOpen, OrderWaits: it is not renewed now."""
    row = contract.subscription
    refuse_endless(row)
    refuse_held(row.account, today)
    require_status(contract, RENEWABLE, _("Only what has begun and is not deleted can be renewed."))
    expires = row.expiration_date
    if expires is None:
        raise NothingToRenew(_("The subscription has no end: there is nothing to renew."))
    if row.status == SubscriptionStatus.STOPPED and today < expires:
        raise RenewalNotOpen(
            _("A stopped subscription is renewed after its end, or once it is active: activate it first."),
            remedy=Remedy("subscription", row.pk),
        )
    if next_term_on(row, today) is not None:
        raise RenewalNotOpen(
            _("The next term is paid already: it can be renewed again once that has begun, on %(day)s.")
            % {"day": day_text(next_term_on(row, today))}
        )
    _refuse_closed(row, expires, today)
    if contract.waiting is not None:
        raise OrderWaits(
            _("The order %(order)s is there already: pay or cancel it first.") % {"order": contract.waiting},
            remedy=Remedy("order", contract.waiting.pk),
        )


def refuse_endless(subscription: Subscription) -> None:
    """Raise NothingToRenew where no term can follow another."""
    if subscription.period.endless:
        raise NothingToRenew(_("The subscription has no end: there is nothing to renew."))
    if subscription.trial:
        raise NothingToRenew(
            _("A trial is not renewed: order the plan for a period that is paid for."),
            remedy=Remedy("new_order", subscription.account_id),
        )


def _refuse_closed(subscription: Subscription, expires: date, today: date) -> None:
    """Raise RenewalNotOpen where plan or service terms let it not be renewed by hand on this day."""
    if subscription.plan.status != PlanStatus.ACTIVE:
        raise RenewalNotOpen(
            _("The plan is not sold any more, and is not renewed by hand. Order another one."),
            remedy=Remedy("new_order", subscription.account_id),
        )
    point = subscription.plan.service_term.manual_renew_point
    if renewal_open(expires, point, today):
        return
    if point == RENEW_NEVER:
        raise RenewalNotOpen(_("Its service terms let it not be renewed by hand: switch automatic renewal on instead."))
    raise RenewalNotOpen(
        _("It can be renewed from %(day)s on.") % {"day": day_text(expires - timedelta(days=point))},
    )


def _wanted(contract: Contract, quantities: Mapping[str, int]) -> dict[str, int]:
    """Return the units of every resource in the term to come, by the engine's key."""
    subscription = contract.subscription
    rows = SubscriptionResource.objects.filter(subscription=subscription, of_plan=True).select_related(
        "plan_resource__resource"
    )
    by_key = {row.plan_resource.resource.key: row for row in rows.order_by("pk")}
    at_vendor = subscription.plan.template.connection is not None
    refusals = Refusals()
    for key, count in quantities.items():
        field = f"quantities.{key}"
        if key not in by_key:
            sentence = _("The subscription has no resource “%(key)s”.") % {"key": key}
            refusals.add(QuantityNotAllowed(sentence, field=field))
        elif at_vendor and count != by_key[key].quantity:
            refusals.add(
                QuantityNotAllowed(
                    _("What is at a vendor is renewed with the units that it has: change them before or afterwards."),
                    field=field,
                )
            )
        else:
            with refusals.gathered():
                check_quantity(by_key[key].plan_resource, count)
    refusals.raise_any()
    wanted = {str(row.pk): quantities.get(key, row.quantity) for key, row in by_key.items()}
    if not any(wanted.values()):
        raise QuantityNotAllowed(_("Nothing is ordered: enter a quantity of at least one."), field="quantities")
    refuse_too_many(wanted.values())
    return wanted


@transaction.atomic
def auto_renew(*, actor: Actor, subscription: Subscription, on: bool, today: date) -> Subscription:
    """Switch on or off that the subscription renews itself at its end (or so many days before as its terms say).

    Switched off before the end, a renewal that the night has ordered and nobody has paid is cancelled. Raises
    Forbidden, NothingToRenew, NotInThisStatus.
    """
    contract, today = open_contract(actor=actor, subscription=subscription, right="subscriptions.change", today=today)
    may_auto_renew(contract)
    row = contract.subscription
    row.auto_renew = on
    row.save(update_fields=["auto_renew"])
    order = contract.renewal
    if (
        not on
        and order is not None
        and order.automatic
        and is_unpaid(order)
        and row.status == SubscriptionStatus.ACTIVE
    ):
        cancel_waiting(contract, order, today)
    _look_in_time(contract, today)
    save_state(contract, today)
    return row


def _look_in_time(contract: Contract, today: date) -> None:
    """Have the night look at the subscription when its renewal is to be ordered, if that is ahead."""
    row = contract.subscription
    status, point = SubscriptionStatus(row.status), renew_point(row)
    if status in STABLE:
        schedule(row, contract.waiting, today, status=status)
    elif point is not None and point > today and row.due_on is not None:
        # What the night has left undone while the vendor has the word is caught up first.
        row.due_on = min(row.due_on, point)


def may_auto_renew(contract: Contract) -> None:
    """Raise NothingToRenew, NotInThisStatus where automatic renewal can be switched neither on nor off."""
    refuse_endless(contract.subscription)
    if contract.subscription.status == SubscriptionStatus.DELETED:
        require_status(contract, (), _("There is nothing left to renew."))
