"""Taxes: how much, on what, from when on."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actors import Actor
from accounts.models import Reseller
from accounts.queries import account_types_for
from billing.models import Tax
from core.panel.confirming import Done
from core.panel.page import Button, Crumb, Page
from operator_panel.around import log_page, tabs_of
from operator_panel.doors import requires
from operator_panel.editing import Editing, editing, form_of
from operator_panel.views.discounts import last_day
from subscriptions.catalogue.taxes import COLUMNS, LISTS, Levied, change_tax, create_tax
from subscriptions.queries import plan_resources_visible_to, plans_visible_to, taxes_visible_to

TABS = (
    ("tax", gettext_lazy("General"), "taxes.view"),
    ("tax_log", gettext_lazy("Log"), "log.view"),
)


def _one(request: HttpRequest, pk: int) -> Tax:
    return get_object_or_404(taxes_visible_to(request.actor).select_related("reseller"), pk=pk)


@requires("taxes.view")
def tax(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a tax and what bears it."""
    found = _one(request, pk)
    context = {
        "page": _page_of(request.actor, found, "tax"),
        "tax": found,
        "account_types": found.account_types.order_by("name", "pk"),
        "plans": found.plans.order_by("name", "pk"),
        "resources": found.resources.select_related("plan").order_by("plan__name", "name", "pk"),
    }
    return render(request, "operator_panel/tax.html", context)


@requires("log.view")
def tax_log(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what happened to the tax."""
    found = _one(request, pk)
    return log_page(request, _page_of(request.actor, found, "tax_log"), found)


@requires("taxes.change")
def tax_create(request: HttpRequest) -> HttpResponse:
    """Create a tax on what the own reseller sells."""
    seller = request.actor.reseller

    def keep(answers: dict[str, Any]) -> Done:
        made = create_tax(actor=request.actor, reseller=seller, levied=_levied(answers))
        return Done(_("Saved."), reverse("operator:tax", args=[made.pk]))

    title = _("Create a tax")
    page = Page(title=title, crumbs=(_section(), Crumb(title)))
    back = reverse("operator:taxes")
    form = _form(request.actor, seller)
    return editing(request, Editing(page=page, form=form, keep=keep, back=back, submit=_("Create")))


@requires("taxes.change")
def tax_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a tax: on documents that are made from now on."""
    found = _one(request, pk)
    back = reverse("operator:tax", args=[pk])

    def keep(answers: dict[str, Any]) -> Done:
        change_tax(actor=request.actor, tax=found, levied=_levied(answers))
        return Done(_("Saved."), back)

    page = Page(title=_("Edit"), crumbs=(_section(), Crumb(found.name, back), Crumb(_("Edit"))))
    note = _("Documents made before keep the tax that they have.")
    form = _form(request.actor, found.reseller, row=found)
    return editing(request, Editing(page=page, form=form, keep=keep, back=back, submit=_("Save"), note=note, row=found))


def _levied(answers: dict[str, Any]) -> Levied:
    return Levied(**{name: answers[name] for name in COLUMNS}, **{name: list(answers[name]) for name in LISTS})


def _form(actor: Actor, reseller: Reseller, row: Tax | None = None) -> Callable[..., forms.Form]:
    def several(rows: Any, label: str) -> forms.Field:
        return forms.ModelMultipleChoiceField(
            rows, label=label, required=False, widget=forms.CheckboxSelectMultiple, help_text=_("None ticked: all.")
        )

    def initial() -> dict[str, Any]:
        return {} if row is None else {name: list(getattr(row, name).order_by("pk")) for name in LISTS}

    plans = plans_visible_to(actor).filter(reseller=reseller)
    resources = plan_resources_visible_to(actor).filter(plan__reseller=reseller).select_related("plan")
    return form_of(
        Tax,
        COLUMNS,
        row=row,
        initial=initial,
        valid_until=last_day(),
        account_types=several(account_types_for(reseller).order_by("name", "pk"), _("Account types")),
        plans=several(plans.order_by("name", "pk"), _("Plans")),
        resources=several(resources.order_by("plan__name", "position", "pk"), _("Resources")),
    )  # fmt: skip


def _page_of(actor: Actor, found: Tax, active: str) -> Page:
    edit = Button(_("Edit"), reverse("operator:tax_change", args=[found.pk]))
    return Page(
        title=found.name,
        crumbs=(_section(), Crumb(found.name)),
        buttons=(edit,) if actor.may("taxes.change") else (),
        tabs=tabs_of(actor, TABS, active, found.pk),
    )


def _section() -> Crumb:
    return Crumb(_("Taxes"), reverse("operator:taxes"))
