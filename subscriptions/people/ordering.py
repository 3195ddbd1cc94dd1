"""Ordering: what it would cost, placing an order, cancelling one that nobody has paid."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Account, AccountStatus
from billing.charging import record
from billing.engine.chain import Level, retail_rows
from billing.engine.terms import Price
from billing.engine.types import POSTPAY, is_by_use, rules_of
from billing.holds import open_debt_payment
from billing.payments import open_order_payment
from billing.queries import require_sight
from core.cleaning import shortened
from core.errors import Refusals, Refused, Remedy
from core.period import FARTHEST_YEARS
from subscriptions.catalogue.plans import PLACEHOLDER
from subscriptions.contract.cancelling import cancel_waiting, is_waiting
from subscriptions.contract.chains import chains_of
from subscriptions.contract.due import months_of, schedule, unpaid_until
from subscriptions.contract.handover import order_payload
from subscriptions.contract.prices import price_rows
from subscriptions.contract.telling import order_placed
from subscriptions.contract.terms import Contract, contract_of
from subscriptions.models import (
    Order,
    OrderItem,
    OrderStatus,
    OrderType,
    Plan,
    PlanPeriod,
    PlanResource,
    Subscription,
    SubscriptionResource,
    SubscriptionStatus,
)
from subscriptions.people.arranging import take_back
from subscriptions.people.keys import Key, key_of, placed_before
from subscriptions.people.opening import open_account, open_contract, save_state
from subscriptions.people.paying import carry_out_at_once
from subscriptions.people.promo_codes import promo_code_of, spelled
from subscriptions.people.quantities import checked_quantities, refuse_nothing, refuse_too_many
from subscriptions.people.type_says import refuse_transfer
from subscriptions.queries import plans_offered
from vendors import questions
from vendors.base import Term


class AccountMayNotOrder(Refused):
    """The account is on hold or deleted."""

    code = "account_may_not_order"


class PlanNotForSale(Refused):
    """The plan, or its period, cannot be ordered for this account."""

    code = "plan_not_for_sale"
    field = "plan"


class SingletonTaken(Refused):
    """The account has a subscription of a plan that may be had once."""

    code = "singleton_taken"
    field = "plan"


class OrderIsNotWaiting(Refused):
    """Only an order that waits for its payment can be cancelled."""

    code = "order_is_not_waiting"


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be ordered: a plan for a period, units by the template's resource keys, the vendor's questions."""

    plan: Plan
    period: PlanPeriod
    quantities: Mapping[str, int]
    parameters: Mapping[str, str]
    promo_code: str = ""
    transfer: bool = False

    @property
    def renews_itself(self) -> bool:
        """Whether another term follows unless somebody says otherwise."""
        return rules_of(self.plan.billing_type, trial=self.period.trial).renews_by_default and not self.period.endless


def place_order(
    *,
    actor: Actor,
    account: Account,
    plan: Plan,
    period: PlanPeriod,
    quantities: Mapping[str, int],
    today: date,
    now: datetime,
    parameters: Mapping[str, str] | None = None,
    name: str = "",
    idempotency_key: str = "",
    requester_ip: str | None = None,
    vendor_asked: bool = False,
    transfer: bool = False,
    promo_code: str = "",
) -> Order:
    """Place a sales order for the account: a subscription, its New charges, and the payment for the current period.

    `quantities` counts units by resource keys; a resource left out is ordered with what the plan includes or demands.
    One `idempotency_key`, one order. Nothing due: carried out at once, as in postpay. On credit hold a payment to leave
    it is first. `vendor_asked`: outside the transaction. `transfer`: for the plan's fee. Raises Forbidden, NoTransfer,
    AccountMayNotOrder, PlanNotForSale, SingletonTaken, PromoCodeNotAccepted, OverCreditLimit, KeyTaken, other refusals.
    """
    actor.require("subscriptions.order")
    require_sight(actor, account.pk)  # before a key is looked up: what stands under it may be another's
    wish = Wish(plan, period, dict(quantities), dict(parameters or {}), spelled(promo_code), transfer)
    key = key_of(account, idempotency_key, _content(wish, name))
    if (earlier := placed_before(key)) is not None:
        return earlier
    if not vendor_asked:
        _ask_vendor(account, wish, now)
    with transaction.atomic():
        account, today = open_account(actor=actor, account_id=account.pk, right="subscriptions.order", today=today)
        if (earlier := placed_before(key)) is not None:
            return earlier
        wanted = _checked(actor, account, wish)
        contract = contract_of(_new_subscription(account, wish, wanted, name, today))
        order = _new_order(actor, contract.subscription, key, requester_ip, today)
        return _charge(actor, contract, order, wanted, today, transfer=wish.transfer)


def ask_vendor_of_order(
    *,
    actor: Actor,
    account: Account,
    plan: Plan,
    period: PlanPeriod,
    quantities: Mapping[str, int],
    now: datetime,
    parameters: Mapping[str, str] | None = None,
    name: str = "",
    idempotency_key: str = "",
    promo_code: str = "",
    transfer: bool = False,
    **_rest: object,
) -> None:
    """Let the vendor refuse what it could not provision; it may take seconds, so nothing should be locked meanwhile.

    Takes what `place_order` takes. What was placed under the key already is not asked again. Raises Forbidden,
    KeyTaken, refusals of quantities and of the vendor.
    """
    actor.require("subscriptions.order")
    require_sight(actor, account.pk)
    wish = Wish(plan, period, dict(quantities), dict(parameters or {}), spelled(promo_code), transfer)
    if placed_before(key_of(account, idempotency_key, _content(wish, name))) is None:
        _ask_vendor(account, wish, now)


@transaction.atomic
def cancel_order(*, actor: Actor, order: Order, today: date) -> Order:
    """Cancel an order that waits for its payment, and the payment with it; a sale takes its subscription with it.

    What was arranged with the vendor is taken back there. Raises Forbidden, OrderIsNotWaiting, VendorIsWorking.
    """
    contract, today = open_contract(actor=actor, subscription=order.subscription, right="orders.cancel", today=today)
    waiting = may_cancel(contract, order)
    if waiting.is_arranged:
        return take_back(contract, waiting, today, actor)
    cancel_waiting(contract, waiting, today)
    subscription = contract.subscription
    if waiting.type == OrderType.SALES:
        subscription.status = SubscriptionStatus.DELETED
    schedule(subscription, None, today, status=SubscriptionStatus(subscription.status))
    save_state(contract, today)
    waiting.refresh_from_db()
    return waiting


def may_cancel(contract: Contract, order: Order) -> Order:
    """Return the subscription's order that waits for its payment. Raises OrderIsNotWaiting where it is not this one."""
    for waiting in (contract.waiting, contract.arranged):
        if waiting is not None and waiting.pk == order.pk and is_waiting(waiting):
            return waiting
    raise OrderIsNotWaiting(_("Order %(order)s is not waiting for its payment any more.") % {"order": order})


def may_order(account: Account) -> None:
    """Raise AccountMayNotOrder where nothing can be ordered for the account."""
    if account.status in (AccountStatus.ADMINISTRATIVE_HOLD, AccountStatus.DELETED):
        raise AccountMayNotOrder(
            _("The account is “%(status)s”: nothing can be ordered for it. Ask your manager.")
            % {"status": account.get_status_display()},
            remedy=Remedy("release", account.pk) if account.status == AccountStatus.ADMINISTRATIVE_HOLD else None,
        )


def had_once(account: Account, plans: Iterable[Plan]) -> dict[int, int]:
    """Return the account's subscriptions of the plans that may be had once, by plan: these are not ordered again."""
    once = [plan.pk for plan in plans if plan.singleton]
    living = Subscription.objects.filter(account=account, plan__in=once).exclude(status=SubscriptionStatus.DELETED)
    return dict(living.order_by("-pk").values_list("plan_id", "pk")) if once else {}


def _content(wish: Wish, name: str) -> list[object]:
    """Return what two orders under one key must have in common."""
    content: list[object] = ["sales", wish.plan.pk, wish.period.pk, wish.quantities, wish.parameters, name]
    content += [wish.promo_code] if wish.promo_code else []
    return [*content, ["transfer"]] if wish.transfer else content


def _ask_vendor(account: Account, wish: Wish, now: datetime) -> None:
    """Let the vendor refuse what it could not provision, before anything is locked: it may take seconds."""
    template = wish.plan.template
    if template.connection is None:
        return
    refusals = Refusals()
    wanted: dict[PlanResource, int] = {}
    with refusals.gathered():
        wanted = checked_quantities(_resources(wish.plan), wish.quantities)
    payload = order_payload(
        label=wish.plan.name,
        account=account,
        template=template,
        quantities={resource.resource.key: count for resource, count in wanted.items() if count},
        answers=wish.parameters,
        term=Term(months_of(wish.period), wish.period.trial),
    )
    with refusals.gathered():
        questions.validate_order(template.connection, reference=f"account:{account.pk}", payload=payload, now=now)
    refusals.raise_any()


def _checked(actor: Actor, account: Account, wish: Wish) -> dict[PlanResource, int]:
    """Return the units of every resource of the plan, where all of it may be ordered now."""
    may_order(account)
    if account.is_postpay and not wish.period.trial and wish.plan.billing_type not in POSTPAY:
        raise PlanNotForSale(
            _("“%(plan)s” is paid for in advance only (%(type)s), and this account pays afterwards. Choose another.")
            % {"plan": wish.plan, "type": wish.plan.get_billing_type_display()}
        )
    if not plans_offered(actor, account).filter(pk=wish.plan.pk).exists():
        raise PlanNotForSale(_("The plan “%(plan)s” is not for sale to this account. Choose another.")
                             % {"plan": wish.plan})  # fmt: skip
    if wish.period.plan_id != wish.plan.pk or not wish.period.active:
        raise PlanNotForSale(_("The plan is not sold for this period any more. Choose another."), field="period")
    if (months_of(wish.period) or 0) > 12 * FARTHEST_YEARS:
        raise PlanNotForSale(_("The period is longer than the calendar. Choose another."), field="period")
    if wish.transfer:
        refuse_transfer(wish.plan)
    taken = had_once(account, [wish.plan]).get(wish.plan.pk)
    if taken is not None:
        raise SingletonTaken(
            _("The account has “%(plan)s” already, and may have it once. Change that subscription instead.")
            % {"plan": wish.plan},
            remedy=Remedy("subscription", taken),
        )
    wanted = checked_quantities(_resources(wish.plan), wish.quantities)
    if not is_by_use(wish.plan.billing_type):  # there quantities are quotas, and none is no bound
        refuse_nothing(wanted)
    refuse_too_many(wanted.values())
    return wanted


def _resources(plan: Plan) -> list[PlanResource]:
    return list(plan.sold)


def _new_subscription(
    account: Account, wish: Wish, wanted: Mapping[PlanResource, int], name: str, today: date
) -> Subscription:
    plan = wish.plan
    keys = [resource.pk for resource in wanted]
    prices, (chains, _of_plan) = price_rows(keys, today), chains_of(keys, [])
    if len(prices) < len(wanted):
        raise PlanNotForSale(_("The plan has no price on this day. Ask your provider to set one."))
    subscription = Subscription.objects.create(
        account=account,
        reseller_id=account.reseller_id,
        manager_id=account.manager_id,
        plan=plan,
        period=wish.period,
        name=name,
        trial=wish.period.trial,
        auto_renew=wish.renews_itself,
        billing_type=plan.billing_type,
        currency=plan.currency,
        billing_day=plan.service_term.billing_day,
        fixed_price=plan.fixed_price,
        payment_model=account.account_class.payment_model,
        parameters=dict(wish.parameters),
        promo_code=promo_code_of(account, plan, wish.promo_code, today),
        account_name=account.name,
        plan_name=plan.name,
        reseller_name=account.reseller.name,
    )
    if not name:
        subscription.name = _named(subscription, account, plan)
        subscription.save(update_fields=["name"])
    SubscriptionResource.objects.bulk_create(
        _new_resource(subscription, resource, prices[resource.pk], chains.get(resource.pk, ()), today)
        for resource in wanted
    )
    return subscription


def _new_resource(
    subscription: Subscription, resource: PlanResource, price: Price, levels: Sequence[Level], today: date
) -> SubscriptionResource:
    """Return a resource of a subscription at the plan's price of today, and those of the levels above."""
    return SubscriptionResource(
        subscription=subscription,
        plan_resource=resource,
        name=resource.name,
        included=resource.included,
        ordering_price=price.amount,
        ordered_at_id=price.row,
        ordered_on=today,
        retail=list(retail_rows(levels, today)) if levels else None,
    )


def _named(subscription: Subscription, account: Account, plan: Plan) -> str:
    """Return the subscription's name by the plan's pattern."""
    known = {
        "{{plan.id}}": plan.pk,
        "{{plan.name}}": plan.name,
        "{{account.name}}": account.name,
        "{{subscription.id}}": subscription.pk,
    }
    # One pass: what a name brings along is no placeholder.
    name = PLACEHOLDER.sub(lambda found: str(known.get(found[0], "")), plan.subscription_name_template)
    most = Subscription._meta.get_field("name").max_length or 0
    return shortened(" ".join(name.split()) or plan.name, most)


def _new_order(actor: Actor, subscription: Subscription, key: Key, requester_ip: str | None, today: date) -> Order:
    return Order(
        account_id=subscription.account_id,
        reseller_id=subscription.reseller_id,
        subscription=subscription,
        type=OrderType.SALES,
        status=OrderStatus.WAITING_FOR_PAYMENT,
        currency=subscription.currency,
        placed_on=today,
        expires_on=unpaid_until(subscription.account, today),
        created_by=actor.user,
        requester_ip=requester_ip,
        idempotency_key=key.text,
        idempotency_fingerprint=key.fingerprint,
    )


def _charge(
    actor: Actor, contract: Contract, order: Order, wanted: Mapping[PlanResource, int], today: date, *, transfer: bool
) -> Order:
    """Charge the order New, and open the payment for what is due of it."""
    subscription = contract.subscription
    counts = {resource.pk: count for resource, count in wanted.items()}
    units = {key: row.chargeable_of(counts[row.plan_resource_id]) for key, row in contract.resources.items()}
    rules, terms = contract.rules, replace(contract.ordering_terms, transfer=transfer)
    changes = rules.order(terms, units, today)
    order.total, order.discount = rules.due(changes.add, today), changes.discount
    order.save()
    OrderItem.objects.bulk_create(
        OrderItem(
            order=order,
            subscription_resource=resource,
            quantity_before=0,
            quantity_after=counts[resource.plan_resource_id],
            unit_price=terms.unit_price(key, today),
            amount=rules.due([line for line in changes.add if line.resource == key], today),
        )
        for key, resource in contract.resources.items()
    )
    record([contract.booking(changes, today, order)])
    if not order.total or contract.postpay:
        return carry_out_at_once(contract_of(subscription), order, today)
    if subscription.account.status == AccountStatus.CREDIT_HOLD:
        open_debt_payment(actor=actor, account=subscription.account, today=today)
    payment = open_order_payment(
        actor=actor,
        account=subscription.account,
        order_id=order.pk,
        amount=order.total,
        today=today,
        due_on=order.expires_on,
    )
    schedule(subscription, order, today, status=SubscriptionStatus.ORDERED)
    save_state(contract, today)
    order_placed(order, payment)
    return order
