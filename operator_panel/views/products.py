"""Products and plan categories: one form each."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from core.panel.confirming import Done
from core.panel.page import Crumb, Page
from operator_panel.doors import requires
from operator_panel.editing import Editing, editing, form_of
from subscriptions.catalogue.products import change_product, create_plan_category, create_product
from subscriptions.models import PlanCategory, Product
from subscriptions.queries import products_visible_to


@requires("products.view")
def product(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a product in its form; who may change it keeps it."""
    found = get_object_or_404(products_visible_to(request.actor).select_related("reseller"), pk=pk)

    def keep(answers: dict[str, Any]) -> Done:
        change_product(actor=request.actor, product=found, **answers)
        return Done(_("Saved."), reverse("operator:products"))

    return _page(request, "products", found.name, form_of(Product, ("name", "description"), row=found), keep, found)


@requires("products.change")
def product_create(request: HttpRequest) -> HttpResponse:
    """Create a product of the own reseller."""

    def keep(answers: dict[str, Any]) -> Done:
        create_product(actor=request.actor, reseller=request.actor.reseller, **answers)
        return Done(_("Saved."), reverse("operator:products"))

    return _page(request, "products", _("Create a product"), form_of(Product, ("name", "description")), keep)


@requires("products.change")
def plan_category_create(request: HttpRequest) -> HttpResponse:
    """Create a plan category of the own reseller."""

    def keep(answers: dict[str, Any]) -> Done:
        create_plan_category(actor=request.actor, reseller=request.actor.reseller, **answers)
        return Done(_("Saved."), reverse("operator:plan_categories"))

    return _page(request, "plan_categories", _("Create a category"), form_of(PlanCategory, ("name",)), keep)


def _page(request: HttpRequest, section: str, title: str, form: Any, keep: Any, row: Any = None) -> HttpResponse:
    back = reverse(f"operator:{section}")
    name = {"products": _("Products"), "plan_categories": _("Plan categories")}[section]
    page = Page(title=title, crumbs=(Crumb(name, back), Crumb(title)))
    looks = row is not None and not request.actor.may("products.change")
    edit = Editing(page=page, form=form, keep=keep, back=back, submit=_("Save"), row=row, read_only=looks)
    return editing(request, edit)
