"""Charges and transactions of the account, and why a charge is what it is."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from billing.explanation import explain_charge
from billing.queries import charges_visible_to
from core.lists.views import show_list
from core.panel.page import Crumb, Page, Status
from customer_panel.doors import requires
from customer_panel.lists.charges import CHARGES
from customer_panel.lists.transactions import TRANSACTIONS


@requires("charges.view")
def charges(request: HttpRequest) -> HttpResponse:
    """List the account's charges."""
    return show_list(request, CHARGES, page=Page(title=_("Charges")))


@requires("charges.view")
def charge(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one charge with the arithmetic behind it."""
    visible = charges_visible_to(request.actor).select_related(
        "subscription", "order", "parent", "price", "plan_price", "subscription_resource__plan_resource"
    )
    found = get_object_or_404(visible, pk=pk)
    context = {
        "page": Page(
            title=found.description,
            crumbs=(Crumb(_("Charges"), reverse("customer:charges")), Crumb(found.pk)),
            status=Status(found.status, found.get_status_display()),
        ),
        "charge": found,
        "explanation": explain_charge(found),
    }
    return render(request, "customer_panel/charge.html", context)


@requires("transactions.view")
def transactions(request: HttpRequest) -> HttpResponse:
    """List the movements of the balance."""
    return show_list(request, TRANSACTIONS, page=Page(title=_("Transactions")))
