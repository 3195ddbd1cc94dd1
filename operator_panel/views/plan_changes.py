"""What can be done to a plan: its texts, periods, prices, delegation, in and out of sale."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.queries import resellers_below, resellers_visible_to
from billing.engine.types import rules_of
from core.panel.confirming import Done, Operation, Shown, confirming
from core.panel.formats import plainly, unit_money_text
from core.panel.page import Crumb, Page
from core.panel.widgets import DayInput
from operator_panel.doors import requires
from operator_panel.editing import Editing, editing, form_of
from operator_panel.forms.margins import Compared, MarginForm, PriceForm, margin_text
from operator_panel.forms.plans import TEXTS, PeriodsForm, plan_fees_of, price_field, price_label, texts
from operator_panel.views.plans import crumbs_of, one, page_of
from subscriptions.catalogue.delegation import Terms, activate_plan, deactivate_plan, delegate_plan
from subscriptions.catalogue.downline import costs_below, costs_of
from subscriptions.catalogue.markup_rules import has_markup_rules
from subscriptions.catalogue.plans import Information, PlanNotAllowed, add_period, change_plan, withdraw_period
from subscriptions.catalogue.prices import (
    Fees,
    PlanFees,
    may_set_net_cost,
    preview_followers,
    preview_plan_followers,
    set_plan_price,
    set_price,
)
from subscriptions.models import Plan, PlanResource
from subscriptions.queries import plan_periods_visible_to, plan_resources_visible_to, plans_visible_to

FEES = ("recurring_fee", "setup_fee", "renewal_fee")


@requires("plans.change")
def plan_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what a plan says and whom it is shown to."""
    found = one(request, pk)

    def keep(answers: dict[str, Any]) -> Done:
        kept = {"template": found.template, "service_term": found.service_term, "billing_type": found.billing_type}
        change_plan(actor=request.actor, plan=found, information=Information(**kept, **answers))
        return Done(_("Saved."), back)

    back = reverse("operator:plan", args=[pk])
    form = form_of(Plan, TEXTS, row=found, **texts(request.actor, found.reseller, found))
    page = Page(title=_("Edit"), crumbs=(*crumbs_of(found), Crumb(_("Edit"))))
    return editing(request, Editing(page=page, form=form, keep=keep, back=back, submit=_("Save"), row=found))


@requires("plans.change")
def plan_period_add(request: HttpRequest, pk: int) -> HttpResponse:
    """Sell the plan for one period more."""
    found = one(request, pk)

    def keep(answers: dict[str, Any]) -> Done:
        filled = form(request.POST)
        periods = filled.lasting() if filled.is_valid() else []
        if len(periods) != 1:
            raise PlanNotAllowed(_("Either endless or a number: choose one."), field="duration_0")
        today = timezone.localdate()
        add_period(actor=request.actor, plan=found, period=periods[0], today=today, plan_fees=filled.plan_fees())
        return Done(_("Saved."), back)

    back = reverse("operator:plan_periods", args=[pk])
    page = Page(title=_("Add a period"), crumbs=(*crumbs_of(found), Crumb(_("Add a period"))))

    def form(*args: Any) -> PeriodsForm:
        return PeriodsForm(*args, lines=1, endless=False, billing_type=found.billing_type, currency=found.currency)

    return editing(request, Editing(page=page, form=form, keep=keep, back=back, submit=_("Add")))


@requires("plans.change")
def plan_period_withdraw(request: HttpRequest, pk: int, period: int) -> HttpResponse:
    """Sell the plan for this period no more."""
    found = one(request, pk)
    withdrawn = get_object_or_404(plan_periods_visible_to(request.actor).filter(plan=found, active=True), pk=period)

    def carry_out(_answers: dict[str, Any]) -> str:
        withdraw_period(actor=request.actor, period=withdrawn)
        return _("The period is withdrawn.")

    question = _("Sell the plan no more for this period: %(period)s? Running subscriptions stay.")
    back = reverse("operator:plan_periods", args=[pk])
    return _confirmed(request, found, _("Withdraw"), question % {"period": withdrawn}, carry_out, back)


@requires("plans.change")
def plan_period_price(request: HttpRequest, pk: int, period: int) -> HttpResponse:
    """Append what the plan costs itself for a period, valid from a day that has not passed."""
    found = one(request, pk)
    priced = get_object_or_404(plan_periods_visible_to(request.actor).filter(plan=found), pk=period)
    asked = plan_fees_of(found.billing_type, found.currency)
    if not asked or priced.trial:
        raise Http404

    def asks(answers: dict[str, Any]) -> dict[str, Any]:
        fees = PlanFees(**{name: answers[name] for name, _label in asked})
        today = timezone.localdate()
        return {
            "actor": request.actor, "period": priced, "fees": fees, "valid_from": answers["valid_from"], "today": today
        }  # fmt: skip

    def keep(answers: dict[str, Any]) -> Done:
        set_plan_price(**asks(answers), seen=answers.get("seen"))
        return Done(_("The new price is entered. What is charged already stays."), back)

    def form(*args: Any) -> forms.Form:
        newest = priced.prices.order_by("-valid_from", "-pk").first()
        today = timezone.localdate()
        built = PriceForm(
            *args, initial={"valid_from": today}, follows=lambda answers: preview_plan_followers(**asks(answers))
        )
        built.fields["valid_from"] = forms.DateField(label=_("Valid from"), widget=DayInput())
        built.fields["valid_from"].of_the_row = False  # a suggestion
        for name, label in asked:
            now = getattr(newest, name) if newest is not None else Decimal(0)
            built.fields[name] = price_field(label, initial=plainly(now, found.currency))
        return built

    back = reverse("operator:plan_periods", args=[pk])
    page = Page(
        title=_("New price: %(resource)s") % {"resource": priced}, crumbs=(*crumbs_of(found), Crumb(_("New price")))
    )
    note = _("What the plan costs itself for this period: for orders and renewals from that day.")
    return editing(
        request, Editing(page=page, form=form, keep=keep, back=back, submit=_("Enter the price"), note=note, row=priced)
    )


@requires("plans.change")
def plan_price(request: HttpRequest, pk: int, resource: int) -> HttpResponse:
    """Append a price of a resource, valid from a day that has not passed."""
    found = one(request, pk)
    priced = get_object_or_404(plan_resources_visible_to(request.actor).filter(plan=found), pk=resource)
    sets_net_cost = may_set_net_cost(request.actor, found)

    def asked(answers: dict[str, Any]) -> dict[str, Any]:
        return {
            "actor": request.actor,
            "plan_resource": priced,
            "fees": Fees(**{name: answers[name] or Decimal(0) for name in FEES}),
            "valid_from": answers["valid_from"],
            "today": timezone.localdate(),
            "net_cost": answers.get("net_cost"),
            "by_rule": answers["recurring_fee"] is None,
        }

    def keep(answers: dict[str, Any]) -> Done:
        made = set_price(**asked(answers), seen=answers.get("seen"))
        said = _("The new price is entered. What is charged already stays.")
        margin = margin_text(made.recurring_fee, made.net_cost, found.currency)
        if margin:
            said += " " + _("Margin: %(margin)s.") % {"margin": margin}
        return Done(said, back)

    back = reverse("operator:plan_resources", args=[pk])
    title = _("New price: %(resource)s") % {"resource": priced.name}
    page = Page(title=title, crumbs=(*crumbs_of(found), Crumb(_("New price"))))
    note = _("For orders, raises and activations from that day; for floating prices from the next billing day.")
    form = partial(
        _price_form, priced, found.currency, sets_net_cost, lambda answers: preview_followers(**asked(answers))
    )
    return editing(
        request, Editing(page=page, form=form, keep=keep, back=back, submit=_("Enter the price"), note=note, row=priced)
    )


def _price_form(priced: PlanResource, currency: str, sets_net_cost: bool, follows: Any, *args: Any) -> forms.Form:
    """Return the questions for a new price, filled in with the newest.

    Asked about is one below its net cost, and one that prices of resellers below follow.
    """
    newest, today = priced.prices.order_by("-valid_from", "-pk").first(), timezone.localdate()
    resold = priced.plan.parent_id is not None
    cost = costs_of([priced.pk], today)[priced.pk] if resold else newest and newest.net_cost
    compared = [Compared(priced.name, "recurring_fee", cost)] if cost is not None else []
    initial = {"valid_from": today}
    built = PriceForm(*args, initial=initial, compared=compared, currency=currency, follows=follows)
    built.fields["valid_from"] = forms.DateField(label=_("Valid from"), widget=DayInput())
    built.fields["valid_from"].of_the_row = False  # a suggestion
    names = [("recurring_fee", price_label(priced.plan.billing_type)), ("setup_fee", _("Setup fee"))]
    names += [("renewal_fee", _("Renewal fee"))]
    names += [("net_cost", _("Vendor's price a month"))] if sets_net_cost else []
    for name, label in names:
        now = getattr(newest, name) if newest is not None else None
        built.fields[name] = price_field(f"{label}, {currency}", initial=plainly(now, currency))
    if sets_net_cost:
        built.fields["net_cost"].required = False
    ruled = has_markup_rules(priced)
    built.fields["recurring_fee"].required = not ruled
    if cost is not None and newest is not None:
        built.fields["recurring_fee"].help_text = _("Net cost %(cost)s. Margin at present: %(margin)s.") % {
            "cost": unit_money_text(cost, currency),
            "margin": margin_text(newest.recurring_fee, cost, currency),
        }
    if ruled:
        built.fields["recurring_fee"].help_text = _("Leave it empty on days on which a markup rule makes the price.")
        built.fields["recurring_fee"].initial = None
    return built


@requires("plans.delegate")
def plan_delegation(request: HttpRequest, pk: int) -> HttpResponse:
    """Show which resellers below sell the plan."""
    found = one(request, pk)
    copies = plans_visible_to(request.actor).filter(parent=found).select_related("reseller").order_by("reseller__name")
    context = {
        "page": page_of(request.actor, found, "plan_delegation"),
        "plan": found,
        "copies": copies,
        "left": _not_yet(request, found).exists(),
    }
    return render(request, "operator_panel/plan_delegation.html", context)


def _not_yet(request: HttpRequest, found: Plan) -> Any:
    """Return the resellers below the plan's own, in its currency, that do not have it."""
    below = resellers_below(found.reseller).filter(pk__in=resellers_visible_to(request.actor).values("pk"))
    return below.filter(currency=found.currency).exclude(plans__parent=found).order_by("name")


@requires("plans.delegate")
def plan_delegate(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand the plan to a reseller below, with what its customers pay."""
    found = one(request, pk)
    resources = list(plan_resources_visible_to(request.actor).filter(plan=found, active=True))

    def keep(answers: dict[str, Any]) -> Done:
        prices = {one.resource.key: Terms(retail=answers[f"prices.{one.resource.key}.retail"]) for one in resources}
        today = timezone.localdate()
        costs = costs_below(found, answers["reseller"], today)
        delegate_plan(actor=request.actor, plan=found, reseller=answers["reseller"], prices=prices, today=today)
        said = [_("%(reseller)s sells the plan now.") % {"reseller": answers["reseller"]}]
        for sold in resources:
            margin = margin_text(prices[sold.resource.key].retail, costs.get(sold.pk), found.currency)
            said.append(_("%(resource)s: margin %(margin)s.") % {"resource": sold.name, "margin": margin})
        return Done(" ".join(said), back)

    back = reverse("operator:plan_delegation", args=[pk])
    page = Page(title=_("Delegate the plan"), crumbs=(*crumbs_of(found), Crumb(_("Delegate the plan"))))
    form = partial(_delegation_form, found, _not_yet(request, found), resources)
    fees = bool(rules_of(found.billing_type).fees)
    note = _("The reseller pays the plan's own price of each day, less the discount that you grant.")
    if fees:
        note += " " + _("All other fees start as they are here today; the reseller may then change them.")
    return editing(request, Editing(page=page, form=form, keep=keep, back=back, submit=_("Delegate"), note=note))


def _delegation_form(found: Plan, resellers: Any, resources: list[PlanResource], *args: Any) -> forms.Form:
    """Return the questions for a reseller and, of each resource, its retail price."""

    def cost_of(sold: PlanResource, answers: dict[str, Any]) -> Decimal | None:
        chosen = answers.get("reseller")
        return None if chosen is None else costs_below(found, chosen, timezone.localdate()).get(sold.pk)

    compared = [Compared(sold.name, f"prices.{sold.resource.key}.retail", partial(cost_of, sold)) for sold in resources]
    built = MarginForm(*args, compared=compared, currency=found.currency)
    built.fields["reseller"] = forms.ModelChoiceField(resellers, label=_("Reseller"), empty_label="—")
    for resource in resources:
        key, names = resource.resource.key, {"resource": resource.name, "currency": found.currency}
        newest = resource.prices.order_by("-valid_from", "-pk").first()
        now = plainly(newest.recurring_fee if newest is not None else None, found.currency)
        retail = _("%(resource)s: retail price a month, %(currency)s") % names
        built.fields[f"prices.{key}.retail"] = price_field(retail, initial=now)
    return built


@requires("plans.change")
def plan_deactivate(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a plan out of sale, with every copy below."""
    found = one(request, pk)
    question = _("Take %(plan)s out of sale? Its copies at resellers below go out of sale too. Subscriptions go on.")
    return _switched(request, found, _("Deactivate"), question, deactivate_plan)


@requires("plans.change")
def plan_activate(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a plan on sale again."""
    found = one(request, pk)
    question = _("Put %(plan)s on sale again, with the copies that went out of sale because of it?")
    return _switched(request, found, _("Activate"), question, activate_plan)


def _switched(request: HttpRequest, found: Plan, title: str, question: str, verb: Callable[..., Plan]) -> HttpResponse:
    def carry_out(_answers: dict[str, Any]) -> str:
        switched = verb(actor=request.actor, plan=found)
        return _("%(name)s: %(status)s.") % {"name": switched.name, "status": switched.get_status_display()}

    back = reverse("operator:plan", args=[found.pk])
    return _confirmed(request, found, title, question % {"plan": found.name}, carry_out, back)


def _confirmed(
    request: HttpRequest, found: Plan, title: str, question: str, carry_out: Callable[[dict[str, Any]], str], back: str
) -> HttpResponse:
    operation = Operation(
        page=Page(title=title, crumbs=(*crumbs_of(found), Crumb(title))),
        form=forms.Form,
        show=lambda _answers: Shown(question=question, submit=title, charges=None),
        carry_out=carry_out,
        back=back,
        ask=_("Try again"),
    )
    return confirming(request, operation)
