"""Which of one's own prices are below what the vendor asks by its price sheets, today or from a coming day on."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.panel.page import Button, Crumb, Page
from operator_panel.doors import requires
from subscriptions.contract.vendor_costs import below_cost


@requires("reseller_charges.view")
def below_cost_page(request: HttpRequest) -> HttpResponse:
    """Show what one's own reseller sells, or would sell, below the vendor's price, the nearest day first."""
    actor = request.actor
    changes = Button(_("Change prices"), reverse("operator:price_change_create"), primary=True)
    page = Page(
        title=_("Below cost"),
        crumbs=(Crumb(_("Margins"), reverse("operator:margins")),),
        buttons=(changes,) if actor.may("plans.change") else (),
    )
    found = below_cost(actor.reseller, today=timezone.localdate()) if actor.reseller is not None else []
    context = {
        "page": page,
        "prices": found,
        "sees_plans": actor.may("plans.view"),
        "may_change": actor.may("plans.change"),
    }
    return render(request, "operator_panel/below_cost.html", context)
