"""A plan: what it says, its periods, resources with their price history, the copies below, its subscriptions."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actors import Actor
from billing.engine.types import is_by_cost, is_by_use
from core.errors import allowed
from core.lists.tabs import ListTab, list_views
from core.panel.page import Button, Crumb, Page, Status
from operator_panel.around import log_page, tabs_of
from operator_panel.doors import requires
from operator_panel.forms.margins import margin_text
from operator_panel.forms.markups import rule_text
from operator_panel.forms.plans import plan_fees_of, price_label
from operator_panel.lists.subscriptions import SUBSCRIPTIONS
from subscriptions.catalogue.delegation import may_activate
from subscriptions.catalogue.markups import of_known_cost
from subscriptions.catalogue.plans import may_withdraw
from subscriptions.contract.vendor_costs import Asked, asked_from
from subscriptions.models import MarkupRule, Plan, PlanStatus, ResourcePrice
from subscriptions.queries import (
    markup_rules_visible_to,
    plan_prices_visible_to,
    plan_resources_visible_to,
    plans_visible_to,
    prices_visible_to,
    service_terms_visible_to,
    templates_visible_to,
)
from subscriptions.told.net_costs import with_net_costs

TABS = (
    ("plan", gettext_lazy("General"), "plans.view"),
    ("plan_periods", gettext_lazy("Periods"), "plans.view"),
    ("plan_resources", gettext_lazy("Resources and prices"), "plans.view"),
    ("plan_delegation", gettext_lazy("Delegation"), "plans.delegate"),
    ListTab("plan_subscriptions", SUBSCRIPTIONS, by="plan_id"),
    ("plan_log", gettext_lazy("Log"), "log.view"),
)


def one(request: HttpRequest, pk: int) -> Plan:
    """Return the plan of the address. Raises Http404 for one that the actor does not see."""
    related = ("reseller", "parent__reseller", "category", "product", "template", "service_term")
    return get_object_or_404(plans_visible_to(request.actor).select_related(*related), pk=pk)


@requires("plans.view")
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what a plan is."""
    found = one(request, pk)
    sees = {
        "template": templates_visible_to(request.actor).filter(pk=found.template_id).exists(),
        "term": service_terms_visible_to(request.actor).filter(pk=found.service_term_id).exists(),
        "parent": found.parent_id is not None and plans_visible_to(request.actor).filter(pk=found.parent_id).exists(),
    }
    context = {
        "page": page_of(request.actor, found, "plan"),
        "plan": found,
        "sees": sees,
        "may_change": request.actor.may("plans.change"),
    }
    return render(request, "operator_panel/plan.html", context)


@requires("plans.view")
def plan_periods(request: HttpRequest, pk: int) -> HttpResponse:
    """Show for how long a plan is bought."""
    found = one(request, pk)
    fees, today = plan_fees_of(found.billing_type, found.currency), timezone.localdate()
    periods = list(found.periods.order_by("-active", "pk"))
    prices = list(plan_prices_visible_to(request.actor).filter(period__plan=found).select_related("made_from"))
    for price in prices:
        price.fees = [getattr(price, name) for name, _label in fees]
    for period in periods:
        now = (price.fees for price in prices if price.period_id == period.pk and price.valid_from <= today)
        period.fees = next(now, [Decimal(0)] * len(fees))
    sold = [period for period in periods if period.active]
    context = {
        "page": page_of(request.actor, found, "plan_periods"),
        "plan": found,
        "periods": periods,
        "prices": prices,
        "fees": [label for _name, label in fees],
        "withdrawable": {period.pk for period in sold if allowed(may_withdraw, period, sold)},
        "may_change": request.actor.may("plans.change"),
    }
    return render(request, "operator_panel/plan_periods.html", context)


@requires("plans.view")
def plan_resources(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a plan's resources with the price of today and all prices that were and will be."""
    found = one(request, pk)
    today = timezone.localdate()
    # What a level pays and earns is its own to see.
    own = request.actor.reseller is not None and request.actor.reseller.pk == found.reseller_id
    prices: dict[int, list[ResourcePrice]] = {}
    known = prices_visible_to(request.actor).filter(plan_resource__plan=found)
    for price in known.select_related("created_by", "made_from"):
        prices.setdefault(price.plan_resource_id, []).append(price)
    if own and found.parent_id is not None:
        prices = with_net_costs(prices)
    for price in (price for of_one in prices.values() for price in of_one) if own else ():
        price.margin = margin_text(price.recurring_fee, price.net_cost, found.currency)
    asked = _asked(found, today) if own else {}
    rows = [
        {
            "resource": resource,
            "price": _now(prices.get(resource.pk, []), today),
            "prices": prices.get(resource.pk, []),
            "asked": asked.get(resource.pk, ()),
        }
        for resource in plan_resources_visible_to(request.actor).filter(plan=found)
    ]
    context = {
        "page": page_of(request.actor, found, "plan_resources"),
        "plan": found,
        "rows": rows,
        "costs": own and any(price.net_cost is not None for of_one in prices.values() for price in of_one),
        "price_label": price_label(found.billing_type),
        "by_use": is_by_use(found.billing_type),
        "today": today,
        "may_change": request.actor.may("plans.change"),
        # Whose prices follow how is its own to see, too.
        "rules": _rules(request.actor, found) if own else [],
        "may_follow": own and request.actor.may("plans.change") and _may_follow(found, today),
    }
    return render(request, "operator_panel/plan_resources.html", context)


def _may_follow(found: Plan, today: date) -> bool:
    """Return whether prices of the plan can follow their net cost by a rule."""
    return not is_by_cost(found.billing_type) and bool(of_known_cost(found, today))


def _asked(found: Plan, today: date) -> dict[int, list[tuple[Asked, str]]]:
    """Return what the vendor asks for each resource by its price sheets, with what the price of that day leaves."""
    asked = asked_from(list(found.resources.values_list("pk", flat=True)), found.currency, today=today)
    return {pk: [(row, margin_text(row.price, row.cost, found.currency)) for row in rows] for pk, rows in asked.items()}


def _rules(actor: Actor, found: Plan) -> list[MarkupRule]:
    rules = list(markup_rules_visible_to(actor).filter(plan=found))
    for rule in rules:
        rule.said = rule_text(rule, found.currency)
    return rules


def _now(prices: list[ResourcePrice], today: Any) -> ResourcePrice | None:
    """Return the newest price whose day has come, marked as the one of today; the newest stand first."""
    found = next((price for price in prices if price.valid_from <= today), None)
    if found is not None:
        found.of_today = True
    return found


@requires("log.view")
def plan_log(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what happened to the plan."""
    found = one(request, pk)
    return log_page(request, page_of(request.actor, found, "plan_log"), found)


def page_of(actor: Actor, found: Plan, active: str) -> Page:
    """Return what stands around every page of one plan."""
    buttons: tuple[Button, ...] = ()
    if actor.may("plans.change") and found.status == PlanStatus.ACTIVE:
        buttons = (Button(_("Deactivate"), reverse("operator:plan_deactivate", args=[found.pk])),)
    elif actor.may("plans.change") and allowed(may_activate, found):
        buttons = (Button(_("Activate"), reverse("operator:plan_activate", args=[found.pk]), primary=True),)
    return Page(
        title=found.name,
        crumbs=(*crumbs_of(found)[:1], Crumb(found.pk)),
        status=Status(found.status, found.get_status_display()),
        buttons=buttons,
        tabs=tabs_of(actor, TABS, active, found.pk),
    )


lists = list_views(TABS, requires=requires, one=one, page_of=page_of)


def crumbs_of(found: Plan) -> tuple[Crumb, ...]:
    """Return the way to a plan, for the pages below it."""
    return (
        Crumb(_("Plans"), reverse("operator:plans")),
        Crumb(found.name, reverse("operator:plan", args=[found.pk])),
    )
