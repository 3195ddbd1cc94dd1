"""Service terms: the billing day and the timers of the subscriptions of a plan."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Reseller
from accounts.queries import account_types_for, resellers_visible_to
from core.panel.confirming import Done
from core.panel.page import Crumb, Page
from operator_panel.doors import requires
from operator_panel.editing import Editing, editing, form_of
from subscriptions.catalogue.products import Timers, change_service_term, create_service_term
from subscriptions.models import ServiceTerm
from subscriptions.queries import plans_visible_to, service_terms_visible_to

TIMERS = tuple(Timers.__dataclass_fields__)


def one(request: HttpRequest, pk: int) -> ServiceTerm:
    """Return the service terms of the address. Raises Http404 for those that the actor does not see."""
    return get_object_or_404(service_terms_visible_to(request.actor).select_related("reseller"), pk=pk)


@requires("service_terms.view")
def service_term(request: HttpRequest, pk: int) -> HttpResponse:
    """Show service terms."""
    found = one(request, pk)
    own = resellers_visible_to(request.actor).filter(pk=found.reseller_id).exists()
    context = {
        "page": Page(title=found.name, crumbs=(_section(), Crumb(found.pk))),
        "term": found,
        "account_types": ", ".join(str(kind) for kind in found.account_types.order_by("name")),
        "plans": plans_visible_to(request.actor).filter(service_term=found).count(),
        "may_change": own and request.actor.may("service_terms.change"),
    }
    return render(request, "operator_panel/service_term.html", context)


@requires("service_terms.change")
def service_term_create(request: HttpRequest) -> HttpResponse:
    """Create service terms of the own reseller; resellers below inherit them."""

    def keep(answers: dict[str, Any]) -> Done:
        made = create_service_term(
            actor=request.actor,
            reseller=request.actor.reseller,
            name=answers["name"],
            key=answers["key"],
            timers=_timers(answers),
            account_types=list(answers["account_types"]),
        )
        return Done(_("Saved."), reverse("operator:service_term", args=[made.pk]))

    form = form_of(ServiceTerm, ("name", "key", *TIMERS), **_inputs(request.actor.reseller))
    title = _("Create service terms")
    page = Page(title=title, crumbs=(_section(), Crumb(title)))
    back = reverse("operator:service_terms")
    return editing(request, Editing(page=page, form=form, keep=keep, back=back, submit=_("Create")))


@requires("service_terms.change")
def service_term_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change service terms. Running subscriptions keep their billing day; the other timers apply to all.

    Inherited ones are changed by the provider who made them: for all others there is no such page.
    """
    own = service_terms_visible_to(request.actor).filter(reseller__in=resellers_visible_to(request.actor).values("pk"))
    found = get_object_or_404(own.select_related("reseller"), pk=pk)

    def keep(answers: dict[str, Any]) -> Done:
        change_service_term(
            actor=request.actor,
            term=found,
            name=answers["name"],
            timers=_timers(answers),
            account_types=list(answers["account_types"]),
        )
        return Done(_("Saved."), back)

    back = reverse("operator:service_term", args=[pk])

    def initial() -> dict[str, Any]:
        return {"account_types": list(found.account_types.order_by("pk"))}

    form = form_of(ServiceTerm, ("name", *TIMERS), row=found, initial=initial, **_inputs(found.reseller))
    page = Page(title=_("Edit"), crumbs=(_section(), Crumb(found.name, back), Crumb(_("Edit"))))
    note = _("Running subscriptions keep the billing day of their ordering; the other timers apply to all.")
    return editing(request, Editing(page=page, form=form, keep=keep, back=back, submit=_("Save"), note=note, row=found))


def _inputs(reseller: Reseller) -> dict[str, forms.Field]:
    return {
        "billing_day": forms.IntegerField(
            label=_("Billing day"), min_value=1, max_value=28, help_text=_("1 to 28: a day that every month has.")
        ),
        "account_types": forms.ModelMultipleChoiceField(
            account_types_for(reseller).order_by("name"),
            label=_("Account types"),
            required=False,
            widget=forms.CheckboxSelectMultiple,
            help_text=_("None ticked: plans with these terms are open to all."),
        ),
    }


def _timers(answers: dict[str, Any]) -> Timers:
    return Timers(**{name: answers[name] for name in TIMERS})


def _section() -> Crumb:
    return Crumb(_("Service terms"), reverse("operator:service_terms"))
