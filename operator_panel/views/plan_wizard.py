"""The plan's wizard: information → resources → periods → confirmation. The place stands in the address.

The answers wait in the session under the draft's number, so that one can go back, reload, and leave for a while.
"""

from secrets import token_hex
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import Refused
from core.fingerprint import fingerprint_of
from core.panel.confirming import Done, ShownAnew, carry_mark, put_refusal, settled
from core.panel.page import Crumb, Page
from core.panel.shown import SHOWN, Shown
from operator_panel.doors import requires
from operator_panel.forms.plans import PeriodsForm, PlanResourcesForm, information_form, information_of, price_label
from subscriptions.catalogue.plans import create_plan
from subscriptions.models import ApplicationTemplate, BillingType
from subscriptions.queries import templates_visible_to

STEPS = ("information", "resources", "periods", "confirmation")
DRAFTS = "plan_drafts"
# Older drafts than these are forgotten.
DRAFTS_KEPT = 5


@requires("plans.change")
def plan_create(request: HttpRequest) -> HttpResponse:
    """Begin a draft; the template may be given in the address."""
    drafts = request.session.get(DRAFTS, {})
    draft = token_hex(4)
    named = request.GET.get("template", "")
    begun = {"template": named} if named.isdecimal() and len(named) < 19 else {}
    kept = dict(list(drafts.items())[1 - DRAFTS_KEPT :])
    request.session[DRAFTS] = {**kept, draft: {"begun": begun}}
    return redirect("operator:plan_draft", draft, STEPS[0])


@requires("plans.change")
def plan_draft(request: HttpRequest, draft: str, step: str) -> HttpResponse:
    """Show a step of a draft, and take its answers."""
    answers = request.session.get(DRAFTS, {}).get(draft)
    if answers is None:
        return redirect("operator:plan_create")
    if step not in STEPS:
        raise Http404
    unfinished = _first_unfinished(request, answers, before=step)
    if unfinished:
        return redirect("operator:plan_draft", draft, unfinished)
    if step == "confirmation":
        return _confirmation(request, draft, answers)
    if request.method != "POST":
        return _show(request, draft, step, _form(request, answers, step))
    form = _form(request, {**answers, step: request.POST.urlencode()}, step)
    if not form.is_valid():
        return _show(request, draft, step, form)
    _remember(request, draft, {**answers, step: request.POST.urlencode()})
    return redirect("operator:plan_draft", draft, STEPS[STEPS.index(step) + 1])


def _first_unfinished(request: HttpRequest, answers: dict[str, Any], *, before: str) -> str:
    for step in STEPS[: STEPS.index(before)]:
        if step not in answers or not _form(request, answers, step).is_valid():
            return step
    return ""


def _form(request: HttpRequest, answers: dict[str, Any], step: str) -> Any:
    """Return a step's form, filled in with what was answered, or empty."""
    given = (QueryDict(answers[step]),) if step in answers else ()
    if step == "information":
        return information_form(request.actor, request.actor.reseller, answers["begun"])(*given)
    if step == "resources":
        resources = list(_template(request, answers).resources.order_by("pk"))
        return PlanResourcesForm(
            *given,
            resources=resources,
            currency=request.actor.reseller.currency,
            billing_type=QueryDict(answers["information"]).get("billing_type", ""),
        )
    billing_type = QueryDict(answers["information"]).get("billing_type", "")
    return PeriodsForm(*given, billing_type=billing_type, currency=request.actor.reseller.currency)


def _template(request: HttpRequest, answers: dict[str, Any]) -> ApplicationTemplate:
    pk = QueryDict(answers["information"]).get("template", "")
    found = templates_visible_to(request.actor).filter(pk=int(pk)).first() if pk.isdecimal() and len(pk) < 19 else None
    if found is None:
        raise Http404
    return found


def _remember(request: HttpRequest, draft: str, answers: dict[str, Any] | None) -> None:
    drafts = dict(request.session.get(DRAFTS, {}))
    drafts.pop(draft, None)
    request.session[DRAFTS] = drafts if answers is None else {**drafts, draft: answers}


def _confirmation(request: HttpRequest, draft: str, answers: dict[str, Any]) -> HttpResponse:
    filled = {step: _form(request, answers, step) for step in STEPS[:-1]}
    valid = all(form.is_valid() for form in filled.values())
    # Another tab may have changed the draft since it was shown here.
    kept = [answers.get(step, "") for step in STEPS[:-1]]
    shown, changed = Shown(question=_("Create the plan"), submit=fingerprint_of(kept), charges=None), False
    if request.method == "POST" and valid:
        try:
            address = settled(request, lambda: _created(request, filled), show=lambda: shown, back="")
        except ShownAnew:
            changed = bool(request.POST.get(SHOWN))
        except Refused as refusal:
            step = _step_of(refusal, filled)
            put_refusal(filled[step], refusal)
            return _show(request, draft, step, filled[step])
        else:
            _remember(request, draft, None)
            return redirect(address)
    context = {
        "page": _page(_("Check the plan")),
        "steps": _steps(draft, "confirmation"),
        "information": filled["information"].cleaned_data,
        "billing_type": dict(BillingType.choices).get(filled["information"].cleaned_data["billing_type"], ""),
        "price_label": price_label(QueryDict(answers["information"]).get("billing_type", "")),
        "resources": filled["resources"].offered(),
        "periods": filled["periods"].lasting(),
        "plan_fees": [
            (label, getattr(filled["periods"].plan_fees(), name)) for name, label in filled["periods"].plan_fees_asked
        ],
        "currency": request.actor.reseller.currency,
        "back": reverse("operator:plan_draft", args=[draft, "periods"]),
        "form": carry_mark(forms.Form(), shown),
        "changed": changed,
    }
    return render(request, "operator_panel/plan_confirmation.html", context, status=409 if changed else 200)


def _created(request: HttpRequest, filled: dict[str, Any]) -> Done:
    plan = create_plan(
        actor=request.actor,
        reseller=request.actor.reseller,
        information=information_of(filled["information"].cleaned_data),
        resources=filled["resources"].offered(),
        periods=filled["periods"].lasting(),
        today=timezone.localdate(),
        plan_fees=filled["periods"].plan_fees(),
    )
    return Done("", reverse("operator:plan", args=[plan.pk]))


def _step_of(refusal: Refused, filled: dict[str, forms.Form]) -> str:
    """Return the step whose question the refusal is about."""
    field = refusal.field or ""
    if field in ("resources", "periods"):
        return field
    if field.startswith("resources."):
        return "resources"
    return next((step for step, form in filled.items() if field in form.fields), "resources")


def _show(request: HttpRequest, draft: str, step: str, form: forms.Form) -> HttpResponse:
    titles = {"information": _("Information"), "resources": _("Resources and prices"), "periods": _("Periods")}
    at = STEPS.index(step)
    context = {
        "page": _page(titles[step]),
        "steps": _steps(draft, step),
        "step": step,
        "action": reverse("operator:plan_draft", args=[draft, step]),
        "form": form,
        "back": reverse("operator:plan_draft", args=[draft, STEPS[at - 1]]) if at else reverse("operator:plans"),
        "first": at == 0,
    }
    wrong = form.is_bound and form.errors
    return render(request, "operator_panel/plan_step.html", context, status=422 if wrong else 200)


def _steps(draft: str, active: str) -> list[dict[str, object]]:
    labels = (_("Information"), _("Resources"), _("Periods"), _("Confirmation"))
    done = STEPS.index(active)
    return [
        {
            "label": label,
            "url": reverse("operator:plan_draft", args=[draft, step]) if place < done else "",
            "current": step == active,
        }
        for place, (step, label) in enumerate(zip(STEPS, labels, strict=True))
    ]


def _page(title: str) -> Page:
    plans = Crumb(_("Plans"), reverse("operator:plans"))
    return Page(title=title, crumbs=(plans, Crumb(_("Create a plan")), Crumb(title)))
