"""Plans handed down to resellers below, and switched off and on again for all who sell them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Reseller
from accounts.queries import resellers_below
from core.errors import Refused
from subscriptions.catalogue.downline import costs_below, kept
from subscriptions.catalogue.prices import ONCE, PlanFees, append_plan_price, check_fee
from subscriptions.catalogue.reach import require_reseller
from subscriptions.models import Plan, PlanPeriod, PlanPrice, PlanResource, PlanStatus, ResourcePrice


class DelegationNotAllowed(Refused):
    """The plan cannot be handed to this reseller."""

    code = "delegation_not_allowed"
    field = "reseller"


class PlanSwitchedOff(Refused):
    """The provider of a delegated plan has switched it off."""

    code = "plan_switched_off"


class PlanIsThatAlready(Refused):
    """The plan is active, or inactive, already."""

    code = "plan_is_that_already"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a unit and month costs the reseller's customers, in the plan's currency.

    What it costs the reseller is nobody's to type: the plan's own price, less what is granted (billing-types.md 8).
    """

    retail: Decimal


@transaction.atomic
def delegate_plan(*, actor: Actor, plan: Plan, reseller: Reseller, prices: Mapping[str, Terms], today: date) -> Plan:
    """Hand a plan to a reseller below the plan's own, with its prices by resource key, valid from today.

    The copy keeps template, service terms, resources and periods, and starts with the plan's fees of today: what is
    charged once for a resource, and what the plan costs itself. Raises Forbidden, DelegationNotAllowed,
    PriceNotAllowed.
    """
    require_reseller(actor, plan.reseller, "plans.delegate")
    # Locked, so that it is not switched off meanwhile without its copy.
    plan = Plan.objects.select_for_update(of=("self",)).select_related("reseller").get(pk=plan.pk)
    _check_delegation(plan, reseller)
    resources = list(plan.sold)
    missing = [resource.name for resource in resources if resource.resource.key not in prices]
    if missing:
        raise DelegationNotAllowed(
            _("Enter prices for %(resources)s.") % {"resources": ", ".join(missing)}, field="prices"
        )
    copy = Plan.objects.create(
        reseller=reseller,
        parent=plan,
        currency=plan.currency,
        status=PlanStatus.ACTIVE if plan.status == PlanStatus.ACTIVE else PlanStatus.DEACTIVATED_BY_PROVIDER,
        **{name: getattr(plan, name) for name in COPIED},
    )
    _copy_periods(actor, plan, copy, today)
    once = _held_on(ResourcePrice.objects.filter(plan_resource__in=resources), "plan_resource", today)
    costs = costs_below(plan, reseller, today)
    for resource in resources:
        retail = prices[resource.resource.key].retail
        check_fee(retail, f"prices.{resource.resource.key}.retail")
        price = ResourcePrice(recurring_fee=retail, net_cost=kept(costs.get(resource.pk)), created_by=actor.user)
        _copy_resource(copy, resource, price, once.get(resource.pk), today)
    return copy


COPIED = (
    "name",
    "sku",
    "category",
    "product",
    "description",
    "template",
    "billing_type",
    "service_term",
    "public",
    "singleton",
    "fixed_price",
    "subscription_name_template",
)


@transaction.atomic
def deactivate_plan(*, actor: Actor, plan: Plan) -> Plan:
    """Take a plan out of sale, with every copy below; running subscriptions go on, and are renewed.

    Raises Forbidden, PlanIsThatAlready.
    """
    require_reseller(actor, plan.reseller, "plans.change")
    plan = Plan.objects.select_for_update().get(pk=plan.pk)
    if plan.status != PlanStatus.ACTIVE:
        raise PlanIsThatAlready(_("The plan is not active."))
    plan.status = PlanStatus.INACTIVE
    plan.save(update_fields=["status"])
    _switch_below([plan.pk], PlanStatus.ACTIVE, PlanStatus.DEACTIVATED_BY_PROVIDER)
    return plan


@transaction.atomic
def activate_plan(*, actor: Actor, plan: Plan) -> Plan:
    """Put a plan on sale again, with the copies that went out of sale because of it.

    Raises Forbidden, PlanIsThatAlready, PlanSwitchedOff.
    """
    require_reseller(actor, plan.reseller, "plans.change")
    plan = Plan.objects.select_for_update(of=("self",)).select_related("parent").get(pk=plan.pk)
    may_activate(plan)
    plan.status = PlanStatus.ACTIVE
    plan.save(update_fields=["status"])
    _switch_below([plan.pk], PlanStatus.DEACTIVATED_BY_PROVIDER, PlanStatus.ACTIVE)
    return plan


def may_activate(plan: Plan) -> None:
    """Raise PlanIsThatAlready or PlanSwitchedOff where the plan cannot be put on sale now."""
    if plan.status == PlanStatus.ACTIVE:
        raise PlanIsThatAlready(_("The plan is active already."))
    if plan.parent is not None and plan.parent.status != PlanStatus.ACTIVE:
        raise PlanSwitchedOff(_("The provider of this plan has switched it off. Ask the provider to switch it on."))


def _switch_below(above: Collection[int], status: PlanStatus, becomes: PlanStatus) -> None:
    """Switch the copies, level by level; below a copy that its own reseller has switched off nothing changes."""
    while above:
        copies = Plan.objects.filter(parent__in=above, status=status)
        above = list(copies.values_list("pk", flat=True))
        Plan.objects.filter(pk__in=above).update(status=becomes)


def _check_delegation(plan: Plan, reseller: Reseller) -> None:
    if not resellers_below(plan.reseller).filter(pk=reseller.pk).exists():
        raise DelegationNotAllowed(_("A plan is delegated to a reseller below the one that sells it."))
    if reseller.currency != plan.currency:
        raise DelegationNotAllowed(
            _("The plan is sold in %(plan)s, the reseller sells in %(reseller)s.")
            % {"plan": plan.currency, "reseller": reseller.currency}
        )
    if Plan.objects.filter(parent=plan, reseller=reseller).exists():
        raise DelegationNotAllowed(_("The reseller has this plan already."))
    if plan.sku and Plan.objects.filter(reseller=reseller, sku=plan.sku).exists():
        raise DelegationNotAllowed(_("The reseller has another plan with this SKU."))


def _held_on(rows: QuerySet[Any], priced: str, today: date) -> dict[int, Any]:
    """Return the row that holds today of each of the price lists, by what it is the price of. One statement."""
    newest = rows.filter(valid_from__lte=today).order_by(priced, "-valid_from", "-pk").distinct(priced)
    return {getattr(row, f"{priced}_id"): row for row in newest}


def _copy_periods(actor: Actor, plan: Plan, copy: Plan, today: date) -> None:
    """Sell the copy for the plan's periods, at what the plan itself costs for each of them today."""
    periods = list(plan.periods.filter(active=True).order_by("pk"))
    copies = PlanPeriod.objects.bulk_create(
        PlanPeriod(plan=copy, endless=period.endless, duration=period.duration, unit=period.unit, trial=period.trial)
        for period in periods
    )
    own = _held_on(PlanPrice.objects.filter(period__in=periods), "period", today)
    for period, copied in zip(periods, copies, strict=True):
        if period.pk in own:
            fees = PlanFees(**{name: getattr(own[period.pk], name) for name in PlanFees.__dataclass_fields__})
            append_plan_price(actor, copied, fees, today, today)


def _copy_resource(
    copy: Plan, resource: PlanResource, price: ResourcePrice, upstream: ResourcePrice | None, today: date
) -> None:
    """Sell a resource in the copy at a price of its own, and at what the plan asks once for it today."""
    price.plan_resource = PlanResource.objects.create(
        plan=copy,
        resource=resource.resource,
        name=resource.name,
        position=resource.position,
        measurable=resource.measurable,
        included=resource.included,
        minimum=resource.minimum,
        limit=resource.limit,
        public=resource.public,
    )
    price.valid_from = price.entered_on = today
    for name in ONCE if upstream is not None else ():
        setattr(price, name, getattr(upstream, name))
    price.save()
