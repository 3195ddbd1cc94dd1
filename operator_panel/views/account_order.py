"""Order a subscription for an account: choose a plan, say how much, see what it costs, order."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import uuid4

from django import forms
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Account
from core.errors import refusal_of
from core.panel.confirming import Done, Operation, Shown, confirming
from core.panel.page import Crumb, Page
from core.panel.quantities import Asked, QuantitiesForm
from core.panel.remedies import hints_of
from operator_panel.doors import requires
from operator_panel.remedies import way_to
from operator_panel.views.account_changes import needed_page
from operator_panel.views.accounts import crumbs_of, one
from subscriptions.models import Plan, PlanPeriod
from subscriptions.people.asking import follow_up_of_order
from subscriptions.people.ordering import ask_vendor_of_order, had_once, may_order
from subscriptions.people.type_says import asks_of_transfer
from subscriptions.queries import plan_resources_visible_to, plans_for
from subscriptions.told.offered import not_asked_for
from subscriptions.told.proposals import Proposal, propose_order
from subscriptions.told.showing import shown_of
from vendors.base import Field
from vendors.forms import ANSWER, answers_told, ask_on, inputs_of, values_of
from vendors.questions import first_fields, notices


@requires("subscriptions.order")
def account_order(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the plans that may be ordered for the account."""
    found = one(request, pk)
    plans = (
        plans_for(found)
        .select_related("product", "category", "template__connection")
        .order_by("product__name", "name", "pk")
    )
    resources = plan_resources_visible_to(request.actor).filter(active=True)
    plans = plans.prefetch_related(Prefetch("resources", queryset=resources, to_attr="shown_resources"))
    had = had_once(found, plans)
    unasked = not_asked_for(plans)
    refusal = refusal_of(may_order, found)
    title = _("Order a subscription")
    page = Page(
        title=title,
        crumbs=(*crumbs_of(found), Crumb(title)),
        hints=hints_of(request.actor, refusal or next(iter(unasked.values()), None), way_to),
    )
    context = {
        "page": page,
        "account": found,
        "plans": plans,
        "had": had,
        "not_asked_for": unasked,
        "may_order": refusal is None,
    }
    return render(request, "operator_panel/account_order.html", context)


@requires("subscriptions.order")
def account_order_plan(request: HttpRequest, pk: int, plan: int) -> HttpResponse:
    """Ask for period, units and what the vendor needs; show what it costs; order."""
    found = one(request, pk)
    plans = plans_for(found).select_related("template__connection", "service_term", "reseller")
    chosen = get_object_or_404(plans, pk=plan)
    periods = {period.pk: period for period in chosen.periods.filter(active=True).order_by("pk")}
    first = first_fields(chosen.template.connection)
    form = _form(_asked(request, chosen), periods, first, _of_transfer(chosen), _follow_up(request, found, chosen))

    def wish(answers: dict[str, Any]) -> dict[str, Any]:
        period = periods[int(answers["period"])]
        return _wish(request, found, chosen, period, answers)

    def proposed(answers: dict[str, Any], *, keep: bool = False) -> Proposal:
        return propose_order(**wish(answers), vendor_asked=True, keep=keep)

    def shown(proposal: Proposal) -> Shown:
        return shown_of(proposal, currency=chosen.currency, today=timezone.localdate(), paid_from_balance=True)

    def carry_out(answers: dict[str, Any]) -> Done:
        proposal = proposed(answers, keep=True)
        placed = proposal.preview.result
        said = _("Order %(order)s is placed.") % {"order": placed.number}
        return Done(said, reverse("operator:order", args=[placed.pk]), shown(proposal))

    return confirming(
        request,
        Operation(
            page=Page(title=chosen.name, crumbs=(*_crumbs(found), Crumb(chosen.name))),
            form=form,
            prepare=lambda answers: ask_vendor_of_order(**wish(answers)),
            show=lambda answers: shown(proposed(answers)),
            carry_out=carry_out,
            back=reverse("operator:account_order", args=[pk]),
            ask=_("Show what it costs"),
            note=" ".join(notices(chosen.template.connection, "order")),
            complete=lambda refusal: needed_page(request, pk, (refusal,)),
            told=answers_told,
        ),
    )


def _follow_up(
    request: HttpRequest, found: Account, plan: Plan
) -> Callable[[Mapping[str, str], dict[str, int]], Sequence[Field]]:
    """Return what asks on; a form is built more than once in a request, and the vendor is asked once."""
    followed: dict[tuple, tuple[Field, ...]] = {}

    def follow_up(answers: Mapping[str, str], units: dict[str, int]) -> tuple[Field, ...]:
        key = (*answers.items(), *units.items())
        if key not in followed:
            wish = {"actor": request.actor, "account": found, "plan": plan, "now": timezone.now()}
            followed[key] = follow_up_of_order(**wish, quantities=units, parameters=answers)
        return followed[key]

    return follow_up


def _form(
    asked: list[Asked],
    periods: Mapping[int, PlanPeriod],
    questions: Sequence[Field],
    more: Mapping[str, forms.Field],
    follow_up: Callable[[Mapping[str, str], dict[str, int]], Sequence[Field]],
) -> Callable[..., QuantitiesForm]:
    """Return what builds the form: period, units, the vendor's questions, a name, `more`, and one order's key."""

    def build(*args: Any) -> QuantitiesForm:
        built = QuantitiesForm(*args, resources=asked, initial={"key": uuid4().hex})
        choices = [(key, str(period)) for key, period in periods.items()]
        built.fields = {
            "period": forms.ChoiceField(label=_("Period"), choices=choices),
            **built.fields,
            **inputs_of(questions, prefix=ANSWER),
            "name": forms.CharField(
                label=_("Subscription name"),
                max_length=300,
                required=False,
                help_text=_("Empty: it is named as the plan says."),
            ),
            "promo_code": forms.CharField(label=_("Promo code"), max_length=40, required=False),
            **more,
            "key": forms.CharField(widget=forms.HiddenInput, max_length=40),
        }
        return ask_on(built, lambda answers: follow_up(answers, QuantitiesForm.quantities(built.cleaned_data)))

    return build


def _of_transfer(plan: Plan) -> dict[str, forms.Field]:
    """Return what asks whether this is a transfer, where the plan takes a fee for one."""
    if not asks_of_transfer(plan, timezone.localdate()):
        return {}
    asked = forms.BooleanField(
        label=_("This is a transfer"),
        required=False,
        help_text=_("It is brought over from somebody else: the plan's transfer fee is charged once."),
    )
    return {"transfer": asked}


def _wish(
    request: HttpRequest, found: Account, plan: Plan, period: PlanPeriod, answers: dict[str, Any]
) -> dict[str, Any]:
    return {
        "actor": request.actor,
        "account": found,
        "plan": plan,
        "period": period,
        "quantities": QuantitiesForm.quantities(answers),
        "parameters": values_of(answers, ANSWER),
        "name": answers["name"],
        "promo_code": answers["promo_code"],
        "transfer": answers.get("transfer", False),
        "idempotency_key": answers["key"],
        "today": timezone.localdate(),
        "now": timezone.now(),
    }


def _asked(request: HttpRequest, plan: Plan) -> list[Asked]:
    resources = plan_resources_visible_to(request.actor).filter(plan=plan, active=True)
    return [
        Asked(
            resource.resource.key,
            resource.name,
            max(resource.included, resource.minimum, 1),
            resource.minimum,
            resource.limit,
            _("%(count)s included") % {"count": resource.included} if resource.included else "",
        )
        for resource in resources
    ]


def _crumbs(found: Account) -> tuple[Crumb, ...]:
    return (*crumbs_of(found), Crumb(_("Order a subscription"), reverse("operator:account_order", args=[found.pk])))
