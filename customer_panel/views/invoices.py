"""The account's invoices, each with its lines."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from billing.queries import invoices_visible_to, parts_of
from core.lists.views import show_list
from core.panel.page import Crumb, Page, Status
from customer_panel.doors import requires
from customer_panel.lists.invoices import INVOICES


@requires("invoices.view")
def invoices(request: HttpRequest) -> HttpResponse:
    """List the account's invoices."""
    return show_list(request, INVOICES, page=Page(title=_("Invoices")))


@requires("invoices.view")
def invoice(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one invoice with its lines."""
    found = get_object_or_404(invoices_visible_to(request.actor).select_related("payment"), pk=pk)
    page = Page(
        title=_("Invoice %(number)s") % {"number": found.number},
        crumbs=(Crumb(_("Invoices"), reverse("customer:invoices")), Crumb(found.number)),
        status=Status(found.status, found.get_status_display()),
    )
    return render(request, "customer_panel/invoice.html", {"page": page, **parts_of(found)})
