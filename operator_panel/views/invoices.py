"""An invoice with its lines: the charges that were closed up to its billing day."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import AccountStatus
from billing.queries import invoices_visible_to, parts_of
from core.panel.page import Crumb, Page, Status
from operator_panel.doors import requires


@requires("invoices.view")
def invoice(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an invoice."""
    visible = invoices_visible_to(request.actor).select_related("account", "payment")
    found = get_object_or_404(visible, pk=pk)
    page = Page(
        title=_("Invoice %(number)s") % {"number": found.number},
        crumbs=(Crumb(_("Invoices"), reverse("operator:invoices")), Crumb(found.number)),
        status=Status(found.status, found.get_status_display()),
    )
    may_give_back = request.actor.may("corrections.create") and found.account.status != AccountStatus.DELETED
    return render(
        request, "operator_panel/invoice.html", {"page": page, "may_give_back": may_give_back, **parts_of(found)}
    )
