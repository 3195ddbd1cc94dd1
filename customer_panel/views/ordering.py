"""Ordering: choose a plan, say how much, see what it costs, order. The place and the answers stand in the address."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.client_address import client_address
from billing.engine.types import is_by_cost, is_by_use
from core.errors import Refused, refusal_of
from core.panel.confirming import Done, Shown, ShownAnew, carry_mark, confirmation, put_refusal, settled
from core.panel.page import Crumb, Hint, Page
from customer_panel.doors import requires
from customer_panel.forms.ordering import OrderForm, asked_of
from customer_panel.holds import hold_of
from customer_panel.views.account import needed_page
from subscriptions.contract.prices import ordering_prices
from subscriptions.models import Plan, PlanResource
from subscriptions.people.asking import follow_up_of_order
from subscriptions.people.ordering import ask_vendor_of_order, had_once, may_order
from subscriptions.queries import plan_periods_visible_to, plan_resources_visible_to, plans_visible_to
from subscriptions.told.offered import not_asked_for
from subscriptions.told.proposals import Proposal, propose_order
from subscriptions.told.showing import shown_of
from vendors.forms import answers_told, ask_on
from vendors.questions import first_fields, notices

KEY = "key"


@dataclass(frozen=True)
class Priced:
    """A resource of a plan with the price of a unit; None where it has none today."""

    resource: PlanResource
    price: Decimal | None


@dataclass(frozen=True)
class Offered:
    """A plan with its priced resources."""

    plan: Plan
    resources: tuple[Priced, ...]

    @property
    def by_use(self) -> bool:
        """Whether the prices are those of an hour that was used; else of a month."""
        return is_by_use(self.plan.billing_type)

    @property
    def by_cost(self) -> bool:
        """Whether units have no price: what the vendor takes is charged."""
        return is_by_cost(self.plan.billing_type)


@requires("subscriptions.order")
def order_plan(request: HttpRequest) -> HttpResponse:
    """Show the plans that the account may order, by product."""
    plans = (
        plans_visible_to(request.actor)
        .select_related("product", "template__connection")
        .order_by("product__name", "name", "pk")
    )
    refusal = refusal_of(may_order, request.actor.account)
    hints = (Hint(refusal),) if refusal is not None else ()
    context = {
        "page": Page(title=_("Order a subscription"), crumbs=_crumbs(), hints=hints),
        "offers": _offered(request, list(plans), timezone.localdate()),
        "had": had_once(request.actor.account, plans),
        "not_asked_for": not_asked_for(plans),
        "may_order": refusal is None,
        "step": 1,
    }
    return render(request, "customer_panel/order_plan.html", context)


@requires("subscriptions.order")
def order_plan_details(request: HttpRequest, plan_pk: int) -> HttpResponse:
    """Ask for the period, the units and what the vendor needs; answers in the address are filled in again."""
    plan = _plan(request, plan_pk)
    return _ask(request, plan, _form(request, plan, initial=request.GET.dict()))


@requires("subscriptions.order")
def order_plan_check(request: HttpRequest, plan_pk: int) -> HttpResponse:
    """Show what the order would cost (GET), place it (POST). The hidden key makes a double click one order."""
    plan = _plan(request, plan_pk)
    form = _form(request, plan, data=request.GET)
    ask_on(form, lambda answers: follow_up_of_order(**_wish(request, plan, form) | {"parameters": answers}))
    if not form.is_valid():
        return _ask(request, plan, form)
    wish = _wish(request, plan, form)

    def show() -> Shown:
        return _shown(plan, propose_order(**wish, vendor_asked=True))

    def place() -> Done:
        proposal = propose_order(**wish, vendor_asked=True, keep=True)
        address = reverse("customer:subscription_order", args=[proposal.preview.result.pk])
        return Done("", address, _shown(plan, proposal))

    try:
        ask_vendor_of_order(**wish)
        if request.method == "POST":
            return redirect(settled(request, place, show=show, back="", note=_note(plan)))
        return _confirm(request, plan, form, show())
    except ShownAnew as anew:
        return _confirm(request, plan, form, anew.shown, changed=True)
    except Refused as refusal:
        put_refusal(form, refusal)
        return _ask(request, plan, form, refusal=refusal)


def _wish(request: HttpRequest, plan: Plan, form: OrderForm) -> dict[str, Any]:
    period = get_object_or_404(plan_periods_visible_to(request.actor), plan=plan, pk=form.cleaned_data["period"])
    return {
        "actor": request.actor,
        "account": request.actor.account,
        "plan": plan,
        "period": period,
        "quantities": OrderForm.quantities(form.cleaned_data),
        "parameters": form.parameters(),
        "promo_code": form.cleaned_data["promo_code"],
        "today": timezone.localdate(),
        "now": timezone.now(),
        "requester_ip": client_address(request),
        "idempotency_key": request.POST.get(KEY, "")[:40],
    }


def _offered(request: HttpRequest, plans: list[Plan], today: date) -> list[Offered]:
    """Return the plans with the prices of their public resources: two statements, however many plans."""
    resources = list(plan_resources_visible_to(request.actor).filter(plan__in=[plan.pk for plan in plans]))
    prices = ordering_prices([resource.pk for resource in resources], today)
    by_plan: dict[int, list[Priced]] = {}
    for resource in resources:
        by_plan.setdefault(resource.plan_id, []).append(Priced(resource, prices.get(resource.pk)))
    return [Offered(plan, tuple(by_plan.get(plan.pk, ()))) for plan in plans]


def _plan(request: HttpRequest, pk: int) -> Plan:
    return get_object_or_404(plans_visible_to(request.actor).select_related("product", "template__connection"), pk=pk)


def _form(
    request: HttpRequest, plan: Plan, *, data: QueryDict | None = None, initial: dict[str, str] | None = None
) -> OrderForm:
    return OrderForm(
        data,
        initial=initial or {},
        periods=list(plan_periods_visible_to(request.actor).filter(plan=plan, active=True)),
        resources=asked_of(plan_resources_visible_to(request.actor).filter(plan=plan)),
        questions=first_fields(plan.template.connection),
    )


def _ask(request: HttpRequest, plan: Plan, form: OrderForm, *, refusal: Refused | None = None) -> HttpResponse:
    context = {
        "page": Page(title=plan.name, crumbs=(*_crumbs(), Crumb(plan.name))),
        "offer": _offered(request, [plan], timezone.localdate())[0],
        "notices": notices(plan.template.connection, "order"),
        "form": form,
        "step": 2,
        "action": reverse("customer:order_plan_check", args=[plan.pk]),
        "cancel": reverse("customer:order_plan"),
        "complete_account": needed_page(request, (refusal,) if refusal else ()),
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "customer_panel/order_details.html", context, status=status)


def _shown(plan: Plan, proposal: Proposal) -> Shown:
    shown = shown_of(proposal, currency=plan.currency, today=timezone.localdate(), paid_from_balance=True)
    return replace(shown, total=proposal.preview.due)


def _note(plan: Plan) -> str:
    """Return what the vendor wants known before an order."""
    return " ".join(notices(plan.template.connection, "order"))


def _confirm(request: HttpRequest, plan: Plan, form: OrderForm, shown: Shown, *, changed: bool = False) -> HttpResponse:
    back = f"{reverse('customer:order_plan_details', args=[plan.pk])}?{request.GET.urlencode()}"
    title = _("Check the order")
    said = confirmation(request, shown, changed=changed)  # the notices stand with the questions
    context = {
        "page": Page(title=title, crumbs=(*_crumbs(), Crumb(plan.name, back), Crumb(title))),
        "cancel": back,
        "form": carry_mark(_KeyForm(initial={KEY: uuid4().hex}), shown, _note(plan)),
        "step": 3,
        "facts_of": answers_told(form),
        **said,
        # On credit hold the total holds the debt too.
        **hold_of(request.actor, today=timezone.localdate()),
    }
    return render(request, "customer_panel/order_check.html", context, status=409 if said["changed"] else 200)


class _KeyForm(forms.Form):
    key = forms.CharField(widget=forms.HiddenInput)


def _crumbs() -> tuple[Crumb, ...]:
    return (
        Crumb(_("Subscriptions"), reverse("customer:subscriptions")),
        Crumb(pgettext("button", "Order"), reverse("customer:order_plan")),
    )
