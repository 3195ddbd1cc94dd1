"""Ordering: choose a plan, say how much, see what it costs, order. The place and the answers stand in the address."""

from typing import Any
from uuid import uuid4

from django import forms
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import Refused
from core.panel.page import Crumb, Page
from customer_panel.doors import requires
from customer_panel.forms.ordering import PARAMETER, OrderForm, asked_of
from subscriptions.models import Plan
from subscriptions.ordering import place_order
from subscriptions.proposals import Proposal, propose_order
from subscriptions.queries import plan_periods_visible_to, plan_resources_visible_to, plans_visible_to
from vendors.questions import order_fields

KEY = "key"


@requires("subscriptions.order")
def order_plan(request: HttpRequest) -> HttpResponse:
    """Show the plans that the account may order, by product."""
    plans = plans_visible_to(request.actor).select_related("product").order_by("product__name", "name", "pk")
    plans = plans.prefetch_related(
        Prefetch("resources", queryset=plan_resources_visible_to(request.actor), to_attr="shown_resources")
    )
    page = Page(title=_("Order a subscription"), crumbs=_crumbs())
    return render(request, "customer_panel/order_plan.html", {"page": page, "plans": plans, "step": 1})


@requires("subscriptions.order")
def order_configuration(request: HttpRequest, plan_pk: int) -> HttpResponse:
    """Ask for the period, the units and what the vendor needs; answers in the address are filled in again."""
    plan = _plan(request, plan_pk)
    form = _form(request, plan, initial=request.GET.dict())
    return _ask(request, plan, form)


@requires("subscriptions.order")
def order_confirmation(request: HttpRequest, plan_pk: int) -> HttpResponse:
    """Show what the order would cost (GET), place it (POST). The hidden key makes a double click one order."""
    plan = _plan(request, plan_pk)
    form = _form(request, plan, data=request.GET)
    if not form.is_valid():
        return _ask(request, plan, form)
    try:
        wish = _wish(request, plan, form)
        if request.method == "POST":
            return redirect("customer:order", pk=place_order(**wish, idempotency_key=request.POST.get(KEY, "")).pk)
        proposal = propose_order(**wish)
    except Refused as refusal:
        _put(form, refusal)
        return _ask(request, plan, form)
    return _confirm(request, plan, proposal)


def _wish(request: HttpRequest, plan: Plan, form: OrderForm) -> dict[str, Any]:
    period = get_object_or_404(plan_periods_visible_to(request.actor), plan=plan, pk=form.cleaned_data["period"])
    return {
        "actor": request.actor,
        "account": request.actor.account,
        "plan": plan,
        "period": period,
        "quantities": OrderForm.quantities(form.cleaned_data),
        "parameters": form.parameters(),
        "today": timezone.localdate(),
        "now": timezone.now(),
        "requester_ip": request.META.get("REMOTE_ADDR"),
    }


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
        questions=order_fields(plan.template.connection),
    )


def _put(form: OrderForm, refusal: Refused) -> None:
    candidates = (refusal.field, f"{PARAMETER}{refusal.field}")
    form.add_error(next((name for name in candidates if name in form.fields), None), str(refusal))


def _ask(request: HttpRequest, plan: Plan, form: forms.Form) -> HttpResponse:
    context = {
        "page": Page(title=plan.name, crumbs=(*_crumbs(), Crumb(plan.name))),
        "plan": plan,
        "form": form,
        "step": 2,
        "action": reverse("customer:order_confirmation", args=[plan.pk]),
        "cancel": reverse("customer:order_plan"),
    }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "customer_panel/order_configuration.html", context, status=status)


def _confirm(request: HttpRequest, plan: Plan, proposal: Proposal) -> HttpResponse:
    back = f"{reverse('customer:order_configuration', args=[plan.pk])}?{request.GET.urlencode()}"
    context = {
        "page": Page(title=_("Check the order"), crumbs=(*_crumbs(), Crumb(plan.name, back), Crumb(_("Check the order")))),
        "question": proposal.question,
        "submit": proposal.submit,
        "cancel": back,
        "charges": proposal.preview.added,
        "currency": plan.currency,
        "total": proposal.preview.due,
        "balance_after": proposal.preview.after.available,
        "form": _KeyForm(initial={KEY: uuid4().hex}),
        "step": 3,
    }
    return render(request, "customer_panel/order_confirmation.html", context)


class _KeyForm(forms.Form):
    key = forms.CharField(widget=forms.HiddenInput)


def _crumbs() -> tuple[Crumb, ...]:
    return (Crumb(_("Subscriptions"), reverse("customer:subscriptions")), Crumb(_("Order"), reverse("customer:order_plan")))
